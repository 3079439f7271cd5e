"""The order of requests: one at a time for each site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface

from crawler.middlewares.retry import RetryAfterMiddleware
from crawler.urls import site_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class SiteQueue(DownloaderAwarePriorityQueue):
    """Hands out a site's next request when its last one is answered, and none while the site wants a pause.

    Scrapy's own queue fills the downloader with requests that wait there for their turn. They would be sent in the
    middle of a pause, hold up other sites, and each be waited for when the crawl is stopped.
    """

    def __init__(self, crawler: Crawler, *arguments: Any, **options: Any) -> None:
        super().__init__(crawler, *arguments, **options)
        self._downloader_interface = _FreeSites(crawler)

    def push(self, request: Request) -> None:
        """Take a request in under its site."""
        # A request that was redirected here brings along the slot of the site that it comes from.
        request.meta["download_slot"] = site_of(request.url)
        super().push(request)


class _FreeSites(DownloaderInterface):
    """Tells the queue of those sites only that may be asked now."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._retries = crawler.get_downloader_middleware(RetryAfterMiddleware)

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        busy = {self.get_slot_key(request) for request in self.downloader.active}
        return [(0, site) for site in possible_slots if site not in busy and not self._is_paused(site)]

    def _is_paused(self, site: str) -> bool:
        return self._retries is not None and self._retries.pause_left(site) > 0
