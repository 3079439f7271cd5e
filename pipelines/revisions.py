"""Revisions: a later state of an article takes the place of the earlier one, in the parts where that stands.

A part is rewritten in the staging area and renamed over the old one: a reader sees the old state or the new one of a
table, never both and never none.
"""

from __future__ import annotations

from collections.abc import Mapping
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


def later_parts(
    data: Path, article_id: str, batch: str, rows: Mapping[str, pa.Table], new_batch: str
) -> dict[str, pa.Table]:
    """Give, by name, the parts that change when an article's rows are replaced by those of its later state.

    Articles come last: one that is in the table has its rounds and mentions there. None change where the article's part
    is gone: somebody has taken it away.
    """
    article = part_of(data, "articles", article_id, batch)
    if article is None:
        return {}
    month, later = article.parent.name, {}
    for table in ("rounds", "mentions", "articles"):
        part = article if table == "articles" else part_of(data, table, article_id, batch, month)
        if part is not None or rows[table].num_rows:
            name = str(part.relative_to(data)) if part else f"{table}/{month}/{new_batch}.parquet"
            later[name] = _replaced(part, table, article_id, rows[table])
    return later


def _replaced(part: Path | None, table: str, article_id: str, rows: pa.Table) -> pa.Table:
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
        before = old.filter(own).select(["revision", *_KEPT]).to_pylist()[0]
        kept = {"revision": (before["revision"] or 0) + 1} | {name: before[name] for name in _KEPT}
        rows = pa.Table.from_pylist([row | kept for row in rows.to_pylist()], schema=schema)
    return pa.concat_tables([old.filter(pc.invert(own)), rows])


_KEPT = ("near_duplicate_of", "similarity")
"""What was found out when the article came."""
