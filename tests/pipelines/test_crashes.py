"""``kill -9`` and a full disk, in processes of their own: nothing is lost, nothing is there twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from killing import NUMBERS, told
from pipeline_samples import article, item, read_all

from pipelines.dataset import load_runs
from pipelines.ledger import Ledger, open_to_read, outlet_summary
from pipelines.places import place_of
from pipelines.store import Store
from pipelines.twins import BANDS

HERE = Path(__file__).parent
IDS = sorted(article(n).id for n in NUMBERS)
ALIKE = {2, 4, 5, 7}


def ids_of(data, table):
    return sorted(pd.read_parquet(data / table, columns=["article_id"]).article_id) if (data / table).exists() else []


def index_of(data: Path) -> set[int]:
    """Give the numbers of the articles in the index of near-duplicates, all of whose bands have to be there."""
    with closing(open_to_read(data / "_state" / "ledger.sqlite")) as db:
        query = "SELECT article_id, COUNT(*) FROM signatures LEFT JOIN bands USING (number) GROUP BY number"
        bands = dict(db.execute(query).fetchall())
    assert set(bands.values()) <= {BANDS}
    return {n for n in NUMBERS if article(n).id in bands}


def killed(folder: Path, first: int, every: int) -> list[Path]:
    """Give what kills at ever later moments left, the earliest first."""
    with Store(folder / "base") as store:
        store.add(told(1))
        store.add(told(2))
    subprocess.run(
        [sys.executable, HERE / "killing.py", folder, str(first), str(every)],
        check=True,
        timeout=60,
        env={"PYTHONPATH": str(HERE)},
    )
    return sorted((path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))


@pytest.mark.parametrize("first", [3, 33])
def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path, first):
    left = killed(tmp_path, first, every=61)
    assert len(left) > 15
    found_before, runs = set(), set()
    for data in left:
        rounds, articles = ids_of(data, "rounds"), ids_of(data, "articles")
        assert len(set(articles)) == len(articles), data.name
        assert set(articles) <= set(rounds), data.name
        found_before.add(len(articles))
        indexed = index_of(data)
        summed = {one.outlet: one.articles for one in outlet_summary(data)}  # reads what the killed one left
        seen = Ledger(place_of(data).ledger)
        assert {n for n in NUMBERS if seen.knows(article(n).url)} <= {
            n for n in NUMBERS if article(n).id in articles
        }, f"{data.name}: seen before its rows are on disk"
        assert summed == {"gazette": sum(seen.knows(article(n).url) for n in NUMBERS)}, data.name
        assert indexed == {n for n in ALIKE if seen.knows(article(n).url)}, f"{data.name}: index and pages disagree"
        seen.close()

        with Store(data) as store:  # the next run
            for n in NUMBERS:
                if not store.ledger.knows(article(n).url):
                    store.add(told(n))
        assert index_of(data) == ALIKE, data.name
        linked = pd.read_parquet(data / "articles").set_index("article_id").near_duplicate_of.dropna()
        assert dict(linked) == {article(n).id: article(2).id for n in ALIKE - {2}}, data.name
        assert ids_of(data, "articles") == ids_of(data, "rounds") == IDS, data.name
        assert ids_of(data, "mentions") == sorted(IDS * 2), data.name
        assert not any((data / "_state" / "staging").iterdir())
        runs.add(len(load_runs(data)))
    assert runs == {0, 1}
    assert found_before >= {2, 5, 7}  # the kills did come before, between and after the batches
    for data in left[::7]:
        for table, rows in {"articles": 7, "rounds": 7, "mentions": 14}.items():
            pandas, duckdb, polars = read_all(data, table).values()
            assert len(pandas) == rows
            assert pandas == duckdb == polars


def test_a_kill_while_the_first_dataset_is_made(tmp_path):
    program = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from killing import kill_before_line
from pipeline_samples import item
from pipelines.store import Store
kill_before_line(int(sys.argv[1]))
with Store(Path(sys.argv[2])) as store:
    store.add(item(1))
"""
    for number in (5, 20, 40, 60, 80):
        data = tmp_path / str(number)
        done = subprocess.run([sys.executable, "-c", program, str(number), data], timeout=30, check=False)
        assert done.returncode == -9
        with Store(data) as store:
            store.add(item(1))
        assert ids_of(data, "articles") == [article(1).id]


FULL_DISK = """
import resource, sys
from pathlib import Path
from pipelines.errors import StorageError
from pipelines.store import Store
from pipeline_samples import item
import random

data, limit = Path(sys.argv[1]), int(sys.argv[2])
letters = random.Random(1)
with Store(data) as store:
    store.add(item(1))
    store.flush()
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    for n in range(2, 60):
        store.add(item(n, text="".join(chr(letters.randrange(97, 123)) for _ in range(3000))))
    try:
        store.flush()
    except StorageError as error:
        print(error)
    else:
        sys.exit("it was stored after all")
    try:
        store.flush()
    except StorageError as error:
        print(error)
    if len(sys.argv) > 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def full_disk(python, data: Path, limit: int, *more: str):
    done = python(FULL_DISK, data, limit, *more)
    first, second = done.stdout.strip().splitlines()
    assert first == second
    assert first.startswith(f"{data}: 58 articles could not be stored: ")
    assert first.endswith("; what was stored before is sound, the next crawl takes up the rest")
    return done


def test_a_full_disk_is_one_line_and_leaves_a_sound_dataset(tmp_path, python):
    done = full_disk(python, tmp_path / "D", 40_000)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("pipelines.errors.StorageError: ")  # at close, once more
    assert "Exception ignored" not in done.stderr
    assert ids_of(tmp_path / "D", "articles") == ids_of(tmp_path / "D", "rounds") == [article(1).id]
    with Store(tmp_path / "D") as store:
        assert [n for n in range(1, 60) if store.add(item(n))] == list(range(2, 60))
    for table in ("articles", "rounds"):
        assert {len(rows) for rows in read_all(tmp_path / "D", table).values()} == {59}


def test_what_did_not_fit_is_stored_once_there_is_room_again(tmp_path, python):
    done = full_disk(python, tmp_path / "D", 40_000, "room")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(set(ids_of(tmp_path / "D", "articles"))) == len(ids_of(tmp_path / "D", "rounds")) == 59


def test_a_ledger_that_cannot_grow_is_a_full_disk_too(tmp_path, python):
    program = FULL_DISK.replace("for _ in range(3000)", "for _ in range(3)").replace(
        "store.add(item(1))", "store.ledger._db.execute('PRAGMA wal_autocheckpoint = 0'); store.add(item(1))"
    )
    data = tmp_path / "D"
    shutil.rmtree(data, ignore_errors=True)
    done = python(program, data, 36_000)
    assert "ledger.sqlite: cannot be written" in done.stdout
    assert "Traceback" not in done.stdout
    with Store(data) as store:
        for n in range(1, 60):
            if not store.ledger.knows(article(n).url):
                store.add(item(n))
    for table in ("articles", "rounds"):
        assert ids_of(data, table) == sorted(article(n).id for n in range(1, 60))
