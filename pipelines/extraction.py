"""Second step: extraction in worker processes, in small batches."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from crawler.items import Article
from extract.records import Extraction
from extract.version import EXTRACTOR_VERSION
from pipelines.errors import ExtractionError, ExtractorError
from pipelines.rows import Extracted
from pipelines.stopping import give_up
from pipelines.workers import DEFAULT_FACTORY, Workers

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_BATCH = 16
_PATIENCE = 0.05
"""Seconds that a first article waits for others to share its trip to a worker."""

_Waiting = tuple[Article, dict[str, Any], "asyncio.Future[Extracted]"]


class ExtractionPipeline:
    """Turns an article into an :class:`pipelines.rows.Extracted`; the reactor only waits.

    Settings: ``TOURDETABLE_WORKERS`` processes, ``TOURDETABLE_EXTRACTOR`` (``module:name`` of what makes an extractor).
    Stats: ``outlet/<name>/failed`` and ``failed/extraction``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._workers = Workers(
            settings.getint("TOURDETABLE_WORKERS"), settings.get("TOURDETABLE_EXTRACTOR", DEFAULT_FACTORY)
        )
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._running: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExtractionPipeline:
        """Make the step for a crawl."""
        return cls(crawler)

    async def process_item(self, item: Article) -> Extracted:
        """Extract one article, together with those that come at the same time.

        Raises:
            DropItem: there is no extractor; the article is not stored, and so it is fetched again.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Extracted] = loop.create_future()
        self._waiting.append((item, task_of(item), future))
        if len(self._waiting) >= _BATCH:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(_PATIENCE, self._send)
        try:
            return await future
        except ExtractorError as error:
            give_up(self._crawler, error)
            raise DropItem(f"{item.url}: not extracted", log_level="DEBUG") from error

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        if batch:
            task = asyncio.get_running_loop().create_task(self._extract(batch))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _extract(self, batch: list[_Waiting]) -> None:
        try:
            found = await self._workers.extract([task for _, task, _ in batch])
            for (article, _, future), result in zip(batch, found, strict=True):
                if not future.done():
                    future.set_result(self._outcome(article, result))
        except Exception as error:
            # Whatever it is, the articles must hear of it: they would wait for ever, and the crawl with them.
            for *_, future in batch:
                if not future.done():
                    future.set_exception(error)

    def _outcome(self, article: Article, result: Any) -> Extracted:
        if not isinstance(result, ExtractionError):
            return Extracted(article, result)
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"outlet/{article.outlet}/failed")
            self._crawler.stats.inc_value(f"outlet/{article.outlet}/failed/extraction")
        nothing = Extraction(id=article.id, title=article.title, extractor_version=EXTRACTOR_VERSION)
        return Extracted(article, nothing, error=str(result))

    async def close_spider(self) -> None:
        """End the worker processes."""
        await asyncio.to_thread(self._workers.close)


def task_of(article: Article) -> dict[str, Any]:
    """Give what a worker is told of an article."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "published": article.published_at.isoformat() if article.published_at else None,
        "url": article.url,
        "outlet": article.outlet,
        "language": article.language,
    }
