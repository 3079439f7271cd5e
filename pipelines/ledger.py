"""The ledger: the one piece of long-lived state, a SQLite file (WAL) beside the tables.

It knows every article page that is stored, and every batch of rows on its way into the dataset. A page is *seen* only in
the same transaction that declares its batch committed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.urls import canonicalize
from pipelines.errors import LedgerError

SCHEMA_VERSION = 1
STATE = "_state"
"""Folder of the ledger, the lock and the staging area, beside the tables."""

_SCHEMA = """
CREATE TABLE pages (
    url TEXT PRIMARY KEY,
    article_id TEXT NOT NULL,
    outlet TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    rounds INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    is_alias INTEGER NOT NULL,
    batch TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX pages_by_article ON pages (article_id);
CREATE INDEX pages_by_outlet ON pages (outlet, is_alias, fetched_at, rounds);
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'committed')),
    files TEXT NOT NULL,
    pages TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One address under which a stored article is known."""

    url: str
    article_id: str
    outlet: str
    content_hash: str
    rounds: int
    fetched_at: str
    is_alias: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows on their way: the files, relative to the dataset, and the pages that they hold."""

    id: str
    files: list[str]
    pages: list[Page]


@dataclass(frozen=True, slots=True)
class OutletSummary:
    """What the dataset holds of one outlet."""

    outlet: str
    articles: int
    rounds: int
    last_fetched: datetime | None


class Ledger:
    """The ledger of one dataset. Not for use from two threads at once.

    Raises:
        LedgerError: the file is broken, or was written by a later version.
    """

    def __init__(self, data: Path) -> None:
        self.path = data / STATE / "ledger.sqlite"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")  # a commit that is reported has to survive a power cut
            self._upgrade()
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"{self.path}: cannot be read ({error}); move it away to start anew") from error

    def _upgrade(self) -> None:
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            raise LedgerError(f"{self.path}: written by a later version of tourdetable ({version}); update the program")
        if version == 0:
            with self.transaction():
                for statement in _SCHEMA.strip().split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of a block or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def knows(self, url: str) -> bool:
        """Tell whether the article at this address is stored."""
        return self._db.execute("SELECT 1 FROM pages WHERE url = ?", (canonicalize(url),)).fetchone() is not None

    def knows_article(self, article_id: str) -> bool:
        """Tell whether this article is stored, under whatever address."""
        return self._db.execute("SELECT 1 FROM pages WHERE article_id = ?", (article_id,)).fetchone() is not None

    def prepare(self, batch: Batch, moment: datetime) -> None:
        """Note a batch whose files are complete in the staging area."""
        pages = json.dumps(
            [[p.url, p.article_id, p.outlet, p.content_hash, p.rounds, p.fetched_at, p.is_alias] for p in batch.pages]
        )
        with self.transaction():
            self._db.execute(
                "INSERT INTO batches VALUES (?, 'prepared', ?, ?, ?)",
                (batch.id, json.dumps(batch.files), pages, moment.isoformat()),
            )

    def prepared(self) -> list[Batch]:
        """Give the batches that were prepared and never committed: a crash came between."""
        rows = self._db.execute("SELECT id, files, pages FROM batches WHERE state = 'prepared' ORDER BY created_at, id")
        return [
            Batch(id_, json.loads(files), [Page(*page) for page in json.loads(pages)]) for id_, files, pages in rows
        ]

    def commit(self, batch: Batch) -> None:
        """Declare a batch committed and its pages seen, in one transaction."""
        with self.transaction():
            self._remember(batch.pages, batch.id)
            self._db.execute("UPDATE batches SET state = 'committed', pages = '[]' WHERE id = ?", (batch.id,))

    def _remember(self, pages: Iterable[Page], batch: str) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (p.url, p.article_id, p.outlet, p.content_hash, p.rounds, p.fetched_at, int(p.is_alias), batch)
                for p in pages
            ],
        )

    def remember_alias(self, page: Page) -> None:
        """Note a further address of an article that is stored already."""
        with self.transaction():
            self._remember([page], "")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def outlet_summary(data: Path) -> list[OutletSummary]:
    """Give what the dataset holds of each outlet, empty where there is no dataset; takes no lock and writes nothing.

    Raises:
        LedgerError: the ledger is broken.
    """
    path = data / STATE / "ledger.sqlite"
    if not path.exists():
        return []
    query = "SELECT outlet, COUNT(*), SUM(rounds), MAX(fetched_at) FROM pages WHERE is_alias = 0 GROUP BY outlet ORDER BY outlet"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as db:
            rows = db.execute(query).fetchall()
    except sqlite3.DatabaseError as error:
        raise LedgerError(f"{path}: cannot be read ({error})") from error
    return [
        OutletSummary(name, count, rounds, datetime.fromisoformat(last).astimezone(UTC))
        for name, count, rounds, last in rows
    ]
