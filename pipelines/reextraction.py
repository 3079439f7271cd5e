"""Reextraction: today's extractor over articles that are stored, month by month.

The rows of a month are written anew in the staging area and take the place of the old ones at one stroke
(:meth:`pipelines.store.Store.swap`). An article that makes the extractor fail keeps its old ones; so does one whose
text a reservation withholds. What is stored tells what is done: a run that was killed loses a month's work at most.
With ``everything`` the months that are done are noted beside the ledger, and so is the one that is under way, for the
ledger's counts are told of it afterwards.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.items import Article
from extract.version import EXTRACTOR_VERSION
from pipelines.deriving import refresh
from pipelines.errors import ExtractionError, RowError, StorageError, one_line
from pipelines.extraction import task_of
from pipelines.places import Place, place_of, sync_folder
from pipelines.rows import Extracted, rows_of, tables_of, utc
from pipelines.schema import TABLES, conformed, schema_of
from pipelines.store import Store, new_batch_id, write_part
from pipelines.workers import DEFAULT_FACTORY, Workers

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 16
"""Articles that go to a worker at a time."""
_AHEAD = 32
"""Batches that are on their way or wait for a worker: more than there are workers, so that none is idle."""
_ROWS = 512
"""Articles that are read at a time."""
_ORDER = {
    "articles": ["published_at", "article_id"],
    "rounds": ["published_at", "round_id"],
    "mentions": ["published_at", "article_id", "start", "label"],
}
_CHANGED = ("rounds", "companies", "past_rounds", "extraction_error", "extractor_version")
"""Columns of an article that the extraction gives."""

Tell = Callable[[str], None]
Rows = dict[str, list[dict[str, Any]]]
"""Rows of one article, by table."""
_Extraction = tuple[dict[str, Any], Article, Any]
"""An article's row, the article and its extraction, or the error in its place."""


@dataclass(slots=True)
class Reextracted:
    """What became of the articles asked for; counts of articles unless it says otherwise."""

    months: int = 0
    """Months that were written anew."""
    done: int = 0
    withheld: int = 0
    """Left as they are, since a reservation withholds their text."""
    failed: int = 0
    """Left as they are, since the extraction failed."""
    rounds_before: int = 0
    rounds: int = 0
    """Rounds that the articles extracted anew had, and that they have."""
    busy: bool = False
    """True where it was broken off, since somebody read the tables all the time."""
    failures: dict[str, str] = field(default_factory=dict)
    """Why articles failed, by their ids."""


def reextract(
    data: str | Path | Place,
    *,
    everything: bool = False,
    since: datetime | None = None,
    workers: int = 2,
    patience: float | None = None,
    factory: str = DEFAULT_FACTORY,
    tell: Tell = lambda _: None,
) -> Reextracted:
    """Extract anew the articles that another version extracted, or that could not be extracted.

    ``everything`` takes the others as well, ``since`` only those published (fetched, if that is not known) since then.
    ``workers`` is the number of processes, ``factory`` (``module:name``) makes their extractor. ``patience`` is how
    many seconds a moment without readers is awaited for each month, None for none. ``tell`` is told what is being done.

    Raises:
        DatasetNotFoundError: there is no dataset.
        DatasetBusyError: a crawl holds it.
        ExtractorError: the extractor cannot be made.
        StorageError: a part cannot be read or written; the months done until then are sound, and so are the others.
    """
    place = place_of(data)
    place.require()
    pool = Workers(workers, factory)
    try:
        with Store(place) as store:
            return asyncio.run(_Run(store, pool, since, tell).run(everything, patience))
    finally:
        pool.close()


class _Run:
    """One run over a dataset that is open for writing."""

    def __init__(self, store: Store, workers: Workers, since: datetime | None, tell: Tell) -> None:
        self._store, self._place = store, store.place
        self._workers, self._tell = workers, tell
        self._since = utc(since)
        self._outcome = Reextracted()

    async def run(self, everything: bool, patience: float | None) -> Reextracted:
        """Go through the months, the latest first."""
        import pyarrow as pa

        notes = _Notes(self._place, everything, self._since)
        if notes.under_way is not None:
            self._count(notes.under_way)
        months = {name.split("/")[1].removeprefix("month=") for name in self._place.parts("articles")}
        first = f"{self._since.year:04}-{self._since.month:02}" if self._since is not None else ""
        for month in sorted((month for month in months - notes.done if month >= first), reverse=True):
            try:
                parts = self._chosen(month, everything)
                if new := await self._extract(month, parts):
                    notes.begin(month)
                    if not self._replace(month, parts, new, patience):
                        self._outcome.busy = True
                        return self._outcome
                    self._count(month)
            except (OSError, pa.ArrowException) as error:
                reason = (isinstance(error, OSError) and error.strerror) or one_line(error)
                raise StorageError(f"{self._place.label}: {month} could not be written anew: {reason}") from error
            notes.end(month)
        # Before the notes go: whoever is killed in between does not begin anew.
        self._tell("deals and entities")
        self._outcome.busy = not refresh(self._store, patience=patience, at_once=True)
        notes.clear()
        return self._outcome

    def _chosen(self, month: str, everything: bool) -> dict[str, set[str]]:
        """Give the parts of a month that have articles to extract, with these articles' ids."""
        columns = ["article_id", "published_at", "fetched_at", "extraction_error", "extractor_version", "text"]
        chosen: dict[str, set[str]] = {}
        for name in self._place.parts("articles", month):
            with self._place.open_part(name) as file:
                if later := set(file.schema_arrow.names) - set(schema_of("articles").names):
                    raise StorageError(
                        f"{self._place.path(name)}: written by a later version of tourdetable "
                        f"({', '.join(sorted(later))}); update the program"
                    )
                for rows in file.iter_batches(_ROWS, columns=[c for c in columns if c in file.schema_arrow.names]):
                    for row in rows.to_pylist():
                        if self._is_wanted(row, everything):
                            chosen.setdefault(name, set()).add(row["article_id"])
        return chosen

    def _is_wanted(self, row: Mapping[str, Any], everything: bool) -> bool:
        moment = row.get("published_at") or row.get("fetched_at")
        if self._since is not None and (moment is None or moment < self._since):
            return False
        if not everything and not row.get("extraction_error") and row.get("extractor_version") == EXTRACTOR_VERSION:
            return False
        if not row["text"]:
            self._outcome.withheld += 1
            return False
        return True

    async def _extract(self, month: str, parts: Mapping[str, set[str]]) -> dict[str, Rows]:
        """Give the new rows of a month's articles by their ids; those that failed are not among them."""
        count, new = sum(map(len, parts.values())), dict[str, Rows]()
        running: set[asyncio.Task[list[_Extraction]]] = set()
        try:
            for batch in _batches(self._articles(parts)):
                running.add(asyncio.create_task(self._extract_batch(batch)))
                if len(running) > _AHEAD:
                    running = await self._collect(running, asyncio.FIRST_COMPLETED, new)
                    self._tell(f"{month}: {len(new)} of {count} articles")
            while running:
                running = await self._collect(running, asyncio.ALL_COMPLETED, new)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        return new

    def _articles(self, parts: Mapping[str, set[str]]) -> Iterator[dict[str, Any]]:
        """Give the rows of the articles to extract."""
        import pyarrow as pa

        for name, ids in parts.items():
            with self._place.open_part(name) as file:
                for chunk in file.iter_batches(_ROWS):
                    rows = conformed(pa.Table.from_batches([chunk]), "articles").to_pylist()
                    yield from (row for row in rows if row["article_id"] in ids)

    async def _extract_batch(self, batch: Sequence[dict[str, Any]]) -> list[_Extraction]:
        articles = [_article_of(row) for row in batch]
        found = await self._workers.extract([task_of(article) for article in articles])
        return list(zip(batch, articles, found, strict=True))

    async def _collect(
        self, running: set[asyncio.Task[list[_Extraction]]], until: str, new: dict[str, Rows]
    ) -> set[asyncio.Task[list[_Extraction]]]:
        """Take what is extracted; give what is still running."""
        done, rest = await asyncio.wait(running, return_when=until)
        for task in done:
            for row, article, found in task.result():
                try:
                    if isinstance(found, ExtractionError):
                        raise found
                    new[row["article_id"]] = _rows_of(row["article_id"], Extracted(article, found))
                except (ExtractionError, RowError) as error:
                    self._outcome.failed += 1
                    self._outcome.failures[row["article_id"]] = one_line(error)
                else:
                    self._outcome.done += 1
                    self._outcome.rounds_before += row["rounds"] or 0
                    self._outcome.rounds += len(found.rounds)
        return rest

    def _replace(self, month: str, parts: Collection[str], new: Mapping[str, Rows], patience: float | None) -> bool:
        """Let the new rows of a month take the place of the old ones; tell whether that was done."""
        batch_id = new_batch_id()
        staging = self._place.staging / batch_id
        tables: dict[str, tuple[Path, Collection[str]]] = {}
        try:
            for table in TABLES:
                goes = set(parts) if table == "articles" else self._holding(table, month, new)
                rows = self._later(table, sorted(goes), new)
                if goes or len(rows):
                    write_part(
                        staging / table / f"month={month}" / f"{batch_id}.parquet",
                        [rows.sort_by([(name, "ascending") for name in _ORDER[table]])],
                    )
                    tables[table] = staging / table, set(self._place.parts(table)) - goes
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        self._tell(f"{month}: waiting for a moment when nobody reads")
        done = self._store.swap(tables, patience)  # from now on what is staged is the swap's
        self._outcome.months += done
        return done

    def _holding(self, table: str, month: str, ids: Collection[str]) -> set[str]:
        """Give the parts of a month that hold rows of these articles."""
        found = set()
        for name in self._place.parts(table, month):
            with self._place.open_part(name) as file:
                if not set(ids).isdisjoint(file.read(["article_id"])["article_id"].to_pylist()):
                    found.add(name)
        return found

    def _later(self, table: str, names: Sequence[str], new: Mapping[str, Rows]) -> pa.Table:
        """Give the rows of parts with those of some articles made new."""
        import pyarrow as pa
        import pyarrow.compute as pc

        old = [schema_of(table).empty_table()]
        for name in names:
            with self._place.open_part(name) as file:
                old.append(conformed(file.read(), table))
        rows = pa.concat_tables(old)
        if table == "articles":
            return _with_changed(rows, new)
        own = pc.is_in(rows["article_id"], pa.array(list(new), pa.string()))
        made = [row for found in new.values() for row in found[table]]
        return pa.concat_tables([rows.filter(pc.invert(own)), pa.Table.from_pylist(made, schema=rows.schema)])

    def _count(self, month: str) -> None:
        """Let the ledger's counts be those of a month's articles."""
        for name in self._place.parts("articles", month):
            with self._place.open_part(name) as file:
                rows = file.read(["article_id", "rounds"])
            counts = list(zip(rows["rounds"].to_pylist(), rows["article_id"].to_pylist(), strict=True))
            self._store.ledger.write([partial(_note_counts, counts=counts)])


class _Notes:
    """Which months a run is done with and which is under way, in a file beside the ledger."""

    def __init__(self, place: Place, everything: bool, since: datetime | None) -> None:
        self._path = place.state / "reextract.json"
        self._run = [EXTRACTOR_VERSION, everything, since.isoformat() if since else None]
        self.done: set[str] = set()
        self.under_way: str | None = None
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            told = json.loads(self._path.read_text(encoding="utf-8"))
            self.under_way = told["under_way"]
            # Without « everything » the articles themselves tell, those that failed as well.
            self.done = set(told["done"]) if everything and told["run"] == self._run else set()

    def begin(self, month: str) -> None:
        """Note that the rows of a month are about to change."""
        self.under_way = month
        self._write()

    def end(self, month: str) -> None:
        """Note that a month is done with."""
        self.done.add(month)
        self.under_way = None
        self._write()

    def clear(self) -> None:
        """Note that all is done."""
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({"run": self._run, "done": sorted(self.done), "under_way": self.under_way}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        sync_folder(self._path.parent)


def _note_counts(db: sqlite3.Connection, counts: Iterable[tuple[int, str]]) -> None:
    db.executemany("UPDATE pages SET rounds = ?1 WHERE article_id = ?2 AND rounds != ?1", counts)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _article_of(row: Mapping[str, Any]) -> Article:
    """Give a stored article as the crawler gave it."""
    return Article(**{one.name: row[one.name] for one in fields(Article) if row[one.name] is not None})


def _rows_of(article_id: str, item: Extracted) -> Rows:
    """Give the rows of an article under the id that it is stored by.

    Raises:
        RowError: a value does not fit its column.
    """
    tables_of(item)
    made = rows_of(item)
    for table in TABLES:
        for row in made[table]:
            row["article_id"] = article_id
    for position, row in enumerate(made["rounds"]):
        row["round_id"] = f"{article_id}-{position}"
    return made


def _with_changed(rows: pa.Table, new: Mapping[str, Rows]) -> pa.Table:
    """Give the rows of articles with what the extraction gave."""
    import pyarrow as pa

    ids = rows["article_id"].to_pylist()
    for name in _CHANGED:
        at = rows.schema.get_field_index(name)
        kept = rows[name].to_pylist()
        values = [new[id_]["articles"][0][name] if id_ in new else old for id_, old in zip(ids, kept, strict=True)]
        rows = rows.set_column(at, rows.schema.field(at), pa.array(values, rows.schema.field(at).type))
    return rows
