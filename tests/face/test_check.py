"""``tourdetable check``: its lines, its JSON and its exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.store import Store


@pytest.fixture
def data(demo, tmp_path) -> Path:
    return Path(shutil.copytree(demo.data, tmp_path / "D"))


def test_what_the_demo_stores_is_sound(command, data):
    done = command("check", "--data", "D")
    counts, verdict = done.stdout.splitlines()
    assert (done.returncode, done.stderr, verdict) == (0, "", "sound")
    assert counts.startswith("D: ")
    assert "; the ledger knows " in counts


def test_damage_is_a_line_each_and_a_repair_mends_it(command, data):
    stray = data / "rounds" / "notes.txt"
    stray.touch()
    part = max((data / "articles").rglob("*.parquet"))
    held = pq.read_metadata(part).num_rows
    part.write_bytes(part.read_bytes()[:-30])
    name = part.relative_to(data).as_posix()
    done = command("check", "--data", "D")
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert "error: rounds/notes.txt: is no part of a table (--repair: is moved to _state/quarantine; " in done.stdout
    assert f"error: {name}: cannot be read: " in done.stdout
    assert f"error: ledger.sqlite: {held} articles are noted as stored and are in no part: " in done.stdout
    assert lines[-1].startswith("broken: ")
    assert stray.exists()

    told = json.loads(command("check", "--data", "D", "--json").stdout)
    assert (told["sound"], told["repair"], len(told["findings"])) == (False, False, len(lines) - 2)
    assert {"severity", "kind", "where", "count", "detail", "what", "repair", "repairable"} == set(told["findings"][0])

    done = command("check", "--data", "D", "--repair", "--json")
    told_then = json.loads(done.stdout)
    assert (done.returncode, told_then["sound"], told_then["left"]) == (0, True, [])
    assert told_then["findings"] == told["findings"]
    assert not stray.exists()
    assert command("check", "--data", "D").stdout.splitlines()[1:] == ["sound"]


def test_what_cannot_be_repaired_is_left_and_told(command, data):
    part = max((data / "rounds").rglob("*.parquet"))
    rows = pq.ParquetFile(part).read().replace_schema_metadata({"tourdetable.schema_version": "99"})
    pq.write_table(rows, part)
    done = command("check", "--data", "D", "--repair")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-2] == "not repaired: 1 errors are left"
    assert done.stdout.splitlines()[-1].endswith("was written by a later version: schema 99")


def test_a_dataset_in_use_or_missing_is_one_line(command, data):
    with Store(data):
        done = command("check", "--data", "D", "--repair")
        assert (done.returncode, done.stdout) == (75, "")
        assert done.stderr.startswith("tourdetable: D: another crawl holds this dataset")
        assert command("check", "--data", "D").returncode == 0
    done = command("check", "--data", "elsewhere")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "elsewhere: no dataset there" in done.stderr
