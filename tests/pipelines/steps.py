"""One crawl through the steps, as standard input says, in the folder that gets the dataset ``D``; prints its stats.

A spider gives the sample articles ``numbers``, one each ``pause`` seconds, with the bodies in ``texts`` (for the
extractor :class:`pipeline_samples.Obedient`); those ``reserved`` may not be mined. ``limit`` bounds
the size of files, ``slow`` makes flushes take seconds.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from pipeline_samples import article
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.items import Article
from pipelines.ledger import Ledger

SETTINGS = {
    "DOWNLOADER_MIDDLEWARES": {},
    "DOWNLOAD_HANDLERS": {"data": "scrapy.core.downloader.handlers.datauri.DataURIDownloadHandler"},
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "WARNING",
    "TOURDETABLE_DATA": "D",
    "TOURDETABLE_EXTRACTOR": "pipeline_samples:Obedient",
    "TOURDETABLE_WORKERS": 1,
}


class Giving(Spider):
    name = "giving"

    def __init__(
        self, numbers: list[int], texts: dict[str, str], pause: float, reserved: list[int], **_others: Any
    ) -> None:
        super().__init__()
        self.numbers, self.texts, self.pause, self.reserved = numbers, texts, pause, reserved

    async def start(self) -> AsyncIterator[Any]:
        for n in self.numbers:
            yield Request(f"data:text/plain,{n}", dont_filter=True)
            await asyncio.sleep(self.pause)

    def parse(self, response: Response) -> Iterator[Article]:
        n = int(response.body)
        yield article(n, text=self.texts.get(str(n), "Rien."), tdm_reserved=n in self.reserved)


def slow_down(seconds: float) -> None:
    """Let each batch take so long between its two first steps, as on a slow disk."""
    prepare = Ledger.prepare

    def slowly(self: Ledger, *arguments: Any) -> None:
        time.sleep(seconds)
        prepare(self, *arguments)

    Ledger.prepare = slowly  # type: ignore[method-assign]


def main(given: dict[str, Any]) -> None:
    options = {"numbers": [], "texts": {}, "pause": 0, "reserved": [], "settings": {}, "limit": None, "slow": 0} | given
    if options["limit"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options["limit"], resource.RLIM_INFINITY))
    if options["slow"]:
        slow_down(options["slow"])
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(SETTINGS | options["settings"], priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Giving)
    task = process.crawl(crawler, **options)
    process.start()
    if (failure := task.exception()) is not None:
        raise failure
    sys.stdout.write(json.dumps(crawler.stats.get_stats(), default=str))
