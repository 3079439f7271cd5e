"""``tourdetable export``: a table of the dataset as one file."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.schema import schema_of


@pytest.fixture
def data(tmp_path):
    now = datetime.now(UTC)
    rows = [
        {"company": "Alpha", "company_key": "alpha", "published_at": now - timedelta(days=1), "outlet": "gazette"},
        {"company": "Bêta", "company_key": "beta", "published_at": now - timedelta(days=1), "outlet": "courrier"},
        {"company": "Gamma", "company_key": "gamma", "published_at": datetime(2020, 3, 31, 20, tzinfo=UTC)},
    ]
    for number, row in enumerate(rows):
        part = tmp_path / "data" / "rounds" / f"month={row['published_at']:%Y-%m}" / f"{number}.parquet"
        part.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist([row | {"amount_eur": number}], schema=schema_of("rounds")), part)
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["Gamma", "Alpha", "Bêta"]),
        (["--since", "7d"], ["Alpha", "Bêta"]),
        (["--until", "2020-03-31"], ["Gamma"]),
        (["--outlet", "gazette", "--outlet", "courrier"], ["Alpha", "Bêta"]),
        (["--company", "BETA"], ["Bêta"]),
        (["--investor", "Partech"], []),
        (["--min-amount-eur", "1"], ["Gamma", "Bêta"]),
    ],
)
def test_it_writes_what_was_asked_for(command, data, tmp_path, options, found):
    done = command("export", "rounds", "--out", "r.csv", "--columns", "company, outlet", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"r.csv: {len(found)} rows of rounds\n"
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["company", "outlet"]
    assert [row[0] for row in rows[1:]] == found


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["rondes", "--out", "r.csv"], 2, "rondes: no such table"),
        (["rounds", "--out", "r.ods"], 2, "ends in .csv, .xlsx, .parquet, .jsonl"),
        (["rounds", "--out", "r.csv", "--since", "hier"], 2, "since: expected an ISO day or instant"),
        (["rounds", "--out", "r.csv", "--columns", "x"], 2, "columns: rounds has no 'x'"),
        (["runs", "--out", "r.csv", "--company", "x"], 2, "company: the table runs has no such filter"),
        (["rounds", "--out", "absent/r.csv"], 1, "absent/r.csv: cannot be written"),
        (["rounds", "--out", "r.csv", "--data", "nowhere"], 1, "nowhere: no dataset there"),
        (["rounds", "--out", "r.csv", "--data", "file"], 2, "--data file: not a folder"),
        (["rounds", "--out", "r.csv", "--data", "s3://"], 2, "--data s3://…: names no bucket"),
        (["rounds", "--out", "r.csv", "--until", "99999999999d"], 2, "--until 99999999999d: give"),
        (["rounds"], 2, "--out"),
    ],
)
def test_an_error_is_one_line_that_names_it(command, data, tmp_path, words, code, told):
    (tmp_path / "file").touch()
    done = command("export", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
