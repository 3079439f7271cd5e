"""Sitemaps, sitemap indexes and Google-News sitemaps (sitemaps.org protocol 0.9; Google-News extension 0.9)."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree

from crawler.discovery import Found, SourceError
from crawler.urls import resolve

MAX_ENTRIES = 50_000
"""The protocol's own bound for one file."""
MAX_BYTES = 64 * 2**20
"""Bound of a sitemap unpacked: the protocol allows 50 MiB; what is far larger is a gzip bomb."""


@dataclass(slots=True)
class Sitemap:
    """What one sitemap file holds: pages, or further sitemaps, in the file's order."""

    pages: list[Found] = field(default_factory=list)
    sitemaps: list[Found] = field(default_factory=list)


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a sitemap or sitemap index, gzipped or not; entities and external references are never followed.

    Raises:
        SourceError: this is no sitemap, or too large a one.
    """
    found = Sitemap()
    root: str | None = None
    try:
        events = etree.iterparse(
            io.BytesIO(unpacked(body)),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            recover=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in events:
            name = _local(element)
            if event == "start":
                root = root or name
                if root not in {"urlset", "sitemapindex"}:
                    raise SourceError("not a sitemap")
            elif name in {"url", "sitemap"}:
                _take(element, url, found.pages if name == "url" else found.sitemaps)
                element.clear()
            if len(found.pages) + len(found.sitemaps) >= MAX_ENTRIES:
                break
    except etree.XMLSyntaxError as error:
        raise SourceError(f"not XML ({error.msg})") from None
    if root is None:
        raise SourceError("not a sitemap")
    return found


def unpacked(body: bytes) -> bytes:
    """Give the bytes of a file that may be gzipped, whatever its name and headers say.

    Raises:
        SourceError: it is broken, or larger than :data:`MAX_BYTES` once unpacked.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.open(io.BytesIO(body)) as packed:
            content = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"broken gzip ({error})") from None
    if len(content) > MAX_BYTES:
        raise SourceError(f"larger than {MAX_BYTES // 2**20} MiB unpacked")
    return content


def _take(element: etree._Element, url: str, into: list[Found]) -> None:
    values: dict[str, str] = {}
    for child in element.iter():
        if child.text:
            values.setdefault(_local(child), child.text.strip())
    address = resolve(url, values["loc"]) if values.get("loc") else None
    if address:
        published, changed = read_instant(values.get("publication_date")), read_instant(values.get("lastmod"))
        into.append(Found(address, published, changed, values.get("title")))


def _local(element: etree._Element) -> str:
    """Give an element's name without namespace or prefix: some sitemaps never declare theirs."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def read_instant(text: str | None) -> datetime | None:
    """Read a W3C date or instant (ISO 8601 profile); UTC where it has no zone, None where it is none.

    >>> read_instant("2026-10-03T08:00:00+02:00").isoformat()
    '2026-10-03T06:00:00+00:00'
    """
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except OverflowError:
        return None
