"""Whole crawls through the item pipelines, each in a process of its own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from pipeline_samples import article, item, read_all

from pipelines.ledger import Ledger
from pipelines.places import place_of
from pipelines.store import Store

HERE = Path(__file__).parent


def start(folder: Path, **options: object) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", "import json, sys, steps; steps.main(json.load(sys.stdin))"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(options))
    process.stdin.close()
    process.stdin = None  # else communicate() flushes it
    return process


def crawl(folder: Path, **options: object) -> tuple[dict[str, object], str]:
    """Run a crawl to its end; give its stats and what it says on standard error."""
    process = start(folder, **options)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    stats = json.loads(output)
    return {key.removeprefix("outlet/gazette/"): value for key, value in stats.items()}, errors


def stored(folder: Path) -> list[int]:
    """Give the numbers of the articles stored, as often as they are."""
    table = folder / "D" / "articles"
    if not table.exists():
        return []
    return sorted(int(url.rpartition("/")[2]) for url in pd.read_parquet(table, columns=["url"]).url)


def test_articles_go_through_all_steps_in_batches(tmp_path):
    numbers = [*range(1, 41), 7]
    stats, errors = crawl(
        tmp_path,
        numbers=numbers,
        texts={"3": "raise pas de chance", "5": "die", "6": "\u200b\x00 "},
        settings={"TOURDETABLE_BATCH_ARTICLES": 15, "LOG_LEVEL": "ERROR"},
    )
    assert (stats["stored"], stats["duplicate"], stats["failed/extraction"]) == (39, 1, 2)
    assert stats["finish_reason"] == "finished"
    assert stored(tmp_path) == [n for n in range(1, 41) if n != 6]
    articles = pd.read_parquet(tmp_path / "D" / "articles").set_index("url")
    failed = articles.extraction_error.dropna()
    assert sorted(failed.index) == [article(3).url, article(5).url]
    assert failed[article(3).url] == "ValueError: pas de chance"
    assert len(errors.strip().splitlines()) == 2
    assert len({path.name for path in (tmp_path / "D" / "articles").rglob("*.parquet")}) in {2, 3}


def test_a_batch_is_committed_in_time_while_the_crawl_goes_on(tmp_path):
    options = {"numbers": [1, 2, 3], "pause": 3, "settings": {"TOURDETABLE_BATCH_SECONDS": 0.3}}
    process = start(tmp_path, **options)
    deadline = time.monotonic() + 20
    while not stored(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() is None
    assert stored(tmp_path) == [1]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def test_an_end_in_the_middle_of_a_flush_stores_nothing_twice(tmp_path):
    # The end comes a pause after the last article: with flushes that take longer, it meets one under way.
    numbers = list(range(1, 16))
    options = {"numbers": numbers, "pause": 0.2, "slow": 0.4, "settings": {"TOURDETABLE_BATCH_SECONDS": 0.05}}
    stats, errors = crawl(tmp_path, **options)
    assert (stats["stored"], errors) == (15, "")
    assert stored(tmp_path) == numbers


@pytest.mark.parametrize("size", [10, 200], ids=["in the middle", "at the end"])
def test_a_full_disk_stops_the_crawl_with_one_line(tmp_path, size):
    with Store(tmp_path / "D") as store:
        store.add(item(1))
    letters = random.Random(1)
    texts = {str(n): "".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=10_000)) for n in range(2, 40)}
    options = {
        "numbers": list(range(2, 40)),
        "texts": texts,
        "limit": 48_000,
    }  # bytes: the part of ten articles has more
    stats, errors = crawl(tmp_path, **options, settings={"TOURDETABLE_BATCH_ARTICLES": size})
    assert stats["finish_reason"] == ("storage" if size == 10 else "finished")
    (line,) = errors.strip().splitlines()
    assert line.endswith(str(stats["storage/error"]))
    assert "articles could not be stored: " in line
    assert "Traceback" not in errors
    assert stats.get("stored", 0) == len(stored(tmp_path)) - 1
    with Store(tmp_path / "D") as store:
        for n in range(1, 40):
            store.add(item(n))
    assert stored(tmp_path) == list(range(1, 40))


def test_without_an_extractor_nothing_is_stored_and_nothing_lost(tmp_path):
    settings = {"TOURDETABLE_EXTRACTOR": "pipeline_samples:Unmakeable"}
    stats, errors = crawl(tmp_path, numbers=[1, 2, 3], pause=0.2, settings=settings)
    (line,) = errors.strip().splitlines()
    assert line.endswith("the extractor cannot be made: FileNotFoundError: no model there")
    assert stats["finish_reason"] == "storage"
    assert stored(tmp_path) == []
    crawl(tmp_path, numbers=[1, 2, 3])
    assert stored(tmp_path) == [1, 2, 3]


def test_a_dataset_in_use_is_not_crawled_into(tmp_path):
    with Store(tmp_path / "D"):
        process = start(tmp_path, numbers=[1])
        _, errors = process.communicate(timeout=30)
    assert errors.strip().splitlines()[-1].startswith("pipelines.errors.DatasetBusyError: D: another crawl holds")
    assert stored(tmp_path) == []


def test_a_crawl_interrupted_stores_what_it_has(tmp_path):
    process = start(tmp_path, numbers=list(range(1, 100)), pause=0.1)
    while not list(tmp_path.glob("D/_state/lock")):
        time.sleep(0.05)
    time.sleep(2)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: the workers get it too
    output, errors = process.communicate(timeout=30)
    stats = json.loads(output)
    assert stats["finish_reason"] == "shutdown"
    assert "Traceback" not in errors
    assert stored(tmp_path) == list(range(1, 1 + stats["outlet/gazette/stored"]))


def test_killed_crawls_lose_nothing_and_double_nothing(tmp_path):
    numbers = list(range(1, 61))
    settings = {"TOURDETABLE_BATCH_ARTICLES": 3, "TOURDETABLE_BATCH_SECONDS": 0.1}
    for wait in (0.05, 0.4):
        process = start(tmp_path, numbers=numbers, pause=0.02, settings=settings)
        ahead = len(stored(tmp_path))
        deadline = time.monotonic() + 20
        while len(stored(tmp_path)) <= ahead and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(wait)
        process.kill()
        process.communicate(timeout=30)  # ends when its workers have ended too
        seen = Ledger(place_of(tmp_path / "D").ledger)
        known = {n for n in numbers if seen.knows(article(n).url)}
        seen.close()
        assert known <= set(stored(tmp_path))
        assert len(set(stored(tmp_path))) == len(stored(tmp_path))
    crawl(tmp_path, numbers=numbers, settings=settings)
    assert stored(tmp_path) == numbers
    for table, rows in {"articles": 60, "rounds": 0, "mentions": 0}.items():
        assert {len(found) for found in read_all(tmp_path / "D", table).values()} == {rows}
