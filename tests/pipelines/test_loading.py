"""Four engines read every table alike, under every filter, and leave unread what cannot match."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_samples import funding, item, read_all, run

import tourdetable
from extract.records import Investor
from pipelines.errors import DatasetNotFoundError, MissingEngineError, SelectionError, StorageError
from pipelines.places import Folder
from pipelines.schema import ALL_TABLES, partition_schema, schema_of
from pipelines.store import Store

LOADERS: dict[str, Any] = {table: getattr(tourdetable, f"load_{table}") for table in ALL_TABLES}
ENGINES = ("pandas", "polars", "duckdb", "arrow")
KEYS = {
    "articles": "article_id",
    "rounds": "round_id",
    "mentions": "article_id",
    "runs": "run_id",
    "deals": "deal_id",
    "entities": "key",
}


def backers(*names: str) -> list[Investor]:
    return [Investor(name=name, key=name.lower()) for name in names]


def write(data, table: str, month: str, rows: list[dict[str, Any]], without: tuple[str, ...] = (), name: str = "x"):
    """Write a part by hand, as an earlier version did if it lacks columns."""
    path = data / table / f"month={month}" / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema_of(table)).drop_columns(list(without)), path)
    return path


def deal(n: int, **changes: Any) -> dict[str, Any]:
    values = {
        "deal_id": f"d{n}",
        "company": f"Société {n}",
        "company_key": f"societe{n}",
        "amount_eur": n * 1_000_000,
        "first_published_at": datetime(2026, n, 5, tzinfo=UTC),
        "outlets": ["gazette", "l'écho"] if n % 2 else ["gazette"],
        "investors": [{"name": "Partech", "key": "partech", "lead": True}] if n % 2 else [],
        "sources": [{"round_id": f"r{n}", "investors": ["Partech"]}],
    }
    return values | changes


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    with Store(folder) as store:
        store.add(item(1, outlet="gazette", published_at=datetime(2026, 1, 5, tzinfo=UTC)))
        amounts = [
            funding(2, investors=backers("Bpifrance", "Partech"), company="L’Oréal S.A."),
            funding(3, amount=None, currency=None, investors=backers("Kima")),
        ]
        store.add(item(2, outlet="courrier", rounds=amounts, published_at=datetime(2026, 2, 5, tzinfo=UTC)))
        store.flush()
        store.add(item(4, outlet="l'écho", rounds=[funding(4, investors=[])], published_at=None))
        store.add(item(5, outlet="l'écho", published_at=datetime(2026, 3, 31, 23, 59, 59, 999_999, tzinfo=UTC)))
        store.add_run([run("a"), run("a", outlet="courrier", causes=[])])
    old = {"round_id": "old-0", "article_id": "old", "outlet": "gazette", "company_key": "old", "investors": None}
    write(folder, "rounds", "2025-12", [old | {"published_at": datetime(2025, 12, 1, tzinfo=UTC)}], ("fetched_at",))
    write(folder, "deals", "2026-01", [deal(1), deal(2)])
    write(folder, "deals", "2026-03", [deal(3, amount_eur=None), deal(4, investors=None, outlets=None)])
    known = {"key": "bpifrance", "keys": ["bpifrance", "bpi"], "first_seen": datetime(2026, 1, 5, 8, tzinfo=UTC)}
    write(folder, "entities", "2026-01", [known, {"key": "kima", "keys": ["kima"]}])
    others = [("partech", "partechpartners"), ("societe2", "anciennesociete")]
    write(folder, "entities", "2026-02", [{"key": key, "keys": [key, also]} for key, also in others])
    return folder


def rows(found: Any, table: str) -> list[dict[str, Any]]:
    """Give what any engine gave in one form and order."""
    import duckdb
    import polars as pl

    if isinstance(found, pl.LazyFrame):
        found = found.collect().to_arrow()
    elif isinstance(found, duckdb.DuckDBPyRelation):
        found = found.to_arrow_table()
    elif isinstance(found, pd.DataFrame):
        types = {**{f.name: f.type for f in schema_of(table)}, "month": pa.string()}
        schema = pa.schema([(name, types[name]) for name in found.columns])
        found = pa.Table.from_pandas(found, schema=schema, preserve_index=False)
    return sorted(found.to_pylist(), key=repr)


def alike(data, table: str, **filters: Any) -> list[dict[str, Any]]:
    """Check that the engines agree, and give what they agree on."""
    by_engine = {engine: rows(LOADERS[table](data, engine=engine, **filters), table) for engine in ENGINES}
    plain = by_engine["arrow"]
    for engine in ENGINES:
        assert repr_of(by_engine[engine]) == repr_of(plain), engine
    return plain


def repr_of(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: as_utc(value) for name, value in row.items()} for row in found]


def as_utc(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize("table", ALL_TABLES)
def test_four_engines_agree_on_a_whole_table(data, table):
    found = alike(data, table)
    assert len(found) == {"articles": 4, "rounds": 6, "mentions": 8, "runs": 2, "deals": 4, "entities": 4}[table]
    assert [*found[0]] == [*schema_of(table).names, *partition_schema().names]


@pytest.mark.parametrize("table", ["articles", "mentions", "runs"])
def test_they_agree_with_readers_that_know_nothing_of_us(data, table):
    bare = read_all(data, table)["polars"]
    assert sorted(map(repr, repr_of(bare))) == sorted(map(repr, repr_of(alike(data, table))))


@pytest.mark.parametrize(
    ("table", "filters", "found"),
    [
        ("articles", {"outlet": ["gazette", "courrier"], "columns": "outlet"}, ["courrier", "gazette"]),
        ("articles", {"outlet": []}, []),
        ("articles", {"since": "2026-03-31", "until": "2026-03-31", "columns": ["outlet"]}, ["l'écho"]),
        ("rounds", {"company": "l'oreal", "columns": ["company"]}, ["L’Oréal S.A."]),
        ("rounds", {"investor": "PARTECH", "columns": ["amount"]}, [1_000_000, 2_000_000, 5_000_000]),
        ("rounds", {"investor": "BPIfrance", "until": "2026-01-31", "columns": ["amount"]}, []),
        ("rounds", {"min_amount_eur": 1_000_000.5, "columns": ["amount_eur"]}, [2_000_000, 4_000_000, 5_000_000]),
        ("rounds", {"min_amount_eur": np.int64(5_000_000), "columns": ["amount_eur"]}, [5_000_000]),
        ("rounds", {"until": date(2025, 12, 1), "columns": ["fetched_at"]}, [None]),
        ("mentions", {"company": "Societe 1"}, []),
        ("runs", {"since": "2026-02-28T23:30", "outlet": "gazette", "columns": ["outlet"]}, ["gazette"]),
        ("runs", {"since": "2026-02-28T23:31"}, []),
        ("deals", {"outlet": "l'écho", "columns": ["deal_id"]}, ["d1", "d3"]),
        ("deals", {"outlet": ["x", "gazette"], "since": "2026-03-01", "columns": ["deal_id"]}, ["d3"]),
        ("deals", {"investor": "Partech", "min_amount_eur": 1, "columns": ["deal_id"]}, ["d1"]),
        ("deals", {"company": "société 2", "columns": ["deal_id"]}, ["d2"]),
        ("deals", {"company": "Ancienne Société", "columns": ["deal_id"]}, ["d2"]),
        ("deals", {"investor": "Partech Partners", "columns": ["deal_id"]}, ["d1", "d3"]),
        ("entities", {"company": "B.P.I.", "columns": ["key"]}, ["bpifrance"]),
        ("entities", {"until": "2026-01-05", "columns": ["key"]}, ["bpifrance"]),
    ],
)  # fmt: skip
def test_filters_choose_alike(data, table, filters, found):
    assert sorted([next(iter(row.values())) for row in alike(data, table, **filters)], key=repr) == found


NAMES = st.sampled_from(["Partech", "bpifrance", "Kima", "L'Oréal", "societe 1", "Nobody"])
DAYS = st.dates(date(2025, 11, 1), date(2026, 5, 1))


@settings(max_examples=40)
@given(
    table=st.sampled_from(["rounds", "deals"]),
    filters=st.fixed_dictionaries(
        {},
        optional={
            "since": DAYS,
            "until": DAYS,
            "outlet": st.lists(st.sampled_from(["gazette", "courrier", "l'écho", "x"])),
            "company": NAMES,
            "investor": NAMES,
            "min_amount_eur": st.integers(0, 6_000_000),
            "columns": st.lists(st.sampled_from(["company", "investors", "month", "amount"]), min_size=1),
        },
    ),
)
def test_any_filters_together_choose_alike(data, table, filters):
    whole = LOADERS[table](data, engine="arrow").to_pylist()
    found = alike(data, table, **filters | {"columns": [KEYS[table]]})
    wanted = [row for row in whole if _wanted(row, table, filters)]
    assert sorted(row[KEYS[table]] for row in found) == sorted(row[KEYS[table]] for row in wanted)
    if columns := filters.get("columns"):
        assert all([*row] == list(dict.fromkeys(columns)) for row in alike(data, table, **filters))


def _wanted(row: dict[str, Any], table: str, filters: dict[str, Any]) -> bool:
    """Say the same as the filters do, slowly."""
    moment = row["first_published_at" if table == "deals" else "published_at"]
    day = moment and moment.date()
    outlets = (row["outlets"] or []) if table == "deals" else [row["outlet"]]
    names = {"L'Oréal": "oreal", "societe 1": "societe1"}
    company, investor = (names.get(filters.get(who), str(filters.get(who)).lower()) for who in ("company", "investor"))
    return (
        ("since" not in filters or (day is not None and day >= filters["since"]))
        and ("until" not in filters or (day is not None and day <= filters["until"]))
        and ("outlet" not in filters or bool({*outlets} & {*filters["outlet"]}))
        and ("company" not in filters or row["company_key"] == company)
        and ("investor" not in filters or investor in [one["key"] for one in row["investors"] or []])
        and ("min_amount_eur" not in filters or (row["amount_eur"] or -1) >= filters["min_amount_eur"])
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_types_are_the_schema_s(data, engine):
    import polars as pl

    found = tourdetable.load_rounds(data, engine=engine)
    if engine == "polars":
        schema = found.collect_schema()
        assert (schema["published_at"], schema["month"]) == (pl.Datetime("us", "UTC"), pl.String)
        assert schema["investors"].inner.fields[0].dtype == pl.String
    elif engine == "duckdb":
        kinds = dict(zip(found.columns, map(str, found.types), strict=True))
        assert (kinds["published_at"], kinds["month"]) == ("TIMESTAMP WITH TIME ZONE", "VARCHAR")
        assert kinds["investors"].startswith('STRUCT("name" VARCHAR')
        assert kinds["investors"].endswith(")[]")
    elif engine == "arrow":
        assert found.schema.field("investors").type == schema_of("rounds").field("investors").type
    else:
        assert str(found.published_at.dtype) == "datetime64[us, UTC]"
        assert found.investors[1][0]["name"] == "Partech"


@pytest.mark.parametrize("engine", ["pandas", "arrow"])
def test_the_newest_is_last_and_the_undated_behind_it(data, engine):
    found = tourdetable.load_articles(data, engine=engine, columns=["title"])
    titles = list(found["title"]) if engine == "pandas" else found["title"].to_pylist()
    assert titles == [f"Société {n} lève {n} M€" for n in (1, 2, 5, 4)]


@pytest.mark.parametrize("engine", ENGINES)
def test_months_out_of_bounds_are_not_even_opened(data, tmp_path, engine):
    import shutil

    copy = shutil.copytree(data, tmp_path / "copy")
    (copy / "rounds" / "month=2026-01" / "broken.parquet").write_bytes(b"no parquet")
    found = tourdetable.load_rounds(copy, engine=engine, since="2026-02-01", columns=["company"])
    assert len(rows(found, "rounds")) == 3
    with pytest.raises(Exception, match=r"(?i)parquet"):
        rows(tourdetable.load_rounds(copy, engine=engine, since="2026-01-31"), "rounds")


def test_a_broken_part_is_one_line(data, tmp_path):
    write(tmp_path, "rounds", "2026-01", []).write_bytes(b"no parquet")
    with pytest.raises(StorageError, match=r"^.*rounds: a part cannot be read \(.*\)$"):
        tourdetable.load_rounds(tmp_path)


def test_row_groups_that_cannot_match_are_not_read(tmp_path):
    """A column of the first row group is overwritten: whoever reads them notices."""
    every = [{"article_id": f"{n}", "outlet": "g", "published_at": datetime(2026, 1, n, tzinfo=UTC)} for n in (1, 9)]
    path = write(tmp_path, "mentions", "2026-01", every)
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table, path, row_group_size=1)
    column = pq.read_metadata(path).row_group(0).column(0)
    with path.open("r+b") as file:
        file.seek(column.dictionary_page_offset)
        file.write(b"\xff" * column.total_compressed_size)
    for engine in ENGINES:
        found = LOADERS["mentions"](tmp_path, engine=engine, since="2026-01-05")
        assert [row["article_id"] for row in rows(found, "mentions")] == ["9"]
    with pytest.raises(StorageError):
        LOADERS["mentions"](tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("table", ALL_TABLES)
def test_a_table_without_parts_is_empty_with_all_columns(tmp_path, table, engine):
    (tmp_path / "articles").mkdir()
    found = LOADERS[table](tmp_path, engine=engine, since="2026-01-01")
    names = (
        found.collect_schema().names() if engine == "polars" else list(getattr(found, "column_names", found.columns))
    )
    assert rows(found, table) == []
    assert names == [*schema_of(table).names, "month"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_part_that_gives_way_to_another_while_it_is_read_does_no_harm(data, tmp_path, monkeypatch, engine):
    old = write(tmp_path, "rounds", "2026-01", [{"round_id": "a-0"}], name="old")
    listed = Folder.parts
    changes = []

    def parts(self, table, month=None, batch=None):
        names = listed(self, table, month, batch)
        if not changes:
            changes.append(old.rename(old.with_name("new.parquet")))
        return names

    monkeypatch.setattr(Folder, "parts", parts)
    found = LOADERS["rounds"](tmp_path, engine=engine, columns="round_id")
    assert rows(found, "rounds") == [{"round_id": "a-0"}]


def test_a_table_whose_parts_always_vanish_is_given_up(tmp_path, monkeypatch):
    write(tmp_path, "rounds", "2026-01", [{"round_id": "a-0"}])
    asked = []

    def parts(self, table, month=None, batch=None):
        asked.append(table)
        return [f"rounds/month=2026-01/{len(asked)}.parquet"]

    monkeypatch.setattr(Folder, "parts", parts)
    with pytest.raises(StorageError, match="a part cannot be read"):
        LOADERS["rounds"](tmp_path)
    assert len(asked) <= 5


@pytest.mark.parametrize(
    ("table", "filters", "message"),
    [
        ("rounds", {"columns": ["compagny"]}, r"columns: rounds has no 'compagny', but round_id, .*month"),
        ("rounds", {"columns": []}, r"columns: name at least one of round_id, .*"),
        ("rounds", {"company": " - "}, r"company: expected a name, got ' - '"),
        ("rounds", {"investor": 3}, r"investor: expected a name, got 3"),
        ("rounds", {"min_amount_eur": float("nan")}, r"min_amount_eur: expected a sum in euros, got nan"),
        ("rounds", {"min_amount_eur": "1M"}, r"min_amount_eur: expected a sum in euros, got '1M'"),
        ("rounds", {"outlet": [3]}, r"outlet: expected a name or several, got 3"),
        ("rounds", {"since": "0001-01-01T00:00+14:00"}, r"since: .* is beyond the calendar in UTC"),
        ("rounds", {"since": 2026}, r"since: expected an ISO day or instant such as 2026-10-01, got 2026"),
        ("rounds", {"until": pd.NaT}, r"until: expected an ISO day or instant such as 2026-10-01, got NaT"),
        ("rounds", {"engine": "spark"}, r"engine: expected pandas, polars, duckdb, arrow, got 'spark'"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(data, table, filters, message):
    with pytest.raises(SelectionError, match=rf"^{message}$"):
        LOADERS[table](data, **filters)


@pytest.mark.parametrize(("table", "filter_"), [("articles", "company"), ("runs", "investor"), ("entities", "outlet")])
def test_a_filter_that_a_table_does_not_have_is_no_argument(data, table, filter_):
    with pytest.raises(TypeError, match=filter_):
        LOADERS[table](data, **{filter_: "x"})


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_an_engine_that_is_not_installed_is_named_with_what_brings_it(data, monkeypatch, engine):
    monkeypatch.setitem(sys.modules, engine, None)
    message = rf"^engine: {engine} is not installed; `pip install 'tourdetable\[readers\]'` brings it$"
    with pytest.raises(MissingEngineError, match=message) as raised:
        LOADERS["rounds"](data, engine=engine)
    assert isinstance(raised.value, ImportError)


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_not_a_dataset_for_any_engine(tmp_path, engine):
    with pytest.raises(DatasetNotFoundError):
        LOADERS["deals"](tmp_path, engine=engine)


def test_lists_in_many_batches_are_searched_row_by_row(tmp_path):
    """More rows than a batch has, so that lists are read from slices."""
    many = [{"round_id": str(n), "investors": [{"key": f"k{n % 7}"}] * (n % 3)} for n in range(3000)]
    write(tmp_path / "data", "rounds", "2026-01", many)
    tourdetable.export("rounds", tmp_path / "r.jsonl", tmp_path / "data", investor="K5", columns="round_id")
    found = [json.loads(line)["round_id"] for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert found == [str(n) for n in range(3000) if n % 7 == 5 and n % 3]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_name_stands_for_those_that_the_gazetteer_has_for_it(tmp_path, engine):
    """A report has the key of the name as printed, a deal that of the entity."""
    a16z = {"name": "a16z", "key": "a16z", "lead": False}
    entity = {"name": "Andreessen Horowitz", "key": "andreessenhorowitz", "lead": False}
    write(tmp_path, "deals", "2026-01", [deal(1, investors=[entity]), deal(2)])
    write(tmp_path, "rounds", "2026-01", [{"round_id": "r1", "investors": [a16z]}, {"round_id": "r2", "investors": []}])
    for name in ("A16Z", "Andreessen Horowitz"):
        for load, key in ((tourdetable.load_deals, "deal_id"), (tourdetable.load_rounds, "round_id")):
            assert keys_in(load(tmp_path, engine=engine, investor=name, columns=key), key) in (["d1"], ["r1"])


def keys_in(rows: Any, key: str) -> list[str]:
    table = rows.collect().to_arrow() if hasattr(rows, "collect") else rows
    table = table.to_arrow_table() if hasattr(table, "to_arrow_table") else table
    return list(table[key]) if hasattr(table, "iloc") else table[key].to_pylist()
