"""Corrections: an article is looked at again in its first days, and a later state takes the earlier one's place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from crawler_sites import outlet, press_page, rss
from pipeline_samples import article, funding, item, read_all

from pipelines import frontier, ledger
from pipelines.errors import StorageError
from pipelines.frontier import CHECKS, Revisit
from pipelines.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATHS = [f"/2026/05/alpha-leve-{n}-millions/" for n in range(3)]


def make_due(tmp_path):
    with closing(sqlite3.connect(tmp_path / "data" / "_state" / "ledger.sqlite")) as db, db:
        db.execute("UPDATE revisits SET due_at = '2026-01-01' WHERE due_at IS NOT NULL")


def serve(site, path, headline, tag):
    site.answers.pop(path, None)
    site.add(path, press_page(headline), headers={"ETag": f'"{tag}"'})


@pytest.fixture
def gazette(site):
    for n, path in enumerate(PATHS):
        serve(site, path, f"Alpha lève {n} millions d’euros", tag="a")
    site.add("/feed/", rss(*(site.url + path for path in PATHS)), headers={"ETag": '"1"'}, kind="text/xml")
    return outlet(site, feeds=["/feed/"])


def titles(tmp_path):
    return dict(pd.read_parquet(tmp_path / "data" / "articles")[["title", "revision"]].itertuples(index=False))


def test_a_correction_takes_the_place_of_what_was_corrected(site, gazette, crawl, tmp_path):
    crawl(gazette)
    site.log.clear()
    crawl(gazette)
    assert [hit.path for hit in site.asked()] == ["/feed/"]  # not yet

    serve(site, PATHS[1], "Alpha lève onze millions, et non un", tag="b")
    serve(site, PATHS[2], "Alpha lève 2 millions d’euros", tag="b")  # another tag, the same article
    make_due(tmp_path)
    site.log.clear()
    figures = crawl(gazette)
    assert sorted((hit.path, hit.status) for hit in site.asked() if hit.path in PATHS) == [
        (PATHS[0], 304), (PATHS[1], 200), (PATHS[2], 200)
    ]  # fmt: skip
    assert (figures["unchanged"], figures["revised"], figures.get("stored", 0)) == (2, 1, 0)
    assert titles(tmp_path) == {
        "Alpha lève 0 millions d’euros": 0, "Alpha lève onze millions, et non un": 1, "Alpha lève 2 millions d’euros": 0
    }  # fmt: skip
    parts = f"{tmp_path}/data/articles/**/*.parquet"
    assert len(pl.read_parquet(parts)) == duckdb.sql(f"SELECT COUNT(*) FROM '{parts}'").fetchall()[0][0] == 3


def test_after_some_days_an_article_is_left_alone(site, gazette, crawl, tmp_path):
    crawl(gazette)
    for _ in CHECKS:
        make_due(tmp_path)
        site.log.clear()
        crawl(gazette)
        assert sorted(hit.path for hit in site.asked() if hit.path in PATHS) == PATHS
    make_due(tmp_path)
    site.log.clear()
    crawl(gazette)
    assert [hit.path for hit in site.asked() if hit.path in PATHS] == []


def test_looks_come_at_ever_longer_intervals():
    db = sqlite3.connect(":memory:")
    for schema in (ledger._SCHEMA, frontier.SCHEMA):
        db.executescript(schema)
    db.execute("INSERT INTO pages VALUES ('u', 'id', 'gazette', 'h', 0, '', 0, '')")
    frontier.note_article(db, Revisit("u", "u", "gazette"), NOW)
    moment, waits = NOW, []
    while due := db.execute("SELECT due_at FROM revisits").fetchone()[0]:
        before, moment = moment, datetime.fromisoformat(due)
        assert frontier.due_articles(db, ["gazette"], moment - timedelta(seconds=1)) == []
        assert len(frontier.due_articles(db, ["gazette"], moment)) == 1
        frontier.note_check(db, "u", moment)
        waits.append(moment - before)
    db.close()
    assert waits == list(CHECKS)


# The store


def revise(store, n, title, **changes):
    assert store.revise(item(n, title=title, **changes))
    store.flush()


def test_rows_of_the_earlier_state_are_gone_and_all_others_are_there(tmp_path):
    with Store(tmp_path) as store:
        for n in range(1, 6):
            store.add(item(n))
        store.flush()
        revise(store, 3, "Corrigé", rounds=[funding(3, amount=30_000_000), funding(3, amount=40_000_000)])
        revise(store, 3, "Corrigé encore", rounds=[])
        revise(store, 3, "Corrigé enfin", rounds=[funding(3, amount=50_000_000)])
        assert [found.article.title for found in store.revised()] == ["Corrigé", "Corrigé encore", "Corrigé enfin"]
    for table, count in {"articles": 5, "rounds": 5, "mentions": 10}.items():
        pandas, duckdb_, polars = read_all(tmp_path, table).values()
        assert pandas == duckdb_ == polars
        assert len(pandas) == count
    rounds = pd.read_parquet(tmp_path / "rounds").set_index("article_id")
    assert rounds.amount[article(3).id] == 50_000_000
    articles = pd.read_parquet(tmp_path / "articles").set_index("article_id")
    assert (articles.title[article(3).id], articles.revision[article(3).id]) == ("Corrigé enfin", 3)
    assert set(articles.revision.drop(article(3).id)) == {0}


def test_the_first_round_of_an_article_may_come_with_a_revision(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1, rounds=[]))
        store.flush()
        for amount in (1, 2, 3):
            revise(store, 1, f"Titre {amount}", rounds=[funding(1, amount=amount)])
    assert list(pd.read_parquet(tmp_path / "rounds").amount) == [3]


@pytest.mark.parametrize("before", [datetime(2026, 2, 5, tzinfo=UTC), None])
def test_a_folder_holds_the_rows_of_its_month_even_where_a_revision_moves_the_date(tmp_path, before):
    with Store(tmp_path) as store:
        store.add(item(1, published_at=before))
        store.flush()
        revise(store, 1, "Corrigé", published_at=datetime(2026, 3, 1, tzinfo=UTC))
    for table in ("articles", "rounds", "mentions"):
        found = pq.read_table(tmp_path / table)["published_at"].to_pylist()
        assert found
        assert set(found) == {before}
    assert list(pd.read_parquet(tmp_path / "articles").title) == ["Corrigé"]


def test_a_ledger_made_anew_knows_no_batch_and_revises_all_the_same(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
        store.add(item(2))
    for file in (tmp_path / "_state").glob("ledger.sqlite*"):
        file.unlink()
    with Store(tmp_path) as store:
        revise(store, 1, "Corrigé")
    assert sorted(pd.read_parquet(tmp_path / "articles").title) == ["Corrigé", "Société 2 lève 2 M€"]


def test_what_is_not_stored_is_not_revised(tmp_path):
    with Store(tmp_path) as store:
        assert not store.revise(item(1))


def test_the_hash_that_the_ledger_has_is_that_of_the_later_state(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
        store.flush()
        before = ledger.hash_of(store.ledger._db, article(1).url)
        revise(store, 1, "Corrigé")
        assert ledger.hash_of(store.ledger._db, article(1).url) not in (None, before)


def test_a_revision_that_a_full_disk_stopped_is_settled_before_a_later_one(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        for n in (1, 2):
            store.add(item(n))
        store.flush()
        commit = store.ledger.commit

        def full(*_arguments):
            raise StorageError("no space left")

        monkeypatch.setattr(store.ledger, "commit", full)
        assert store.revise(item(1, title="Corrigé"))
        with pytest.raises(StorageError, match="1 articles could not be stored"):
            store.flush()
        monkeypatch.setattr(store.ledger, "commit", commit)
        revise(store, 2, "Corrigé aussi")
        assert store.ledger.prepared() == []  # nothing for the next start to roll forward over the newer part
    with Store(tmp_path):
        pass
    assert sorted(pd.read_parquet(tmp_path / "articles").title) == ["Corrigé", "Corrigé aussi"]
