"""A table as one file for people who use neither pandas nor DuckDB: CSV, Excel, Parquet or JSON lines.

Rows go through few at a time, and into a file beside the one asked for that takes its place once it is whole.
"""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.cells import as_text, guarded, sheet_text
from pipelines.errors import ExportError, SelectionError, one_line
from pipelines.places import Place, place_of
from pipelines.selection import select

if TYPE_CHECKING:
    import pyarrow as pa

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its header among them (Excel's specifications and limits)."""
_EXACT = 10**15
"""Excel keeps 15 digits of a number; whole ones beyond are written as text."""
_WIDEST, _NARROWEST = 60, 9

Rows = Iterator["pa.RecordBatch"]


def export(table: str, out: str | Path, data: str | Path | Place = "data", **filters: Any) -> int:
    """Write a table to a ``.csv``, ``.xlsx``, ``.parquet`` or ``.jsonl`` file, and give the number of its rows.

    ``filters`` are those of the table's ``load_…`` (:func:`pipelines.dataset.load_rounds`), ``columns`` among them.
    Rows come month by month, the oldest first.

    CSV is RFC 4180 with commas, in UTF-8 with a byte order mark, by which Excel knows it; a French Excel, which
    expects semicolons, opens it by *Données › À partir d’un fichier texte/CSV*. In CSV and Excel lists are flattened
    (``Partech (lead); Bpifrance``), instants are UTC, control characters are left out, and no text is ever taken for a
    formula: CSV puts an apostrophe before what could be (:func:`pipelines.cells.guarded`), Excel gets strings.

    Raises:
        DatasetNotFoundError: there is no dataset in ``data``.
        ExportError: the rows do not fit into a sheet, or the file cannot be written.
        SelectionError: a filter, column, table or file's suffix is not known.
        StorageError: a part cannot be read.
    """
    from pipelines.engines import batches, read, resolved

    target = Path(out)
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise SelectionError(f"{target}: expected a name that ends in {', '.join(_WRITERS)}")
    place, selection = place_of(data), select(table, filters)
    selection = resolved(place, selection)
    columns = list(selection.columns)
    if write is _write_xlsx:
        count = read(
            place,
            selection,
            lambda dataset: sum(b.num_rows for b in batches(dataset, selection, columns[:1], few=True)),
        )
        if count >= SHEET_ROWS:
            raise ExportError(
                f"{target}: {count:,} rows, and a sheet has room for {SHEET_ROWS - 1:,}: choose fewer (--since, "
                "--outlet …) or write .csv or .parquet"
            )

    def written(dataset: Any) -> int:
        import pyarrow as pa
        from xlsxwriter.exceptions import XlsxWriterException

        schema = pa.schema([dataset.schema.field(name) for name in columns])
        rows = _Reading(batches(dataset, selection, columns, few=True))
        try:
            return _replacing(target, lambda path: write(path, schema, iter(rows)))
        except (OSError, pa.ArrowException, XlsxWriterException) as error:
            if rows.error is not None:
                raise rows.error from None
            reason = (error.strerror if isinstance(error, OSError) else None) or one_line(error)
            raise ExportError(f"{target}: cannot be written: {reason}") from error

    return read(place, selection, written)


class _Reading:
    """Batches as they are read; ``error`` tells a failure to read from one to write what was read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.error: Exception | None = None

    def __iter__(self) -> Rows:
        try:
            yield from self._rows
        except Exception as error:
            self.error = error
            raise


def _replacing(target: Path, write: Callable[[Path], int]) -> int:
    """Have a file written beside the target and put in its place; a failure leaves the target as it was."""
    if target.exists() and not target.is_file():
        raise ExportError(f"{target}: not a file; give a file's name")
    target = target.resolve()  # a link stays one
    beside = target.with_name(f".{uuid.uuid4().hex}{target.suffix}")
    try:
        beside.touch()
        count = write(beside)
        if target.exists():
            beside.chmod(target.stat().st_mode)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _write_csv(path: Path, schema: pa.Schema, rows: Rows) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(schema.names)
        for row in _records(rows):
            writer.writerow([_csv_cell(value) for value in row.values()])
            count += 1
    return count


def _csv_cell(value: Any) -> Any:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return guarded(as_text(value))


def _write_jsonl(path: Path, schema: pa.Schema, rows: Rows) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in _records(rows):
            file.write(json.dumps(row, ensure_ascii=False, default=as_text) + "\n")
            count += 1
    return count


def _write_parquet(path: Path, schema: pa.Schema, rows: Rows) -> int:
    import pyarrow.parquet as pq

    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _write_xlsx(path: Path, schema: pa.Schema, rows: Rows) -> int:
    from xlsxwriter import Workbook

    # Rows go to disk as they come, and text is never read as a number, formula or address.
    book = Workbook(path, {"constant_memory": True, "in_memory": False})
    try:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        widths = [len(name) + 4 for name in schema.names]  # room for the filter's arrow
        for column, name in enumerate(schema.names):
            sheet.write_string(0, column, name, bold)
        count = 0
        for row in _records(rows):
            count += 1
            for column, value in enumerate(row.values()):
                widths[column] = max(widths[column], _write_cell(sheet, count, column, value, formats))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(max(width, _NARROWEST), _WIDEST))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, count, len(schema.names) - 1)
    finally:
        book.close()
    return count


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[type[date], Any]) -> int:
    """Write one value as its kind, and give about how wide it is."""
    if value is None:
        return 0
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
        return 5
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < _EXACT):
        sheet.write_number(row, column, value)
        return len(f"{value:g}")
    if isinstance(value, date) and value.year >= 1900:
        # Excel knows no zones, and no day before 1900.
        plain = value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, plain, formats[type(value)])
        return 19 if isinstance(value, datetime) else 10
    text = sheet_text(as_text(value))
    if text:
        sheet.write_string(row, column, text)
    return len(text)


def _records(rows: Rows) -> Iterator[dict[str, Any]]:
    """Give the rows one by one; what is no number is none."""
    for batch in rows:
        for row in batch.to_pylist():
            yield {
                name: None if isinstance(value, float) and not abs(value) < float("inf") else value
                for name, value in row.items()
            }


_WRITERS: dict[str, Callable[[Path, Any, Rows], int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
    ".jsonl": _write_jsonl,
}
