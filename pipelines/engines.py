"""The four ways in which a selection is read: pandas and Arrow at once, Polars and DuckDB lazily.

All read the same Arrow dataset, so that they agree on types and rows and work wherever a :class:`Place` is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.errors import MissingEngineError, SelectionError, StorageError, one_line
from pipelines.places import Place, undisturbed
from pipelines.schema import moment_of
from pipelines.selection import Held, Selection

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import pyarrow.dataset as ds

_FEW = 1024
"""Rows with long texts that are held at once."""
T = TypeVar("T")


def load(place: Place, selection: Selection, engine: str) -> Any:
    """Give the selected rows as the engine's own kind of table.

    Raises:
        DatasetNotFoundError: there is no dataset at this place.
        MissingEngineError: the engine's package is not installed.
        SelectionError: there is no such engine.
        StorageError: a part cannot be read.
    """
    if engine not in _ENGINES:
        raise SelectionError(f"engine: expected {', '.join(_ENGINES)}, got {engine!r}")
    try:
        import_module("pyarrow" if engine == "arrow" else engine)
    except ImportError as error:
        raise MissingEngineError(
            f"engine: {engine} is not installed; `pip install 'tourdetable[readers]'` brings it"
        ) from error
    wanted = resolved(place, selection)
    return read(place, wanted, lambda dataset: _ENGINES[engine](dataset, wanted))


def resolved(place: Place, selection: Selection) -> Selection:
    """Give a selection in which any name of an entity leads to its key, where keys are those of entities: in deals.

    Raises:
        DatasetNotFoundError, StorageError: as :func:`read`.
    """
    if selection.table != "deals":
        return selection

    def keys(names: tuple[str, ...]) -> tuple[str, ...]:
        known = Selection("entities", None, None, (), (Held("keys", None, names),), None, ("key",))
        found = read(place, known, lambda dataset: _arrow(dataset, known))
        return tuple(dict.fromkeys([*names, *found["key"].to_pylist()]))

    return replace(
        selection,
        equal=tuple((column, keys(values)) for column, values in selection.equal),
        held=tuple(replace(one, values=keys(one.values)) if one.field == "key" else one for one in selection.held),
    )


def read(place: Place, selection: Selection, how: Callable[[ds.Dataset], T]) -> T:
    """Read the parts that a selection needs; where one gives way to others meanwhile, read once more.

    Raises:
        DatasetNotFoundError: there is no dataset at this place.
        StorageError: a part cannot be read.
    """
    import pyarrow as pa

    place.require()
    try:
        return undisturbed(lambda: how(place.dataset(selection.table, selection.parts(place))))
    except (OSError, pa.ArrowException) as error:
        reason = one_line(error)
        raise StorageError(f"{place.path(selection.table)}: a part cannot be read ({reason})") from error


def batches(
    dataset: ds.Dataset, selection: Selection, columns: list[str], *, few: bool = False
) -> Iterator[pa.RecordBatch]:
    """Give the selected rows in the order of the files; a ``few`` at a time where not all of them are to be held."""
    import pyarrow.dataset as ds

    needed = list(dict.fromkeys([*columns, *(condition.column for condition in selection.held)]))
    pace = {
        "batch_size": _FEW,
        "batch_readahead": 1,
        "fragment_readahead": 1,
        "use_threads": False,
        "fragment_scan_options": ds.ParquetFragmentScanOptions(pre_buffer=False, use_buffered_stream=True),
    }
    for batch in dataset.to_batches(columns=needed, filter=selection.expression(), **pace if few else {}):
        rows = batch
        for condition in selection.held:
            rows = _holding(rows, condition)
        yield rows.select(columns)


def _holding(rows: pa.RecordBatch, condition: Held) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = rows[condition.column]
    values, row_numbers = pc.list_flatten(column), pc.list_parent_indices(column)
    if condition.field is not None:
        values = pc.struct_field(values, condition.field)
    hits = pc.is_in(values, value_set=pa.array(condition.values, pa.string()))
    return rows.take(pc.unique(row_numbers.filter(hits)))


def _arrow(dataset: ds.Dataset, selection: Selection) -> pa.Table:
    import pyarrow as pa

    moment = moment_of(selection.table)
    columns = list(dict.fromkeys([*selection.columns, moment]))
    schema = pa.schema([dataset.schema.field(name) for name in columns])
    rows = pa.Table.from_batches(batches(dataset, selection, columns), schema)
    return rows.sort_by(moment).select(list(selection.columns))


def _pandas(dataset: ds.Dataset, selection: Selection) -> pd.DataFrame:
    frame: pd.DataFrame = _arrow(dataset, selection).to_pandas()
    return frame


def _polars(dataset: ds.Dataset, selection: Selection) -> pl.LazyFrame:
    import polars as pl

    frame = pl.scan_pyarrow_dataset(_filtered(dataset, selection))
    for condition in selection.held:
        element = pl.element() if condition.field is None else pl.element().struct.field(condition.field)
        frame = frame.filter(pl.col(condition.column).list.eval(element.is_in(condition.values)).list.any())
    return frame.select(selection.columns)


def _duckdb(dataset: ds.Dataset, selection: Selection) -> duckdb.DuckDBPyRelation:
    import duckdb

    relation = duckdb.from_arrow(_filtered(dataset, selection))
    for condition in selection.held:
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in condition.values)
        element = "x" if condition.field is None else f'x."{condition.field}"'
        relation = relation.filter(f'list_has_any([{element} for x in "{condition.column}"], [{values}]::VARCHAR[])')
    return relation.project(", ".join(f'"{name}"' for name in selection.columns))


def _filtered(dataset: ds.Dataset, selection: Selection) -> ds.Dataset:
    expression = selection.expression()
    return dataset if expression is None else dataset.filter(expression)


_ENGINES: dict[str, Callable[[Any, Selection], Any]] = {
    "pandas": _pandas,
    "polars": _polars,
    "duckdb": _duckdb,
    "arrow": _arrow,
}
