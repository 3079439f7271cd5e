"""Revisions: a later state of an article takes the place of the earlier one, in the parts where that stands.

A part is rewritten in the staging area and renamed over the old one: a reader sees the old state or the new one of a
table, never both and never none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.places import Place
from pipelines.schema import conformed

if TYPE_CHECKING:
    import pyarrow as pa


def part_of(place: Place, table: str, article_id: str, batch: str, month: str | None = None) -> str | None:
    """Give the part of a table that holds an article's rows, None where none does.

    It bears the name of the ``batch`` that brought the article, unless that is not known (empty) or its first round
    came with a revision; then the parts of the ``month``, or all, are looked through.
    """
    import pyarrow.compute as pc

    likely = place.parts(table, month, batch) if batch else []
    for name in dict.fromkeys([*likely, *reversed(place.parts(table, month))]):
        if pc.any(pc.equal(place.open_part(name).read(["article_id"])["article_id"], article_id)).as_py():
            return name
    return None


def later_parts(
    place: Place, article_id: str, batch: str, rows: Mapping[str, pa.Table], new_batch: str
) -> dict[str, pa.Table]:
    """Give, by name, the parts that change when an article's rows are replaced by those of its later state.

    Articles come last: one that is in the table has its rounds and mentions there. None change where the article's part
    is gone: somebody has taken it away.
    """
    article = part_of(place, "articles", article_id, batch)
    if article is None:
        return {}
    month, later = article.split("/")[1].removeprefix("month="), {}
    rows = _in_month(place, article, article_id, rows, month)
    for table in ("rounds", "mentions", "articles"):
        part = article if table == "articles" else part_of(place, table, article_id, batch, month)
        if part is not None or rows[table].num_rows:
            name = part or f"{table}/month={month}/{new_batch}.parquet"
            later[name] = _replaced(place, part, table, article_id, rows[table])
    return later


def _in_month(
    place: Place, part: str, article_id: str, rows: Mapping[str, pa.Table], month: str
) -> Mapping[str, pa.Table]:
    """Give the rows of a later state, with the earlier publication where its own lies in another month.

    A folder holds the rows of its month: readers leave out folders by it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    published = rows["articles"]["published_at"][0].as_py()
    if published is None or f"{published.year:04}-{published.month:02}" == month:
        return rows
    old = place.open_part(part).read(["article_id", "published_at"])
    before = old.filter(pc.equal(old["article_id"], article_id))["published_at"][0]
    return {
        name: table.set_column(
            table.schema.get_field_index("published_at"),
            table.schema.field("published_at"),
            pa.repeat(before, table.num_rows),
        )
        for name, table in rows.items()
    }


def _replaced(place: Place, part: str | None, table: str, article_id: str, rows: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    if part is None:
        return rows
    old = conformed(place.open_part(part).read(), table)
    own = pc.equal(old["article_id"], article_id)
    if table == "articles":
        before = old.filter(own).select(["revision", *_KEPT]).to_pylist()[0]
        kept = {"revision": (before["revision"] or 0) + 1} | {name: before[name] for name in _KEPT}
        rows = pa.Table.from_pylist([row | kept for row in rows.to_pylist()], schema=old.schema)
    return pa.concat_tables([old.filter(pc.invert(own)), rows])


_KEPT = ("near_duplicate_of", "similarity")
"""What was found out when the article came."""
