"""Each site's reservations of text and data mining, asked for before its articles."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.tdmrep import PLACE, Rule, read_rules, reservation_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

MAX_BYTES = 512 * 1024
"""A larger file is not read."""
MAX_SECONDS = 10.0
"""Seconds that one try to get it may take."""


class ReservationsMiddleware:
    """Asks each host's ``/.well-known/tdmrep.json`` once, before the first page of it that may be an article.

    What it says of an address goes into ``meta["tdm_reserved"]``: True, False, or None where it says nothing. A file
    that is absent, broken or cannot be had says nothing: so the protocol has it (:mod:`crawler.tdmrep`).
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._timeout = min(MAX_SECONDS, crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))
        self._rules: dict[str, asyncio.Future[list[Rule]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReservationsMiddleware:
        """Make the middleware for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Note on a request for what may be an article what the host's file says of it."""
        if _may_be_article(request):
            request.meta["tdm_reserved"] = reservation_of(request.url, await self._rules_for(request.url))

    async def _rules_for(self, url: str) -> list[Rule]:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if host in self._rules:
            return await self._rules[host]
        future = self._rules[host] = asyncio.get_running_loop().create_future()
        rules: list[Rule] = []
        try:
            rules = await self._fetch(host + PLACE)
        finally:
            future.set_result(rules)  # come what may: other requests wait for it
        return rules

    async def _fetch(self, address: str) -> list[Rule]:
        # Sent from within the article's request, which holds the site's one place in the queue meanwhile.
        meta = {"kind": "tdmrep", "download_timeout": self._timeout, "download_maxsize": MAX_BYTES}
        request = Request(address, priority=1000, meta=meta, callback=NO_CALLBACK)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:  # whatever it was, the file cannot be had
            logger.info("%s: %r; no reservation is read from it", address, error)
            return []
        rules = read_rules(response.body) if response.status == 200 else []
        terms = ", ".join(dict.fromkeys(rule.policy for rule in rules if rule.reserved and rule.policy))
        licences = f"; licences: {terms}" if terms else ""
        logger.info("%s: HTTP %d, %d rules on text and data mining%s", address, response.status, len(rules), licences)
        return rules


def _may_be_article(request: Request) -> bool:
    """Tell articles, and pages met in exploring a site that may turn out to be one: any but its front page."""
    kind = request.meta.get("kind")
    if kind == "listing" and not request.meta.get("level", 0):
        return False  # a known outlet's own: its articles are asked for by themselves
    return kind == "article" or (kind in {"home", "listing"} and urlsplit(request.url).path.strip("/") != "")
