r"""The tables of the dataset: one explicit Arrow schema each; what the columns mean is in :mod:`pipelines.columns`.

Sums are whole units of their currency (int64; fractions, which only crypto-assets have, are rounded, and a part of one
unit is null), instants are UTC in microseconds, offsets are characters into ``title + "\n" + text``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 2
"""One more for every release that adds columns; version 1 had no ``fetched_at`` in rounds, no deals, no entities."""
TABLES = ("articles", "rounds", "mentions")
"""What an article becomes."""
DERIVED = ("deals", "entities")
"""What is made of these, anew whenever they change."""
ALL_TABLES = (*TABLES, "runs", *DERIVED)
"""All that a dataset has; ``runs`` has a row for each crawl and outlet."""


@cache  # asked for with every article
def schema_of(table: str) -> pa.Schema:
    """Give the schema of a table; a column's meaning, and its unit if it has one, are in its field's metadata.

    >>> schema_of("rounds").field("amount").metadata[b"doc"].decode()
    'sum raised, null where undisclosed'
    >>> schema_of("rounds").field("amount").metadata[b"unit"].decode()
    'whole units of currency'
    """
    import pyarrow as pa

    from pipelines.columns import COLUMNS

    fields = [
        pa.field(
            column.name, column.type, metadata={"doc": column.meaning} | ({"unit": column.unit} if column.unit else {})
        )
        for column in COLUMNS[table]
    ]
    return pa.schema(fields, metadata={"tourdetable.schema_version": str(SCHEMA_VERSION)})


@cache
def empty_table(table: str) -> pa.Table:
    """Give a table without rows."""
    return schema_of(table).empty_table()


def partition_schema() -> pa.Schema:
    """Give the schema of the Hive partitions: ``month=YYYY-MM``."""
    import pyarrow as pa

    return pa.schema([("month", pa.string())])


def moment_of(table: str) -> str:
    """Name the column of a table that bounds in time are about, and by which its rows go into months."""
    return {"runs": "started_at", "deals": "first_published_at", "entities": "first_seen"}.get(table, "published_at")


def conformed(rows: pa.Table, table: str) -> pa.Table:
    """Give rows that any earlier version wrote in the schema of today: columns that they lack are null."""
    import pyarrow as pa

    schema = schema_of(table)
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
