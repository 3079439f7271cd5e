"""Deals and entities as tables: made anew when what they are made of has changed, at one stroke, not too often."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import duckdb
import pandas as pd
import polars as pl
import pytest
from pipeline_samples import funding, item

from pipelines import deriving
from pipelines.dataset import load_deals, load_entities
from pipelines.deriving import current, is_fresh, refresh
from pipelines.errors import AliasError, StorageError
from pipelines.places import place_of
from pipelines.store import Store

TWICE = {"rounds": [funding(1)], "published_at": datetime(2026, 2, 6, 9, tzinfo=UTC), "outlet": "courrier"}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        opened.add(item(1))
        opened.add(item(2))
        opened.flush()
        yield opened


def companies(data) -> list[str]:
    return sorted(load_deals(data).company)


def test_a_report_of_a_known_round_is_a_source_of_its_deal(store, tmp_path):
    assert refresh(store)
    assert companies(tmp_path) == ["Société 1", "Société 2"]
    first = load_deals(tmp_path, company="Société 1").iloc[0]
    store.add(item(9, **TWICE))
    store.flush()
    assert not is_fresh(place_of(tmp_path))
    assert refresh(store, at_once=True)
    assert is_fresh(place_of(tmp_path))
    deal = load_deals(tmp_path, company="Société 1").iloc[0]
    assert deal.deal_id == first.deal_id
    assert list(deal.outlets) == ["courrier", "gazette"]
    assert [source["outlet"] for source in deal.sources] == ["gazette", "courrier"]
    partech = load_entities(tmp_path, company="PARTECH").iloc[0]
    assert (partech.kind, partech.invested, partech.raised) == ("vc", 2, 0)


def test_three_readers_agree(store, tmp_path):
    refresh(store)
    for table, key in (("deals", "deal_id"), ("entities", "key")):
        by_polars = pl.read_parquet(tmp_path / table).sort(key)
        by_duckdb = duckdb.sql(f"SELECT * FROM '{tmp_path}/{table}/**/*.parquet'").pl().sort(key)
        assert by_duckdb.to_dicts() == by_polars.to_dicts()
        by_pandas = pd.read_parquet(tmp_path / table)
        assert sorted(by_pandas[key]) == by_polars[key].to_list() != []


def test_what_has_not_changed_is_not_made_anew(store, tmp_path):
    refresh(store)
    parts = sorted(tmp_path.glob("deals/*/*"))
    assert refresh(store, at_once=True)
    assert sorted(tmp_path.glob("deals/*/*")) == parts
    (tmp_path / "aliases.csv").write_text("name,alias,relation\nSociété 1,Société 2,same\n", encoding="utf-8")
    assert refresh(store, at_once=True)
    assert sorted(tmp_path.glob("deals/*/*")) != parts
    assert set(load_deals(tmp_path).company_key) == {"societe1"}


def test_it_takes_a_small_share_of_the_time(store, tmp_path):
    refresh(store)
    note = tmp_path / "_state" / "derived.json"
    made = json.loads(note.read_text())
    store.add(item(9, **TWICE))
    store.flush()
    note.write_text(json.dumps(made | {"seconds": 600.0}))
    assert refresh(store)
    assert json.loads(note.read_text())["of"] == made["of"]
    note.write_text(json.dumps(made | {"seconds": 600.0, "at": "2020-01-01T00:00:00+00:00"}))
    assert refresh(store)
    assert json.loads(note.read_text())["of"] != made["of"]


def test_a_dataset_without_rounds_has_both_tables_empty(tmp_path):
    with Store(tmp_path) as store:
        assert refresh(store)
        assert not (tmp_path / "deals").exists()
        store.add(item(1, rounds=[]))
        store.flush()
        assert refresh(store)
    assert len(pd.read_parquet(tmp_path / "deals")) == len(load_deals(tmp_path)) == 0


def test_the_old_tables_stay_where_something_goes_wrong(store, tmp_path, monkeypatch):
    refresh(store)
    before = companies(tmp_path)
    store.add(item(3))
    store.flush()
    (tmp_path / "aliases.csv").write_text("name;alias\nA;B\n", encoding="utf-8")
    with pytest.raises(AliasError, match=r"aliases\.csv"):
        refresh(store, at_once=True)
    (tmp_path / "aliases.csv").unlink()
    monkeypatch.setattr(deriving, "write_part", full)
    with pytest.raises(StorageError, match=r"deals and entities could not be made anew \(.*No space left"):
        refresh(store, at_once=True)
    monkeypatch.undo()
    assert companies(tmp_path) == before
    assert not any((tmp_path / "_state" / "staging").iterdir())
    assert refresh(store, at_once=True)
    assert len(companies(tmp_path)) == 3


def full(part, _):
    part.parent.mkdir(parents=True)
    raise OSError(28, "No space left on device")


def test_a_reader_without_a_pause_keeps_the_old_tables(store, tmp_path, monkeypatch):
    refresh(store)
    store.add(item(3))
    store.flush()
    monkeypatch.setattr(Store, "swap", lambda *_: False)
    assert not refresh(store, at_once=True)
    assert not is_fresh(place_of(tmp_path))


def test_derived_parts_that_somebody_took_away_are_made_anew(store, tmp_path):
    refresh(store)
    shutil.rmtree(tmp_path / "deals")
    assert not is_fresh(place_of(tmp_path))
    assert refresh(store, at_once=True)
    assert companies(tmp_path) == ["Société 1", "Société 2"]


def test_whoever_looks_needs_no_ledger(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
        store.add(item(2))
    (tmp_path / "_state" / "ledger.sqlite").write_bytes(b"broken " * 500)
    assert sorted(current(place_of(tmp_path))["deals"]["company"].to_pylist()) == ["Société 1", "Société 2"]


def test_what_somebody_else_has_put_there_stays(store, tmp_path):
    refresh(store)
    for name in ("deals/notes.txt", "deals/month=2026-02/notes/today.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine", encoding="utf-8")
    store.add(item(3))
    store.flush()
    assert refresh(store, at_once=True)
    assert len(companies(tmp_path)) == 3
    assert (tmp_path / "deals" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "deals" / "month=2026-02" / "notes" / "today.txt").read_text(encoding="utf-8") == "mine"


def test_a_damaged_file_of_the_registers_answers_costs_the_numbers_alone(store, tmp_path):
    (tmp_path / "_state" / "register.sqlite").write_bytes(b"no database" * 99)
    assert refresh(store)
    assert companies(tmp_path) == ["Société 1", "Société 2"]
