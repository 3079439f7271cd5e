"""Reextraction: what is taken, what it changes and keeps, failures, kills, and readers meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from checking_samples import NUMBERS, found_in, hashes, make, part, rows_of, sane
from killing_copies import InThisProcess
from pipeline_samples import article, read_all

from extract.version import EXTRACTOR_VERSION
from pipelines import reextraction
from pipelines.errors import DatasetBusyError, DatasetNotFoundError, ExtractorError, StorageError
from pipelines.ledger import outlet_summary
from pipelines.reextraction import reextract
from pipelines.store import Store

HERE = Path(__file__).parent
TODAY = "pipeline_samples:Today"
IDS = {n: sane(n).article.id for n in NUMBERS}


@pytest.fixture(autouse=True)
def samples_for_workers(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make(tmp_path / "D")
    return tmp_path / "D"


def articles(data: Path) -> dict[str, dict]:
    return {row["article_id"]: row for row in rows_of(data, "articles")}


def versions(data: Path) -> dict[int, str]:
    found = articles(data)
    return {n: found[id_]["extractor_version"] for n, id_ in IDS.items()}


def add(data: Path, *items) -> None:
    with Store(data) as store:
        for one in items:
            assert store.add(one)


def test_what_another_version_extracted_is_extracted_anew(data):
    before, untouched = articles(data), hashes(data)
    done = reextract(data, workers=1, factory=TODAY)
    assert (done.done, done.failed, done.withheld, done.months, done.busy) == (6, 0, 0, 3, False)
    assert (done.rounds_before, done.rounds) == (6, 12)
    after = articles(data)
    for id_, row in after.items():
        kept = {name: value for name, value in before[id_].items() if name not in reextraction._CHANGED}
        assert {name: row[name] for name in kept} == kept
        changed = row["rounds"], row["companies"], row["extractor_version"], row["past_rounds"], row["extraction_error"]
        assert changed == (2, ["Neuve"], EXTRACTOR_VERSION, [], None)
    rounds = rows_of(data, "rounds")
    assert sorted(row["round_id"] for row in rounds) == sorted(f"{id_}-{n}" for id_ in IDS.values() for n in (0, 1))
    assert {(row["company"], row["title"], row["url"]) for row in rounds if row["article_id"] == IDS[1]} == {
        ("Neuve", sane(1).article.title, article(1).url)
    }
    assert {row["extractor_version"] for row in [*rounds, *rows_of(data, "mentions")]} == {EXTRACTOR_VERSION}
    assert [(one.articles, one.rounds) for one in outlet_summary(data)] == [(6, 12)]
    assert found_in(data) == {}
    for table, count in {"articles": 6, "rounds": 12, "mentions": 6}.items():
        pandas, duckdb, polars = read_all(data, table).values()
        assert len(pandas) == count
        assert pandas == duckdb == polars
    assert not untouched.keys() & hashes(data).keys()

    untouched = hashes(data)
    assert reextract(data, workers=1, factory=TODAY).done == 0  # nothing is left to do
    assert hashes(data) == untouched
    assert list((data / "_state" / "staging").iterdir()) == []
    with Store(data) as store:
        assert not any(store.add(sane(n)) for n in NUMBERS)
        assert store.revise(sane(1, title="Société 1 lève 1 M$"))
    assert {row["revision"] for row in rows_of(data, "articles") if row["article_id"] == IDS[1]} == {1}


def test_only_what_is_asked_for(data):
    reextract(data, since=datetime(2026, 3, 1, tzinfo=UTC), workers=1, factory=TODAY)
    assert versions(data) == {n: EXTRACTOR_VERSION if n % 3 == 2 else "test" for n in NUMBERS}
    failed = sane(7)
    failed.extraction = replace(failed.extraction, extractor_version=EXTRACTOR_VERSION)
    add(data, replace(failed, error="TimeoutError"))
    assert reextract(data, workers=1, factory=TODAY).done == 5
    assert {row["extraction_error"] for row in rows_of(data, "articles")} == {None}
    assert reextract(data, everything=True, workers=1, factory=TODAY).done == 7
    assert found_in(data) == {}


def test_what_may_not_be_mined_is_left_as_it_is(data):
    withheld = sane(7, tdm_reserved=True)
    withheld.withheld = True
    add(data, withheld)
    before = (
        articles(data)[withheld.article.id],
        [r for r in rows_of(data, "rounds") if r["article_id"] == withheld.article.id],
    )
    done = reextract(data, everything=True, workers=1, factory=TODAY)
    assert (done.done, done.withheld) == (6, 1)
    assert (
        articles(data)[withheld.article.id],
        [r for r in rows_of(data, "rounds") if r["article_id"] == withheld.article.id],
    ) == before


@pytest.mark.parametrize("text", ["Raise kaputt", "Die now"])
def test_an_article_that_makes_it_fail_keeps_what_it_had(data, text):
    add(data, sane(7, text=text, rounds=[]))
    id_ = sane(7).article.id
    before = articles(data)[id_], [row for row in rows_of(data, "mentions") if row["article_id"] == id_]
    for left in (6, 0):
        done = reextract(data, workers=1, factory=TODAY)
        assert (done.done, done.failed, list(done.failures)) == (left, 1, [id_])
        assert (articles(data)[id_], [row for row in rows_of(data, "mentions") if row["article_id"] == id_]) == before
    assert set(versions(data).values()) == {EXTRACTOR_VERSION}


def test_articles_without_rounds_before_or_after(tmp_path):
    data = tmp_path / "D"
    add(data, sane(1, rounds=[], published_at=None), sane(2), sane(5, text="Nothing " + sane(5).article.text))
    reextract(data, workers=1, factory=TODAY)
    assert {n: articles(data)[IDS[n]]["rounds"] for n in (1, 2, 5)} == {1: 2, 2: 2, 5: 0}
    assert found_in(data) == {}
    assert part(data, "rounds", 1).parent.name == part(data, "articles", 1).parent.name == "month=2026-09"


def test_what_cannot_be_done_is_said_and_changes_nothing(data, tmp_path):
    before = hashes(data)
    with pytest.raises(DatasetNotFoundError):
        reextract(tmp_path / "E")
    with Store(data), pytest.raises(DatasetBusyError):
        reextract(data)
    with pytest.raises(ExtractorError, match="no model there"):
        reextract(data, workers=1, factory="pipeline_samples:Unmakeable")
    assert hashes(data) == before
    path = part(data, "rounds", 2)
    path.write_bytes(b"")
    with pytest.raises(StorageError, match=r"D: 2026-03 could not be written anew: "):
        reextract(data, workers=1, factory=TODAY)
    assert list((data / "_state" / "staging").iterdir()) == []


def test_a_table_that_is_read_all_the_time_is_left(data, monkeypatch):
    monkeypatch.setattr(Store, "swap", lambda *_: False)
    before = hashes(data)
    done = reextract(data, workers=1, patience=1, factory=TODAY)
    assert (done.busy, done.months) == (True, 0)
    assert hashes(data) == before


def test_readers_see_each_month_old_or_new(data):
    seen, failures, done = [], [], threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                found = pd.read_parquet(data / "rounds", columns=["article_id", "extractor_version"])
                assert found_in(data) == {}
            except Exception as error:
                failures.append(error)
            else:
                seen.append(sorted(found.groupby("article_id").extractor_version.agg(lambda one: "+".join(one))))
            time.sleep(0.8)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        reextract(data, workers=1, patience=60, factory=TODAY)
    finally:
        done.set()
        reader.join()
    assert failures == []
    assert len(seen) > 1
    today = f"{EXTRACTOR_VERSION}+{EXTRACTOR_VERSION}"
    assert all(len(versions) == 6 and set(versions) <= {"test", today} for versions in seen)


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(data, tmp_path, monkeypatch):
    words = ["killing_copies.py", "reextract", data, tmp_path / "left", "40", "367"]
    subprocess.run([sys.executable, *words], cwd=HERE, check=True, timeout=110)
    left = sorted((tmp_path / "left").iterdir(), key=lambda path: int(path.name))
    assert len(left) > 6
    states = []
    monkeypatch.setattr(reextraction, "Workers", InThisProcess)
    for copy in left:
        states.append(sum(version == EXTRACTOR_VERSION for version in versions(copy).values()))
        found = {row["article_id"] for row in rows_of(copy, "rounds")}
        assert found == set(IDS.values()), copy.name
        done = reextract(copy, everything=True)
        assert states[-1] + done.done in (6, 8), copy.name  # at most one month is done twice
        assert set(versions(copy).values()) == {EXTRACTOR_VERSION}, copy.name
        assert found_in(copy) == {}, copy.name
        assert [(one.articles, one.rounds) for one in outlet_summary(copy)] == [(6, 12)], copy.name
        assert not (copy / "_state" / "reextract.json").exists()
    assert set(states) >= {0, 2, 4}
    assert states == sorted(states)
