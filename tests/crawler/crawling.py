"""Crawls in processes of their own: orders and what came of them are JSON.

Without argument, the order on standard input is crawled here. With ``serve``, each line there is an order crawled in a
fork, which spares it the second that importing takes; its exit code is the answer.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.outlets import Outlet, adhoc_outlet
from crawler.spiders.news import NewsSpider
from crawler.spiders.single import SingleSpider

PLAIN = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_TIMEOUT": 5,
    "ITEM_PIPELINES": {},
    "SPIDER_MIDDLEWARES": {},
}


def outlet_of(told: dict[str, object] | str) -> Outlet:
    if isinstance(told, str):
        return adhoc_outlet(told)
    return Outlet(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})


def crawl(order: dict[str, Any]) -> dict[str, Any]:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict({**PLAIN, **order["settings"]}, priority="cmdline")
    arguments = order["arguments"]
    if "urls" in arguments:
        spider = SingleSpider
    else:
        spider, arguments["outlets"] = NewsSpider, [outlet_of(told) for told in order["outlets"]]
    articles: list[object] = []
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    crawler.signals.connect(lambda item: articles.append(item), signal=signals.item_scraped, weak=False)
    process.crawl(crawler, **arguments)
    process.start()
    names = ("url", "canonical_url", "outlet", "title", "published_at", "tdm_reserved")
    shown = [{name: str(getattr(article, name)) for name in names} for article in articles]
    stats = {key: value for key, value in crawler.stats.get_stats().items() if isinstance(value, int | float | str)}
    return {"articles": shown, "stats": stats}


def serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            with Path(order["log"]).open("wb") as log:
                os.dup2(log.fileno(), 2)
            Path(order["out"]).write_text(json.dumps(crawl(order)), encoding="utf-8")
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        json.dump(crawl(json.load(sys.stdin)), sys.stdout)
