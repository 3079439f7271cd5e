"""Crawls a site by its sitemap with stock Scrapy: SITEMAP FOLDER ``html``|``entities``.

``html`` stores the pages by Scrapy's feed export; ``entities`` is the pipeline that people write: trafilatura, spaCy
and a regular expression for amounts, one page at a time, Parquet at the end.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.spiders import SitemapSpider

AMOUNT = re.compile(r"\d[\d ., ]*\s?(?:k€|M€|Md€|(?:mille|millions?|milliards?)\s(?:d['’]euros|de dollars))")
SITEMAP, FOLDER, KIND = sys.argv[1:4]


class PressSpider(SitemapSpider):
    """Gives the HTML of every page of the sitemap."""

    name = "press"
    sitemap_urls = (SITEMAP,)

    def parse(self, response: Any) -> Any:
        """Give the page."""
        yield {"url": response.url, "html": response.text}


class EntitiesPipeline:
    """Page → text → entities and amounts → Parquet."""

    def open_spider(self) -> None:
        """Load the model."""
        import spacy

        self.nlp = spacy.load("fr_core_news_md")
        self.rows: list[dict[str, Any]] = []

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Read a page."""
        import trafilatura

        found = trafilatura.bare_extraction(item["html"], url=item["url"], with_metadata=True)
        if found is None:
            return item
        text = f"{found.title}\n{found.text}"
        entities = [{"text": entity.text, "label": entity.label_} for entity in self.nlp(text).ents]
        row = {"url": item["url"], "title": found.title, "date": found.date, "text": found.text}
        self.rows.append(row | {"entities": entities, "amounts": AMOUNT.findall(text)})
        return item

    def close_spider(self) -> None:
        """Write the table."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(self.rows), Path(FOLDER) / "articles.parquet")


if __name__ == "__main__":
    settings: dict[str, Any] = {
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": True,
        "TELNETCONSOLE_ENABLED": False,
    }
    if KIND == "html":
        settings["FEEDS"] = {f"{FOLDER}/pages.jsonl": {"format": "jsonlines"}}
    else:
        settings["ITEM_PIPELINES"] = {EntitiesPipeline: 300}
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(PressSpider)
    process.crawl(crawler)
    process.start()
    sys.stdout.write(json.dumps({"items": crawler.stats.get_value("item_scraped_count", 0)}) + "\n")
