"""The store: commits, duplicates, addresses, the lock, and a ledger that is broken, missing or from the future."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
from pipeline_samples import TABLES, article, funding, item, read_all

import pipelines.places
from pipelines.errors import DatasetBusyError, LedgerError, RowError, StorageError
from pipelines.ledger import Ledger, outlet_summary
from pipelines.places import place_of
from pipelines.store import Store


def urls(data):
    return sorted(pd.read_parquet(data / "articles").url) if (data / "articles").exists() else []


def test_what_is_added_is_there_once_committed(tmp_path):
    with Store(tmp_path) as store:
        assert [store.add(item(n)) for n in (1, 2)] == [True, True]
        assert (len(store), urls(tmp_path), store.committed()) == (2, [], [])
        store.flush()
        assert (len(store), len(urls(tmp_path))) == (0, 2)
        assert [one.article.url for one in store.committed()] == [article(1).url, article(2).url]
        assert store.committed() == []
        store.add(item(3))
    assert len(urls(tmp_path)) == 3


def test_a_stored_article_is_never_stored_again(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
        assert not store.add(item(1, text="Tout autre."))  # while it waits
        store.flush()
        assert not store.add(item(1))
    with Store(tmp_path) as store:
        assert not store.add(item(1))
        assert store.add(item(2))
    for table, rows in {"articles": 2, "rounds": 2, "mentions": 4}.items():
        assert len(pd.read_parquet(tmp_path / table)) == rows


def test_every_address_of_an_article_is_known(tmp_path):
    own = article(1).url
    with Store(tmp_path) as store:
        assert store.add(item(1, url=own + "?page=1", canonical_url=own), ["https://www.gazette.example/?p=1"])
        assert not store.add(item(1, url=own + "?utm_source=x&amp=1&vue=amp", canonical_url=own))
        assert not store.ledger.knows(own)  # not before its rows are on disk
        store.flush()
        assert not store.add(item(1, url=own + "?print", canonical_url=own))
        assert not store.add(item(1, url=own), ["https://www.gazette.example/?p=1&preview"])
    ledger = Ledger(place_of(tmp_path).ledger)
    for suffix in ("", "/", "#top", "?page=1", "?vue=amp", "?print"):
        assert ledger.knows(own + suffix), suffix
    assert ledger.knows("https://www.gazette.example/?p=1")
    assert ledger.knows("https://www.gazette.example/?p=1&preview")
    assert not ledger.knows(own + "0")
    ledger.close()
    assert len(urls(tmp_path)) == 1


def test_an_address_that_changes_its_mind_is_not_stored_twice(tmp_path):
    # A page that named another as its canonical form, and later itself: the same article under two ids.
    first = item(1, url="https://www.gazette.example/b", canonical_url="https://www.gazette.example/a")
    second = item(1, url="https://www.gazette.example/b", canonical_url="https://www.gazette.example/b")
    with Store(tmp_path) as store:
        assert store.add(first)
        assert not store.add(second)
        store.flush()
        assert not store.add(second)
    with Store(tmp_path) as store:
        assert not store.add(second)
    assert len(urls(tmp_path)) == 1


def test_months_are_of_publication_in_utc_or_of_fetching(tmp_path):
    late = datetime(2026, 1, 31, 23, 30, tzinfo=timezone(-timedelta(hours=3)))
    with Store(tmp_path) as store:
        store.add(item(1, published_at=late))
        store.add(item(2, published_at=None))
        store.add(item(3, published_at=datetime(476, 9, 4, tzinfo=UTC)))
        store.add(item(4, published_at=datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=5)))))
    for rows in read_all(tmp_path, "articles").values():
        months = {row["url"].rpartition("/")[2]: row["month"] for row in rows}
        assert months == {"1": "2026-02", "2": "2026-09", "3": "0476-09", "4": "2026-09"}
        dates = {row["url"].rpartition("/")[2]: row["published_at"] for row in rows}
        assert dates["1"] == late
        assert dates["2"] is None
        assert dates["3"].year == 476
        assert dates["4"] is None


def test_a_dataset_without_rounds_reads_as_an_empty_table(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1, rounds=[]))
        store.flush()
        store.add(item(2, rounds=[]))
    assert read_all(tmp_path, "rounds") == {"pandas": [], "duckdb": [], "polars": []}
    assert "amount_eur" in pd.read_parquet(tmp_path / "rounds").columns
    assert len(list((tmp_path / "rounds").rglob("*.parquet"))) == 1  # one empty part is enough
    with Store(tmp_path) as store:
        store.add(item(3))
    assert {len(rows) for rows in read_all(tmp_path, "rounds").values()} == {1}


def test_readers_of_a_table_never_see_the_staging_area(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
    staged = tmp_path / "_state" / "staging" / "x" / "rounds" / "month=2026-01"
    staged.mkdir(parents=True)
    (staged / "x.parquet").write_bytes(b"PAR1, but only half")
    for table in TABLES:
        assert {len(rows) for rows in read_all(tmp_path, table).values()} == {2 if table == "mentions" else 1}


def test_leftovers_are_removed_at_the_next_start(tmp_path):
    staging = tmp_path / "_state" / "staging"
    (staging / "old" / "articles").mkdir(parents=True)
    (staging / "old" / "articles" / "x.parquet").write_bytes(b"x")
    (staging / "stray").write_bytes(b"x")
    Store(tmp_path).close()
    assert list(staging.iterdir()) == []


def test_a_very_long_text_is_stored_whole(tmp_path):
    text = "Société lève des fonds. " * 200_000
    with Store(tmp_path) as store:
        store.add(item(1, text=text))
    assert [rows[0]["text"] for rows in read_all(tmp_path, "articles").values()] == [text] * 3


@pytest.mark.parametrize("field", ["text", "title", "url", "canonical_url", "outlet", "section"])
def test_one_article_that_cannot_be_stored_takes_no_other_with_it(tmp_path, field):
    broken = item(2)
    setattr(broken.article, field, "https://x.example/\ud83d")
    with Store(tmp_path) as store:
        store.add(item(1))
        with pytest.raises(RowError, match=r"^'https://[^\n]*$"):
            store.add(broken)
        store.add(item(3))
    assert urls(tmp_path) == [article(1).url, article(3).url]
    with Store(tmp_path) as store:
        assert store.add(item(2))  # nothing of it was noted


# The lock


def test_a_second_writer_is_refused_and_told_who_holds_it(tmp_path, python):
    with Store(tmp_path / "D") as store:
        with pytest.raises(DatasetBusyError, match=rf"D: .* \(process {os.getpid()}\); try again"):
            Store(tmp_path / "D")
        other = python("from pathlib import Path; from pipelines.store import Store; Store(Path('D'))")
        assert "pipelines.errors.DatasetBusyError: D: another crawl holds this dataset" in other.stderr
        store.add(item(1))
    Store(tmp_path / "D").close()
    assert urls(tmp_path / "D") == [article(1).url]


def test_the_lock_goes_with_its_process_and_not_with_its_children(tmp_path, python):
    program = """
import os, subprocess, sys
from pathlib import Path
from pipelines.places import place_of
from pipelines.store import Store
Store(Path("D"))
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(5)"], **quiet)
os._exit(9)
"""
    assert python(program).returncode == 9
    Store(tmp_path / "D").close()


def test_reading_needs_no_lock(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
        store.flush()
        summary = outlet_summary(tmp_path)
        assert urls(tmp_path) == [article(1).url]
    assert summary == outlet_summary(tmp_path)
    assert [(one.outlet, one.articles, one.rounds) for one in summary] == [("gazette", 1, 1)]
    assert summary[0].last_fetched == article(1).fetched_at


def test_readers_see_whole_batches_while_one_writes(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(0))
        store.flush()
        done, seen = threading.Event(), []

        def read() -> None:
            while not done.is_set():
                articles = pd.read_parquet(tmp_path / "articles", columns=["article_id"])
                rounds = pd.read_parquet(tmp_path / "rounds", columns=["article_id"])
                seen.append(set(articles.article_id) <= set(rounds.article_id))

        reader = threading.Thread(target=read)
        reader.start()
        for n in range(1, 13):
            store.add(item(n))
            store.flush()
        done.set()
        reader.join()
    assert len(seen) > 3
    assert all(seen)


# The ledger


@pytest.mark.parametrize(
    "content", [b"this is no database, it is a text\n" * 100, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_broken_ledger_is_one_line_and_what_it_advises_works(tmp_path, content):
    with Store(tmp_path) as store:
        store.add(item(1, url="https://www.gazette.example/1?amp", canonical_url="https://www.gazette.example/1"))
    ledger = tmp_path / "_state" / "ledger.sqlite"
    ledger.write_bytes(content)
    for use in (Store, outlet_summary):
        with pytest.raises(
            LedgerError, match=r"^[^\n]*ledger\.sqlite: cannot be read [^\n]*move ledger\.sqlite\* away"
        ):
            use(tmp_path)
    ledger.unlink()
    with Store(tmp_path) as store:
        assert not store.add(item(1, url="https://www.gazette.example/1"))
        assert store.ledger.knows("https://www.gazette.example/1?amp")
        assert store.add(item(2))
    assert len(urls(tmp_path)) == 2
    assert [(one.articles, one.rounds) for one in outlet_summary(tmp_path)] == [(2, 2)]


def test_a_ledger_damaged_in_the_middle_is_one_line_too(tmp_path):
    with Store(tmp_path) as store:
        for n in range(60):
            store.add(item(n))
    path = tmp_path / "_state" / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=r"^[^\n]*cannot be read[^\n]*$"), Store(tmp_path) as store:
        store.add(item(61))


def test_a_ledger_is_not_made_anew_from_broken_articles(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
    (tmp_path / "_state" / "ledger.sqlite").unlink()
    part = next((tmp_path / "articles").rglob("*.parquet"))
    whole = part.read_bytes()
    part.write_bytes(whole[:-100])
    for _ in range(2):
        with pytest.raises(LedgerError, match=r"^[^\n]*articles: [^\n]*cannot be read"):
            Store(tmp_path)
    part.write_bytes(whole)
    with Store(tmp_path) as store:
        assert not store.add(item(1))


def test_a_ledger_of_a_later_version_is_left_alone(tmp_path):
    Store(tmp_path).close()
    path = tmp_path / "_state" / "ledger.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    for use in (Store, outlet_summary):
        with pytest.raises(LedgerError, match=r"later version of tourdetable \(99\); update"):
            use(tmp_path)


def test_an_unborn_ledger_knows_nothing(tmp_path):
    assert outlet_summary(tmp_path) == []
    (tmp_path / "_state").mkdir()
    sqlite3.connect(tmp_path / "_state" / "ledger.sqlite").close()
    assert outlet_summary(tmp_path) == []


# What a crash leaves


def crash_after_prepare(data, monkeypatch, *items):
    """Leave a prepared batch behind, all of it in the staging area."""

    def die(*_arguments):
        raise KeyboardInterrupt

    store = Store(data)
    for one in items:
        store.add(one)
    with monkeypatch.context() as patch:
        patch.setattr(store, "_publish", die)
        with pytest.raises(KeyboardInterrupt):
            store.flush()
    store.ledger.close()
    store._lock.close()
    return next((data / "_state" / "staging").iterdir())


def test_a_prepared_batch_is_brought_to_its_end(tmp_path, monkeypatch):
    crash_after_prepare(tmp_path, monkeypatch, item(1), item(2))
    assert urls(tmp_path) == []
    with Store(tmp_path) as store:
        assert urls(tmp_path) == [article(1).url, article(2).url]
        assert not store.add(item(1))


@pytest.mark.parametrize("lost", ["articles", "rounds"])
def test_a_prepared_batch_with_a_lost_part_is_taken_back_whole(tmp_path, monkeypatch, lost):
    with Store(tmp_path) as store:
        store.add(item(3))
    staged = crash_after_prepare(tmp_path, monkeypatch, item(1), item(2))
    part = next((staged / "mentions").rglob("*.parquet"))  # renamed already when the crash came
    (tmp_path / part.relative_to(staged)).parent.mkdir(parents=True, exist_ok=True)
    part.replace(tmp_path / part.relative_to(staged))
    shutil.rmtree(staged / lost)
    with Store(tmp_path) as store:
        assert urls(tmp_path) == [article(3).url]
        assert len(pd.read_parquet(tmp_path / "mentions")) == 2
        assert store.add(item(1))
        assert store.add(item(2))
    for table, rows in {"articles": 3, "rounds": 3, "mentions": 6}.items():
        assert len(pd.read_parquet(tmp_path / table)) == rows


@pytest.mark.parametrize(
    ("owner", "step", "call"),
    [(Path, "replace", 2), (Path, "mkdir", 4), (Ledger, "commit", 1), (pipelines.places, "sync_folder", 5)],
)
def test_a_failed_publication_is_taken_up_by_the_same_store(tmp_path, monkeypatch, owner, step, call):
    whole, calls = getattr(owner, step), count(1)

    def fail_once(*arguments, **named):
        if next(calls) == call:
            raise OSError(28, "No space left on device")
        return whole(*arguments, **named)

    with Store(tmp_path) as store:
        store.add(item(1))
        monkeypatch.setattr(owner, step, fail_once)
        with pytest.raises(StorageError, match=r"^[^\n]*: 1 articles could not be stored: No space left on device; "):
            store.flush()
        assert store.committed() == []
        assert not store.ledger.knows(article(1).url)
        assert not store.add(item(1))  # on its way
        assert store.add(item(2))
        store.flush()
        assert len(store.committed()) == 2
    for table, rows in {"articles": 2, "rounds": 2, "mentions": 4}.items():
        assert len(pd.read_parquet(tmp_path / table)) == rows
    assert list((tmp_path / "_state" / "staging").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match=r"^[^\n]*file: cannot be written: Not a directory$"):
        Store(tmp_path / "file")


def test_the_ledger_keeps_what_the_rows_say(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1, rounds=[funding(1), funding(2)]))
    with sqlite3.connect(tmp_path / "_state" / "ledger.sqlite") as db:
        (page,) = db.execute("SELECT article_id, outlet, rounds, is_alias, batch FROM pages").fetchall()
        (batch,) = db.execute("SELECT id, state, files, pages FROM batches").fetchall()
    db.close()
    assert page[:4] == (article(1).id, "gazette", 2, 0)
    assert page[4] == batch[0]
    assert batch[1] == "committed"
    assert batch[3] == "[]"
    assert sorted(json.loads(batch[2])) == sorted(
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.parquet")
    )


def test_an_instant_without_zone_is_taken_as_utc(tmp_path):
    bare = item(1, published_at=datetime(2026, 1, 1, 0, 30))
    with Store(tmp_path) as store:
        store.add(replace(bare))
    for rows in read_all(tmp_path, "articles").values():
        assert rows[0]["month"] == "2026-01"
        assert rows[0]["published_at"] == datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
