"""robots.txt as RFC 9309 asks, and Crawl-delay."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY = 60.0
"""Seconds; a longer Crawl-delay is kept to this, so that one host cannot hold a run up for days."""


class RobotsDisallowed(IgnoreRequest):
    """robots.txt forbids this address, or cannot be had and so forbids all (RFC 9309 §2.3.1.4)."""

    def __init__(self, message: str, error: Exception | None = None) -> None:
        super().__init__(message)
        self.error = error
        """The network error where the host could not be reached at all."""


class RobotsMiddleware:
    """Asks each host's robots.txt first and obeys it.

    4xx: everything is allowed; 5xx or no answer: nothing is (RFC 9309 §2.3.1.3-4). ``Crawl-delay``, which the RFC leaves
    out but the press uses, lengthens the host's delay.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Future[Protego | RobotsDisallowed]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Make the middleware for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request go on, or raise :class:`RobotsDisallowed`."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            self._rules[host] = asyncio.get_running_loop().create_future()
            self._rules[host].set_result(await self._fetch(host))
        rules = await self._rules[host]
        if isinstance(rules, RobotsDisallowed):
            raise RobotsDisallowed(str(rules), rules.error)
        if not rules.can_fetch(request.url, self._agent):
            raise RobotsDisallowed("robots.txt forbids it")
        self._slow_down(request, rules)

    async def _fetch(self, host: str) -> Protego | RobotsDisallowed:
        request = Request(
            f"{host}/robots.txt",
            priority=1000,
            meta={"dont_obey_robotstxt": True, "kind": "robots"},
            callback=NO_CALLBACK,
        )
        try:
            response = await self._crawler.engine.download_async(request)  # type: ignore[union-attr]
        except Exception as error:
            logger.info("%s/robots.txt: %s; nothing is fetched from this host", host, error)
            return RobotsDisallowed("robots.txt cannot be had", error)
        if response.status >= 500:
            logger.warning("%s/robots.txt: answered %d; nothing is fetched from this host", host, response.status)
            return RobotsDisallowed(f"robots.txt answered {response.status}")
        return Protego.parse(_text(response) if response.status < 300 else "")

    def _slow_down(self, request: Request, rules: Protego) -> None:
        wish = rules.crawl_delay(self._agent)
        engine = self._crawler.engine
        if not wish or engine is None:
            return
        slot = engine.downloader.slots.get(urlsplit(request.url).hostname or "")
        if slot is not None:
            slot.delay = max(slot.delay, min(float(wish), MAX_CRAWL_DELAY))


def _text(response: Response) -> str:
    return response.body.decode("utf-8", "replace").removeprefix("\ufeff")
