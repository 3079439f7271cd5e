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
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.urls import site_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY = 60.0
"""Seconds; a longer Crawl-delay is kept to this, so that one host cannot hold a run up for days."""
MAX_BYTES = 512 * 1024
"""What is read of a robots.txt: RFC 9309 §2.5 asks for 500 KiB at least."""


class RobotsDisallowed(IgnoreRequest):
    """robots.txt forbids this address, or cannot be had and so forbids all (RFC 9309 §2.3.1.4)."""

    def __init__(self, message: str, error: Exception | None = None) -> None:
        super().__init__(message)
        self.error = error
        """Why robots.txt could not be had; None where it was read and forbids."""


class RobotsMiddleware:
    """Asks each host's robots.txt first and obeys it.

    4xx: everything is allowed; 5xx or no answer: nothing is (RFC 9309 §2.3.1.3-4), nor after 429, which asks for fewer
    requests, not for more. ``Crawl-delay``, which the RFC leaves out but the press uses, lengthens the site's delay.
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
        # robots.txt itself may be redirected to another site, whose slot it has to use then.
        request.meta["download_slot"] = site_of(request.url)
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._rules_for(request.url)
        if isinstance(rules, RobotsDisallowed):
            raise RobotsDisallowed(str(rules), rules.error)
        if not rules.can_fetch(request.url, self._agent):
            raise RobotsDisallowed("robots.txt forbids it")
        if site_of(request.url) in self._crawler.engine.downloader.per_slot_settings:
            # AutoThrottle would come below what the site has asked for.
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _rules_for(self, url: str) -> Protego | RobotsDisallowed:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if host in self._rules:
            return await self._rules[host]
        future = self._rules[host] = asyncio.get_running_loop().create_future()
        rules: Protego | RobotsDisallowed = RobotsDisallowed("robots.txt cannot be had")
        try:
            rules = await self._fetch(host)
        finally:
            future.set_result(rules)  # come what may: other requests wait for it
        return rules

    async def _fetch(self, host: str) -> Protego | RobotsDisallowed:
        meta = {"dont_obey_robotstxt": True, "kind": "robots"}
        request = Request(f"{host}/robots.txt", priority=1000, meta=meta, callback=NO_CALLBACK)
        try:
            response = await self._crawler.engine.download_async(request)
            if response.status == 429 or response.status >= 500:
                raise HttpError(response)
            rules = Protego.parse(_text(response) if response.status < 300 else "")
            self._slow_down(site_of(host), rules.crawl_delay(self._agent))
        except Exception as error:  # whatever it was, not to know the rules forbids everything
            logger.info("%s/robots.txt: %r; nothing is fetched from this host", host, error)
            return RobotsDisallowed("robots.txt cannot be had", error)
        return rules

    def _slow_down(self, site: str, wish: float | None) -> None:
        """Make the site's delay at least ``wish`` seconds, for the slot that is there and those that replace it."""
        if not wish or not wish > 0:  # nan is neither
            return
        downloader = self._crawler.engine.downloader
        told = downloader.per_slot_settings.setdefault(site, {})
        told["delay"] = max(
            min(float(wish), MAX_CRAWL_DELAY),
            told.get("delay", self._crawler.settings.getfloat("DOWNLOAD_DELAY")),
        )
        told["jitter"] = 0.0  # jitter goes both ways, and so below what was asked for
        if (slot := downloader.slots.get(site)) is not None:
            slot.delay, slot.jitter = told["delay"], told["jitter"]


def _text(response: Response) -> str:
    return response.body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
