"""A press page becomes an :class:`crawler.items.Article`: one parse, then metadata, body and signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.items import Article
from crawler.outlets import Outlet
from crawler.page import body, signs
from crawler.page.jsonld import article_of
from crawler.page.metadata import Metadata, read_metadata
from crawler.page.tree import Tree, parse_tree
from crawler.urls import canonical_of, site_of

__all__ = ["parse_article"]

MIN_TEXT = 120
"""Characters; what has less is no article but a teaser, a photo or an error page."""


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
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    tree = parse_tree(html, lowered.get("content-type", ""))
    if tree is None:
        return None
    linked = article_of(tree)
    selectors = outlet.selectors if outlet else {}
    meta = read_metadata(tree, linked, url, timezone=outlet.timezone if outlet else "Europe/Paris", selectors=selectors)
    text = body.read_body(tree, linked, meta, selectors)
    if not meta.title or not signs.is_article(tree, linked, url, meta, text, minimum=MIN_TEXT):
        return None
    return _article(tree, linked, meta, text, url, outlet, lowered, fetched_at)


def _article(
    tree: Tree,
    linked: Mapping[str, object],
    meta: Metadata,
    text: str,
    url: str,
    outlet: Outlet | None,
    headers: Mapping[str, str],
    fetched_at: datetime | None,
) -> Article:
    return Article(
        url=url,
        canonical_url=canonical_of(url, meta.canonical) if urlsplit(url).hostname else url,
        outlet=outlet.name if outlet else site_of(url),
        title=meta.title,
        text=text,
        chapeau=meta.chapeau,
        authors=meta.authors,
        published_at=meta.published,
        modified_at=meta.modified,
        language=meta.language,
        section=meta.section,
        tags=meta.tags,
        image=meta.image,
        paywalled=signs.is_paywalled(tree, linked, text),
        tdm_reserved=signs.is_reserved(tree, headers),
        fetched_at=fetched_at or datetime.now(UTC),
    )
