"""The ledger: the one piece of long-lived state, a SQLite file (WAL) beside the tables.

It knows every article page that is stored, and every batch of rows on its way into the dataset. A page is *seen* only
in the same transaction that declares its batch committed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from crawler.urls import key_of
from pipelines import frontier, swaps, twins
from pipelines.errors import LedgerError, PipelineError, StorageError
from pipelines.places import Place, place_of

SCHEMA_VERSION = 4

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
_SCHEMA_2 = f"""
ALTER TABLE batches ADD COLUMN signatures TEXT NOT NULL DEFAULT '[]';
CREATE INDEX pages_by_content ON pages (content_hash, outlet);
{twins.SCHEMA}
"""
"""What version 2 adds to version 1: the index of near-duplicates; and its pages are known by their addresses' keys."""
_TABLES = {"pages", "batches", "signatures", "bands", "frontier", "sources", "revisits", "swaps"}
_SUMMARY = """
SELECT outlet, COUNT(*), SUM(rounds), MAX(fetched_at) FROM pages WHERE is_alias = 0 GROUP BY outlet ORDER BY outlet
"""
_REFUSED = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite answers where disk or permissions stand in the way and the file itself is sound."""
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Page:
    """One address, by its key (:func:`crawler.urls.key_of`), under which a stored article is known."""

    url: str
    article_id: str
    outlet: str
    content_hash: str
    rounds: int
    fetched_at: str
    is_alias: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows on their way: the files, relative to the dataset, and the pages and signatures that they hold."""

    id: str
    files: list[str]
    pages: list[Page]
    signed: list[tuple[str, bytes]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OutletSummary:
    """What the dataset holds of one outlet."""

    outlet: str
    articles: int
    rounds: int
    last_fetched: datetime | None


class Ledger:
    """The ledger of one dataset. Not for use from two threads at once.

    ``stored`` gives the pages of what the tables hold already, ``signed`` its articles' ids and signatures in the order
    in which they were stored: a ledger made anew beside them starts with those.

    Raises:
        LedgerError: the file is broken, or was written by a later version.
        StorageError: it cannot be written.
    """

    def __init__(
        self,
        path: Path,
        stored: Callable[[], Iterable[Page]] = tuple,
        signed: Callable[[], Iterable[tuple[str, bytes]]] = tuple,
    ) -> None:
        self.path = path
        with _translated(self.path):
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        try:
            with _translated(self.path):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")  # a commit that is reported has to survive a power cut
                self._upgrade(stored, signed)
        except BaseException:
            self._db.close()
            raise

    def _upgrade(self, stored: Callable[[], Iterable[Page]], signed: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        version = _version_of(self._db)
        _check_version(self.path, version)
        if version == SCHEMA_VERSION:
            return
        with self._transaction():
            if version < 1:
                self._create(_SCHEMA)
                self._remember(stored(), "")
            if version < 2:
                self._create(_SCHEMA_2)
                self._db.create_function("key_of", 1, key_of, deterministic=True)
                # An article stored under two addresses that now have one key stays known under the old one.
                self._db.execute("UPDATE OR IGNORE pages SET url = key_of(url)")
                twins.remember(self._db, signed())
            if version < 3:
                self._create(frontier.SCHEMA)
            if version < 4:
                self._create(swaps.SCHEMA)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _create(self, schema: str) -> None:
        for statement in schema.strip().removesuffix(";").split(";\n"):
            self._db.execute(statement)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Do all of a block or nothing of it."""
        with _translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite itself rolls back where the disk is full
                    self._db.execute("ROLLBACK")
                raise

    def knows(self, url: str) -> bool:
        """Tell whether the article at this address is stored."""
        with _translated(self.path):
            return page_is_known(self._db, url)

    def find(self, article_id: str, urls: Sequence[str]) -> str | None:
        """Give the id under which an article is stored, by its own id or any of its addresses; None where it is not."""
        with _translated(self.path):
            if self._db.execute("SELECT 1 FROM pages WHERE article_id = ? LIMIT 1", (article_id,)).fetchone():
                return article_id
            for url in urls:
                row = self._db.execute("SELECT article_id FROM pages WHERE url = ?", (key_of(url),)).fetchone()
                if row:
                    return str(row[0])
        return None

    def batch_of(self, article_id: str) -> str:
        """Give the batch whose parts hold an article; empty where that is not known (a ledger made anew)."""
        query = "SELECT batch FROM pages WHERE article_id = ? AND batch != '' LIMIT 1"
        with _translated(self.path):
            row = self._db.execute(query, (article_id,)).fetchone()
        return str(row[0]) if row else ""

    def pages_of(self, article_id: str, outlet: str) -> list[str]:
        """Give the keys of the addresses under which an outlet's article is stored; none where it is another's."""
        query = "SELECT url FROM pages WHERE article_id = ? AND outlet = ?"
        with _translated(self.path):
            return [url for (url,) in self._db.execute(query, (article_id, outlet))]

    def with_content(self, outlet: str, content_hash: str) -> list[str]:
        """Give the ids of an outlet's articles with this very title and text."""
        query = "SELECT DISTINCT article_id FROM pages WHERE content_hash = ? AND outlet = ?"
        with _translated(self.path):
            return [article_id for (article_id,) in self._db.execute(query, (content_hash, outlet))]

    def nearly_same(self, signature: twins.Signature) -> list[tuple[str, float]]:
        """Give the stored articles that are nearly the same, with their similarity, the earliest first."""
        with _translated(self.path):
            return twins.nearly_same(self._db, signature)

    def stored_since(self, outlet: str, moment: datetime) -> int:
        """Count the articles of an outlet that were fetched after an instant and are stored."""
        query = "SELECT COUNT(*) FROM pages WHERE outlet = ? AND is_alias = 0 AND fetched_at > ?"
        with _translated(self.path):
            return int(self._db.execute(query, (outlet, moment.astimezone(UTC).isoformat())).fetchone()[0])

    def prepare(self, batch: Batch, moment: datetime) -> None:
        """Note a batch whose files are complete in the staging area."""
        pages = json.dumps(
            [[p.url, p.article_id, p.outlet, p.content_hash, p.rounds, p.fetched_at, p.is_alias] for p in batch.pages]
        )
        columns = "id, state, files, pages, created_at, signatures"
        signed = json.dumps([(article_id, signature.hex()) for article_id, signature in batch.signed])
        with self._transaction():
            self._db.execute(
                f"INSERT INTO batches ({columns}) VALUES (?, 'prepared', ?, ?, ?, ?)",  # noqa: S608 - the names above
                (batch.id, json.dumps(batch.files), pages, moment.isoformat(), signed),
            )

    def prepared(self) -> list[Batch]:
        """Give the batches that were prepared and never committed: a crash came between."""
        query = "SELECT id, files, pages, signatures FROM batches WHERE state = 'prepared' ORDER BY created_at, id"
        with _translated(self.path):
            return [
                Batch(
                    id_,
                    json.loads(files),
                    [Page(*page) for page in json.loads(pages)],
                    [(article_id, bytes.fromhex(signature)) for article_id, signature in json.loads(signed)],
                )
                for id_, files, pages, signed in self._db.execute(query)
            ]

    def commit(self, batch: Batch, found: Iterable[str] = ()) -> None:
        """Declare a batch committed, its pages seen and its signatures in the index, in one transaction.

        ``found`` led to its pages, and is done with as they are.
        """
        done = "UPDATE batches SET state = 'committed', pages = '[]', signatures = '[]' WHERE id = ?"
        with self._transaction():
            self._remember(batch.pages, batch.id)
            twins.remember(self._db, batch.signed)
            frontier.forget_found(self._db, [*(key_of(page.url) for page in batch.pages), *found])
            self._db.execute(done, (batch.id,))

    def forget(self, batch: Batch) -> None:
        """Strike out a prepared batch whose rows are lost: its pages were never seen."""
        with self._transaction():
            self._db.execute("DELETE FROM batches WHERE id = ? AND state = 'prepared'", (batch.id,))

    def remember_aliases(self, pages: Iterable[Page]) -> None:
        """Note further addresses of an article that is stored already."""
        pages = list(pages)
        with self._transaction():
            self._remember(pages, "")
            frontier.forget_found(self._db, [key_of(page.url) for page in pages])

    def write(self, changes: Iterable[Callable[[sqlite3.Connection], None]]) -> None:
        """Make changes of the frontier or the swaps in one transaction."""
        with self._transaction():
            for change in changes:
                change(self._db)

    def ask(self, question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
        """Give the answer to a question about the frontier or the swaps."""
        with _translated(self.path):
            return question(self._db)

    def _remember(self, pages: Iterable[Page], batch: str) -> None:
        self._db.executemany(
            # A revision is told by the same address of the same article; its rows stay in the part where they were.
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET "
            "content_hash = excluded.content_hash, rounds = excluded.rounds, fetched_at = excluded.fetched_at "
            "WHERE pages.article_id = excluded.article_id",
            [
                (key_of(p.url), p.article_id, p.outlet, p.content_hash, p.rounds, p.fetched_at, int(p.is_alias), batch)
                for p in pages
            ],
        )

    def close(self) -> None:
        """Close the file, all of it in one piece even while another connection reads it."""
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a ledger that somebody else may be writing; takes no lock and writes nothing."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)


def state_of(path: Path) -> tuple[int, str]:
    """Give a ledger's version and what SQLite finds wrong with its file, empty where that is sound.

    Raises:
        StorageError: disk or permissions stand in the way.
    """
    try:
        with _translated(path), closing(open_to_read(path)) as db:
            version, fault = _version_of(db), str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    except LedgerError as error:
        return 0, str(error.__cause__)
    missing = _TABLES - tables if version == SCHEMA_VERSION else set()
    if fault == "ok":
        fault = f"no table {', '.join(sorted(missing))}" if missing else ""
    return version, fault


def page_is_known(db: sqlite3.Connection, url: str) -> bool:
    """Tell whether the article at this address is stored."""
    return db.execute("SELECT 1 FROM pages WHERE url = ?", (key_of(url),)).fetchone() is not None


def hash_of(db: sqlite3.Connection, url: str) -> str | None:
    """Give the content hash of the article stored under an address."""
    row = db.execute("SELECT content_hash FROM pages WHERE url = ?", (key_of(url),)).fetchone()
    return str(row[0]) if row else None


def outlet_summary(data: str | Path | Place) -> list[OutletSummary]:
    """Give what the dataset holds of each outlet, empty where there is no dataset; takes no lock and writes nothing.

    Raises:
        LedgerError: the ledger is broken, or was written by a later version.
        StorageError: the place of the dataset cannot be read.
    """
    place = place_of(data)
    if place.remote:
        # The ledger here, if there is one, may not know what another machine has stored.
        from pipelines.dataset import stored_outlets

        return [OutletSummary(*row) for row in stored_outlets(place)] if place.exists() else []
    path = place.ledger
    if not path.exists():
        return []
    with _translated(path), closing(open_to_read(path)) as db:
        version = _version_of(db)
        _check_version(path, version)
        rows = db.execute(_SUMMARY).fetchall() if version else []
    return [
        OutletSummary(name, count, rounds, datetime.fromisoformat(last).astimezone(UTC))
        for name, count, rounds, last in rows
    ]


def _version_of(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _check_version(path: Path, version: int) -> None:
    if version > SCHEMA_VERSION:
        raise LedgerError(f"{path}: written by a later version of tourdetable ({version}); update the program")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _error_of(path, error) from error


def _error_of(path: Path, error: sqlite3.Error) -> PipelineError:
    # The low byte is the error; the others say more of the same.
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _REFUSED:
        return StorageError(f"{path}: cannot be written ({error}); see to space and permissions, then run again")
    return LedgerError(
        f"{path}: cannot be read ({error}); move {path.name}* away, and the next crawl makes it anew from the articles"
    )
