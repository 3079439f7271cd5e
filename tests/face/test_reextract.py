"""``tourdetable reextract``: today's extractor over what the demo stores, in lines, in JSON and by exit codes."""

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


def rounds(data: Path) -> list[dict[str, object]]:
    found = [row for path in (data / "rounds").rglob("*.parquet") for row in pq.ParquetFile(path).read().to_pylist()]
    return sorted(found, key=lambda row: str(row["round_id"]))


def test_an_article_of_another_version_is_extracted_anew(tourdetable, command, data):
    before = rounds(data)
    done = command("reextract", "--data", "D")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "0 articles extracted anew in D: 0 rounds became 0\n",
        "",
    )
    path = min((data / "articles").rglob("*.parquet"))
    rows = pq.ParquetFile(path).read()
    at = rows.schema.get_field_index("extractor_version")
    pq.write_table(rows.set_column(at, rows.schema.field(at), [["2020.1.1"] * len(rows)]), path)
    done = tourdetable("reextract", "--data", "D", "--now", "--workers", 1, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (told["done"], told["months"], told["failed"], told["busy"]) == (len(rows), 1, 0, False)
    assert told["rounds"] == told["rounds_before"]
    assert rounds(data) == before
    assert command("check", "--data", "D").stdout.splitlines()[-1] == "sound"


def test_a_dataset_in_use_or_missing_is_one_line(command, data):
    with Store(data):
        done = command("reextract", "--data", "D")
    assert (done.returncode, done.stdout) == (75, "")
    assert done.stderr.startswith("tourdetable: D: another crawl holds this dataset")
    done = command("reextract", "--data", "elsewhere")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_what_was_not_done_is_one_line_and_a_code_of_its_own(command, data, monkeypatch):
    from pipelines.reextraction import Reextracted

    outcomes = iter([Reextracted(done=4, failed=1, failures={"3056fa4bcfd3a8fa": "it died"}), Reextracted(busy=True)])
    monkeypatch.setattr("tourdetable.reextracting.reextract", lambda *_, **__: next(outcomes))
    failed = command("reextract", "--data", "D")
    assert (failed.returncode, failed.stdout.count("\n")) == (3, 1)
    assert failed.stderr == (
        "tourdetable: 1 articles could not be extracted and stay as they were: 3056fa4bcfd3a8fa (it died)\n"
    )
    busy = command("reextract", "--data", "D")
    assert busy.returncode == 3
    assert busy.stderr.startswith("tourdetable: broken off, for somebody reads there without a pause; ")
