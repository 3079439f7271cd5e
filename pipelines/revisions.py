"""Revisions: a later state of an article takes the place of the earlier one, in the parts where that stands.

A part is rewritten in the staging area and renamed over the old one: a reader sees the old state or the new one of a
table, never both and never none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.schema import schema_of

if TYPE_CHECKING:
    import pyarrow as pa


def part_of(data: Path, table: str, article_id: str, batch: str, month: str = "month=*") -> Path | None:
    """Give the part of a table that holds an article's rows, None where none does.

    It bears the name of the ``batch`` that brought the article, unless that is not known (empty) or its first round
    came with a revision; then the parts of the ``month`` (a folder's name) are looked through.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    folder = data / table
    likely = sorted(folder.glob(f"{month}/{batch}.parquet")) if batch else []
    for path in dict.fromkeys([*likely, *sorted(folder.glob(f"{month}/*.parquet"), reverse=True)]):
        if pc.any(pc.equal(pq.ParquetFile(path).read(["article_id"])["article_id"], article_id)).as_py():
            return path
    return None


def revised(part: Path | None, table: str, article_id: str, rows: pa.Table) -> pa.Table:
    """Give a part with an article's rows replaced by those of its later state."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if part is None:
        return rows
    schema = schema_of(table)
    old = pq.ParquetFile(part).read()
    for name in schema.names:  # of a part that an earlier version wrote
        if name not in old.column_names:
            old = old.append_column(name, pa.nulls(old.num_rows, schema.field(name).type))
    old = old.select(schema.names).cast(schema)
    own = pc.equal(old["article_id"], article_id)
    if table == "articles":
        number = 1 + (pc.max(old.filter(own)["revision"]).as_py() or 0)
        place = rows.column_names.index("revision")
        numbers = pa.array([number] * rows.num_rows, pa.int64())
        rows = rows.set_column(place, schema.field("revision"), numbers)
    return pa.concat_tables([old.filter(pc.invert(own)), rows])
