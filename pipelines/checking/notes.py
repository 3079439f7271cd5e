"""What one pass over all parts notes, in a temporary SQLite file: sets of a million ids are compared on disk."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.urls import key_of
from pipelines.checking.findings import Finding
from pipelines.errors import StorageError, one_line
from pipelines.places import STATE, Place
from pipelines.schema import ALL_TABLES, SCHEMA_VERSION, TABLES, conformed, moment_of, schema_of

if TYPE_CHECKING:
    import pyarrow as pa

PART = re.compile(r"(?P<table>\w+)/month=(?P<month>\d{4}-(?:0[1-9]|1[0-2]))/(?P<stem>[^/]+)\.parquet")
_ROWS = 512
"""Rows that are in memory at a time; an article's text may be long."""
_MONTHLY = {*TABLES, "runs"}
"""Tables whose rows tell the month that they belong to; what is derived is made anew."""
_KEYS = {"articles": {"article_id"}, "rounds": {"round_id", "article_id"}, "mentions": {"article_id"}}
_SCHEMA = """
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
CREATE TABLE parts (number INTEGER PRIMARY KEY, name TEXT, part_of TEXT, month TEXT, stem TEXT);
CREATE TABLE articles (id TEXT, url TEXT, part INT, row INT, month TEXT, revision INT, rounds INT, excused INT);
CREATE TABLE rounds (round_id TEXT, id TEXT, part INT, row INT);
CREATE TABLE mentions (id TEXT, part INT, rows INT);
CREATE TABLE evidence (id TEXT, words TEXT, start INT, stop INT);
CREATE TABLE askew (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE places (part INT, row INT, rank INT, id TEXT, start INT, stop INT, label TEXT);
CREATE TABLE pages (
    url TEXT PRIMARY KEY, article_id TEXT, content_hash TEXT, fetched_at TEXT, batch TEXT
) WITHOUT ROWID;
CREATE TABLE touched (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX articles_by_id ON articles (id);
CREATE INDEX rounds_by_id ON rounds (id);
CREATE INDEX mentions_by_id ON mentions (id);
CREATE INDEX evidence_by_id ON evidence (id);
"""


class DatasetChangedError(Exception):
    """A part went away while the dataset was read: somebody compacts it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part by its number in the notes, its name, table and month."""

    number: int
    name: str
    table: str
    month: str


class Notes:
    """The notes on one pass, and what was found in single parts; to be closed."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.findings: list[Finding] = []
        self.parts = dict.fromkeys(ALL_TABLES, 0)
        self.rows = dict.fromkeys(ALL_TABLES, 0)
        self.db = sqlite3.connect("", isolation_level=None, uri=True)  # "": a file of its own that goes with it
        self.db.create_function("key_of", 1, lambda url: key_of(url or ""), deterministic=True)
        self.db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the notes."""
        self.db.close()

    def find(self, kind: str, where: str, count: int = 1, detail: str = "") -> None:
        """Note a finding."""
        self.findings.append(Finding(kind, where, count, detail))

    def read_parts(self) -> None:
        """Read every part to its last page.

        Articles come last, as they are published last: one that is there has its rounds and mentions there.

        Raises:
            DatasetChangedError: a part was taken away meanwhile.
        """
        for name in _other_tables(self.place):
            self.find("table-unknown", name)
        for table in sorted(ALL_TABLES, key=lambda name: name == "articles"):
            for name in self._names(table):
                self._read(name)
        # Of two tables that got other parts together, one may have been read before and the other after.
        there = {name for table in ALL_TABLES for name in self.place.parts(table)}
        for (name,) in self.db.execute("SELECT name FROM parts"):
            if name not in there:
                raise DatasetChangedError(name)

    def _names(self, table: str) -> list[str]:
        """Give a table's parts; whatever else lies in its folder is a finding."""
        names = []
        for name in files_in(self.place, table):
            if PART.fullmatch(name):
                names.append(name)
            else:
                self.find("part-foreign", name)
        return names

    def _read(self, name: str) -> None:
        import pyarrow as pa

        found = PART.fullmatch(name)
        if found is None:
            raise ValueError(f"{name}: no part")
        table, month, stem = found["table"], found["month"], found["stem"]
        row = self.db.execute("INSERT INTO parts VALUES (NULL, ?, ?, ?, ?)", (name, table, month, stem))
        part = Part(int(row.lastrowid or 0), name, table, month)
        self.db.execute("BEGIN")
        before = len(self.findings)
        try:
            count = self._note_rows(part)
        except (OSError, pa.ArrowException) as error:
            if isinstance(error, FileNotFoundError) and name not in self.place.parts(table, month):
                raise DatasetChangedError(name) from error
            if isinstance(error, OSError) and error.errno and not isinstance(error, FileNotFoundError):
                # The machine's fault and not the part's: with other permissions or another disk it can be read.
                raise StorageError(f"{self.place.path(name)}: cannot be read: {error.strerror}") from error
            self.db.execute("ROLLBACK")
            del self.findings[before:]
            self.find("part-unreadable", name, detail=_reason(error))
        else:
            self.db.execute("COMMIT")
            self.parts[table] += 1
            self.rows[table] += count

    def _note_rows(self, part: Part) -> int:
        import pyarrow as pa

        count = astray = 0
        with self.place.open_part(part.name) as file:
            self._examine_schema(part, file.schema_arrow)
            for chunk in file.iter_batches(_ROWS):
                chunk.validate(full=True)
                rows = conformed(pa.Table.from_batches([chunk]), part.table)
                months = months_of(rows, part.table) if part.table in _MONTHLY else [None] * len(rows)
                astray += sum(month not in (None, part.month) for month in months)
                if part.table == "articles":
                    self._articles(part, rows, count, months)
                elif part.table == "rounds":
                    self._rounds(part, rows, count)
                elif part.table == "mentions":
                    self._mentions(part, rows)
                count += len(rows)
        if astray:
            self.find("row-month", part.name, astray)
        return count

    def _examine_schema(self, part: Part, found: pa.Schema) -> None:
        """Compare a part's schema with its table's."""
        import pyarrow as pa

        if keyless := _KEYS.get(part.table, set()) - set(found.names):
            raise pa.ArrowInvalid(f"it has no {', '.join(sorted(keyless))}")
        wanted = schema_of(part.table)
        unknown = [field.name for field in found if field.name not in wanted.names]
        retyped = [
            f"{field.name} is {found.field(field.name).type}, not {field.type}"
            for field in wanted
            if field.name in found.names and found.field(field.name).type != field.type
        ]
        missing = [name for name in wanted.names if name not in found.names]
        version = (found.metadata or {}).get(b"tourdetable.schema_version", b"")
        if version.isdigit() and int(version) > SCHEMA_VERSION:
            self.find("part-later", part.name, detail=f"schema {int(version)}")
        elif unknown or retyped:
            self.find("part-schema", part.name, detail="; ".join([*(f"unknown {name}" for name in unknown), *retyped]))
        elif missing:
            self.find("part-older", part.name, detail=", ".join(missing))

    def _articles(self, part: Part, rows: pa.Table, first: int, months: Sequence[str | None]) -> None:
        columns = ["article_id", "canonical_url", "revision", "rounds", "extraction_error", "title", "text"]
        given = list(zip(*(rows[name].to_pylist() for name in columns), months, strict=True))
        self.db.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (id_, url, part.number, row, month, revision or 0, rounds, int(bool(error or not text)))
                for row, (id_, url, revision, rounds, error, _, text, month) in enumerate(given, first)
            ],
        )
        texts = {id_: f"{title}\n{text}" for id_, _, _, _, error, title, text, _ in given if text and not error}
        for id_, words, start, stop in self._evidence_of(texts):
            if start is None or stop is None or start < 0 or texts[id_][start:stop] != words:
                self._askew([id_])

    def _evidence_of(self, texts: Iterable[str]) -> Iterator[tuple[str, str, int, int]]:
        ids = list(texts)
        marks = ", ".join("?" * len(ids))
        yield from self.db.execute(f"SELECT * FROM evidence WHERE id IN ({marks})", ids).fetchall()  # noqa: S608

    def _askew(self, ids: Iterable[str]) -> None:
        self.db.executemany("INSERT OR IGNORE INTO askew VALUES (?)", [(id_,) for id_ in ids if id_])

    def _rounds(self, part: Part, rows: pa.Table, first: int) -> None:
        given = rows.select(["round_id", "article_id", "evidence", "start", "end", "investors"]).to_pylist()
        self.db.executemany(
            "INSERT INTO rounds VALUES (?, ?, ?, ?)",
            [(row["round_id"], row["article_id"], part.number, n) for n, row in enumerate(given, first)],
        )
        said = [(row["article_id"], one) for row in given for one in (row, *(row["investors"] or ()))]
        self.db.executemany(
            "INSERT INTO evidence VALUES (?, ?, ?, ?)",
            [(id_, one["evidence"], one["start"], one["end"]) for id_, one in said],
        )

    def _mentions(self, part: Part, rows: pa.Table) -> None:
        import pyarrow.compute as pc

        counts = rows.group_by("article_id").aggregate([([], "count_all")]).to_pylist()
        self.db.executemany(
            "INSERT INTO mentions VALUES (?, ?, ?)",
            [(one["article_id"], part.number, one["count_all"]) for one in counts],
        )
        width = pc.subtract(rows["end"], rows["start"])
        sane = pc.and_(pc.equal(width, pc.utf8_length(rows["text"])), pc.greater_equal(rows["start"], 0))
        self._askew(rows.filter(pc.invert(pc.fill_null(sane, False)))["article_id"].to_pylist())


def files_in(place: Place, table: str) -> list[str]:
    """Give the names of all files in a table's folder, parts or not, sorted."""
    import pyarrow.fs as fs

    root = place.path(table)
    found = place.filesystem().get_file_info(fs.FileSelector(root, recursive=True, allow_not_found=True))
    return sorted(table + one.path[len(root) :] for one in found if one.type != fs.FileType.Directory)


def _other_tables(place: Place) -> list[str]:
    """Give the folders beside the tables that are made like one."""
    import pyarrow.fs as fs

    root = place.path("articles").removesuffix("articles").rstrip("/") or "/"
    others, files = [], place.filesystem()
    for folder in files.get_file_info(fs.FileSelector(root, allow_not_found=True)):
        if folder.type == fs.FileType.Directory and folder.base_name not in {STATE, *ALL_TABLES}:
            inner = files.get_file_info(fs.FileSelector(folder.path))
            if any(one.base_name.startswith("month=") for one in inner):
                others.append(folder.base_name)
    return sorted(others)


def months_of(rows: pa.Table, table: str) -> list[str | None]:
    """Give for each row the month that it belongs to, None where the row alone does not tell."""
    import pyarrow.compute as pc

    moments = rows[moment_of(table)]
    if table in ("articles", "rounds"):
        moments = pc.coalesce(moments, rows["fetched_at"])
    years, months = pc.year(moments).to_pylist(), pc.month(moments).to_pylist()
    return [None if year is None else f"{year:04}-{month:02}" for year, month in zip(years, months, strict=True)]


def _reason(error: Any) -> str:
    """Give an error in one line that is no longer than one."""
    told = one_line(error)
    return told if len(told) <= 200 else f"{told[:199]}…"
