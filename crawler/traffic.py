"""What each outlet cost: requests sent and bytes received, counted as they pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request, signals

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class OutletTraffic:
    """Counts the stats ``outlet/<name>/requests`` and ``outlet/<name>/bytes``.

    Retries and redirects are requests like any other. Bytes are those of bodies as they were sent, compressed, also of
    bodies that broke off. What belongs to no outlet (robots.txt, which is a host's) is not counted.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        crawler.signals.connect(self.request_sent, signal=signals.request_reached_downloader)
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OutletTraffic:
        """Make the extension for a crawl."""
        return cls(crawler)

    def request_sent(self, request: Request) -> None:
        """Count a request."""
        self._count(request, "requests", 1)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count a piece of a body."""
        self._count(request, "bytes", len(data))

    def _count(self, request: Request, what: str, count: int) -> None:
        outlet = request.meta.get("outlet")
        if outlet is not None and self._stats is not None:
            self._stats.inc_value(f"outlet/{outlet}/{what}", count)
