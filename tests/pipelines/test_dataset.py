"""Reading back: the loaders and their filters, and three readers that know nothing of us."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest
from pipeline_samples import TABLES, article, funding, item, read_all

from pipelines.dataset import load_articles, load_mentions, load_rounds
from pipelines.errors import DatasetNotFoundError
from pipelines.schema import schema_of
from pipelines.store import Store

LOADERS = {"articles": load_articles, "rounds": load_rounds, "mentions": load_mentions}
DAYS = {
    1: datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    2: datetime(2026, 2, 1, tzinfo=UTC),
    3: datetime(2026, 2, 28, 18, tzinfo=UTC),
    4: datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),  # still February in UTC
    5: None,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Five articles in three batches, the last first."""
    folder = tmp_path_factory.mktemp("data")
    with Store(folder) as store:
        for n in (5, 4, 3, 2, 1):
            outlet = "gazette" if n < 3 else "courrier"
            amounts = [funding(n), funding(n, amount=None, currency=None)] if n == 2 else None
            store.add(item(n, published_at=DAYS[n], outlet=outlet, rounds=amounts))
            if n in {4, 2}:
                store.flush()
    return folder


def numbers(frame: pd.DataFrame) -> list[int]:
    by_id = {article(n).id: n for n in DAYS}
    return list(dict.fromkeys(by_id[id_] for id_ in frame.article_id))


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_whole_and_newest_last(data, table):
    frame = LOADERS[table](data)
    assert numbers(frame) == [1, 2, 3, 4, 5]
    assert [*frame.columns] == [*schema_of(table).names, "month"]
    assert set(frame.month) == {"2026-01", "2026-02", "2026-09"}
    assert len(frame) == {"articles": 5, "rounds": 6, "mentions": 10}[table]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"since": "2026-02-01"}, [2, 3, 4]),
        ({"since": date(2026, 2, 28)}, [3, 4]),
        ({"since": datetime(2026, 2, 28, 18, tzinfo=UTC)}, [3, 4]),
        ({"since": "2026-02-28T18:00:01"}, [4]),
        ({"since": "2026-02-28T19:00:00+01:00"}, [3, 4]),
        ({"until": "2026-01-31"}, [1]),
        ({"until": "2026-02-28"}, [1, 2, 3, 4]),
        ({"until": "2026-02-28T18:00:00"}, [1, 2, 3]),
        ({"since": "2026-02-01", "until": date(2026, 2, 1)}, [2]),
        ({"since": "2027-01-01"}, []),
        ({"outlet": "courrier"}, [3, 4, 5]),
        ({"outlet": "courrier", "since": "2026-01-01", "until": "2026-12-31"}, [3, 4]),
        ({"outlet": "nobody"}, []),
    ],
)
def test_bounds_and_outlet_choose(data, table, bounds, found):
    assert numbers(LOADERS[table](data, **bounds)) == found


@pytest.mark.parametrize("bound", ["since", "until"])
def test_a_bound_that_is_no_date_is_named(data, bound):
    with pytest.raises(ValueError, match=rf"^{bound}: expected an ISO day or instant such as 2026-10-01, got 'hier'$"):
        load_articles(data, **{bound: "hier"})


def test_nothing_is_not_a_dataset(tmp_path):
    for folder in (tmp_path, tmp_path / "missing", str(tmp_path / "missing")):
        with pytest.raises(DatasetNotFoundError, match=r": no dataset there; `tourdetable crawl --data .*` makes one$"):
            load_rounds(folder)


def test_a_dataset_without_articles_gives_empty_tables(tmp_path):
    Store(tmp_path).close()
    for table, load in LOADERS.items():
        frame = load(tmp_path)
        assert frame.empty
        assert [*frame.columns] == [*schema_of(table).names, "month"]


@pytest.mark.parametrize("table", TABLES)
def test_three_bare_readers_agree_with_the_loader(data, table):
    found = read_all(data, table)
    assert found["pandas"] == found["duckdb"] == found["polars"]
    assert sorted(row["article_id"] for row in found["polars"]) == sorted(LOADERS[table](data).article_id)


def test_loading_needs_no_ledger(data, tmp_path):
    import shutil

    copy = shutil.copytree(data, tmp_path / "copy", ignore=shutil.ignore_patterns("_state"))
    assert numbers(load_rounds(copy, outlet="gazette")) == [1, 2]


def test_amounts_are_numbers_even_where_one_is_missing(data):
    import polars as pl

    amounts = load_rounds(data, outlet="gazette").amount
    assert amounts.dropna().tolist() == [1_000_000, 2_000_000]
    assert pl.read_parquet(data / "rounds")["amount"].dtype == pl.Int64
