"""Compaction while others read, and while it is killed: every reader sees the same rows, and no error."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pipeline_samples import article, item, read_all

from pipelines.compaction import compact
from pipelines.dataset import load_rounds
from pipelines.errors import StorageError
from pipelines.store import Store

HERE = Path(__file__).parent
TABLES = ("articles", "rounds", "mentions")
READ = {
    "pandas": "import pandas as pd\ndef read(): return sorted(pd.read_parquet(TABLE).article_id)",
    "polars": "import polars as pl\ndef read(): return sorted(pl.read_parquet(TABLE)['article_id'].to_list())",
    "duckdb": """import duckdb
def read(): return sorted(row[0] for row in duckdb.sql(f"SELECT article_id FROM '{TABLE}/**/*.parquet'").fetchall())
""",
    "ours": "from pipelines.dataset import load_rounds\ndef read(): return sorted(load_rounds(DATA).article_id)",
}
LOOP = """
import sys, time
DATA, TABLE, PAUSE = sys.argv[1], sys.argv[1] + "/rounds", float(sys.argv[2])
{read}
before = read()
print(len(before), flush=True)
times = 0
while not sys.stdin in __import__("select").select([sys.stdin], [], [], PAUSE)[0]:
    found = read()
    # The crawl between two compactions adds articles; none is ever lost or there twice.
    assert set(before) <= set(found) and len(set(found)) == len(found), (len(before), len(found))
    before = found
    times += 1
print(times)
"""


def reader(data, name, pause):
    program = LOOP.format(read=READ[name])
    running = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, data, str(pause)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert int(running.stdout.readline()) > 0  # it reads
    return running


def ended(running):
    output, _ = running.communicate("end\n", timeout=30)
    assert running.returncode == 0
    return int(output)


def crawl(data, numbers):
    with Store(data) as store:
        for n in numbers:
            store.add(item(n))
            store.flush()


@pytest.fixture
def data(tmp_path):
    crawl(tmp_path / "D", range(12))
    return tmp_path / "D"


def test_readers_with_pauses_are_never_caught(data):
    readers = [reader(data, name, 0.7) for name in ("pandas", "polars", "duckdb")]
    done = []
    for n in range(3):
        done += compact(data, patience=30)
        crawl(data, range(100 + 6 * n, 106 + 6 * n))
    assert [one.table for one in done if one.busy] == []
    assert sum(one.written for one in done) >= 3 * 3
    assert min(ended(one) for one in readers) > 1


def test_our_own_loaders_are_never_caught_even_without_a_quiet_moment(data):
    running = reader(data, "ours", 0)
    for n in range(5):
        crawl(data, [200 + 2 * n, 201 + 2 * n])
        compact(data)
    assert ended(running) > 5


def test_a_reader_without_pauses_is_left_alone(data, tmp_path):
    running = reader(data, "polars", 0)
    before = sorted((data / "rounds").rglob("*.parquet"))
    command = [sys.executable, "-m", "tourdetable", "compact", "--data", data]
    done = subprocess.run([*command, "--patience", "2"], capture_output=True, text=True, timeout=60, check=False)
    assert sorted((data / "rounds").rglob("*.parquet")) == before
    assert ended(running) > 3
    assert done.returncode == 3
    assert done.stderr.startswith("tourdetable: rounds: left as they are, for somebody reads there without a pause; ")
    assert done.stderr.count("\n") == 1
    assert len(list((data / "articles").rglob("*.parquet"))) == 3  # the others are done
    done = subprocess.run([*command, "--now"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((data / "rounds").rglob("*.parquet"))) == 3


def test_a_part_that_vanishes_for_good_is_told(data, monkeypatch):
    monkeypatch.setattr("pipelines.places._PAUSE", 0)
    part = next((data / "rounds").rglob("*.parquet"))
    part.rename(part.with_name("elsewhere"))
    part.symlink_to("nowhere.parquet")  # listed, never there
    with pytest.raises(StorageError, match=r"a part cannot be read"):
        load_rounds(data)


def test_a_compaction_killed_at_random_moments_loses_nothing(data, tmp_path):
    program = "import sys\nfrom pipelines.compaction import compact\nprint('begun', flush=True)\ncompact(sys.argv[1])\n"
    chance = random.Random(4)
    spans = []
    for n in range(5):
        crawl(data, range(300 + 3 * n, 303 + 3 * n))
        before = {table: read_all(data, table)["polars"] for table in TABLES}
        running = subprocess.Popen([sys.executable, "-c", program, data], stdout=subprocess.PIPE, text=True)
        assert running.stdout is not None
        running.stdout.readline()
        start = time.monotonic()
        try:
            running.wait(chance.uniform(0, 0.9 * (spans[0] if spans else 60)))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        else:
            spans.append(time.monotonic() - start)
        running.stdout.close()
        with Store(data) as store:
            batch = store.ledger.batch_of(article(3).id)
        assert list((data / "articles").glob(f"*/{batch}.parquet")), n
        assert not any((data / "_state" / "staging").iterdir())
        for table, rows in before.items():
            assert read_all(data, table) == dict.fromkeys(("pandas", "duckdb", "polars"), rows), n
    with Store(data) as store:
        assert store.revise(item(3, title="Corrigé", published_at=datetime(2026, 1, 5, 8, 30, tzinfo=UTC)))
    compact(data)
    titles = {row["article_id"]: row["title"] for row in read_all(data, "articles")["polars"]}
    assert titles[article(3).id] == "Corrigé"
    assert len(titles) == 12 + 5 * 3
