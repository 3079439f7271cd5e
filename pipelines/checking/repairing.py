"""Repairs: what is broken is put away or written anew, each step by itself safe, so that the next one goes on after it.

Files go to ``_state/quarantine/<instant>/`` under their own names; so does a copy of a part that loses rows or columns.
Rows are rewritten through the store's staging area, as revisions are.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import frontier, twins
from pipelines.checking import questions
from pipelines.checking.findings import Report
from pipelines.checking.notes import Notes, months_of
from pipelines.dataset import stored_pages, stored_signatures
from pipelines.errors import StorageError
from pipelines.ledger import Batch
from pipelines.locking import take_lock
from pipelines.places import Folder, Place, sync_folder
from pipelines.schema import TABLES, conformed
from pipelines.store import Store, new_batch_id, write_part

if TYPE_CHECKING:
    import pyarrow as pa

_PASSES = 4
"""What one repair brings to light another one may have to do: rounds are counted once none is there twice."""
_CHUNK = 1000
_ROUNDS_LOST = "rounds were lost; `tourdetable reextract` finds them again"
_MENTIONS_LOST = "mentions were lost; `tourdetable reextract` finds them again"
_ASKEW = "offsets were not those of the text; `tourdetable reextract` finds them again"
_MARKS = """
DROP TABLE IF EXISTS marks;
CREATE TABLE marks (id TEXT PRIMARY KEY, rounds INT, error TEXT) WITHOUT ROWID;
"""
_WITHOUT_MENTIONS = """
SELECT a.id FROM articles a JOIN parts p ON p.number = a.part
WHERE p.month = ? AND NOT a.excused AND a.id NOT IN (SELECT id FROM mentions WHERE id IS NOT NULL)
"""


def repair(place: Place) -> tuple[Report, Report]:
    """Repair a dataset; give what was found before and what is found now.

    Raises:
        DatasetBusyError: another process holds it.
        LedgerError, StorageError: it cannot be read or written; what was repaired until then is.
    """
    lock = take_lock(place)
    try:
        place.owned()  # before anything is touched: it may be another's
        with questions.examined(place, alone=True) as (_, before):
            kinds = {found.kind for found in before.findings if found.repairable}
        if not kinds or any(found.kind == "ledger-later" for found in before.findings):
            lock.close()
            return before, before
        quarantine = _Quarantine(place)
        _clear_the_way(place, before, quarantine)
    except OSError as error:
        lock.close()
        raise StorageError(f"{place.label}: cannot be written: {error.strerror or error}") from error
    except BaseException:
        lock.close()
        raise
    with Store(place, lock) as store:
        for _ in range(_PASSES):
            with questions.examined(place, alone=True) as (notes, now):
                try:
                    if not _Repair(store, notes, now, quarantine).run():
                        break
                except OSError as error:
                    raise StorageError(f"{place.label}: cannot be written: {error.strerror or error}") from error
    with questions.examined(place) as (_, after):
        return before, after


class _Quarantine:
    """Where the files of one repair are put away."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._folder = place.state / "quarantine" / new_batch_id()

    def take_state(self, paths: Iterable[Path]) -> None:
        """Move files of the state away, in this order."""
        for path in paths:
            if path.exists():
                path.replace(self._target(path.name))
                sync_folder(path.parent)

    def take(self, name: str) -> None:
        """Move a file of a table away."""
        if isinstance(self._place, Folder):  # also where its disk no longer gives it
            Path(self._place.path(name)).replace(self._target(name))
        else:
            self.copy(name)
            self._place.remove(name)
        self._place.sync([name])

    def copy(self, name: str) -> None:
        """Keep a copy of a part."""
        target = self._target(name)
        with self._place.filesystem().open_input_stream(self._place.path(name)) as part, target.open("wb") as file:
            shutil.copyfileobj(part, file)

    def _target(self, name: str) -> Path:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _clear_the_way(place: Place, report: Report, quarantine: _Quarantine) -> None:
    """Put away or mend what keeps the store from being opened, and whatever is foreign."""
    kinds = defaultdict(list)
    for found in report.findings:
        kinds[found.kind].append(found.where)
    if kinds["ledger-broken"]:
        # A write-ahead log that outlived its file would be read into the new one.
        quarantine.take_state(place.ledger.with_name(place.ledger.name + suffix) for suffix in ("-wal", "-shm", ""))
    for name in kinds["part-foreign"]:
        quarantine.take(name)
    for name in kinds["part-unreadable"]:
        if name.startswith("articles/"):
            quarantine.take(name)
    for name in kinds["part-schema"]:
        quarantine.copy(name)
        staged = place.staging / new_batch_id() / name
        write_part(staged, [conformed(place.open_part(name).read(), name.partition("/")[0])])
        place.publish(staged, name)
        place.sync([name])


class _Repair:
    """One pass over what an examination has found, with the dataset open for writing."""

    def __init__(self, store: Store, notes: Notes, report: Report, quarantine: _Quarantine) -> None:
        self._store, self._place, self._quarantine = store, store.place, quarantine
        self._notes, self._db = notes, notes.db
        self._kinds = {found.kind for found in report.findings}
        self._found = [(found.kind, found.where) for found in report.findings]
        self._parts: dict[int, str] = dict(self._db.execute("SELECT number, name FROM parts").fetchall())
        self._rows: dict[str, set[int]] = defaultdict(set)
        """Numbers of the rows to take out, by part."""
        self._ids: dict[str, set[str | None]] = defaultdict(set)
        """The same by their articles' ids."""

    def run(self) -> bool:
        """Do it; tell whether there was anything to do."""
        unreadable = [where for kind, where in self._found if kind == "part-unreadable"]
        self._mark(unreadable)
        self._choose_rows()
        marked = self._ids_by_part("SELECT a.part, m.id FROM marks m JOIN articles a USING (id)")
        astray = {where for kind, where in self._found if kind == "row-month"}
        changed = {*astray, *marked, *self._rows, *self._ids}
        for name in sorted(changed, key=lambda name: (TABLES.index(name.partition("/")[0]), name)):
            self._rewrite(name)
        for name in unreadable:  # only now that the articles say what they lost
            self._quarantine.take(name)
        done = self._mend_ledger()
        return bool(changed or unreadable or done)

    def _choose_rows(self) -> None:
        if "row-doubled" in self._kinds:
            for query in (questions.DOUBLED_ARTICLES, questions.DOUBLED_ROUNDS):
                for part, row, _ in self._db.execute(query):
                    self._rows[self._parts[part]].add(row)
            for part, row, _ in questions.doubled_mentions(self._notes):
                self._rows[self._parts[part]].add(row)
        if "row-orphan" in self._kinds:
            for query in questions.ORPHANS.values():
                for part, _, id_ in self._db.execute(query):
                    self._ids[self._parts[part]].add(id_)

    def _mark(self, unreadable: Sequence[str]) -> None:
        """Note what articles are to say of themselves: their number of rounds, and why they are extracted again."""
        self._db.executescript(_MARKS)
        for id_, found, said in self._db.execute(questions.MISCOUNTED).fetchall():
            self._note_mark(id_, found, _ROUNDS_LOST if said is not None and said > found else None)
        for (id_,) in self._db.execute(questions.ASKEW).fetchall():
            self._note_mark(id_, None, _ASKEW)
        months = {name.split("/")[1].removeprefix("month=") for name in unreadable if name.startswith("mentions/")}
        for month in months:
            for (id_,) in self._db.execute(_WITHOUT_MENTIONS, (month,)).fetchall():
                self._note_mark(id_, None, _MENTIONS_LOST)

    def _note_mark(self, id_: str, rounds: int | None, error: str | None) -> None:
        self._db.execute(
            "INSERT INTO marks VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
            "rounds = COALESCE(rounds, excluded.rounds), error = COALESCE(error, excluded.error)",
            (id_, rounds, error),
        )

    def _ids_by_part(self, query: str) -> dict[str, list[str]]:
        by_part = defaultdict(list)
        for part, id_ in self._db.execute(query):
            by_part[self._parts[part]].append(id_)
        return by_part

    def _rewrite(self, name: str) -> None:
        """Write a part without the rows that are not to be there, those of another month to a part of that month."""
        import pyarrow as pa

        table, folder, _ = name.split("/")
        old = conformed(self._place.open_part(name).read(), table)
        rows, ids = self._rows.get(name, set()), self._ids.get(name, set())
        stays = [n not in rows and id_ not in ids for n, id_ in enumerate(_column(old, "article_id", bool(ids)))]
        kept = old.filter(pa.array(stays, pa.bool_()))
        if len(kept) < len(old):
            self._quarantine.copy(name)
        if table == "articles":
            kept = self._corrected(kept)
        month = folder.removeprefix("month=")
        months = [one or month for one in months_of(kept, table)]
        batch_id, parts = new_batch_id(), {}
        for other in sorted({*months} - {month}):
            parts[f"{table}/month={other}/{batch_id}.parquet"] = kept.filter(pa.array([one == other for one in months]))
        parts[name] = kept.filter(pa.array([one == month for one in months], pa.bool_()))
        self._store.rewrite(parts, batch_id)

    def _corrected(self, rows: pa.Table) -> pa.Table:
        import pyarrow as pa

        marks = {id_: (rounds, error) for id_, rounds, error in self._db.execute("SELECT * FROM marks")}
        columns = {name: rows[name].to_pylist() for name in ("article_id", "text", "rounds", "extraction_error")}
        counts, errors = [], []
        for id_, text, rounds, error in zip(*columns.values(), strict=True):
            mark = marks.get(id_, (None, None))
            counts.append(rounds if mark[0] is None else mark[0])
            errors.append(error or (mark[1] if text else None))
        for name, values in (("rounds", counts), ("extraction_error", errors)):
            at = rows.schema.get_field_index(name)
            rows = rows.set_column(at, rows.schema.field(at), pa.array(values, rows.schema.field(at).type))
        return rows

    def _mend_ledger(self) -> bool:
        """Let the ledger say what the parts hold."""
        ledger, done = self._store.ledger, False
        for kind, query, change in (
            ("page-lost", questions.LOST, _forget),
            ("index-unknown", questions.INDEX_UNKNOWN, twins.forget),
            ("batch-hint", questions.MISPLACED, self._place_anew),
            ("summary", questions.SUMMARY, self._count_anew),
        ):
            if kind in self._kinds:
                ids = [id_ for (id_,) in self._db.execute(query)]
                for start in range(0, len(ids), _CHUNK):
                    ledger.write([partial(change, ids=ids[start : start + _CHUNK])])
                done = True
        if "article-unknown" in self._kinds:
            unknown = f"SELECT part, id FROM articles WHERE id IN ({questions.UNKNOWN})"  # noqa: S608 - ours
            for name, ids in self._ids_by_part(unknown).items():
                self._adopt(name, ids)
            done = True
        return done

    def _adopt(self, name: str, ids: list[str]) -> None:
        """Note articles as stored, in the index of near-duplicates as well."""
        pages = list(stored_pages(self._place, [name], ids))
        signed = stored_signatures(self._place, [name], ids)
        self._store.ledger.commit(Batch(Path(name).stem, [], pages, signed))

    def _place_anew(self, db: sqlite3.Connection, ids: Iterable[str]) -> None:
        for id_ in ids:
            (stem,) = self._db.execute(
                "SELECT stem FROM parts JOIN articles ON part = number WHERE id = ? LIMIT 1", (id_,)
            ).fetchone()
            db.execute("UPDATE pages SET batch = ? WHERE article_id = ?", (stem, id_))

    def _count_anew(self, db: sqlite3.Connection, ids: Iterable[str]) -> None:
        for id_ in ids:
            (rounds,) = self._db.execute("SELECT rounds FROM articles WHERE id = ? LIMIT 1", (id_,)).fetchone()
            db.execute("UPDATE pages SET rounds = ? WHERE article_id = ?", (rounds, id_))


def _forget(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Forget articles whose rows are gone, and have their pages fetched again."""
    for id_ in ids:
        url, outlet = db.execute(
            "SELECT url, outlet FROM pages WHERE article_id = ? ORDER BY is_alias, url LIMIT 1", (id_,)
        ).fetchone()
        db.execute("DELETE FROM pages WHERE article_id = ?", (id_,))
        twins.forget(db, [id_])
        frontier.find_again(db, url, outlet)


def _column(rows: pa.Table, name: str, wanted: bool) -> Sequence[str | None]:
    return rows[name].to_pylist() if wanted else [""] * len(rows)
