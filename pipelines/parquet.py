"""Last step: rows into the store, committed in batches off the reactor's thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from scrapy.exceptions import DropItem

from pipelines.errors import PipelineError, RowError, UnreachableError
from pipelines.known import KnownArticlesMiddleware
from pipelines.places import place_in
from pipelines.reservations import obeys, shown
from pipelines.rows import Extracted
from pipelines.stopping import give_up, tell
from pipelines.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class ParquetPipeline:
    """Writes what was extracted to the dataset in ``TOURDETABLE_DATA``.

    A batch is committed every ``TOURDETABLE_BATCH_ARTICLES`` articles, every ``TOURDETABLE_BATCH_SECONDS`` seconds and
    at the end. While an object store with the dataset does not answer, articles wait and the crawl goes on.

    Stats: ``outlet/<name>/stored``, ``rounds``, ``with_date``, ``with_author`` and ``text_median``
    (characters), counted once they are committed, ``revised``, ``duplicate``, and ``failed/unstorable``.
    ``TOURDETABLE_TDM`` says whether reservations of text and data mining are obeyed, ``TOURDETABLE_DERIVE`` whether
    deals and entities are made anew at the end.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._place = place_in(settings)
        self._size = settings.getint("TOURDETABLE_BATCH_ARTICLES")
        self._obeys = obeys(settings)
        self._derives = settings.getbool("TOURDETABLE_DERIVE")
        self._seconds = settings.getfloat("TOURDETABLE_BATCH_SECONDS")
        self._store: Store | None = None
        # One thread for everything the store does: no two of its steps at once, whatever is cancelled meanwhile.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._flushing = asyncio.Lock()
        self._closing = asyncio.Event()
        self._ticker: asyncio.Task[None] | None = None
        self._known: KnownArticlesMiddleware | None = None
        self._notes: list[Callable[[sqlite3.Connection], None]] = []
        self._lengths: dict[str, list[int]] = defaultdict(list)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ParquetPipeline:
        """Make the step for a crawl."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Open the dataset.

        Raises:
            PipelineError: it is in use, broken or cannot be written.
        """
        self._store = await self._in_thread(Store, self._place)
        self._known = self._crawler.get_spider_middleware(KnownArticlesMiddleware)
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def process_item(self, item: Extracted) -> Extracted:
        """Take one article; it is stored once its batch is committed.

        Raises:
            DropItem: it is stored already, or cannot be.
        """
        item.withheld = self._obeys and item.article.tdm_reserved
        if not await self._take(item):
            self._count(item, "duplicate")
            raise DropItem(f"{item.article.url}: stored already as {item.article.canonical_url}", log_level="DEBUG")
        await self._flush(at_least=self._size)
        return shown(item)  # nor may a feed export have what the dataset has not

    async def _take(self, item: Extracted) -> bool:
        aliases = self._known.addresses_of(item.article) if self._known is not None else ()
        found_as = self._known.found_as(item.article) if self._known is not None else None
        revises = self._known is not None and self._known.is_revision(item.article)
        try:
            if revises and await self._in_thread(self._opened.revise, item):
                return True
            return await self._in_thread(self._opened.add, item, aliases, found_as)
        except RowError as error:
            self._count(item, "failed")
            self._count(item, "failed/unstorable")
            raise DropItem(str(error)) from error
        except PipelineError as error:
            give_up(self._crawler, error)
            raise DropItem(f"{item.article.url}: not stored", log_level="DEBUG") from error

    def note(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Have a change of the frontier written with the next commit; what a crash takes with it is found again."""
        self._notes.append(change)

    async def _tick(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._seconds)
                return
            await self._flush()

    async def _flush(self, at_least: int = 0) -> None:
        """Commit what waits, if that is so many articles."""
        async with self._flushing:
            store = self._opened
            if len(store) < at_least:
                return
            await self._commit(store, store.flush)

    async def _commit(self, store: Store, how: Callable[[], None], *, last: bool = False) -> None:
        """Have the store commit, and count what it did commit."""
        notes, self._notes = self._notes, []
        try:
            if notes:
                await self._in_thread(store.ledger.write, notes)
            await self._in_thread(how)
        except PipelineError as error:
            if last or not isinstance(error, UnreachableError):
                give_up(self._crawler, error)
            else:
                logger.warning("%s", error)
        for item in store.revised():
            self._count(item, "revised")
        for item in store.committed():
            self._count(item, "stored")
            self._count(item, "rounds", len(item.extraction.rounds))
            self._count(item, "with_date", int(item.article.published_at is not None))
            self._count(item, "with_author", int(bool(item.article.authors)))
            self._lengths[item.article.outlet].append(len(item.article.text))

    async def close_spider(self) -> None:
        """Commit what waits and let go of the dataset."""
        try:
            if self._store is not None:
                await self._close(self._store)
        finally:
            self._thread.shutdown(wait=False)

    async def _close(self, store: Store) -> None:
        self._closing.set()
        try:
            if self._ticker is not None:
                await self._ticker  # not cancelled: it may be in the middle of a flush
        finally:
            await self._commit(store, store.flush)
            try:
                if self._derives and store.settled:
                    await self._derive(store)
            finally:
                await self._commit(store, store.close, last=True)
                for outlet, lengths in self._lengths.items() if self._crawler.stats is not None else ():
                    self._crawler.stats.set_value(f"outlet/{outlet}/text_median", round(median(lengths)))

    async def _derive(self, store: Store) -> None:
        """Have deals and entities made anew; the articles are safe already, so the crawl only tells of what fails."""
        from pipelines.deriving import refresh

        try:
            if not await self._in_thread(refresh, store):
                logger.warning("deals and entities wait for the next crawl: somebody reads them without a pause")
        except PipelineError as error:
            tell(self._crawler, error)

    @property
    def _opened(self) -> Store:
        if self._store is None:
            raise RuntimeError("the dataset is not open: open_spider comes first")
        return self._store

    async def _in_thread(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return await asyncio.wrap_future(self._thread.submit(function, *arguments, **named))

    def _count(self, item: Extracted, what: str, count: int = 1) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"outlet/{item.article.outlet}/{what}", count)
