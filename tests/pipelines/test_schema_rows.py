"""The tables: every column documented and typed, every value back as it went in, sums in euros at the bank's rate."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pipeline_samples import TABLES, article, funding, item, read_all

from extract.names.keys import name_key
from extract.records import Mention, Money, PastRound
from pipelines.rates import rate_of
from pipelines.rows import rows_of, tables_of, whole
from pipelines.schema import SCHEMA_VERSION, partition_schema, schema_of
from pipelines.store import Store

SCALARS = {
    pa.string(),
    pa.int64(),
    pa.float64(),
    pa.bool_(),
    pa.date32(),
    pa.timestamp("us", tz="UTC"),
}


def is_explicit(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind):
        return is_explicit(kind.value_type)
    if pa.types.is_struct(kind):
        return all(is_explicit(field.type) for field in kind)
    return kind in SCALARS


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented_and_typed(table):
    schema = schema_of(table)
    assert schema.metadata == {b"tourdetable.schema_version": str(SCHEMA_VERSION).encode()}
    for field in schema:
        assert len(field.metadata[b"doc"].decode()) > 4, field.name
        assert is_explicit(field.type), field.name
    assert len(set(schema.names)) == len(schema.names)
    assert {"article_id", "extractor_version", "published_at", "outlet"} <= set(schema.names)
    assert not set(partition_schema().names) & set(schema.names)


def test_every_part_has_its_tables_schema(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1, rounds=[], section=None, published_at=None))
        store.add(item(2))
    parts = list(tmp_path.rglob("*.parquet"))
    assert len(parts) >= 5
    for part in parts:
        table = part.relative_to(tmp_path).parts[0]
        schema = pq.read_schema(part)
        assert schema.equals(schema_of(table), check_metadata=False), part
        assert schema.field("article_id").metadata[b"doc"] == schema_of(table).field("article_id").metadata[b"doc"]


def test_rows_have_no_column_too_few():
    for table, rows in rows_of(item(1)).items():
        for row in rows:
            assert set(schema_of(table).names) <= set(row), table


def test_every_value_comes_back(tmp_path):
    source = item(
        3,
        url="https://www.gazette.example/3?amp",
        canonical_url="https://www.gazette.example/3",
        chapeau="En bref.",
        authors=["Anne Durand", "L’équipe"],
        modified_at=datetime(2026, 4, 1, 1, 2, 3, 456_789, tzinfo=UTC),
        section="Levées",
        tags=[],
        image="https://www.gazette.example/i.jpg",
        paywalled=True,
        tdm_reserved=True,
        error="ValueError: x",
        rounds=[
            funding(
                3,
                round_type="series_a",
                status="rumoured",
                date="2026-03-30",
                valuation=24_000_000_000,
                valuation_currency="USD",
                total_raised=9_000_000_000_000_001,  # a double would lose the last digit
                total_raised_currency="EUR",
            )
        ],
    )
    with Store(tmp_path) as store:
        store.add(source)
    given = source.article
    for reader in ("duckdb", "polars"):
        (row,) = read_all(tmp_path, "articles")[reader]
        for name, value in asdict(given).items():
            assert row[name] == value, (reader, name)
        assert (row["article_id"], row["rounds"], row["extraction_error"]) == (given.id, 1, "ValueError: x")
        assert row["companies"] == ["Société 3", "Partech"]
        assert row["past_rounds"] == [
            {
                "company": "Société 3",
                "amount": 500_000,
                "currency": "EUR",
                "round_type": None,
                "year": 2021,
                "evidence": "",
            }
        ]
        (found,) = read_all(tmp_path, "rounds")[reader]
        stated = asdict(source.extraction.rounds[0]) | {"date": date(2026, 3, 30)}
        for name, value in stated.items():
            assert found[name] == value, (reader, name)
        assert found["round_id"] == f"{given.id}-0"
        assert found["company_key"] == name_key("Société 3")
        assert (found["url"], found["title"], found["outlet"]) == (given.url, given.title, given.outlet)
        company, money = read_all(tmp_path, "mentions")[reader]
        assert (company["label"], company["name"], company["value"]) == ("company", "Société 3", None)
        assert (money["label"], money["value"], money["currency"], money["role"]) == ("money", 1e6, "EUR", "round")


def euros(tmp_path, **changes):
    with Store(tmp_path) as store:
        store.add(item(1, rounds=[funding(1, **changes)], published_at=datetime(2024, 5, 27, 6, tzinfo=UTC)))
    (row,) = read_all(tmp_path, "rounds")["polars"]
    return row["amount"], row["amount_eur"], row["eur_rate"], row["eur_rate_date"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        # Reference rates of 27 May 2024, and of Friday the 24th for the Sunday.
        ({"amount": 6_000_000_000, "currency": "USD"}, (6_000_000_000, 5_533_523_932, 1.0843, date(2024, 5, 27))),
        ({"amount": 108_400, "currency": "USD", "date": "2024-05-26"}, (108_400, 100_000, 1.084, date(2024, 5, 24))),
        ({"amount": 7, "currency": "EUR"}, (7, 7, 1.0, date(2024, 5, 27))),
        ({"amount": 655_957, "currency": "XOF"}, (655_957, 1000, 655.957, date(2024, 5, 27))),
        ({"amount": 12, "currency": "BTC"}, (12, None, None, None)),
        ({"amount": 12, "currency": "XXX"}, (12, None, None, None)),
        ({"amount": 12, "currency": "RUB"}, (12, None, None, None)),  # no longer quoted
        ({"amount": 12, "currency": None}, (12, None, None, None)),
        ({"amount": None, "currency": "USD"}, (None, None, None, None)),
        ({"amount": 12, "currency": "USD", "date": "1995-01-01"}, (12, None, None, None)),
        ({"amount": 10**40, "currency": "USD"}, (None, None, None, None)),
        ({"amount": 9 * 10**18 + 1, "currency": "EUR"}, (9 * 10**18 + 1, 9 * 10**18 + 1, 1.0, date(2024, 5, 27))),
        ({"amount": 9 * 10**18, "currency": "GBP"}, (9 * 10**18, None, 0.8507, date(2024, 5, 27))),
        ({"amount": 0.5, "currency": "BTC"}, (None, None, None, None)),
        ({"amount": 12.5e6, "currency": "EUR"}, (12_500_000, 12_500_000, 1.0, date(2024, 5, 27))),
        ({"amount": math.nan, "currency": "EUR"}, (None, None, None, None)),
        ({"amount": math.inf, "currency": "EUR"}, (None, None, None, None)),
    ],
)
def test_amounts_and_their_worth_in_euros(tmp_path, changes, found):
    assert euros(tmp_path, **changes) == found


def test_rates_are_published_ones():
    assert rate_of("USD", date(2024, 3, 31)) == rate_of("USD", date(2024, 3, 28))  # Easter
    assert rate_of("USD", date(2024, 3, 28)).day == date(2024, 3, 28)
    assert rate_of("HRK", date(2022, 6, 1)).units == pytest.approx(7.53, abs=0.05)
    assert rate_of("HRK", date(2023, 6, 1)) is None
    assert rate_of("ISK", date(2010, 6, 1)) is None  # ten years without a quotation
    late = rate_of("USD", date(2199, 1, 1))
    assert late == rate_of("USD", late.day)


@pytest.mark.parametrize("day", ["2024-13-01", "hier", "0000-00-00", "2024-05-27T10:00"])
def test_a_day_that_is_none_is_null(day):
    assert rows_of(item(1, rounds=[funding(1, date=day)]))["rounds"][0]["date"] is None


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        (None, None),
        (0, 0),
        (1, 1),
        (1.5, 2),
        (0.4, None),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (-3.2, -3),
        (1e300, None),
    ],
)
def test_whole_units(amount, units):
    assert whole(amount) == units


def test_a_sum_beyond_all_measure_is_a_mention_without_value():
    source = item(1)
    sums = [Money(text="x", start=0, end=1, value=10**400, currency="EUR")]
    source.extraction.amounts = sums
    source.extraction.mentions = [Mention(label="money", text="x", name="x", key="", start=0, end=1)]
    source.extraction.past_rounds = [PastRound(company="A", amount=10**400, currency="EUR")]
    tables = tables_of(source)
    assert tables["mentions"].to_pylist()[0]["value"] is None
    assert tables["articles"].to_pylist()[0]["past_rounds"][0]["amount"] is None


def test_a_round_without_date_of_publication_takes_the_rate_of_its_fetching():
    source = item(1, rounds=[funding(1, currency="USD")], published_at=None)
    row = rows_of(source)["rounds"][0]
    assert row["eur_rate_date"] == article(1).fetched_at.date()
    assert row["published_at"] is None
