"""How a step stops a crawl that has become useless."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from pipelines.errors import PipelineError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

ERROR_STAT = "storage/error"
"""Stat with the one line that says why nothing more is stored."""
_closings: set[asyncio.Task[None]] = set()
"""The event loop itself keeps no hold of its tasks."""


def give_up(crawler: Crawler, error: PipelineError) -> None:
    """Stop a crawl: what cannot be stored should not be fetched. Why is told once."""
    if tell(crawler, error):
        task = asyncio.get_running_loop().create_task(_close(crawler))
        _closings.add(task)
        task.add_done_callback(_closings.discard)


def tell(crawler: Crawler, error: PipelineError) -> bool:
    """Say in the log and in the stat :data:`ERROR_STAT` what went wrong; False where something was said before."""
    stats = crawler.stats
    if stats is None or stats.get_value(ERROR_STAT) is not None:
        return False
    logger.error("%s", error)
    stats.set_value(ERROR_STAT, str(error))
    return True


async def _close(crawler: Crawler) -> None:
    with contextlib.suppress(RuntimeError):  # not open yet, or closed already
        if crawler.engine is not None:
            await crawler.engine.close_spider_async(reason="storage")
