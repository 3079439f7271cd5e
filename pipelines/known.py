"""What is stored is not fetched again, what has not changed is not sent again, and what was found is not forgotten."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from crawler.items import Article
from crawler.signals import page_settled
from crawler.urls import key_of
from pipelines import frontier
from pipelines.clean import clean_line, clean_text
from pipelines.frontier import FoundPage, Revisit, Visit
from pipelines.ledger import hash_of, open_to_read, page_is_known
from pipelines.places import place_in
from pipelines.rows import content_hash

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from pipelines.parquet import ParquetPipeline

logger = logging.getLogger(__name__)

_FOR_GOOD = {301, 308}
"""Redirections that say the address has moved for good (RFC 9110 §15.4)."""
_SOURCES = frozenset(("feed", "sitemap", "listing", "home"))


class KnownArticlesMiddleware(BaseSpiderMiddleware):
    """Stands between spider and ledger.

    It drops requests that lead to an article which the ledger knows, or to a page that is to be let be for now; asks
    sources only when they are due, and only for what is new (RFC 9110 §13: ``If-None-Match``, ``If-Modified-Since``);
    takes up what earlier crawls found and could not fetch; and remembers which addresses led to an article. With the
    setting ``TOURDETABLE_FULL`` every source is read anew. Stats: ``outlet/<name>/known``, ``put_off``, ``not_due``.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._path = place_in(crawler.settings).ledger
        self._full = crawler.settings.getbool("TOURDETABLE_FULL")
        self._db: sqlite3.Connection | None = None
        self._led_to: dict[str, list[str]] = {}
        self._found_as: dict[str, str] = {}
        self._revises: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KnownArticlesMiddleware:
        """Make the middleware for a crawl."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.close, signal=signals.spider_closed)
        crawler.signals.connect(middleware.page_settled, signal=page_settled)
        return middleware

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Take up what earlier crawls found, then let the spider start."""
        outlets = getattr(self.crawler.spider, "outlets", {})
        for page in self._ask(frontier.due_pages, list(outlets), datetime.now(UTC)) or ():
            for request in self.crawler.spider.resume(page.address, page.published, page.outlet):  # type: ignore[union-attr]
                if self.get_processed_request(request, None) is not None:
                    yield request
        for revisit in self._due_articles(outlets):
            yield revisit
        async for processed in super().process_start(start):
            yield processed

    def _due_articles(self, outlets: Iterable[str]) -> Iterator[Request]:
        """Ask for young articles once more: corrections are made in the first days."""
        spider, moment = self.crawler.spider, datetime.now(UTC)
        if not getattr(spider, "unbounded", False) or not self.crawler.settings.getbool("TOURDETABLE_REVISIONS"):
            return
        for page in self._ask(frontier.due_articles, list(outlets), moment) or ():
            request = spider.revisit(page.address, page.url, page.outlet)  # type: ignore[union-attr]
            _ask_for_what_is_new(request, page)
            self._note(partial(frontier.note_check, url=page.url, moment=moment))
            yield request

    def process_spider_output(self, response: Response | None, result: Iterable[Any]) -> Iterator[Any]:  # type: ignore[override]
        """Let requests and items go on, and note what a source led to once it has been read to its end."""
        led_to: list[FoundPage] = []
        for one in super().process_spider_output(response, result):
            led_to += _found(one)
            yield one
        self._read(response, led_to)

    async def process_spider_output_async(  # type: ignore[override]
        self, response: Response | None, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Do the same where another part of the chain is asynchronous."""
        led_to: list[FoundPage] = []
        async for one in super().process_spider_output_async(response, result):
            led_to += _found(one)
            yield one
        self._read(response, led_to)

    def _read(self, response: Response | None, led_to: list[FoundPage]) -> None:
        if response is None or response.meta.get("kind") not in _SOURCES or response.meta.get("unreadable"):
            return
        self._note_visit(response, led_to)

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Let a request go on unless its article is stored or put off, or its source is not due."""
        name = request.meta.get("outlet")
        if _may_be_article(request) and self._ask(page_is_known, request.url):
            self._count(name, "known")
            return None
        if request.meta.get("kind") == "article":
            if not self._full and self._ask(frontier.is_put_off, key_of(request.url), datetime.now(UTC)):
                self._count(name, "put_off")
                return None
            return request
        return self._asked_politely(request) if request.meta.get("kind") in _SOURCES else request

    def _asked_politely(self, request: Request) -> Request | None:
        source = None if self._full else self._ask(frontier.source_of, key_of(request.url))
        if source is None:
            return request
        if source.due_at > datetime.now(UTC):
            self._count(source.outlet, "not_due")
            return None
        _ask_for_what_is_new(request, source)
        return request

    def _count(self, outlet: str | None, what: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"outlet/{outlet}/{what}")

    def get_processed_item(self, item: Any, response: Response | None) -> Any:
        """Let every item go on; note what led to it."""
        if isinstance(item, Article) and response is not None and response.request is not None:
            meta = response.request.meta
            if _FOR_GOOD.issuperset(meta.get("redirect_reasons", ())):
                self._led_to[item.url] = meta.get("redirect_urls", [])
            if "found" in meta:
                self._found_as[item.url] = meta["found"]
            return self._article(item, response, revises=bool(meta.get("revision")))
        return item

    def _article(self, item: Article, response: Response, *, revises: bool) -> Article | None:
        """Note an article's validators; let one that was looked at again go on only if it has changed."""
        page = Revisit(key_of(item.canonical_url), item.url, item.outlet, *_validators(response))
        self._note(partial(frontier.note_article, page=page, moment=datetime.now(UTC)))
        if revises:
            cleaned = replace(item, title=clean_line(item.title), text=clean_text(item.text))
            if self._ask(hash_of, page.url) == content_hash(cleaned):
                self._count(item.outlet, "unchanged")
                return None
            self._revises.add(item.url)
        return item

    def is_revision(self, article: Article) -> bool:
        """Tell, once, whether an article is a later state of a stored one."""
        known = article.url in self._revises
        self._revises.discard(article.url)
        return known

    def addresses_of(self, article: Article) -> list[str]:
        """Give, once, the addresses that were redirected to an article for good."""
        return self._led_to.pop(article.url, [])

    def found_as(self, article: Article) -> str | None:
        """Give, once, the address under which an article stands on the frontier."""
        return self._found_as.pop(article.url, None)

    def page_settled(self, url: str, address: str, outlet: str, outcome: str) -> None:
        """Note that a page gave no article."""
        page, moment = FoundPage(url, address, outlet), datetime.now(UTC)
        self._note(lambda db: frontier.note_outcome(db, page, outcome, moment))

    def _note_visit(self, response: Response, found: list[FoundPage]) -> None:
        unbounded = getattr(self.crawler.spider, "unbounded", False)
        unchanged = response.status == 304
        visit = Visit(
            # The source's own address, not that of where it was redirected to: by this one it is asked for again.
            key_of(response.meta.get("redirect_urls", [response.url])[0]),
            response.meta["outlet"],
            response.meta["kind"],
            datetime.now(UTC),
            None if unchanged else hashlib.sha256(response.body).hexdigest()[:32],
            *_validators(response),
        )

        def change(db: sqlite3.Connection) -> None:
            if unbounded and response.status in (200, 304):
                frontier.note_visit(db, visit, found)
            else:  # what a bounded crawl leaves out would be hidden by « not modified » next time
                frontier.note_found(db, found)

        self._note(change)

    def _note(self, change: Any) -> None:
        from pipelines.parquet import ParquetPipeline

        if self.crawler.crawling:
            pipeline: ParquetPipeline | None = self.crawler.get_item_pipeline(ParquetPipeline)
            if pipeline is not None:
                pipeline.note(change)

    def _ask(self, question: Any, *arguments: Any) -> Any:
        """Ask the ledger; None where there is none yet, or it cannot be read."""
        try:
            if self._db is None:
                if not self._path.exists():
                    return None
                self._db = open_to_read(self._path)
            return question(self._db, *arguments)
        except sqlite3.Error as error:
            # Harmless: the store looks again before it takes an article.
            logger.debug("%s: cannot be read (%s)", self._path, error)
            return None

    def close(self) -> None:
        """Close the ledger."""
        if self._db is not None:
            self._db.close()
            self._db = None


def _ask_for_what_is_new(request: Request, known: frontier.Source | frontier.Revisit) -> None:
    """Make a request conditional (RFC 9110 §13.1)."""
    if known.etag:
        request.headers["If-None-Match"] = known.etag
    if known.last_modified:
        request.headers["If-Modified-Since"] = known.last_modified


def _validators(response: Response) -> tuple[str | None, str | None]:
    etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
    return (etag.decode("latin-1") if etag else None), (modified.decode("latin-1") if modified else None)


def _found(one: Any) -> list[FoundPage]:
    if not isinstance(one, Request) or "found" not in one.meta:
        return []
    return [FoundPage(one.meta["found"], one.meta["address"], one.meta["outlet"], one.meta.get("published"))]


def _may_be_article(request: Request) -> bool:
    """Tell articles, and pages come upon in exploring a site: their addresses do not tell which of both they are."""
    kind = request.meta.get("kind")
    return kind == "article" or (kind == "listing" and request.meta.get("level", 0) > 0)
