"""The spider that reads outlets: discovery from feeds, sitemaps and listings, then the articles."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from crawler.discovery import Found, SourceError
from crawler.discovery.detect import kind_of
from crawler.discovery.feeds import read_feed
from crawler.discovery.listings import links_of, looks_like_article, may_be_article
from crawler.discovery.sitemaps import Sitemap, read_instant, read_sitemap
from crawler.items import Article
from crawler.outlets import Outlet, find_outlet
from crawler.page import Page
from crawler.signals import page_settled
from crawler.spiders.causes import cause_of
from crawler.urls import key_of, resolve

MAX_LEVEL = 6
"""Listing pages of an unknown site, and sitemaps in sitemaps, are followed so deep.

Counted in ``meta["level"]``: Scrapy's own ``depth`` counts every request, robots.txt too.
"""
MAX_LISTINGS = 60
"""Most listing pages of an unknown site in one run."""
MAX_SITEMAPS = 200
"""Most sitemap files of one outlet in one run."""
_UNDATED = datetime.max.replace(tzinfo=UTC)
_SLACK = timedelta(days=2)
"""A sitemap file is read though its own date is a little before ``since``: they lag behind."""

logger = logging.getLogger(__name__)


class NewsSpider(Spider):
    """Reads any number of outlets in one engine, so that politeness toward a host holds across them.

    Article requests have ``meta["kind"] == "article"``, others ``feed``, ``sitemap``, ``listing``, ``home`` or
    ``guess``; all have ``meta["outlet"]``. Stats are counted under ``outlet/<name>/…``: found, fetched, articles,
    not_article, not_article/<kind>, robots, failed, failed/<cause>, sources_ok, sources_failed.

    From the command line: ``scrapy crawl news -a outlets=maddyness,frenchweb -a since=2026-10-01 -a max_articles=20``.
    """

    name = "news"
    own: Sequence[Outlet] = ()
    """The outlets read where none are given."""

    def __init__(
        self,
        outlets: Sequence[Outlet] | str = (),
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        max_articles: int | str | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        if isinstance(outlets, str):
            outlets = [find_outlet(name) for name in outlets.replace(",", " ").split()]
        self._given = list(outlets or self.own)
        self.outlets = {outlet.name: outlet for outlet in self._given}
        self.since, self.until = _instant(since), _instant(until)
        self.max_articles = int(max_articles) if max_articles is not None else None
        self._asked: set[str] = set()
        self._listings: Counter[str] = Counter()
        self._sitemaps: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()

    async def start(self) -> AsyncIterator[Request]:
        """Ask every outlet's sources."""
        for outlet in self._given:  # two addresses of one site are two outlets of one name
            sources = [("feed", url) for url in outlet.feeds]
            sources += [("sitemap", url) for url in outlet.sitemaps]
            sources += [("listing", url) for url in outlet.listings]
            sources += [("home", outlet.home)] if outlet.explore else []
            for kind, url in sources:
                if key_of(url) not in self._asked:
                    yield self._source(url, outlet, kind)

    def _source(self, url: str, outlet: Outlet, kind: str, level: int = 0) -> Request:
        self._asked.add(key_of(url))
        return Request(
            url,
            callback=self.parse_source,
            errback=self.source_failed,
            dont_filter=True,
            priority=10 - level,
            meta={"kind": kind, "outlet": outlet.name, "level": level, "handle_httpstatus_list": [304]},
        )

    # Sources

    def parse_source(self, response: Response) -> Iterator[Request | Article]:
        """Read a feed, sitemap, listing or front page, whichever it turns out to be."""
        outlet = self.outlets[response.meta["outlet"]]
        kind: str = response.meta["kind"]
        if response.status == 304:  # RFC 9110 §15.4.5: as it was when it was last read
            self._count(outlet, "sources_ok")
            self._count(outlet, "not_modified")
            return
        try:
            yield from self._read_source(response, outlet, kind)
        except SourceError as error:
            self._source_is_bad(response, outlet, str(error))

    def _read_source(self, response: Response, outlet: Outlet, kind: str) -> Iterator[Request | Article]:
        found = kind_of(response.body)
        if found == "feed":
            entries = read_feed(response.body, response.url)
            self._count(outlet, "sources_ok")
            yield from self._articles(entries, outlet)
        elif found == "sitemap":
            sitemap = read_sitemap(response.body, response.url)
            self._count(outlet, "sources_ok")
            yield from self._sitemap(sitemap, outlet, response.meta["level"] + 1)
        elif found == "page" and kind in {"home", "listing"}:
            self._count(outlet, "sources_ok")
            yield from self._page(response, outlet, kind)
        else:
            what = "an HTML page" if found == "page" else "neither HTML nor a feed nor a sitemap"
            raise SourceError(f"a {kind} was expected, but this is {what}")

    def _sitemap(self, sitemap: Sitemap, outlet: Outlet, level: int) -> Iterator[Request]:
        newest_first = sorted(sitemap.sitemaps, key=lambda inner: inner.changed or _UNDATED, reverse=True)
        for inner in newest_first:
            old = self.since and inner.changed and inner.changed < self.since - _SLACK
            if old or level > MAX_LEVEL or key_of(inner.url) in self._asked:
                continue
            self._sitemaps[outlet.name] += 1
            if self._sitemaps[outlet.name] <= MAX_SITEMAPS:
                yield self._source(inner.url, outlet, "sitemap", level)
        yield from self._articles(sitemap.pages, outlet)

    def _page(self, response: Response, outlet: Outlet, kind: str) -> Iterator[Request | Article]:
        level = response.meta["level"]
        page = self._read(response, outlet)
        if outlet.explore:
            article = page.article()
            # An unknown site's addresses need not look like an article's; a page with a date of its own is one.
            if article is not None and (kind == "home" or article.published_at is not None):
                yield from self._met(article, outlet)
                return
        if kind == "home" and level == 0:
            yield from self._guesses(page, outlet)
        for link in links_of(page, outlet):
            if not outlet.explore or looks_like_article(link.url):
                yield from self._articles([link], outlet)
            elif (
                level < MAX_LEVEL and self._listings[outlet.name] < MAX_LISTINGS and key_of(link.url) not in self._asked
            ):
                self._listings[outlet.name] += 1
                yield self._source(link.url, outlet, "listing", level + 1)

    def _met(self, article: Article, outlet: Outlet) -> Iterator[Article]:
        """Take an article that was come upon where a listing was expected, within this run's bounds."""
        if self.max_articles is not None and self._taken[outlet.name] >= self.max_articles:
            return
        self._taken[outlet.name] += 1
        self._count(outlet, "found")
        self._count(outlet, "fetched")
        if self._in_time(article.published_at):
            self._count(outlet, "articles")
            yield article

    def _guesses(self, page: Page, outlet: Outlet) -> Iterator[Request]:
        """Ask an unknown site for the sources it declares, and for a sitemap where the protocol puts it."""
        for feed in page.feeds():
            if key_of(feed) not in self._asked:
                yield self._source(feed, outlet, "feed", 1)
        parts = urlsplit(page.url)
        if parts.path.rstrip("/") == "":
            robots = f"{parts.scheme}://{parts.netloc}/robots.txt"
            yield self._guess(robots, outlet, self.parse_robots)
            yield self._guess(f"{parts.scheme}://{parts.netloc}/sitemap.xml", outlet, self.parse_guess)

    def _guess(self, url: str, outlet: Outlet, callback: Any) -> Request:
        self._asked.add(key_of(url))
        meta = {"kind": "guess", "outlet": outlet.name, "level": 1}
        return Request(url, callback=callback, errback=self.guess_failed, dont_filter=True, priority=9, meta=meta)

    def parse_robots(self, response: Response) -> Iterator[Request]:
        """Take the sitemaps that robots.txt names (sitemaps.org protocol)."""
        outlet = self.outlets[response.meta["outlet"]]
        for line in response.body.decode("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            url = resolve(response.url, value) if name.strip().lower() == "sitemap" else None
            if url and key_of(url) not in self._asked:
                yield self._source(url, outlet, "sitemap", 1)

    def parse_guess(self, response: Response) -> Iterator[Request | Article]:
        """Read a sitemap that was only guessed at: nothing is wrong if there is none."""
        if kind_of(response.body) == "sitemap":
            yield from self.parse_source(response)

    async def guess_failed(self, failure: Failure) -> None:
        """Pass over a guess that failed."""
        logger.debug("no source at %s", failure.request.url)  # type: ignore[attr-defined]

    async def source_failed(self, failure: Failure) -> None:
        """Count a source that could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        outlet = self.outlets[request.meta["outlet"]]
        self._count(outlet, "sources_failed")
        self._count(outlet, f"failed/{cause_of(failure)}")
        logger.info("%s: %s %s: %s", outlet.name, request.meta["kind"], request.url, cause_of(failure))

    def _source_is_bad(self, response: Response, outlet: Outlet, why: str) -> None:
        self._count(outlet, "sources_failed")
        self._count(outlet, "failed/bad-source")
        response.meta["unreadable"] = True  # and so not what a later answer could be « not modified » against
        logger.warning("%s: %s: %s", outlet.name, response.url, why)

    # Articles

    def _articles(self, found: Iterable[Found], outlet: Outlet) -> Iterator[Request]:
        """Ask for the articles found that are new in this run and within its bounds."""
        for item in found:
            key = key_of(item.url)
            if key in self._asked or not may_be_article(item.url, outlet):
                continue
            if not self._in_time(item.published, item.changed):
                continue
            if self.max_articles is not None and self._taken[outlet.name] >= self.max_articles:
                return
            self._asked.add(key)
            self._taken[outlet.name] += 1
            self._count(outlet, "found")
            meta = {"kind": "article", "outlet": outlet.name, "level": MAX_LEVEL, "found": key, "address": item.url}
            meta["published"] = item.published.isoformat() if item.published else None
            yield Request(item.url, callback=self.parse_page, errback=self.page_failed, dont_filter=True, meta=meta)

    def resume(self, url: str, published: str | None, name: str) -> Iterator[Request]:
        """Ask for a page that an earlier crawl found, within this run's bounds."""
        found = Found(url, published=datetime.fromisoformat(published) if published else None)
        yield from self._articles([found], self.outlets[name])

    def revisit(self, url: str, key: str, name: str) -> Request:
        """Ask once more for an article that is stored, and keep sources from asking for it besides."""
        self._asked.add(key)
        meta = {"kind": "article", "outlet": name, "level": MAX_LEVEL, "found": key, "address": url, "revision": True}
        meta["handle_httpstatus_list"] = [304]
        return Request(url, callback=self.parse_page, errback=self.page_failed, dont_filter=True, meta=meta)

    @property
    def unbounded(self) -> bool:
        """Whether this run takes all that is found."""
        return self.since is None and self.until is None and self.max_articles is None

    def _in_time(self, published: datetime | None, changed: datetime | None = None) -> bool:
        """Tell whether an article may be of the time asked for: what changed last before it was published before it."""
        latest = published or changed
        if self.since and latest and latest < self.since:
            return False
        return not (self.until and published and published > self.until)

    def parse_page(self, response: Response) -> Iterator[Article | Request]:
        """Read an article page."""
        outlet = self.outlets[response.meta["outlet"]]
        if response.status == 304:
            self._count(outlet, "unchanged")
            return
        self._count(outlet, "fetched")
        if not isinstance(response, TextResponse) or kind_of(response.body) == "other":
            self._failed(outlet, "not-html")
            self._settle(response.request, outlet, "not-html")
            return
        page = self._read(response, outlet)
        article = page.article()
        if article is None:
            self._count(outlet, "not_article")
            self._count(outlet, f"not_article/{page.kind}")
            self._settle(response.request, outlet, "not-article")
        elif self._in_time(article.published_at):
            self._count(outlet, "articles")
            yield article
        else:
            self._settle(response.request, outlet, "out-of-time")

    def _read(self, response: Response, outlet: Outlet) -> Page:
        headers = {
            name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()
        }
        reserved = response.meta.get("tdm_reserved")
        now = datetime.now(UTC)
        return Page(response.body, response.url, outlet=outlet, headers=headers, fetched_at=now, reserved=reserved)

    async def page_failed(self, failure: Failure) -> None:
        """Count a page that could not be fetched; one that robots.txt forbids has not failed."""
        request: Request = failure.request  # type: ignore[attr-defined]
        outlet, cause = self.outlets[request.meta["outlet"]], cause_of(failure)
        logger.info("%s: %s: %s", outlet.name, request.url, cause)
        self._settle(request, outlet, cause)
        if cause == "robots":
            self._forbidden(outlet)
        else:
            self._failed(outlet, cause)

    def _settle(self, request: Request | None, outlet: Outlet, outcome: str) -> None:
        """Tell whoever keeps the frontier that a page gives no article."""
        if request is not None and "found" in request.meta:
            self.crawler.signals.send_catch_log(
                page_settled,
                url=request.meta["found"],
                address=request.meta["address"],
                outlet=outlet.name,
                outcome=outcome,
            )

    def _forbidden(self, outlet: Outlet) -> None:
        self._count(outlet, "robots")

    def _failed(self, outlet: Outlet, cause: str) -> None:
        self._count(outlet, "failed")
        self._count(outlet, f"failed/{cause}")

    def _count(self, outlet: Outlet, what: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"outlet/{outlet.name}/{what}")


def _instant(told: datetime | str | None) -> datetime | None:
    if told is None or isinstance(told, datetime):
        return told
    instant = read_instant(told)
    if instant is None:
        raise ValueError(f"not an ISO day or instant: {told!r}")
    return instant
