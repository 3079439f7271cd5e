"""The table of crawls: stored as safely as articles, read bare or by the loader, and the newest parts of it alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from pipeline_samples import item, read_all, run

from pipelines.dataset import load_runs, recent_runs
from pipelines.errors import RowError, StorageError
from pipelines.places import place_of
from pipelines.schema import schema_of
from pipelines.store import Store

LATE = datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC)


def test_runs_go_with_articles_or_alone(tmp_path):
    with Store(tmp_path) as store:
        store.add_run([run("a"), run("a", outlet="courrier", warning="peu", causes=[], with_text_median=None)])
        store.flush()
        store.add(item(1))
        store.add_run([run("b", started_at=LATE)])
    found = read_all(tmp_path, "runs")
    assert found["pandas"] == found["duckdb"] == found["polars"]
    assert [(row["run_id"], row["outlet"], row["month"]) for row in found["polars"]] == [
        ("a", "courrier", "2026-02"),
        ("a", "gazette", "2026-02"),
        ("b", "gazette", "2026-03"),
    ]
    assert {name: value for name, value in found["duckdb"][1].items() if name != "month"} == run("a")
    assert len(list((tmp_path / "articles").rglob("*.parquet"))) == 1  # the run alone made no empty part


def test_each_column_is_documented_in_every_part(tmp_path):
    with Store(tmp_path) as store:
        store.add_run([run("a")])
    (part,) = (tmp_path / "runs").rglob("*.parquet")
    assert pq.read_schema(part).equals(schema_of("runs"))
    assert all(len(field.metadata[b"doc"]) > 4 for field in pq.read_schema(part))
    assert set(schema_of("runs").names) == set(run("a"))


def test_the_loader_bounds_by_the_start(tmp_path):
    assert (Store(tmp_path).close(), load_runs(tmp_path).empty) == (None, True)
    with Store(tmp_path) as store:
        store.add_run([run("late", started_at=LATE), run("early", outlet="courrier")])
    assert list(load_runs(tmp_path).run_id) == ["early", "late"]
    assert list(load_runs(tmp_path, since="2026-03-01").run_id) == ["late"]
    assert list(load_runs(tmp_path, until="2026-02-28").run_id) == ["early"]
    assert list(load_runs(tmp_path, outlet="gazette").run_id) == ["late"]


def test_only_the_newest_parts_are_read(tmp_path):
    with Store(tmp_path) as store:
        for n in range(5):
            moment = LATE + timedelta(days=31 * n)
            store.add_run([run(f"{n}", started_at=moment), run(f"{n}", started_at=moment, outlet="courrier")])
            store.flush()
    (oldest,) = (tmp_path / "runs" / "month=2026-03").iterdir()
    oldest.write_bytes(b"broken")
    rows = recent_runs(place_of(tmp_path), ["gazette"], ["started_at", "run_id"], 2)
    assert rows == [{"started_at": LATE + timedelta(days=31 * n), "run_id": f"{n}"} for n in (3, 4)]
    with pytest.raises(StorageError, match=r"runs: what earlier crawls brought cannot be read \("):
        recent_runs(place_of(tmp_path), ["gazette"], ["run_id"], 9)


def test_a_row_that_does_not_fit_is_refused(tmp_path):
    with Store(tmp_path) as store:
        with pytest.raises(RowError, match="does not fit"):
            store.add_run([run("a", stored="plenty")])
        store.add_run([run("b")])
    assert list(load_runs(tmp_path).run_id) == ["b"]
