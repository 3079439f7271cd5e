"""What the dataset holds, column by column: on a terminal, as JSON, and as the page ``docs/dataset.md``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.columns import COLUMNS, Column
from pipelines.schema import DERIVED, SCHEMA_VERSION

_ROWS = {
    "articles": "One row an article.",
    "rounds": "One row for each funding round that an article reports.",
    "mentions": "One row for each place in an article that names a company, investor, person or sum.",
    "runs": "One row for each crawl and outlet.",
    "deals": "One row a deal: the reports of one round by several articles, joined.",
    "entities": "One row for each company, fund, bank, public body or investing person.",
}
_INTRODUCTION = f"""# The dataset

Version {SCHEMA_VERSION} of the schema. Plain Parquet with Hive partitions, `TABLE/month=YYYY-MM/*.parquet`;
pandas, DuckDB and Polars read it bare. Every column may be null unless it is a key. Sums are whole units of their
currency (int64), instants are UTC in microseconds, offsets count
characters into title + newline + text. Columns are only ever added; where a part is older
than a column the loaders give null, and `tourdetable compact` writes the part anew. `month` is that of publication (of
fetching where a page tells no date), of the start in `runs`, of the first source in `deals` and `entities`.

This page is printed by `tourdetable schema --markdown`.
"""


def columns_of(table: str) -> list[dict[str, Any]]:
    """Give the columns of a table: name, type, unit, meaning, example.

    >>> columns_of("rounds")[0]["name"]
    'round_id'
    """
    return [
        {
            "name": column.name,
            "type": type_name(column),
            "unit": column.unit,
            "meaning": column.meaning,
            "example": column.example,
        }
        for column in COLUMNS[table]
    ]


def type_name(column: Column) -> str:
    """Write a column's type shortly.

    >>> type_name(next(column for column in COLUMNS["articles"] if column.name == "authors"))
    'list<string>'
    """
    return str(column.type).replace("element: ", "").replace("item: ", "").replace("[us, tz=UTC]", "")


def print_schema(tables: Sequence[str]) -> None:
    """Print the tables' columns for a terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    for name in tables:
        shown = Table(title=f"{name}: {_ROWS[name]}", title_justify="left", show_lines=True)
        for heading in ("column", "type", "unit", "meaning", "example"):
            shown.add_column(heading, overflow="fold")
        for column in columns_of(name):
            values = (*list(column.values())[:4], _example(column["example"]))
            shown.add_row(*(escape(value) for value in values))
        Console().print(shown)


def markdown() -> str:
    """Give ``docs/dataset.md``."""
    return "\n".join([_INTRODUCTION, *(line for table in COLUMNS for line in _section(table))])


def _section(table: str) -> Iterator[str]:
    derived = " Made of the other tables whenever they change." if table in DERIVED else ""
    yield f"## {table}\n\n{_ROWS[table]}{derived}\n"
    yield "| column | type | unit | meaning | example |\n|---|---|---|---|---|"
    for column in columns_of(table):
        example = _example(column["example"])
        yield (
            f"| `{column['name']}` | {_cell(column['type'])} | {_cell(column['unit'])} | {_cell(column['meaning'])} | "
            + (f"`{example}` |" if example else "|")
        )
    yield ""


def _example(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
