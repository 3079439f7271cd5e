"""The frontier: what was found and is not stored, and what every source was like when it was last read.

Two tables of the ledger. A source's validators are noted in one transaction with the pages that it led to, so that an
answer « not modified » never hides a page that a killed crawl had found and not fetched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SCHEMA = """
CREATE TABLE frontier (
    url TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    outlet TEXT NOT NULL,
    published TEXT,
    tries INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    due_at TEXT
) WITHOUT ROWID;
CREATE INDEX frontier_by_outlet ON frontier (outlet, due_at);
CREATE TABLE sources (
    url TEXT PRIMARY KEY,
    outlet TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    digest TEXT NOT NULL,
    read_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    interval REAL NOT NULL,
    due_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE revisits (
    url TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    outlet TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    checks INTEGER NOT NULL,
    due_at TEXT
) WITHOUT ROWID;
CREATE INDEX revisits_by_outlet ON revisits (outlet, due_at);
"""
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_WAITS: dict[str, tuple[timedelta, ...]] = {
    "http-404": (_HOUR, _DAY, _WEEK),
    "http-410": (_DAY,),
    "http-401": (_DAY, _WEEK),
    "http-403": (_DAY, _WEEK, _WEEK),
    "http-451": (_WEEK, _WEEK),
    "robots": (_DAY, _WEEK, _WEEK, _WEEK),
    "not-article": (_DAY,),
    "not-html": (_WEEK,),
    "out-of-time": (_DAY, _WEEK, _WEEK),
    "redirects": (_DAY, _WEEK),
    "too-large": (_WEEK,),
}
"""How long a page is let be after each try that ended so; after the last one it is left alone for good."""
_TROUBLE = tuple(min(_HOUR * 2**n, _WEEK) for n in range(12))
"""The same for what the site or the way to it may mend: no answer, 5xx, a broken connection."""
LEAST, MOST = timedelta(minutes=10), {"feed": 6 * _HOUR, "sitemap": _DAY, "listing": 12 * _HOUR, "home": 12 * _HOUR}
"""A source that does not change is asked less and less often, up to so long after it was read; one that does is asked
twice as often, at every run if it changes within the least time."""
CHECKS = (6 * _HOUR, _DAY, 3 * _DAY)
"""How long after an article was fetched, and after each look at it, it is looked at again; corrections come early."""
_GROWTH = 1.5
_SLACK = 0.95
"""A run that starts a little early, as an hourly one may, still finds due what an hour was meant for."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that a source led to and that may be an article."""

    url: str
    """Normal form of its address."""
    address: str
    outlet: str
    published: str | None = None
    """Instant that the source gives, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, sitemap or listing as it was when it was last read."""

    url: str
    outlet: str
    etag: str | None
    last_modified: str | None
    digest: str
    read_at: datetime
    changed_at: datetime
    interval: timedelta
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One reading of a source; ``digest`` is that of its body, None where it answered that nothing has changed."""

    url: str
    outlet: str
    kind: str
    moment: datetime
    digest: str | None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Revisit:
    """A stored article that may have been corrected since; ``etag`` and ``last_modified`` are its page's validators."""

    url: str
    """Normal form of its address."""
    address: str
    outlet: str
    etag: str | None = None
    last_modified: str | None = None


def source_of(db: sqlite3.Connection, url: str) -> Source | None:
    """Give what is known of a source."""
    row = db.execute("SELECT * FROM sources WHERE url = ?", (url,)).fetchone()
    if row is None:
        return None
    url, outlet, etag, modified, digest, read, changed, interval, due = row
    moments = (datetime.fromisoformat(moment) for moment in (read, changed, due))
    read_at, changed_at, due_at = moments
    return Source(url, outlet, etag, modified, digest, read_at, changed_at, timedelta(seconds=interval), due_at)


def note_visit(db: sqlite3.Connection, visit: Visit, found: Iterable[FoundPage]) -> None:
    """Note what a source was like, and every page that it led to and that is not stored."""
    note_found(db, found)
    before = source_of(db, visit.url)
    if visit.digest is None and before is None:
        return  # « not modified » to a question that we did not ask
    same = before is not None and visit.digest in (None, before.digest)
    interval = _next_interval(before.interval if before else timedelta(0), visit.kind, same=same)
    changed = before.changed_at if before and same else visit.moment
    db.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            visit.url,
            visit.outlet,
            visit.etag or (before.etag if before and same else None),
            visit.last_modified or (before.last_modified if before and same else None),
            visit.digest or (before.digest if before else ""),
            visit.moment.isoformat(),
            changed.isoformat(),
            interval.total_seconds(),
            (visit.moment + interval * _SLACK).isoformat(),
        ),
    )


def _next_interval(interval: timedelta, kind: str, *, same: bool) -> timedelta:
    if not same:
        return interval / 2 if interval / 2 >= LEAST else timedelta(0)
    return min(max(LEAST, interval * _GROWTH), MOST.get(kind, _DAY))


def note_found(db: sqlite3.Connection, found: Iterable[FoundPage]) -> None:
    """Note pages found, but those that are stored or noted already."""
    db.executemany(
        "INSERT OR IGNORE INTO frontier SELECT ?1, ?2, ?3, ?4, 0, '', '' "
        "WHERE NOT EXISTS (SELECT 1 FROM pages WHERE url = ?1)",
        [(page.url, page.address, page.outlet, page.published) for page in found],
    )


def note_outcome(db: sqlite3.Connection, page: FoundPage, outcome: str, moment: datetime) -> None:
    """Note that a page gave no article, and when it is tried again, if ever."""
    note_found(db, [page])
    row = db.execute("SELECT tries FROM frontier WHERE url = ?", (page.url,)).fetchone()
    if row is None:
        return  # stored meanwhile
    waits = _WAITS.get(outcome, _TROUBLE)
    due = (moment + waits[row[0]]).isoformat() if row[0] < len(waits) else None
    db.execute("UPDATE frontier SET tries = tries + 1, outcome = ?, due_at = ? WHERE url = ?", (outcome, due, page.url))


def forget_found(db: sqlite3.Connection, urls: Iterable[str]) -> None:
    """Take pages off the frontier: they are stored."""
    db.executemany("DELETE FROM frontier WHERE url = ?", [(url,) for url in urls])


def find_again(db: sqlite3.Connection, url: str, outlet: str) -> None:
    """Put the page of an article whose rows are lost on the frontier, to be fetched as if it were just found."""
    row = db.execute("DELETE FROM revisits WHERE url = ? RETURNING address", (url,)).fetchone()
    address = row[0] if row else url
    db.execute("INSERT OR REPLACE INTO frontier VALUES (?, ?, ?, NULL, 0, '', '')", (url, address, outlet))


def is_put_off(db: sqlite3.Connection, url: str, moment: datetime) -> bool:
    """Tell whether a page is to be let be for now, or for good."""
    row = db.execute("SELECT due_at FROM frontier WHERE url = ?", (url,)).fetchone()
    return row is not None and (row[0] is None or row[0] > moment.isoformat())


def due_pages(db: sqlite3.Connection, outlets: Sequence[str], moment: datetime) -> list[FoundPage]:
    """Give the pages of these outlets that earlier crawls found and that are to be tried now."""
    query = (
        "SELECT url, address, outlet, published FROM frontier WHERE outlet = ? AND due_at <= ? ORDER BY published DESC"
    )
    return [FoundPage(*row) for name in outlets for row in db.execute(query, (name, moment.isoformat()))]


def note_article(db: sqlite3.Connection, page: Revisit, moment: datetime) -> None:
    """Note a fetched article, to look at it again, or that it was looked at again and what its validators are now."""
    db.execute(
        "INSERT INTO revisits VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6) "
        "ON CONFLICT DO UPDATE SET etag = ?4, last_modified = ?5",
        (page.url, page.address, page.outlet, page.etag, page.last_modified, (moment + CHECKS[0]).isoformat()),
    )


def note_check(db: sqlite3.Connection, url: str, moment: datetime) -> None:
    """Note that an article is looked at again, and when the next time is; after some days it is left alone."""
    row = db.execute("SELECT checks FROM revisits WHERE url = ?", (url,)).fetchone()
    done = row[0] + 1 if row else len(CHECKS)
    due = (moment + CHECKS[done]).isoformat() if done < len(CHECKS) else None
    db.execute("UPDATE revisits SET checks = ?, due_at = ? WHERE url = ?", (done, due, url))


def due_articles(db: sqlite3.Connection, outlets: Sequence[str], moment: datetime) -> list[Revisit]:
    """Give the stored articles of these outlets that are to be looked at again now."""
    query = """
    SELECT url, address, outlet, etag, last_modified FROM revisits
    WHERE outlet = ? AND due_at <= ? AND url IN (SELECT url FROM pages)
    """
    return [Revisit(*row) for name in outlets for row in db.execute(query, (name, moment.isoformat()))]
