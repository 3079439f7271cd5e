"""RSS and Atom feeds, read by feedparser, which forgives what the press gets wrong in them."""

from __future__ import annotations

import calendar
import io
from datetime import UTC, datetime
from time import struct_time
from urllib.parse import urljoin

import feedparser

from crawler.discovery import Found, SourceError


def read_feed(body: bytes, url: str) -> list[Found]:
    """Give the entries of an RSS or Atom feed, relative links resolved against ``url``.

    Raises:
        SourceError: this is no feed.
    """
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version"):
        raise SourceError("not a feed")
    found = []
    for entry in parsed.entries:
        link = entry.get("link") or (entry.get("id", "") if str(entry.get("id", "")).startswith("http") else "")
        if link:
            instant = _instant(entry.get("published_parsed") or entry.get("updated_parsed"))
            found.append(Found(urljoin(url, link.strip()), instant, entry.get("title")))
    return found


def _instant(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
