"""What is stored is not fetched again."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from crawler.items import Article
from pipelines.ledger import STATE, open_to_read, page_is_known

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_FOR_GOOD = {301, 308}
"""Redirections that say the address has moved for good (RFC 9110 §15.4)."""


class KnownArticlesMiddleware(BaseSpiderMiddleware):
    """Drops requests that lead to an article which the ledger knows.

    It also remembers which addresses led to an article, so that the ledger comes to know those too. Stat:
    ``outlet/<name>/known``.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._path = Path(crawler.settings["TOURDETABLE_DATA"]) / STATE / "ledger.sqlite"
        self._db: sqlite3.Connection | None = None
        self._led_to: dict[str, list[str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KnownArticlesMiddleware:
        """Make the middleware for a crawl."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.close, signal=signals.spider_closed)
        return middleware

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Let a request go on unless its article is stored."""
        if not _may_be_article(request) or not self._knows(request.url):
            return request
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"outlet/{request.meta.get('outlet')}/known")
        return None

    def get_processed_item(self, item: Any, response: Response | None) -> Any:
        """Let every item go on; note what led to it."""
        if isinstance(item, Article) and response is not None and response.request is not None:
            meta = response.request.meta
            if _FOR_GOOD.issuperset(meta.get("redirect_reasons", ())):
                self._led_to[item.url] = meta.get("redirect_urls", [])
        return item

    def addresses_of(self, article: Article) -> list[str]:
        """Give, once, the addresses that were redirected to an article for good."""
        return self._led_to.pop(article.url, [])

    def _knows(self, url: str) -> bool:
        try:
            if self._db is None:
                if not self._path.exists():
                    return False
                self._db = open_to_read(self._path)
            return page_is_known(self._db, url)
        except sqlite3.Error as error:
            # Harmless: the store looks again before it takes an article.
            logger.debug("%s: cannot be read (%s); fetching %s", self._path, error, url)
            return False

    def close(self) -> None:
        """Close the ledger."""
        if self._db is not None:
            self._db.close()
            self._db = None


def _may_be_article(request: Request) -> bool:
    """Tell articles, and pages come upon in exploring a site: their addresses do not tell which of both they are."""
    kind = request.meta.get("kind")
    return kind == "article" or (kind == "listing" and request.meta.get("level", 0) > 0)
