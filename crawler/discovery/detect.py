"""What an answer is, by its first bytes: servers' content types are often wrong for feeds and sitemaps."""

from __future__ import annotations

import re
from typing import Literal

from crawler.discovery import SourceError
from crawler.discovery.sitemaps import unpacked

Kind = Literal["feed", "sitemap", "page", "other"]

_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOTS: dict[bytes, Kind] = {
    b"rss": "feed",
    b"feed": "feed",
    b"rdf": "feed",
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap",
}
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"RIFF")


def kind_of(body: bytes) -> Kind:
    """Tell a feed, a sitemap, an HTML page and anything else apart.

    >>> (
    ...     kind_of(b"<?xml version='1.0'?><rss version='2.0'></rss>"),
    ...     kind_of(b"<!doctype html><html>"),
    ...     kind_of(b"%PDF-1.7"),
    ... )
    ('feed', 'page', 'other')
    """
    try:
        head = unpacked(body)[:8192]
    except SourceError:
        return "other"
    if head.startswith(_BINARY) or b"\x00" in head[:64]:
        return "other"
    root = _ROOT.search(_COMMENT.sub(b"", head))
    return "other" if root is None else _ROOTS.get(root[1].lower(), "page")
