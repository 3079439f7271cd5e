"""Worker processes that extract: spaCy never runs in the reactor's process."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from pipelines.errors import ExtractionError, ExtractorError

logger = logging.getLogger(__name__)

DEFAULT_FACTORY = "extract:Extractor"
TIME_LIMIT = 60
"""Seconds for one article; a worker that takes longer ends itself."""

_TERMINAL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_extractor: Any = None
_trouble = ""


def _start(factory: str, lifeline: Connection) -> None:
    """Prepare a worker: deaf to the terminal's signals, gone when its pool is, the model loaded once."""
    global _extractor, _trouble
    for number in _TERMINAL:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    threading.Thread(target=_leave_with, args=(lifeline,), daemon=True).start()
    module, _, name = factory.partition(":")
    try:
        _extractor = getattr(import_module(module), name)()
        # The model stays as long as the process: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
    except Exception as error:
        # Raised here it would break the pool, which would be built anew only to break again.
        _trouble = f"{factory}: the extractor cannot be made: {type(error).__name__}: {error}"


def _leave_with(lifeline: Connection) -> None:
    """End this process as soon as the other end of the pipe is closed, by the pool or by its process's death."""
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)


def _work(articles: Sequence[Mapping[str, Any]]) -> list[Any]:
    if _trouble:
        raise ExtractorError(_trouble)
    found = []
    try:
        # The kernel's alarm ends the process even where a regular expression holds the interpreter for ever.
        signal.alarm(TIME_LIMIT)
        for extraction in _extractor.extract_many(articles):
            found.append(extraction)
            signal.alarm(TIME_LIMIT)
    finally:
        signal.alarm(0)
    if len(found) != len(articles):
        raise ExtractionError(f"{len(articles)} articles gave {len(found)} extractions")
    return found


class _Pool:
    """Processes; when one of them dies, all of them are replaced at the next call."""

    def __init__(self, count: int, factory: str) -> None:
        self._count = count
        self._factory = factory
        self._executor: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    async def run(self, articles: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Extract a batch in one process; raises what the extraction raised, or BrokenProcessPool."""
        executor = self._open()
        # Blocked signals are inherited: a new process is deaf from its first instant, not only once it is prepared.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _TERMINAL)
        try:
            future = executor.submit(_work, list(articles))
        except BrokenProcessPool:
            self._discard(executor)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool:
            self._discard(executor)
            raise

    def _open(self) -> ProcessPoolExecutor:
        if self._executor is None:
            # Inherited: each worker has one core, on which numpy's threads would only wait for each other.
            for library in ("OPENBLAS", "OMP", "MKL"):
                os.environ.setdefault(f"{library}_NUM_THREADS", "1")
            context = multiprocessing.get_context("spawn")
            end, self._lifeline = context.Pipe(duplex=False)
            self._executor = ProcessPoolExecutor(
                self._count, mp_context=context, initializer=_start, initargs=(self._factory, end)
            )
        return self._executor

    def _discard(self, executor: ProcessPoolExecutor) -> None:
        if self._executor is executor:  # the first to notice does it
            self.close(wait=False)

    def close(self, *, wait: bool = True) -> None:
        """End the processes, whatever they do."""
        executor, self._executor = self._executor, None
        if self._lifeline is not None:
            # The executor would ask the others to end by SIGTERM, which they ignore, and wait for them for ever.
            self._lifeline.close()
        if executor is not None:
            executor.shutdown(wait=wait, cancel_futures=True)


class Workers:
    """Extracts batches in ``count`` processes, each with an extractor that ``factory`` (``module:name``) makes.

    Where a process dies, or the extraction raises, the articles of the batch are tried again one at a time in a process
    of their own, so that one of them that kills its worker takes no other with it.
    """

    def __init__(self, count: int, factory: str = DEFAULT_FACTORY) -> None:
        self._pool = _Pool(max(1, count), factory)
        self._quarantine = _Pool(1, factory)
        self._alone = asyncio.Lock()

    async def extract(self, articles: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Extract a batch; give for each article its extraction or an :class:`pipelines.errors.ExtractionError`.

        Raises:
            ExtractorError: the factory makes no extractor.
        """
        try:
            return await self._pool.run(articles)
        except ExtractorError:
            raise
        except Exception as error:
            logger.info("extraction of %d articles failed (%s); trying them one by one", len(articles), error)
        async with self._alone:
            return [await self._extract_alone(article) for article in articles]

    async def _extract_alone(self, article: Mapping[str, Any]) -> Any:
        try:
            return (await self._try_alone(article))[0]
        except ExtractorError:
            raise
        except Exception as error:
            logger.error("%s: extraction failed: %s: %s", article.get("url"), type(error).__name__, error)
            return ExtractionError(f"{type(error).__name__}: {error}")

    async def _try_alone(self, article: Mapping[str, Any]) -> list[Any]:
        with suppress(BrokenProcessPool):  # it may have been killed from without: once more
            return await self._quarantine.run([article])
        return await self._quarantine.run([article])

    def close(self) -> None:
        """End the processes."""
        self._pool.close()
        self._quarantine.close()
