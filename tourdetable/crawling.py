"""Run a crawl in this process and tell, outlet by outlet, how it went."""

from __future__ import annotations

import logging
import os
import signal
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from crawler.outlets import Outlet
from tourdetable.exits import Exit

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from pipelines.places import Place

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_OVER_DELAY = 1.25
"""By its jitter of a fifth a delay may be shorter than it is set: so that it is never shorter than was asked for."""
_ITEM_ERRORS = "item_errors"


@dataclass(frozen=True, slots=True)
class OutletOutcome:
    """How one outlet went in one crawl; all figures are counts of addresses, articles or rounds."""

    name: str
    found: int = 0
    known: int = 0
    put_off: int = 0
    """Pages that gave no article before and are let be for now."""
    not_modified: int = 0
    """Sources that answered 304: nothing new since they were last read."""
    not_due: int = 0
    """Sources that change seldom and were read not long ago."""
    fetched: int = 0
    stored: int = 0
    duplicate: int = 0
    not_article: int = 0
    rounds: int = 0
    failed: int = 0
    requests: int = 0
    bytes: int = 0
    saved_requests: int = 0
    """Requests answered 304, not modified."""
    sources_ok: int = 0
    sources_failed: int = 0
    with_date: int = 0
    with_author: int = 0
    with_text_median: int | None = None
    """Median length of the texts stored, in characters; None where none is stored."""
    causes: Mapping[str, int] = field(default_factory=dict)
    bounded: bool = False
    """True where only some of its time was asked for, in which it may well have published nothing."""
    limited: bool = False
    """True where at most so many articles were asked for."""
    warning: str | None = None
    """What is far less than the outlet's own history says (:mod:`tourdetable.report`), else None."""

    @property
    def usable(self) -> bool:
        """True where anything at all came back: an article, or the news that there is no new one."""
        return bool(
            self.stored
            or self.duplicate
            or self.known
            or self.not_modified
            or self.not_due
            or (self.bounded and self.sources_ok)
        )

    @property
    def flawless(self) -> bool:
        """True where every source and every page answered, with no less than usual."""
        return not self.failed and not self.sources_failed and not self.warning

    def trouble(self) -> str:
        """Say in a few words what went wrong; empty where nothing did."""
        if self.causes:
            return ", ".join(f"{count} × {cause}" for cause, count in sorted(self.causes.items()))
        if self.sources_failed:
            return f"{self.sources_failed} of its sources failed"
        if self.usable:
            return ""
        return f"none of {self.found} pages is an article" if self.found else "no article found"


@dataclass(frozen=True, slots=True)
class CrawlOutcome:
    """How a whole crawl went."""

    outlets: Sequence[OutletOutcome]
    signal: int | None = None
    error: str | None = None
    """One line where the crawl itself stopped early (storage failed …), else None."""
    run_id: str = ""
    started_at: datetime | None = None
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """The code of :class:`tourdetable.exits.Exit`, or 128 + signal number."""
        if self.signal is not None:
            return 128 + self.signal
        usable = [outlet for outlet in self.outlets if outlet.usable]
        if self.error is not None:
            return Exit.PARTLY if any(o.stored for o in self.outlets) else Exit.FAILED
        if not usable:
            return Exit.FAILED
        if len(usable) < len(self.outlets) or not all(outlet.flawless for outlet in self.outlets):
            return Exit.PARTLY
        return Exit.DONE


def crawl_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Give the project's Scrapy settings, wherever the command is run from.

    >>> crawl_settings({"DOWNLOAD_DELAY": 0})["ROBOTSTXT_OBEY"]
    True
    """
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(dict(overrides or {}), priority="cmdline")
    return settings


def run_crawl(
    outlets: Sequence[Outlet],
    data: str | Path | Place,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    max_articles: int | None = None,
    full: bool = False,
    delay: float | None = None,
    tdm: str | None = None,
    contact: str | None = None,
    cache: Path | None = None,
    log_level: str = "WARNING",
) -> CrawlOutcome:
    """Crawl ``outlets`` into the dataset ``data`` and block until done; ``full`` reads every source, changed or not.

    ``data`` is a folder or a URL such as ``s3://bucket/prefix``.

    ``tdm`` is ``obey`` or ``ignore``, the setting ``TOURDETABLE_TDM`` if not given; ``contact`` tells sites how to
    reach who crawls; in ``cache``, for development, answers are kept, and what is there is not asked for again.
    Can run once in a process: Twisted's reactor does not start twice.

    Raises:
        pipelines.errors.DatasetBusyError: another crawl holds the dataset.
        pipelines.errors.PipelineError: the dataset cannot be opened.
    """
    from crawler.settings import USER_AGENT_OF
    from crawler.spiders.news import NewsSpider
    from pipelines.places import Folder, place_of
    from tourdetable.report import reported

    place = place_of(data)
    if isinstance(place, Folder):
        place = Folder(place.root.absolute())
    overrides: dict[str, Any] = {"TOURDETABLE_DATA": place, "LOG_LEVEL": log_level}
    overrides["TOURDETABLE_FULL"] = full
    if delay is not None:
        overrides |= {"DOWNLOAD_DELAY": delay * _OVER_DELAY, "AUTOTHROTTLE_ENABLED": delay > 0}
    if tdm is not None:
        overrides["TOURDETABLE_TDM"] = tdm
    if contact is not None:
        overrides["USER_AGENT"] = USER_AGENT_OF.format(contact)
    if cache is not None:
        overrides |= {"HTTPCACHE_ENABLED": True, "HTTPCACHE_DIR": str(cache.absolute())}
        overrides["HTTPCACHE_IGNORE_HTTP_CODES"] = [304, 429, *range(500, 600)]
    started_at, clock = datetime.now(UTC), time.monotonic()
    stats, signum = run_spider(
        NewsSpider, overrides, outlets=outlets, since=since, until=until, max_articles=max_articles
    )
    bounded = since is not None or until is not None
    names = dict.fromkeys(outlet.name for outlet in outlets)  # two addresses of one site are one outlet
    outcomes = [outlet_outcome(name, stats, bounded=bounded, limited=max_articles is not None) for name in names]
    outcome = CrawlOutcome(
        outcomes,
        signum,
        None if signum is not None else error_of(stats),
        run_id=f"{started_at:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}",
        started_at=started_at,
        seconds=round(time.monotonic() - clock, 3),
    )
    return reported(outcome, place)


def error_of(stats: Mapping[str, Any]) -> str | None:
    """Say in one line what kept the crawl itself from its end, or went wrong in it that is no outlet's fault."""
    reason = stats.get("finish_reason", "finished")
    # The last rows are written when the spider has finished: a disk may be full only then.
    if error := stats.get("storage/error"):
        return str(error)
    if reason != "finished":
        return f"stopped early: {reason}"
    faults = stats.get("spider_exceptions/count", 0) + stats.get(_ITEM_ERRORS, 0)
    return f"a fault of ours kept {faults} page(s) from being read; --debug shows it" if faults else None


def outlet_outcome(
    name: str, stats: Mapping[str, Any], *, bounded: bool = False, limited: bool = False
) -> OutletOutcome:
    """Read one outlet's figures out of the crawler's stats."""
    prefix = f"outlet/{name}/"
    figures = {key.removeprefix(prefix): value for key, value in stats.items() if key.startswith(prefix)}
    causes = {key.removeprefix("failed/"): value for key, value in figures.items() if key.startswith("failed/")}
    names = (
        "found",
        "known",
        "put_off",
        "not_modified",
        "not_due",
        "fetched",
        "stored",
        "duplicate",
        "not_article",
        "rounds",
        "failed",
        "requests",
        "bytes",
        "sources_ok",
        "sources_failed",
        "with_date",
        "with_author",
    )
    counts: dict[str, Any] = {name: int(figures.get(name, 0)) for name in names}
    counts["saved_requests"] = int(figures.get("not_modified", 0))
    counts["with_text_median"] = figures.get("text_median")
    return OutletOutcome(name, causes=causes, bounded=bounded, limited=limited, **counts)


def run_spider(
    spider: type[Any], overrides: Mapping[str, Any], *, on_item: Any = None, **arguments: Any
) -> tuple[dict[str, Any], int | None]:
    """Run one spider to its end; give its stats and the signal that cut it short, if one did."""
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess

    logging.captureWarnings(capture=True)
    process = AsyncCrawlerProcess(crawl_settings(overrides))
    crawler = process.create_crawler(spider)
    if on_item is not None:
        crawler.signals.connect(on_item, signal=signals.item_scraped, weak=False)

    def count_error() -> None:
        crawler.stats.inc_value(_ITEM_ERRORS)

    crawler.signals.connect(count_error, signal=signals.item_error, weak=False)
    task = process.crawl(crawler, **arguments)
    with _graceful(process) as received:
        process.start(install_signal_handlers=False)
    if not task.cancelled() and (failure := task.exception()) is not None:
        raise failure
    return (crawler.stats.get_stats() if crawler.stats else {}), (received[0] if received else None)


@contextmanager
def _graceful(process: AsyncCrawlerProcess) -> Iterator[list[int]]:
    """Stop the crawl cleanly at the first signal and at once at the second; give the signals received.

    Our own handlers, since Scrapy's forget which signal it was and the exit code has to tell.
    """
    from scrapy.utils.defer import deferred_from_coro
    from twisted.internet import reactor

    received: list[int] = []

    def handle(signum: int, _frame: FrameType | None) -> None:
        received.append(signum)
        if len(received) > 1:
            os._exit(128 + signum)  # safe: the ledger settles what was under way at the next start
        reactor.callFromThread(lambda: deferred_from_coro(process.stop()))

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
