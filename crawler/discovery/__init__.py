"""Where articles are announced: feeds, sitemaps, listing pages. Pure functions on bytes already fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class SourceError(ValueError):
    """A feed or sitemap is none; the message says what was found in its place."""


@dataclass(frozen=True, slots=True)
class Found:
    """An address that may be an article's, with what its source says of it."""

    url: str
    published: datetime | None = None
    """Instant of publication, in UTC, as the source states it."""
    changed: datetime | None = None
    """Instant of the last change, in UTC, where the source states that instead."""
    title: str | None = None
