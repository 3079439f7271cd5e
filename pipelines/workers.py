"""Worker processes that extract: spaCy never runs in the reactor's process."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import Any

logger = logging.getLogger(__name__)

DEFAULT_FACTORY = "extract:Extractor"
_extractor: Any = None


class ExtractionFailed(Exception):
    """An article killed its worker twice, or made the extraction raise."""


def _start(factory: str, parent: int) -> None:
    """Prepare a worker: deaf to the terminal's signals, gone when its parent is, the model loaded once."""
    global _extractor
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    module, _, name = factory.partition(":")
    _extractor = getattr(import_module(module), name)()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _work(articles: Sequence[Mapping[str, Any]]) -> list[Any]:
    return list(_extractor.extract_many(articles))


class Workers:
    """A pool of processes; a broken one is built anew and its articles are tried again, then one by one."""

    def __init__(self, count: int, factory: str = DEFAULT_FACTORY) -> None:
        self._count = max(1, count)
        self._factory = factory
        self._pool: ProcessPoolExecutor | None = None

    def _ready(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._count,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start,
                initargs=(self._factory, os.getpid()),
            )
        return self._pool

    async def extract(self, articles: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Extract a batch; give for each article its extraction or an :class:`ExtractionFailed`."""
        try:
            return await self._run(articles)
        except Exception as error:
            if len(articles) > 1:
                logger.warning("extraction of %d articles failed (%s); trying them one by one", len(articles), error)
                return [found for article in articles for found in await self.extract([article])]
            return [await self._last_try(articles[0])]

    async def _last_try(self, article: Mapping[str, Any]) -> Any:
        try:
            return (await self._run([article]))[0]
        except Exception as error:
            logger.error("%s: extraction failed: %s", article.get("url"), error)
            return ExtractionFailed(f"{type(error).__name__}: {error}")

    async def _run(self, articles: Sequence[Mapping[str, Any]]) -> list[Any]:
        pool = self._ready()
        try:
            return await asyncio.wrap_future(pool.submit(_work, list(articles)))
        except BrokenProcessPool:
            if self._pool is pool:  # the first to notice builds it anew
                self._pool = None
                pool.shutdown(wait=False, cancel_futures=True)
            raise

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
