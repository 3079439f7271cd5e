"""One file for people who use no library: read back it says the same, and nothing in it is a formula."""

from __future__ import annotations

import csv
import json
import re
import stat
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

import tourdetable
from pipelines import exporting
from pipelines.cells import SHEET_TEXT, as_text, guarded, sheet_text
from pipelines.errors import DatasetNotFoundError, ExportError, SelectionError, StorageError
from pipelines.schema import schema_of

FORMULA = '=HYPERLINK("http://x","y")&cmd|\' /C calc\'!A0'
ROUNDS = [
    {
        "round_id": "a-0",
        "company": FORMULA,
        "amount": 3_000_000,
        "eur_rate": 1.25,
        "published_at": datetime(2026, 10, 1, 6, 30, tzinfo=UTC),
        "date": date(2026, 10, 1),
        "investors": [{"name": "Partech", "lead": True}, {"name": "@Bpifrance", "lead": False}],
        "outlet": "gazette",
        "url": "https://gazette.example/a",
    },
    {
        "round_id": "b-0",
        "company": "Bêta, « l’autre »\r\nligne",
        "amount": -5,
        "eur_rate": float("nan"),
        "published_at": datetime(1816, 2, 3, 4, 5, 6, tzinfo=UTC),
        "date": None,
        "investors": [],
        "outlet": "courrier",
        "url": None,
    },
]


def store(data, rows: list[dict[str, Any]], table: str = "rounds", month: str = "2026-10", name: str = "x"):
    path = data / "data" / table / f"month={month}" / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema_of(table)), path)
    return path


@pytest.fixture
def data(tmp_path):
    store(tmp_path, ROUNDS)
    return tmp_path / "data"


def read_csv(path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_reads_back_with_lists_flattened_and_formulas_defused(data, tmp_path):
    out = tmp_path / "rounds.csv"
    assert tourdetable.export("rounds", out, data) == 2
    first, second = read_csv(out)
    assert [*first] == [*schema_of("rounds").names, "month"]
    assert first["company"] == f"'{FORMULA}"
    assert (first["amount"], first["eur_rate"], first["date"]) == ("3000000", "1.25", "2026-10-01")
    assert first["published_at"] == "2026-10-01T06:30:00Z"
    assert first["investors"] == "Partech (lead);' @Bpifrance"
    assert (second["company"], second["amount"]) == ("Bêta, « l’autre »\r\nligne", "-5")
    assert (second["eur_rate"], second["date"], second["investors"], second["month"]) == ("", "", "", "2026-10")


def test_excel_reads_back_as_numbers_dates_and_strings(data, tmp_path):
    out = tmp_path / "rounds.xlsx"
    assert tourdetable.export("rounds", out, data) == 2
    sheet = openpyxl.load_workbook(out).active
    names = [cell.value for cell in sheet[1]]
    assert names == [*schema_of("rounds").names, "month"]
    first, second = (dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2))
    assert (first["company"].value, first["company"].data_type) == (FORMULA, "s")
    assert (first["amount"].value, first["eur_rate"].value) == (3_000_000, 1.25)
    assert (first["published_at"].value, first["published_at"].is_date) == (datetime(2026, 10, 1, 6, 30), True)
    assert (first["date"].value, first["date"].number_format) == (datetime(2026, 10, 1), "yyyy-mm-dd")
    assert first["investors"].value == "Partech (lead); @Bpifrance"
    assert (first["url"].value, first["url"].hyperlink) == ("https://gazette.example/a", None)
    assert second["company"].value == "Bêta, « l’autre »\nligne"
    assert second["published_at"].value == "1816-02-03T04:05:06Z"
    assert [second[name].value for name in ("eur_rate", "date", "investors", "url")] == [None] * 4
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:{sheet.cell(3, len(names)).coordinate}")
    assert 9 <= sheet.column_dimensions["A"].width < sheet.column_dimensions["D"].width + 60 < 122


def test_parquet_and_lines_keep_every_value_in_its_shape(data, tmp_path):
    wanted = tourdetable.load_rounds(data, engine="arrow")
    tourdetable.export("rounds", tmp_path / "rounds.parquet", data)
    found = pq.read_table(tmp_path / "rounds.parquet")
    assert found.schema.equals(wanted.schema)
    assert found.sort_by("published_at").drop_columns("eur_rate").equals(wanted.drop_columns("eur_rate"))
    tourdetable.export("rounds", tmp_path / "rounds.jsonl", data)
    first, second = map(json.loads, (tmp_path / "rounds.jsonl").read_text(encoding="utf-8").splitlines())
    assert first["investors"][1]["name"] == "@Bpifrance"
    assert (first["published_at"], first["date"]) == ("2026-10-01T06:30:00Z", "2026-10-01")
    assert (first["company"], second["eur_rate"], second["investors"]) == (FORMULA, None, [])


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_filters_and_columns_choose(data, tmp_path, suffix):
    out = tmp_path / f"one.{suffix}"
    filters = {"investor": "partech", "since": "1800-01-01", "columns": ["amount", "company"]}
    store(tmp_path, [{"investors": [{"key": "partech"}], "amount": n, "published_at": datetime(2026, n, 1, tzinfo=UTC)}
                     for n in (1, 2)], name="y")  # fmt: skip
    assert tourdetable.export("rounds", out, data, **filters) == 2
    if suffix == "csv":
        assert [*read_csv(out)[0]] == ["amount", "company"]
    elif suffix == "xlsx":
        assert [[cell.value for cell in row] for row in openpyxl.load_workbook(out).active] == [
            ["amount", "company"], [1, None], [2, None]
        ]  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_table_without_rows_is_a_file_with_its_columns(data, tmp_path, suffix):
    out = tmp_path / f"none.{suffix}"
    assert tourdetable.export("deals", out, data) == 0
    if suffix == "xlsx":
        assert openpyxl.load_workbook(out).active.max_row == 1
    elif suffix == "parquet":
        assert pq.read_table(out).column_names == [*schema_of("deals").names, "month"]
    else:
        assert len(out.read_text(encoding="utf-8").splitlines()) == (suffix == "csv")


SIGNS = [*"=+-@＝＋－＠﹢﹣⁺−;\t\r\n \xa0\u200b\ufeff'\",A\x00\x0b", "_x0041_", "_x000D_"]
TEXT = st.lists(st.sampled_from(SIGNS) | st.characters(codec="utf-8")).map("".join)


def dangerous(cell: str) -> bool:
    """Tell in another way than the code whether a program may take a cell for a formula."""
    seen = re.sub(r"^(?:\s|[\u200b-\u200f\u2060-\u2064\ufeff\u00ad])+", "", cell)
    return unicodedata.normalize("NFKC", seen)[:1] in {"=", "+", "-", "@", "−"}


@given(TEXT)
def test_no_cell_of_a_csv_begins_with_a_dangerous_sign(text):
    safe = guarded(text)
    assert safe[:1] not in {"\t", "\r", "\n"}
    assert not any(map(dangerous, re.split("[;\t\r\n]", safe)))
    assert "\x00" not in safe
    assert safe.replace("'", "") == re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "", text).replace("'", "")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=1, max_size=6))
def test_any_text_reads_back_from_csv_and_excel_and_is_never_a_formula(tmp_path, texts):
    store(tmp_path, [{"round_id": str(n), "company": text} for n, text in enumerate(texts)])
    for suffix in ("csv", "xlsx"):
        tourdetable.export("rounds", tmp_path / f"any.{suffix}", tmp_path / "data", columns=["company", "round_id"])
    assert [row["company"] for row in read_csv(tmp_path / "any.csv")] == [guarded(text) for text in texts]
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "any.xlsx").active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert [unescape(cell.value or "") for cell in cells] == [sheet_text(text) for text in texts]


@pytest.mark.parametrize("sign", ["x", "é", "🦄"])
def test_a_text_too_long_for_a_cell_is_cut_with_a_mark(tmp_path, sign):
    text = sign * 40_000
    store(tmp_path, [{"company": text}])
    tourdetable.export("rounds", tmp_path / "long.xlsx", tmp_path / "data", columns="company")
    found = openpyxl.load_workbook(tmp_path / "long.xlsx").active["A2"].value
    assert found.endswith(f"{sign} … [cut]")
    assert SHEET_TEXT - 1 <= len(found.encode("utf-16-le")) // 2 <= SHEET_TEXT
    tourdetable.export("rounds", tmp_path / "long.csv", tmp_path / "data", columns="company")
    assert text in (tmp_path / "long.csv").read_text(encoding="utf-8-sig")


def test_a_number_that_excel_would_round_is_text(tmp_path):
    store(tmp_path, [{"amount": 2**62 + 1}])
    tourdetable.export("rounds", tmp_path / "big.xlsx", tmp_path / "data", columns="amount")
    assert openpyxl.load_workbook(tmp_path / "big.xlsx").active["A2"].value == str(2**62 + 1)


def test_more_rows_than_a_sheet_has_are_refused_before_any_is_written(data, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "SHEET_ROWS", 2)
    with pytest.raises(ExportError, match=r"rounds\.xlsx: 2 rows, and a sheet has room for 1: choose fewer .*\.csv"):
        tourdetable.export("rounds", tmp_path / "rounds.xlsx", data)
    assert tourdetable.export("rounds", tmp_path / "rounds.xlsx", data, outlet="gazette") == 1


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_failure_leaves_what_was_there_and_nothing_beside_it(data, tmp_path, suffix):
    out = tmp_path / "out" / f"rounds.{suffix}"
    out.parent.mkdir()
    out.write_text("kept")
    store(tmp_path, [], name="z").write_bytes(b"no parquet")
    with pytest.raises(StorageError, match="a part cannot be read"):
        tourdetable.export("rounds", out, data)
    assert [(path.name, path.read_text()) for path in out.parent.iterdir()] == [(out.name, "kept")]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_full_disk_is_told_as_such(data, tmp_path, suffix, monkeypatch):
    out = tmp_path / f"rounds.{suffix}"
    out.write_text("kept")

    def full(path, schema, rows):
        list(rows)
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(exporting._WRITERS, f".{suffix}", full)
    with pytest.raises(ExportError, match=rf"rounds\.{suffix}: cannot be written: No space left on device"):
        tourdetable.export("rounds", out, data)
    assert out.read_text() == "kept"


def test_a_file_written_anew_keeps_its_mode_and_a_link_stays_one(data, tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "link.csv").symlink_to("real.csv")
    tourdetable.export("rounds", tmp_path / "link.csv", data)
    assert (tmp_path / "link.csv").is_symlink()
    assert stat.S_IMODE((tmp_path / "real.csv").stat().st_mode) == 0o640
    assert len(read_csv(tmp_path / "real.csv")) == 2


@pytest.mark.parametrize(
    ("table", "out", "filters", "error", "message"),
    [
        ("rounds", "a.ods", {}, SelectionError, r"a\.ods: expected a name that ends in \.csv, \.xlsx, .*"),
        ("rondes", "a.csv", {}, SelectionError, "rondes: no such table; there are articles, rounds, .*"),
        ("runs", "a.csv", {"investor": "x"}, SelectionError, "investor: the table runs has no such filter, but .*"),
        ("runs", "absent/a.csv", {}, ExportError, r"absent/a\.csv: cannot be written: No such file or directory"),
        ("runs", "absent/a.xlsx", {}, ExportError, r"absent/a\.xlsx: cannot be written: No such file or directory"),
        ("runs", "folder.csv", {}, ExportError, r"folder\.csv: not a file; give a file's name"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(data, tmp_path, table, out, filters, error, message):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(error, match=message) as raised:
        tourdetable.export(table, tmp_path / out, data, **filters)
    assert "\n" not in str(raised.value)


def test_nothing_is_no_dataset(tmp_path):
    with pytest.raises(DatasetNotFoundError):
        tourdetable.export("rounds", tmp_path / "a.csv", tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


def test_deals_are_found_by_any_name_of_an_entity(tmp_path):
    store(tmp_path, [{"deal_id": "a", "investors": [{"key": "bpifrance"}]}, {"deal_id": "b"}], "deals")
    store(tmp_path, [{"key": "bpifrance", "keys": ["bpifrance", "bpi"]}], "entities")
    assert tourdetable.export("deals", tmp_path / "a.csv", tmp_path / "data", investor="BPI") == 1


def test_lists_of_other_things_are_readable():
    assert as_text(["a", None, "b"]) == "a; b"
    assert as_text([{"company": "Alpha", "amount": 500, "year": None}]) == "company=Alpha, amount=500"
    assert (as_text(True), as_text(None or [])) == ("true", "")
