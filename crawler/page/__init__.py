"""A press page becomes an :class:`crawler.items.Article`: one parse, then metadata, body and signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urlsplit

from crawler.items import Article
from crawler.outlets import Outlet
from crawler.page import signs
from crawler.page.head import Head, read_head
from crawler.page.language import language_of
from crawler.page.metadata import Metadata, read_metadata
from crawler.page.outline import Block, Outline, outline_of
from crawler.page.signs import Kind
from crawler.page.text import read_body, signature_of, text_of_body
from crawler.page.tree import Tree, parse_tree, select, text_of
from crawler.urls import canonical_of, resolve, site_of

__all__ = ["Kind", "Page", "essentials", "parse_article"]

MIN_TEXT = 120
"""Characters; what has less is no article but a teaser, a photo or an error page."""
MAX_LINKS = 20_000
"""Links of one page that are looked at."""
MIN_BESIDE_VIDEO = 500
"""Characters; a video with less beside it is no article."""


class Page:
    """One fetched page, parsed once: what it is, its article, its links and feeds.

    ``outlet`` gives selectors and the time zone of dates printed without one; ``headers`` are the answer's
    (charset, ``tdm-reservation``), ``reserved`` is what the site's file says of mining it (:mod:`crawler.tdmrep`).
    Nothing that a page holds raises.

    >>> page = Page("<html><body><a href='/alpha-leve-3-me'>Alpha lève 3 M€</a>", "https://exemple.fr/")
    >>> page.kind, list(page.links())
    ('listing', [('https://exemple.fr/alpha-leve-3-me', 'Alpha lève 3 M€')])
    """

    def __init__(
        self,
        html: str | bytes,
        url: str,
        *,
        outlet: Outlet | None = None,
        headers: Mapping[str, str] | None = None,
        fetched_at: datetime | None = None,
        reserved: bool | None = None,
    ) -> None:
        self.url, self.outlet, self._reserved = url, outlet, reserved
        self.fetched_at = fetched_at or datetime.now(UTC)
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}
        self._tree: Tree | None = parse_tree(html, self._headers.get("content-type", ""))
        self._selectors = outlet.selectors_on(self.fetched_at.date()) if outlet else {}

    @cached_property
    def head(self) -> Head:
        """What the page declares."""
        return read_head(self._tree) if self._tree is not None else Head()

    @cached_property
    def outline(self) -> Outline:
        """The page's text in blocks."""
        if self._tree is None:
            return Outline()
        removed = select(self._tree, self._selectors["remove"]) if "remove" in self._selectors else []
        return outline_of(self._tree, without=removed)

    @cached_property
    def metadata(self) -> Metadata:
        """Title, authors, instants and the rest."""
        if self._tree is None:
            return Metadata()
        zone = self.outlet.timezone if self.outlet else "Europe/Paris"
        return read_metadata(self._tree, self.head, self.outline, self.url, timezone=zone, selectors=self._selectors)

    @cached_property
    def body(self) -> list[Block]:
        """The blocks of the article's text."""
        if self._tree is None:
            return []
        blocks = read_body(self._tree, self.head, self.outline, self.metadata, self._selectors)
        if not self.metadata.authors:
            blocks, self.metadata.authors = signature_of(blocks)
        return blocks

    @cached_property
    def kind(self) -> Kind:
        """What the page is; an article is what has a title and some text."""
        if self._tree is None:
            return "other"
        meta = self.metadata
        kind = signs.kind_of(
            self.head, self.outline, self.url, meta.title, meta.headline, self.body, dated=meta.is_dated
        )
        if kind in ("article", "live") and (not meta.title or len(self._text) < MIN_TEXT):
            return "other"
        return kind

    @cached_property
    def _text(self) -> str:
        return text_of_body(self.body, self.outline, self.metadata)

    def article(self) -> Article | None:
        """Give the page's article, None where it is none; a video with an article's text beside it is one."""
        if self.kind not in ("article", "live") and (self.kind != "video" or len(self._text) < MIN_BESIDE_VIDEO):
            return None
        meta, url = self.metadata, self.url
        canonical = self.head.canonical or self.head.metas.get("og:url")
        return Article(
            url=url,
            canonical_url=canonical_of(url, canonical) if urlsplit(url).hostname else url,
            outlet=self.outlet.name if self.outlet else site_of(url),
            title=meta.title,
            text=self._text,
            chapeau=meta.chapeau,
            authors=meta.authors,
            published_at=meta.published,
            modified_at=meta.modified,
            language=language_of(self._text, self.head),
            section=meta.section,
            tags=meta.tags,
            image=meta.image,
            kind=self.kind,
            paywalled=signs.is_paywalled(self.head, self.outline, self.body),
            tdm_reserved=signs.is_reserved(self.head, self._headers, self._reserved),
            fetched_at=self.fetched_at,
        )

    def links(self) -> Iterator[tuple[str, str]]:
        """Give the page's links, absolute, with their words, in page order."""
        base = self._base
        for anchor in self._tree.css("a[href]")[:MAX_LINKS] if self._tree is not None else ():
            if address := resolve(base, anchor.attributes.get("href") or ""):
                yield address, text_of(anchor)

    def feeds(self) -> list[str]:
        """Give the feeds that a page declares (``<link rel="alternate">``, RSS Advisory Board's autodiscovery)."""
        feeds = (resolve(self._base, feed) for feed in self.head.feeds)
        return list(dict.fromkeys(feed for feed in feeds if feed and "/comments" not in feed))

    @property
    def _base(self) -> str:
        return (self.head.base and resolve(self.url, self.head.base)) or self.url


def parse_article(
    html: str | bytes,
    url: str,
    *,
    outlet: Outlet | None = None,
    headers: Mapping[str, str] | None = None,
    fetched_at: datetime | None = None,
) -> Article | None:
    """Read one page; None where it is no article (listing, front page, consent wall, empty, broken).

    ``outlet`` gives selectors and the time zone of dates printed without one; ``headers`` the answer's HTTP headers
    (charset, ``tdm-reservation``). Nothing that a page holds raises.

    >>> page = (
    ...     "<html><head><title>Alpha lève 3 M€</title></head><body><article><h1>Alpha lève 3 M€</h1><p>"
    ...     + "Texte. " * 40
    ... )
    >>> parse_article(page, "https://exemple.fr/alpha-leve-3-me").title
    'Alpha lève 3 M€'
    """
    return Page(html, url, outlet=outlet, headers=headers, fetched_at=fetched_at).article()


def essentials(html: str | bytes, url: str) -> tuple[str, list[str], datetime | None, str]:
    """Give title, authors, instant of publication and text alone: what other readers of pages give, to compare with.

    >>> essentials("<p>Bref.</p>", "https://exemple.fr/bref")
    ('', [], None, '')
    """
    article = parse_article(html, url)
    return (
        ("", [], None, "") if article is None else (article.title, article.authors, article.published_at, article.text)
    )
