"""Compaction: the many small parts that crawls leave become few, in the order of time and in today's schema.

Within a month the rows are sorted by the table's moment (:func:`pipelines.schema.moment_of`), so that a reader who asks
for a span of time passes over most row groups by their statistics; rows of one instant stay in their order. A part is
left as it is where it is alone in its month or large, and in today's schema: a second run finds nothing to do.

Memory is bounded: first only keys and moments of a month are read, then the rows themselves in spans of time, a row
group each. What is stored twice (by hand: no crawl does it) is folded: the highest revision wins.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.errors import StorageError, one_line
from pipelines.places import Place, place_of, sync_folder
from pipelines.schema import conformed, moment_of, schema_of
from pipelines.store import Store, new_batch_id

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PART_BYTES = 128 * 2**20
"""Size of a part from which the next one is begun; one of half that size is large and is not read again for others."""
GROUP_ROWS = 2**16
GROUP_BYTES = 32 * 2**20
"""Most rows of a row group, and most bytes before compression: what a reader has to take in for one row of it."""

_ORDER = ("mentions", "rounds", "runs", "deals", "entities", "articles")
"""Articles come last: one that is in the table has its rounds and mentions there."""
_OWNER = {"runs": "run_id", "deals": "deal_id", "entities": "key"}
"""What a row belongs to, if not to an article: all rows of one owner are in one part."""
_ALONE = ("articles", "deals", "entities")
"""Tables with one row for each owner."""


@dataclass(slots=True)
class Compacted:
    """What became of a table: its parts and bytes before and after.

    ``written`` counts the new parts among those after, ``folded`` the rows that had been stored twice.
    """

    table: str
    parts_before: int
    bytes_before: int
    parts_after: int = 0
    bytes_after: int = 0
    written: int = 0
    folded: int = 0
    busy: bool = False
    """True where it was left as it is, since somebody read it all the time."""


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    size: int
    rows: int
    encoded: int
    """Bytes before compression."""
    is_old: bool
    is_later: bool
    """True where a later version of the program wrote it, with columns that we do not know."""


def compact(
    data: str | Path | Place, patience: float | None = None, tell: Callable[[str], None] = lambda _: None
) -> list[Compacted]:
    """Compact all tables of a dataset; give what became of each that is there.

    ``patience`` is how many seconds a moment without readers is awaited for each table (:meth:`Store.swap`), None for
    none. ``tell`` is told what is being done.

    Raises:
        DatasetNotFoundError: there is no dataset.
        DatasetBusyError: a crawl holds it.
        StorageError: a part cannot be read or written; the tables not yet told of are as they were.
    """
    place = place_of(data)
    place.require()
    batch_id = new_batch_id()  # the same in all tables: by it the ledger knows the parts that hold an article
    with Store(place) as store:
        work = _Work(store, batch_id, patience, tell)
        return [_compact_table(work, table, names) for table in _ORDER if (names := place.parts(table))]


@dataclass(slots=True)
class _Work:
    store: Store
    batch_id: str
    patience: float | None
    tell: Callable[[str], None]
    _superseded: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return self.store.place

    def superseded(self, month: str) -> set[tuple[str, str]]:
        """Give the states of a month's articles that another one is stored beside: the id, the name of their part."""
        if month not in self._superseded:
            names = self.place.parts("articles", month.removeprefix("month="))
            self._superseded[month] = _superseded(self.place, names) if len(names) > 1 else set()
        return self._superseded[month]


def _compact_table(work: _Work, table: str, names: list[str]) -> Compacted:
    staged = work.place.staging / work.batch_id / table
    done, keep = _staged(work, table, names, staged)
    if done.written:
        work.tell(f"{table}: waiting for a moment when nobody reads it")
        if not work.store.swap({table: (staged, keep)}, work.patience):
            return Compacted(table, len(names), done.bytes_before, len(names), done.bytes_before, busy=True)
    return done


def _staged(work: _Work, table: str, names: list[str], staged: Path) -> tuple[Compacted, set[str]]:
    """Write a table's new parts to the staging area; give what it will be, and the names of the parts that stay."""
    import pyarrow as pa

    try:
        sizes, keep = _sizes(work.place, names), set(names)
        done = Compacted(table, len(names), sum(sizes.values()))
        for month, in_month in groupby(names, key=_month_of):
            work.tell(f"{table} {month}")
            parts = [_part(work.place, table, name, sizes[name]) for name in in_month]
            rewritten, folded = _compact_month(work, table, parts, staged / month / f"{work.batch_id}.parquet")
            keep -= {part.name for part in rewritten}
            done.folded += folded
        written = [path.stat().st_size for path in staged.glob("*/*.parquet")]
        done.bytes_after = sum(written) + sum(sizes[name] for name in keep)
        done.parts_after, done.written = len(written) + len(keep), len(written)
        return done, keep
    except BaseException as error:
        shutil.rmtree(staged.parent, ignore_errors=True)
        if not isinstance(error, (OSError, pa.ArrowException)):
            raise
        reason = (isinstance(error, OSError) and error.strerror) or one_line(error)
        raise StorageError(f"{work.place.label}: {table} could not be compacted: {reason}; it is as it was") from error


def _month_of(name: str) -> str:
    return name.split("/")[1]


def _sizes(place: Place, names: list[str]) -> dict[str, int]:
    found = place.filesystem().get_file_info([place.path(name) for name in names])
    return {name: info.size or 0 for name, info in zip(names, found, strict=True)}


def _part(place: Place, table: str, name: str, size: int) -> _Part:
    import pyarrow as pa

    schema = schema_of(table)
    try:
        with place.open_part(name) as file:
            groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
            return _Part(
                name,
                size,
                file.metadata.num_rows,
                sum(group.total_byte_size for group in groups),
                is_old=not file.schema_arrow.equals(schema),
                is_later=not set(file.schema_arrow.names) <= set(schema.names),
            )
    except (OSError, pa.ArrowException) as error:
        reason = one_line(error)
        raise StorageError(f"{place.path(name)}: cannot be read ({reason}); {table} is as it was") from error


def _compact_month(work: _Work, table: str, parts: list[_Part], target: Path) -> tuple[list[_Part], int]:
    """Write what can be fewer parts, or has to be in another schema, anew; give those parts and the rows folded."""
    ours = [part for part in parts if not part.is_later]
    # A round or mention goes with the state of its article, which is in the part of the same name.
    gone = work.superseded(_month_of(parts[0].name)) if table in ("rounds", "mentions") else set()
    chosen = [part for part in ours if part.is_old or part.size < PART_BYTES // 2]
    if len(chosen) == 1 and not chosen[0].is_old:
        chosen = []
    keys = None
    if ours and (gone or len(ours) > 1):
        keys = _keys(work.place, table, ours)
        wrong = set(keys.part[_is_double(keys) | _is_gone(keys, ours, gone)])
        chosen = [part for number, part in enumerate(ours) if part in chosen or number in wrong]
    if not chosen:
        return [], 0
    if keys is None or len(chosen) < len(ours):
        keys = _keys(work.place, table, chosen)
    order = _folded(table, keys[~_is_gone(keys, chosen, gone)])
    with _Writer(target, table) as writer:
        for rows in _spans(order, chosen):
            writer.write(_gathered(work.place, table, chosen, rows))
    return chosen, len(keys) - len(order)


def _keys(place: Place, table: str, parts: list[_Part]) -> pd.DataFrame:
    """Give of each row its ``part`` and ``row`` in that, by number, its ``owner``, ``moment`` and what ranks it."""
    import pandas as pd

    moment, owner = moment_of(table), _OWNER.get(table, "article_id")
    ranks = [name for name in ("revision", "fetched_at") if name in schema_of(table).names]
    rows = place.dataset(table, [part.name for part in parts]).to_table([*dict.fromkeys([moment, owner, *ranks])])
    counts = [part.rows for part in parts]
    return pd.DataFrame(
        {
            "part": np.repeat(np.arange(len(parts), dtype=np.int32), counts),
            "row": np.concatenate([np.arange(count) for count in counts]),
            "owner": rows[owner].to_pandas(),
            "moment": rows[moment].to_pandas(),
        }
        | {name: rows[name].to_pandas() for name in ranks}
    )


def _is_double(keys: pd.DataFrame) -> Any:
    """Tell of each row whether its owner has rows in another part too."""
    parts = keys[["owner", "part"]].dropna().drop_duplicates()  # rows that have no owner are nobody's twins
    double = parts.owner[parts.owner.duplicated()]
    return keys.owner.isin(double)


def _is_gone(keys: pd.DataFrame, parts: list[_Part], gone: set[tuple[str, str]]) -> Any:
    """Tell of each row whether it goes with a state of its article that another one has superseded."""
    if not gone:
        return np.zeros(len(keys), bool)
    stems = keys.part.map(lambda number: Path(parts[number].name).stem)
    return np.array([state in gone for state in zip(keys.owner, stems, strict=True)], bool)


def _folded(table: str, keys: pd.DataFrame) -> pd.DataFrame:
    """Give the rows that stay, in their order: of what is stored twice those of the highest revision."""
    double = _is_double(keys)
    if table in _ALONE:
        double |= keys.owner.duplicated(keep=False) & keys.owner.notna()
    if double.any():
        best = _best(keys[double])
        stays: Any = keys.part == keys.owner.map(best.set_index("owner").part)
        if table in _ALONE:
            stays = keys.index.isin(best.index)
        keys = keys[stays | ~double]
    return keys.sort_values(["moment", "part", "row"], na_position="last")


def _best(double: pd.DataFrame) -> pd.DataFrame:
    """Give one row for each owner, of the part that wins."""
    ranks = [name for name in ("revision", "fetched_at") if name in double]
    ranked = double.sort_values([*ranks, "part", "row"], na_position="first")
    return ranked.drop_duplicates("owner", keep="last")


def _superseded(place: Place, names: list[str]) -> set[tuple[str, str]]:
    """Give the states of articles that another one supersedes: the id, the name of their part."""
    parts = [_part(place, "articles", name, 0) for name in names]
    keys = _keys(place, "articles", parts)
    double = keys[_is_double(keys)]
    lost = double.drop(_best(double).index)
    return {(owner, Path(parts[number].name).stem) for owner, number in zip(lost.owner, lost.part, strict=True)}


def _spans(order: pd.DataFrame, parts: list[_Part]) -> Iterator[pd.DataFrame]:
    """Cut the rows into row groups; one without rows where there are none, so that the part has its columns."""
    if order.empty:
        yield order
        return
    weight = np.array([part.encoded / max(part.rows, 1) for part in parts])[order.part]
    group = np.maximum(np.cumsum(weight) / GROUP_BYTES, np.arange(len(order)) / GROUP_ROWS).astype(int)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        yield order[start:end]


def _gathered(place: Place, table: str, parts: list[_Part], wanted: pd.DataFrame) -> pa.Table:
    """Read the rows of one row group, each part by its own row groups."""
    import pyarrow as pa

    numbers, rows = wanted.part.to_numpy(), wanted.row.to_numpy()
    by_part = np.lexsort((rows, numbers))
    pieces = [schema_of(table).empty_table()]
    for number in np.unique(numbers):
        first, last = np.searchsorted(numbers[by_part], [number, number + 1])
        own, start = rows[by_part][first:last], 0
        with place.open_part(parts[number].name) as file:
            for group in range(file.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                inside = own[slice(*np.searchsorted(own, [start, end]))]
                if len(inside):
                    pieces.append(conformed(file.read_row_group(group), table).take(inside - start))
                start = end
    return pa.concat_tables(pieces).combine_chunks().take(np.argsort(by_part))


class _Writer:
    """Writes row groups into parts, the next part once one is large; a context manager."""

    def __init__(self, target: Path, table: str) -> None:
        self._target, self._table = target, table
        self._count = 0
        self._file: Any = None
        self._writer: Any = None
        target.parent.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> _Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._close()
            sync_folder(self._target.parent)
        elif self._file is not None:
            self._file.close()

    def write(self, rows: pa.Table) -> None:
        """Write one row group."""
        import pyarrow.parquet as pq

        if self._writer is None:
            number = f"-{self._count}" if self._count else ""
            self._count += 1
            self._file = self._target.with_stem(self._target.stem + number).open("wb")
            order = pq.SortingColumn.from_ordering(rows.schema, [(moment_of(self._table), "ascending")])
            self._writer = pq.ParquetWriter(self._file, rows.schema, compression="zstd", sorting_columns=order)
        self._writer.write_table(rows, row_group_size=max(len(rows), 1))
        if self._file.tell() >= PART_BYTES:
            self._close()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._writer = self._file = None
