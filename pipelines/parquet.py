"""Last step: rows into the store, committed in batches off the reactor's thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from pipelines.errors import StorageError
from pipelines.rows import Extracted
from pipelines.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class ParquetPipeline:
    """Writes what was extracted to the dataset in ``TOURDETABLE_DATA``.

    A batch is committed every ``TOURDETABLE_BATCH_ARTICLES`` articles, every ``TOURDETABLE_BATCH_SECONDS`` seconds and at
    the end. Stats: ``outlet/<name>/stored``, ``duplicate``, ``rounds``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._data = Path(settings["TOURDETABLE_DATA"])
        self._size = settings.getint("TOURDETABLE_BATCH_ARTICLES")
        self._seconds = settings.getfloat("TOURDETABLE_BATCH_SECONDS")
        self._store: Store | None = None
        self._lock = asyncio.Lock()
        self._ticker: asyncio.Task[None] | None = None
        self._pending: list[Extracted] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ParquetPipeline:
        """Make the step for a crawl."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Open the dataset.

        Raises:
            PipelineError: it is in use, broken or cannot be written.
        """
        self._store = await asyncio.to_thread(Store, self._data)
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def process_item(self, item: Extracted) -> Extracted:
        """Take one article; it is stored once its batch is committed.

        Raises:
            DropItem: it is stored already.
        """
        assert self._store is not None
        async with self._lock:
            taken = await asyncio.to_thread(self._store.add, item)
            if taken:
                self._pending.append(item)
        if not taken:
            self._count(item, "duplicate")
            raise DropItem(f"{item.article.url}: stored already as {item.article.canonical_url}", log_level="DEBUG")
        if len(self._pending) >= self._size:
            await self._flush()
        return item

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            await self._flush()

    async def _flush(self) -> None:
        assert self._store is not None
        async with self._lock:
            try:
                await asyncio.to_thread(self._store.flush)
            except StorageError as error:
                self._give_up(error)
                return
            stored, self._pending = self._pending, []
        for item in stored:
            self._count(item, "stored")
            self._count(item, "rounds", len(item.extraction.rounds))

    def _give_up(self, error: StorageError) -> None:
        """Stop the crawl: what cannot be stored should not be fetched."""
        logger.error("%s", error)
        if self._crawler.stats is not None:
            self._crawler.stats.set_value("storage/error", str(error))
        if self._crawler.engine is not None:
            asyncio.get_running_loop().create_task(self._stop())

    async def _stop(self) -> None:
        with contextlib.suppress(RuntimeError):  # already closing
            await self._crawler.engine.close_spider_async(reason="storage")  # type: ignore[union-attr]

    async def close_spider(self) -> None:
        """Commit what waits and let go of the dataset."""
        if self._ticker is not None:
            self._ticker.cancel()
        if self._store is not None:
            await self._flush()
            with contextlib.suppress(StorageError):  # told above, once
                await asyncio.to_thread(self._store.close)

    def _count(self, item: Extracted, what: str, count: int = 1) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"outlet/{item.article.outlet}/{what}", count)
