"""Swaps: the parts of one or more tables give way to others that hold the same rows anew, all of them or none.

1. The new parts are written to the staging area and synced to disk, and what stays is linked in beside them.
2. A moment is awaited when nobody reads the tables (:mod:`pipelines.readers`).
3. The ledger notes the swap as *prepared*.
4. Each table's folder is exchanged with the staged one (:meth:`pipelines.places.Place.exchange`), articles last. If
   somebody had just begun to read, they are exchanged back, and it goes on at 2.
5. The ledger declares the swap *done* and notes which parts hold the articles now, in one transaction.

A crash or a full disk before 3 leaves staged files that nothing knows: they are deleted. After 3 the swap is rolled
forward at the next opening of the store. What has been exchanged tells itself: then the new parts are no longer in the
staging area.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import StorageError
from pipelines.places import Place
from pipelines.readers import Readers

if TYPE_CHECKING:
    from pipelines.ledger import Ledger

SCHEMA = """
CREATE TABLE swaps (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'done')),
    staged TEXT NOT NULL,
    new TEXT NOT NULL,
    keep TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id, name)
) WITHOUT ROWID
"""
"""A row for each table (``name``) of a swap; of those that are done the last one of each table is kept. Together with
the batches committed since, its parts (``new`` and ``keep``) are what the table should hold."""

Tables = Mapping[str, tuple[Path, Collection[str]]]
"""The staged folder of each table and the names of its parts that stay."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one table. ``new`` and ``keep`` name parts as everywhere, relative to the dataset."""

    table: str
    staged: Path
    new: list[str]
    keep: list[str]

    def is_open(self) -> bool:
        """Tell whether the new parts are still, all of them, in the staging area."""
        return all((self.staged / name.partition("/")[2]).exists() for name in self.new)


def swap(place: Place, ledger: Ledger, swap_id: str, tables: Tables, patience: float | None) -> bool:
    """Do what :meth:`pipelines.store.Store.swap` promises."""
    changes = _changes(place, tables)
    try:
        for change in changes:
            place.make_ready(change.staged, change.keep)
        watched = [folder for change in changes for folder in place.watched(change.table)]
        with Readers(watched if patience is not None else ()) as readers:
            exchanged = _exchange(place, ledger, swap_id, changes, readers, patience or 0)
        if exchanged:
            _settle(place, ledger, swap_id, changes)
        return exchanged
    except OSError as error:
        raise _not_replaced(place, changes, error) from error
    finally:
        if not ledger.ask(_prepared):
            _clear(changes)


def finish(place: Place, ledger: Ledger) -> None:
    """Bring prepared swaps to their end.

    Raises:
        StorageError: the disk is full, or the place refuses.
    """
    for swap_id, rows in ledger.ask(_prepared):
        changes = [Change(table, place.staging / staged, new, keep) for table, staged, new, keep in rows]
        try:
            for change in filter(Change.is_open, changes):
                place.exchange(change.table, change.staged, change.keep)
            if any(place.has(name) for change in changes for name in change.new):
                _settle(place, ledger, swap_id, changes)
            else:  # somebody has removed the staged parts: the tables stay as they were
                ledger.write([partial(_forget, swap_id=swap_id)])
        except OSError as error:
            raise _not_replaced(place, changes, error) from error
        _clear(changes)


def _changes(place: Place, tables: Tables) -> list[Change]:
    changes = []
    # Articles come last: one that is in the table has its rounds and mentions there.
    for table in sorted(tables, key=lambda table: (table == "articles", table)):
        staged, keep = tables[table]
        new = sorted(f"{table}/{path.relative_to(staged).as_posix()}" for path in staged.glob("month=*/*.parquet"))
        today = set(place.parts(table))
        if not new or today.intersection(new) or not today.issuperset(keep):
            raise ValueError(f"{table}: expected new parts under names of their own, and to keep parts that are there")
        changes.append(Change(table, staged, new, sorted(keep)))
    return changes


def _exchange(
    place: Place, ledger: Ledger, swap_id: str, changes: list[Change], readers: Readers, patience: float
) -> bool:
    """Exchange the tables in a quiet moment: steps 2 to 4; tell whether there was one."""
    until = time.monotonic() + patience
    while readers.wait_until_gone(patience, until):
        ledger.write([lambda db: _prepare(db, swap_id, changes, place.staging)])
        try:
            if not readers.came():
                for change in changes:
                    place.exchange(change.table, change.staged, change.keep)
                if not readers.came():
                    return True
                for change in changes:
                    place.exchange(change.table, change.staged, ())
        except BaseException:
            # In an object store it cannot be told now, for it may be out of reach.
            if not place.remote and not any(place.has(name) for change in changes for name in change.new):
                ledger.write([lambda db: _forget(db, swap_id)])
            raise
        ledger.write([lambda db: _forget(db, swap_id)])
    return False


def _settle(place: Place, ledger: Ledger, swap_id: str, changes: list[Change]) -> None:
    """Note that the exchange has happened: step 5."""
    place.sync([name for change in changes for name in change.new])
    parts = [name for change in changes if change.table == "articles" for name in change.new if place.has(name)]
    ledger.write([lambda db: _done(db, swap_id, _articles_of(place, parts))])


def _articles_of(place: Place, parts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give each article's part, by the name that the ledger knows it by, and its id."""
    for name in parts:
        for rows in place.open_part(name).iter_batches(columns=["article_id"]):
            for article_id in rows["article_id"].to_pylist():
                yield Path(name).stem, article_id


def _not_replaced(place: Place, changes: list[Change], error: OSError) -> StorageError:
    names = ", ".join(change.table for change in changes)
    return StorageError(
        f"{place.label}: the parts of {names} could not be replaced: {error.strerror or error}; "
        "see to space and permissions, then run again"
    )


def _clear(changes: list[Change]) -> None:
    for change in changes:
        shutil.rmtree(change.staged, ignore_errors=True)
        with suppress(OSError):  # another table's folder is there
            change.staged.parent.rmdir()


# The ledger's table


def _prepare(db: sqlite3.Connection, swap_id: str, changes: list[Change], staging: Path) -> None:
    moment = datetime.now(UTC).isoformat()
    db.executemany(
        "INSERT INTO swaps VALUES (?, ?, 'prepared', ?, ?, ?, ?)",
        [
            (
                swap_id,
                one.table,
                str(one.staged.relative_to(staging)),
                json.dumps(one.new),
                json.dumps(one.keep),
                moment,
            )
            for one in changes
        ],
    )


def _prepared(db: sqlite3.Connection) -> list[tuple[str, list[tuple[str, str, list[str], list[str]]]]]:
    """Give the prepared swaps: the id, and table, staged folder, new and kept parts of each change."""
    found: dict[str, list[tuple[str, str, list[str], list[str]]]] = {}
    query = (
        "SELECT id, name, staged, new, keep FROM swaps WHERE state = 'prepared' ORDER BY id, name = 'articles', name"
    )
    for swap_id, table, staged, new, keep in db.execute(query):
        found.setdefault(swap_id, []).append((table, staged, json.loads(new), json.loads(keep)))
    return list(found.items())


def _forget(db: sqlite3.Connection, swap_id: str) -> None:
    db.execute("DELETE FROM swaps WHERE id = ?", (swap_id,))


def _done(db: sqlite3.Connection, swap_id: str, articles: Iterable[tuple[str, str]]) -> None:
    tables = "SELECT name FROM swaps WHERE id = ?"
    db.execute(f"DELETE FROM swaps WHERE state = 'done' AND name IN ({tables})", (swap_id,))  # noqa: S608 - from above
    db.execute("UPDATE swaps SET state = 'done' WHERE id = ?", (swap_id,))
    db.executemany("UPDATE pages SET batch = ? WHERE article_id = ?", articles)
