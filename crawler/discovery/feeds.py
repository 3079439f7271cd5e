"""RSS and Atom feeds, read by feedparser, which forgives what the press gets wrong in them."""

from __future__ import annotations

import calendar
import io
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from crawler.discovery import Found, SourceError
from crawler.discovery.sitemaps import unpacked
from crawler.urls import resolve


def read_feed(body: bytes, url: str) -> list[Found]:
    """Give the entries of an RSS or Atom feed, gzipped or not, relative links resolved against ``url``.

    Raises:
        SourceError: this is no feed.
    """
    content = unpacked(body)
    try:
        parsed = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # of whichever of its parsers stumbled, on bytes that are no feed
        raise SourceError(f"not a feed ({type(error).__name__})") from error
    if not parsed.get("version"):
        raise SourceError("not a feed")
    found = []
    for entry in parsed.entries:
        address = _address(entry, url)
        if address:
            published = _instant(entry.get("published_parsed"))
            # To ask for what is not there would give the other instant in its place, and a warning.
            changed = _instant(entry["updated_parsed"]) if "updated_parsed" in entry else None
            found.append(Found(address, published, changed, entry.get("title")))
    return found


def _address(entry: Any, url: str) -> str | None:
    link = str(entry.get("link") or "")
    name = str(entry.get("id") or "")
    if not link and not name.startswith("http"):
        return None
    return resolve(url, link or name)


def _instant(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
