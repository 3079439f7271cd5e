"""``tourdetable schema``: every column of every table explained, and the page in docs the same."""

from __future__ import annotations

import json
from datetime import datetime

import pyarrow as pa
import pytest

from pipelines.columns import COLUMNS
from pipelines.schema import ALL_TABLES, schema_of
from tourdetable.exits import Exit
from tourdetable.showschema import columns_of, markdown


def test_the_page_in_docs_is_what_the_command_prints(command, pytestconfig):
    page = (pytestconfig.rootpath / "docs" / "dataset.md").read_text(encoding="utf-8")
    assert page == markdown() == command("schema", "--markdown").stdout
    for table in ALL_TABLES:
        assert f"\n## {table}\n" in page


@pytest.mark.parametrize("table", ALL_TABLES)
def test_every_column_has_a_meaning_and_an_example_of_its_type(table):
    for column in COLUMNS[table]:
        assert len(column.meaning) > 4, column.name
        example = column.example
        if pa.types.is_temporal(column.type) and example is not None:
            example = datetime.fromisoformat(example)
        assert pa.array([example], column.type)[0].as_py() is not None or example is None, column.name
    optional = {column.name for column in COLUMNS[table] if column.example is None}
    assert len(optional) < len(COLUMNS[table]) / 2


def test_sums_and_offsets_have_units():
    for table in ALL_TABLES:
        for column in COLUMNS[table]:
            whole = pa.types.is_integer(column.type)
            if whole and (column.name.endswith("_eur") or column.name in {"amount", "valuation", "start", "end"}):
                assert column.unit, f"{table}.{column.name}"
                assert schema_of(table).field(column.name).metadata[b"unit"].decode() == column.unit


def test_json_tells_of_the_tables_asked_for(command):
    done = command("schema", "rounds", "deals", "rounds")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert list(told) == ["rounds", "deals"]
    assert told["rounds"] == columns_of("rounds")
    assert [column["name"] for column in told["deals"]] == schema_of("deals").names


def test_a_table_that_is_none_is_named(command):
    done = command("schema", "ronds")
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert done.stderr == (
        "tourdetable: ronds: no such table; there are articles, rounds, mentions, runs, deals, entities\n"
    )
