"""What is stored is not fetched again."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from crawler.urls import canonicalize
from pipelines.ledger import STATE

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class KnownArticlesMiddleware(BaseSpiderMiddleware):
    """Drops requests for articles (``meta["kind"] == "article"``) that the ledger knows; counts ``outlet/<name>/known``."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._path = Path(crawler.settings["TOURDETABLE_DATA"]) / STATE / "ledger.sqlite"
        self._db: sqlite3.Connection | None = None

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Let a request go on unless its article is stored."""
        if request.meta.get("kind") != "article" or not self._knows(canonicalize(request.url)):
            return request
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"outlet/{request.meta['outlet']}/known")
        return None

    def get_processed_item(self, item: Any, response: Response | None) -> Any:
        """Let every item go on."""
        return item

    def _knows(self, url: str) -> bool:
        if self._db is None:
            if not self._path.exists():
                return False
            self._db = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
        return self._db.execute("SELECT 1 FROM pages WHERE url = ?", (url,)).fetchone() is not None
