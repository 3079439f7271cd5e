"""``tourdetable compact``: what it prints, and its exit codes."""

from __future__ import annotations

import json
import shutil

import pyarrow.parquet as pq

from pipelines.dataset import load_rounds
from pipelines.store import Store


def test_compact_tells_what_it_did_and_does_it_once(command, demo, tmp_path):
    shutil.copytree(demo.data, tmp_path / "D")
    for part in sorted((tmp_path / "D" / "rounds").glob("month=2025-*/*.parquet")):
        rows = pq.read_table(part, partitioning=None)
        for half, name in ((rows.slice(1), part), (rows.slice(0, 1), part.with_stem(f"{part.stem}-b"))):
            pq.write_table(half, name)
    rounds, parts = load_rounds("D"), len(list((tmp_path / "D").glob("*/month=*/*.parquet")))
    done = command("compact", "--data", "D")
    assert (done.returncode, done.stderr) == (0, "")
    *tables, whole = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in tables] == [
        "mentions", "rounds", "runs", "deals", "entities", "articles",
    ]  # fmt: skip
    after = len(list((tmp_path / "D").glob("*/month=*/*.parquet")))
    assert after < parts
    assert whole == f"{parts} parts became {after} in D"
    assert sorted(load_rounds("D").round_id) == sorted(rounds.round_id)
    again = command("compact", "--data", "D", "--json")
    assert (again.returncode, again.stderr) == (0, "")
    told = json.loads(again.stdout)
    assert sum(table["parts_after"] for table in told) == after
    assert {table["written"] for table in told} == {0}
    assert command("compact", "--data", "D").stdout.splitlines()[-1] == "nothing changed in D"


def test_compact_without_a_dataset_or_beside_a_crawl(command, tmp_path):
    none = command("compact", "--data", "none")
    assert (none.returncode, none.stdout) == (1, "")
    assert none.stderr == "tourdetable: none: no dataset there; `tourdetable crawl --data none` makes one\n"
    assert not (tmp_path / "none").exists()
    with Store("D"):
        busy = command("compact", "--data", "D")
    assert busy.returncode == 75
    assert busy.stderr.count("\n") == 1
