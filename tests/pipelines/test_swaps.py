"""Swaps: tables get other parts at one stroke, in a quiet moment, and a crash at any step leaves no half of it."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
from killing_swaps import STEPS, staged_swap
from pipeline_samples import article, item, read_all

import pipelines.exchanging
import pipelines.readers
import pipelines.swaps
from pipelines.errors import StorageError
from pipelines.ledger import open_to_read
from pipelines.places import Folder
from pipelines.store import Store

HERE = Path(__file__).parent


@pytest.fixture
def data(tmp_path):
    """Four articles in four parts, of two months."""
    with Store(tmp_path / "D") as store:
        for n in (0, 1, 3, 4):
            store.add(item(n))
            store.flush()
    return tmp_path / "D"


def names(data, table="articles", month="*"):
    return sorted(path.name for path in (data / table).glob(f"month={month}/*.parquet"))


def rows(data):
    return {table: read_all(data, table) for table in ("articles", "rounds", "mentions")}


def plain(data):
    """Read with the quickest reader alone, for what is asked often."""
    tables = {table: Folder(data).dataset(table).to_table().drop_columns("month").to_pylist() for table in STEPS}
    return {table: sorted(map(repr, rows)) for table, rows in tables.items()}


def swaps_of(data):
    with closing(open_to_read(data / "_state" / "ledger.sqlite")) as db:
        return db.execute("SELECT name, state FROM swaps ORDER BY name").fetchall()


def test_three_tables_get_other_parts_and_the_ledger_knows_which(data):
    before, kept_names = rows(data), names(data, month="2026-02")
    kept = sorted((data / "rounds" / "month=2026-02").iterdir())
    inodes = [path.stat().st_ino for path in kept]
    with Store(data) as store:
        assert store.swap(staged_swap(store, "neu"))
        assert [store.ledger.batch_of(article(n).id) == "neu" for n in (0, 1, 3, 4)] == [True, False, True, False]
        assert list(store.place.staging.iterdir()) == []
    assert rows(data) == before
    assert names(data) == sorted([*kept_names, "neu.parquet"])
    assert [path.stat().st_ino for path in kept] == inodes
    assert swaps_of(data) == [(table, "done") for table in ("articles", "mentions", "rounds")]
    with Store(data) as store:
        assert store.revise(item(3, title="Corrigé"))
        store.flush()
    titles = pd.read_parquet(data / "articles").set_index("article_id").title
    assert (titles[article(3).id], len(titles), names(data)) == ("Corrigé", 4, sorted([*kept_names, "neu.parquet"]))


def test_a_table_that_was_not_there_is_made(data):
    shutil.rmtree(data / "mentions")
    with Store(data) as store:
        tables = staged_swap(store, "neu", tables=("articles",))
        staged = store.place.staging / "neu" / "runs" / "month=2026-01"
        staged.mkdir(parents=True)
        (staged / "neu.parquet").write_bytes(b"x")
        assert store.swap({**tables, "runs": (staged.parent, ())})
    assert names(data, "runs") == ["neu.parquet"]


def test_only_the_last_swap_of_a_table_is_remembered(data):
    with Store(data) as store:
        store.swap(staged_swap(store, "neu1"))
        store.swap(staged_swap(store, "neu2", tables=("rounds",)))
    with closing(open_to_read(data / "_state" / "ledger.sqlite")) as db:
        new = dict(db.execute("SELECT name, new FROM swaps").fetchall())
    assert {table: "neu2" in parts for table, parts in new.items()} == {
        "articles": False,
        "mentions": False,
        "rounds": True,
    }


@pytest.mark.parametrize("wrong", ["no part", "name taken", "kept part unknown", "articles wait"])
def test_a_swap_that_would_lose_rows_is_refused(data, wrong):
    before = rows(data)
    with Store(data) as store:
        staged, keep = staged_swap(store, "neu", tables=("rounds",))["rounds"]
        part = next(staged.rglob("*.parquet"))
        if wrong == "no part":
            part.unlink()
        elif wrong == "name taken":
            part.rename(part.with_name(names(data, "rounds", "2026-01")[0]))
        elif wrong == "kept part unknown":
            keep = [*keep, "rounds/month=2026-01/other.parquet"]
        else:
            store.add(item(7))
        with pytest.raises(RuntimeError if wrong == "articles wait" else ValueError, match=r"swap|rounds: expected"):
            store.swap({"rounds": (staged, keep)})
        assert rows(data) == before


# Where the system has less to give


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOSYS, errno.EXDEV])
def test_without_an_exchange_there_are_two_renames(data, monkeypatch, code):
    monkeypatch.setattr(pipelines.exchanging, "_at_one_stroke", lambda a, b: False)
    before = rows(data)
    with Store(data) as store:
        assert store.swap(staged_swap(store, "neu"))
    assert "neu.parquet" in names(data)
    assert rows(data) == before


def test_without_links_kept_parts_are_copied(data, monkeypatch):
    def refuse(*_arguments):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    before, kept_names = rows(data), names(data, month="2026-02")
    with Store(data) as store:
        assert store.swap(staged_swap(store, "neu"))
    assert (rows(data), names(data)) == (before, sorted([*kept_names, "neu.parquet"]))


# Crashes


def test_a_kill_at_any_line_is_brought_to_an_end(data, tmp_path):
    """Before every 17th line that a swap runs through, with and without an exchange at one stroke."""
    before = plain(data)
    (tmp_path / "left").mkdir()
    subprocess.run([sys.executable, HERE / "killing_swaps.py", data, tmp_path / "left"], check=True, timeout=100)
    left = sorted((tmp_path / "left").iterdir())
    assert len(left) > 40
    states = set()
    for folder in left:
        states.add((tuple(swaps_of(folder)), *(names(folder, table) == ["neu"] for table in STEPS)))
        with Store(folder) as store:
            held = {n: store.ledger.batch_of(article(n).id) for n in (0, 3)}
        assert plain(folder) == before, folder.name
        assert swaps_of(folder) in ([], [(table, "done") for table in ("articles", "mentions", "rounds")])
        assert set(held.values()) == ({"neu"} if swaps_of(folder) else set(held.values()) - {"neu"}), folder.name
        assert {f"{batch}.parquet" for batch in held.values()} <= set(names(folder)), folder.name
        assert len({"neu.parquet" in names(folder, table) for table in STEPS}) == 1, folder.name
        assert not any((folder / "_state" / "staging").iterdir()), folder.name
    assert len(states) >= 3  # not begun, on its way, done


def test_a_swap_whose_staged_parts_are_removed_is_forgotten(data, monkeypatch):
    before = rows(data)
    with Store(data) as store:
        tables = staged_swap(store, "neu")
        with monkeypatch.context() as patch:
            patch.setattr(Folder, "exchange", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            patch.setattr(pipelines.swaps, "_forget", lambda *_: None)  # as after kill -9
            with pytest.raises(KeyboardInterrupt):
                store.swap(tables)
        shutil.rmtree(data / "_state" / "staging" / "neu")
    assert swaps_of(data) == []
    assert rows(data) == before


@pytest.mark.parametrize("step", ["make_ready", "exchange", "sync"])
def test_a_refusal_is_one_line_and_leaves_a_sound_dataset(data, monkeypatch, step):
    def refuse(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = rows(data)
    with Store(data) as store:
        with monkeypatch.context() as patch:
            patch.setattr(Folder, step, refuse)
            with pytest.raises(
                StorageError, match=r"^[^\n]*: the parts of mentions, rounds, articles could not be replaced: No space "
            ):
                store.swap(staged_swap(store, "neu"))
        assert rows(data) == before
        assert store.add(item(7))  # nothing of what comes next is taken away by the rest of the swap
    assert len(pd.read_parquet(data / "articles")) == 5
    assert ("neu.parquet" in names(data)) == (step == "sync")
    assert not any((data / "_state" / "staging").glob("*/*"))


def test_a_swap_that_fails_midway_is_brought_to_its_end_before_anything_else(data, monkeypatch):
    whole, calls = Folder.exchange, count(1)

    def fail_once(self, *arguments):
        if next(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        whole(self, *arguments)

    before = rows(data)
    monkeypatch.setattr(Folder, "exchange", fail_once)
    with Store(data) as store:
        with pytest.raises(StorageError, match=r"could not be replaced: Input/output error; "):
            store.swap(staged_swap(store, "neu"))
        assert ["neu.parquet" in names(data, table) for table in STEPS] == [True, False, False]
        assert rows(data) == before
        store.add(item(7))
        store.flush()
        assert all("neu.parquet" in names(data, table) for table in STEPS)
        assert store.ledger.batch_of(article(0).id) == "neu"
    assert len(pd.read_parquet(data / "articles")) == len(pd.read_parquet(data / "rounds")) == 5


# Readers


def test_a_quiet_table_is_exchanged_and_a_busy_one_left_alone(data):
    done = threading.Event()

    def read():
        while not done.is_set():
            for path in (data / "rounds").glob("month=*/*.parquet"):
                path.read_bytes()
            time.sleep(0.01)

    old = names(data, "rounds")
    reader = threading.Thread(target=read)
    with Store(data) as store:
        reader.start()
        try:
            assert not store.swap(staged_swap(store, "neu"), patience=0.6)
            assert names(data, "rounds") == old
        finally:
            done.set()
            reader.join()
        start = time.monotonic()
        assert store.swap(staged_swap(store, "neu2"), patience=10)
        assert time.monotonic() - start > 0.4
    assert "neu2.parquet" in names(data, "rounds")


def test_a_part_that_is_held_open_is_waited_for_but_not_for_ever(data, monkeypatch):
    monkeypatch.setattr(pipelines.readers, "HELD", 1.5)
    with Store(data) as store:
        tables = staged_swap(store, "neu")

        def hold():
            time.sleep(0.2)  # the swap is looking by then
            with next((data / "rounds").rglob("*.parquet")).open("rb"):
                done.wait(20)

        done = threading.Event()
        holder = threading.Thread(target=hold)
        holder.start()
        start = time.monotonic()
        assert store.swap(tables, patience=10)
        assert time.monotonic() - start > 1.5
        done.set()
        holder.join()


def test_one_who_begins_in_the_very_moment_is_not_caught(data, monkeypatch):
    """The tables are given back to him: he finds every part that he has listed."""
    whole, listed, calls, found = Folder.exchange, [], [], []

    def exchange(self, table, staged, keep):
        if not listed:
            listed.extend((data / "rounds").glob("month=*/*.parquet"))
        whole(self, table, staged, keep)
        calls.append((table, bool(keep)))
        if len(calls) == 6:
            found.extend(path.exists() for path in listed)

    before = rows(data)
    monkeypatch.setattr(Folder, "exchange", exchange)
    with Store(data) as store:
        assert store.swap(staged_swap(store, "neu"), patience=10)
    assert calls == [(table, kept) for kept in (True, False, True) for table in STEPS]
    assert found == [True] * 4
    assert rows(data) == before


def test_without_inotify_it_simply_exchanges(data, monkeypatch):
    monkeypatch.setattr(pipelines.readers, "_watch", lambda folders: None)
    with Store(data) as store:
        assert store.swap(staged_swap(store, "neu"), patience=5)
    assert "neu.parquet" in names(data)
