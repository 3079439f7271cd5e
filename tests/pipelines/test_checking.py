"""Every kind of damage is found, repaired, and gone afterwards; nothing else is touched."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from checking_samples import NUMBERS, found_in, hashes, make, part, parts, rewrite, rows_of, sane, set_values
from pipeline_samples import read_all, run

from pipelines.checking import check_dataset, repair_dataset
from pipelines.compaction import compact
from pipelines.errors import DatasetBusyError, DatasetNotFoundError
from pipelines.frontier import due_pages
from pipelines.ledger import Ledger, open_to_read, outlet_summary
from pipelines.places import Folder, place_of
from pipelines.store import Store

HERE = Path(__file__).parent
IDS = {n: sane(n).article.id for n in NUMBERS}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("whole") / "D"
    make(data)
    return data


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "D"))


def ledger(data: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data / "_state" / "ledger.sqlite", isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def repaired(data: Path) -> None:
    """Repair, and make sure that nothing is left to repair."""
    before, after = repair_dataset(data)
    assert before.findings
    assert after.findings == []
    assert found_in(data) == {}
    assert list((data / "_state" / "staging").iterdir()) == []


def put_away(data: Path) -> set[str]:
    folder = data / "_state" / "quarantine"
    return {"/".join(path.relative_to(folder).parts[1:]) for path in folder.rglob("*") if path.is_file()}


def is_refetched(data: Path, n: int) -> None:
    """The ledger has forgotten an article, its page is due, and it can be stored again, once."""
    with closing(open_to_read(data / "_state" / "ledger.sqlite")) as db:
        due = [page.address for page in due_pages(db, ["gazette"], datetime.now(UTC))]
        indexed = db.execute("SELECT COUNT(*) FROM signatures WHERE article_id = ?", (IDS[n],)).fetchone()[0]
    assert sane(n).article.url.replace("www.", "") in due
    assert indexed == 0
    with Store(data) as store:
        assert store.add(sane(n))
    is_known(data, *NUMBERS)
    assert found_in(data) == {}


def is_known(data: Path, *numbers: int) -> None:
    with Store(data) as store:
        assert [store.add(sane(n)) for n in numbers] == [False] * len(numbers)
    for table, count in {"articles": 1, "rounds": 1, "mentions": 2}.items():
        found = [row["article_id"] for row in rows_of(data, table)]
        assert {n: found.count(IDS[n]) for n in numbers} == dict.fromkeys(numbers, count), table


# What is sound


def test_a_sound_dataset_has_no_finding_and_is_not_touched(data):
    with Store(data) as store:
        store.revise(sane(2, authors=["B. Martin"]))
        store.add(sane(7, published_at=None, rounds=[]))
        store.add(sane(8, text="", tdm_reserved=True))
        store.add_run([run("a")])
    before = hashes(data)
    report = check_dataset(data)
    assert (report.findings, report.sound, report.pages) == ([], True, 8)
    assert (report.rows["articles"], report.rows["rounds"], report.rows["mentions"], report.rows["runs"]) == (
        8,
        7,
        16,
        1,
    )
    assert repair_dataset(data)[1].findings == []
    assert hashes(data) == before
    assert not (data / "_state" / "quarantine").exists()


def test_a_compacted_dataset_is_sound_and_can_be_repaired(data):
    compact(data)
    assert found_in(data) == {}
    path = part(data, "rounds", 1)
    shutil.copyfile(path, path.with_name("0.parquet"))
    part(data, "articles", 2).unlink()
    assert found_in(data)["page-lost"] == 1
    repaired(data)
    is_known(data, 1, 3, 4, 6)
    with Store(data) as store:
        assert [store.add(sane(n)) for n in (2, 5)] == [True, True]  # they shared a part


@pytest.mark.parametrize("moment", ["mentions", "articles"])
def test_parts_that_are_compacted_meanwhile_are_no_finding(data, monkeypatch, moment):
    parts_of, looks = Folder.path, []

    def path(self: Folder, name: str) -> str:
        if name == moment:  # its folder is about to be listed
            looks.append(name)
            if len(looks) == 1:
                compact(data)
        return parts_of(self, name)

    monkeypatch.setattr(Folder, "path", path)
    report = check_dataset(data)
    assert (report.findings, report.rows["articles"], report.parts["articles"]) == ([], 6, 3)
    assert len(looks) > 1


def test_no_dataset_is_said_so(tmp_path):
    for look in (check_dataset, repair_dataset):
        with pytest.raises(DatasetNotFoundError):
            look(tmp_path / "D")
    assert not (tmp_path / "D").exists()


def test_a_crawl_at_work_is_no_finding(data, monkeypatch):
    publish, done, failures = Folder.publish, threading.Event(), []

    def slowly(self: Folder, *arguments: object) -> None:
        done.wait(0.01)
        publish(self, *arguments)

    def write() -> None:
        try:
            with Store(data) as store:
                for n in range(7, 30):
                    store.add(sane(n))
                    store.revise(sane(n - 3, authors=[f"A{n}"]))
                    store.flush()
        except Exception as error:
            failures.append(error)
        done.set()

    monkeypatch.setattr(Folder, "publish", slowly)
    writer, looks = threading.Thread(target=write), 0
    writer.start()
    while not done.is_set():
        assert check_dataset(data).findings == []
        looks += 1
    writer.join()
    assert failures == []
    assert looks > 2
    assert check_dataset(data).rows["articles"] == 29


def test_a_repair_waits_for_no_crawl(data):
    part(data, "articles", 1).unlink()
    before = hashes(data)
    with Store(data), pytest.raises(DatasetBusyError):
        repair_dataset(data)
    assert hashes(data) == before


# Parts


def test_articles_whose_part_is_gone_are_fetched_again(data):
    before = hashes(data)
    part(data, "articles", 1).unlink()
    assert found_in(data) == {"page-lost": 1, "row-orphan": 2}
    repaired(data)
    is_known(data, *NUMBERS[1:])
    assert IDS[1] not in {row["article_id"] for table in ("rounds", "mentions") for row in rows_of(data, table)}
    month = "month=2026-02"
    assert {name for name, value in before.items() if hashes(data).get(name) != value and month not in name} == set()
    is_refetched(data, 1)


@pytest.mark.parametrize("break_", [lambda whole: whole[:-20], lambda whole: whole[:1000], lambda _: b""])
def test_an_article_part_that_cannot_be_read_is_put_away(data, break_):
    path = part(data, "articles", 2)
    broken = break_(path.read_bytes())
    path.write_bytes(broken)
    assert found_in(data) == {"part-unreadable": 1, "page-lost": 1, "row-orphan": 2}
    repaired(data)
    assert str(path.relative_to(data)) in put_away(data)
    (kept,) = [one for one in (data / "_state" / "quarantine").rglob(path.name) if "articles" in one.parts]
    assert kept.read_bytes() == broken
    is_refetched(data, 2)


def test_damage_in_the_middle_of_a_part_is_found(data):
    path = part(data, "articles", 3)
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 3
    whole[middle : middle + 300] = b"\xff" * 300
    path.write_bytes(whole)
    assert found_in(data)["part-unreadable"] == 1
    repaired(data)
    is_refetched(data, 3)


@pytest.mark.parametrize(("table", "also"), [("rounds", {"rounds-count": 1}), ("mentions", {})])
def test_rounds_and_mentions_that_are_lost_are_to_be_extracted_again(data, table, also):
    path = part(data, table, 4)
    path.write_bytes(path.read_bytes()[:-20])
    assert found_in(data) == {"part-unreadable": 1} | also
    before = hashes(data)
    repaired(data)
    changed = {name for name, value in before.items() if hashes(data).get(name) != value}
    assert changed == {str(path.relative_to(data)), str(part(data, "articles", 4).relative_to(data))}
    told = {row["article_id"]: (row["rounds"], row["extraction_error"]) for row in rows_of(data, "articles")}
    rounds = 0 if table == "rounds" else 1
    assert told.pop(IDS[4]) == (rounds, f"{table} were lost; `tourdetable reextract` finds them again")
    assert set(told.values()) == {(1, None)}
    with Store(data) as store:
        assert not store.add(sane(4))


def test_foreign_files_are_put_away(data):
    stray = part(data, "articles", 1)
    names = {
        "articles/notes.txt",
        "rounds/x.parquet",
        "rounds/month=2026-13/x.parquet",
        "articles/month=2026-02/deep/x.parquet",
    }
    before = hashes(data)
    for name in names:
        (data / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(stray, data / name)
    assert found_in(data) == {"part-foreign": 4}
    repaired(data)
    assert put_away(data) == names
    assert hashes(data) == before


def test_a_foreign_schema_is_written_anew(data):
    path = part(data, "articles", 1)
    rewrite(path, lambda rows: rows.append_column("mine", pa.array(["x"] * len(rows))))
    rewrite(part(data, "rounds", 2), lambda rows: rows.set_column(9, "amount", rows["amount"].cast(pa.float64())))
    assert rows_of(data, "rounds")[0].keys() >= {"amount", "currency"}
    assert found_in(data) == {"part-schema": 2}
    odd = [found for found in check_dataset(data).findings if found.where.startswith("articles")]
    assert [found.detail for found in odd] == ["unknown mine"]
    repaired(data)
    is_known(data, *NUMBERS)
    assert {len(rows) for table in ("articles", "rounds") for rows in read_all(data, table).values()} == {6}
    (kept,) = [one for one in (data / "_state" / "quarantine").rglob(path.name) if "articles" in one.parts]
    assert "mine" in pq.ParquetFile(kept).schema_arrow.names


def test_a_schema_that_cannot_be_had_is_put_away(data):
    path = part(data, "articles", 1)
    rewrite(path, lambda rows: rows.drop_columns(["article_id"]))
    assert found_in(data)["part-unreadable"] == 1
    repaired(data)
    is_refetched(data, 1)


def test_what_another_version_wrote_is_left_alone(data):
    old, later = part(data, "rounds", 1), part(data, "rounds", 2)
    rewrite(old, lambda rows: rows.drop_columns(["fetched_at"]))
    rewrite(
        later,
        lambda rows: rows.replace_schema_metadata({"tourdetable.schema_version": "99"}).append_column(
            "new", rows["score"]
        ),
    )
    before = hashes(data)
    report = check_dataset(data)
    assert [(found.kind, found.severity) for found in report.findings] == [
        ("part-later", "error"),
        ("part-older", "note"),
    ]
    first, after = repair_dataset(data)
    assert first.findings == after.findings == report.findings
    assert hashes(data) == before
    rewrite(later, lambda rows: rows.drop_columns(["new"]).replace_schema_metadata(None))
    assert check_dataset(data).sound


# Rows


def test_a_copied_batch_is_there_once_again(data):
    for table in ("articles", "rounds", "mentions"):
        path = part(data, table, 1)
        shutil.copyfile(path, path.with_name("0.parquet"))
        shutil.copyfile(path, path.with_name("z.parquet"))
    assert found_in(data)["row-doubled"] == 6
    repaired(data)
    is_known(data, *NUMBERS)


def test_of_two_states_the_later_one_stays(data):
    path = part(data, "articles", 1)
    earlier = path.read_bytes()
    with Store(data) as store:
        assert store.revise(sane(1, title="Société 1 lève 1 M$"))
    path.with_name("0.parquet").write_bytes(earlier)
    repaired(data)
    assert [row["title"] for row in rows_of(data, "articles") if row["article_id"] == IDS[1]] == ["Société 1 lève 1 M$"]
    is_known(data, *NUMBERS)


def test_rows_of_another_month_are_moved_there(data):
    for table in ("articles", "rounds", "mentions"):
        path = part(data, table, 1)
        path.rename(data / table / "month=2026-03" / "moved.parquet")
    assert found_in(data) == {"row-month": 3}
    repaired(data)
    assert {path.parent.name for table in ("articles", "rounds", "mentions") for path in parts(data, table, 1)} == {
        "month=2026-02"
    }
    is_known(data, *NUMBERS)


def test_a_wrong_number_of_rounds_is_corrected(data):
    path = part(data, "articles", 5)
    rewrite(path, lambda rows: set_values(rows, "rounds", [0]))
    before = hashes(data)
    assert found_in(data) == {"rounds-count": 1, "summary": 1}
    repaired(data)
    assert [(row["rounds"], row["extraction_error"]) for row in rows_of(data, "articles")] == [(1, None)] * 6
    assert {name for name, value in before.items() if hashes(data)[name] != value} == {str(path.relative_to(data))}


@pytest.mark.parametrize(
    ("table", "column", "value"), [("rounds", "start", 3), ("rounds", "end", None), ("mentions", "end", 4)]
)
def test_offsets_that_are_not_those_of_the_text(data, table, column, value):
    rewrite(part(data, table, 6), lambda rows: set_values(rows, column, [value] * len(rows)))
    assert found_in(data) == {"evidence": 1}
    repaired(data)
    errors = {row["article_id"]: row["extraction_error"] for row in rows_of(data, "articles")}
    assert errors.pop(IDS[6]) == "offsets were not those of the text; `tourdetable reextract` finds them again"
    assert set(errors.values()) == {None}


# The ledger


def test_articles_that_the_ledger_does_not_know_are_noted(data):
    id_ = IDS[2]
    ledger(data, f"DELETE FROM pages WHERE article_id = '{id_}'")
    before = hashes(data)
    assert found_in(data) == {"article-unknown": 1, "index-unknown": 1}
    repaired(data)
    assert hashes(data) == before
    with Store(data) as store:
        assert not store.add(sane(2))
        assert store.ledger.batch_of(id_) == part(data, "articles", 2).stem
        twin = sane(2).article.text
        assert store.add(sane(9, text=twin, outlet="courrier"))
    (linked,) = [
        row["near_duplicate_of"] for row in rows_of(data, "articles") if row["article_id"] == sane(9).article.id
    ]
    assert linked == id_


def test_an_article_known_under_its_address_alone_is_not_noted_twice(data):
    ledger(data, f"UPDATE pages SET article_id = 'x' WHERE article_id = '{IDS[2]}'")
    assert "article-unknown" not in found_in(data)


def test_entries_of_the_index_without_article_are_taken_out(data):
    ledger(data, f"UPDATE signatures SET article_id = 'gone' WHERE article_id = '{IDS[2]}'")
    assert found_in(data) == {"index-unknown": 1}
    repaired(data)
    with closing(open_to_read(data / "_state" / "ledger.sqlite")) as db:
        assert db.execute("SELECT COUNT(*) FROM signatures").fetchone() == (5,)
        assert db.execute("SELECT COUNT(*) FROM bands").fetchone() == (5 * 20,)


def test_pages_noted_in_a_part_that_is_not_there(data):
    ledger(data, f"UPDATE pages SET batch = 'gone' WHERE article_id = '{IDS[2]}'")
    report = check_dataset(data)
    assert [(found.kind, found.severity) for found in report.findings] == [("batch-hint", "note")]
    repaired(data)
    opened = Ledger(place_of(data).ledger)
    assert opened.batch_of(IDS[2]) == part(data, "articles", 2).stem
    opened.close()


def test_rounds_that_the_ledger_counts_otherwise(data):
    ledger(data, f"UPDATE pages SET rounds = 4 WHERE article_id = '{IDS[2]}'")
    report = check_dataset(data)
    assert [(found.kind, found.severity) for found in report.findings] == [("summary", "note")]
    repaired(data)
    assert [(one.articles, one.rounds) for one in outlet_summary(data)] == [(6, 6)]


@pytest.mark.parametrize("content", [b"no database\n" * 400, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_broken_ledger_is_made_anew(data, content):
    path = data / "_state" / "ledger.sqlite"
    path.write_bytes(content)
    damaged = part(data, "articles", 1)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    report = check_dataset(data)
    assert {"ledger-broken", "part-unreadable"} <= {found.kind for found in report.findings}
    assert report.pages is None
    repaired(data)
    (kept,) = (data / "_state" / "quarantine").rglob("ledger.sqlite")
    assert kept.read_bytes() == content
    is_known(data, *NUMBERS[1:])
    with Store(data) as store:
        assert store.add(sane(1))


def test_a_ledger_damaged_in_the_middle_is_made_anew(data):
    path = data / "_state" / "ledger.sqlite"
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)
    assert "ledger-broken" in found_in(data)
    repaired(data)
    is_known(data, *NUMBERS)


def test_a_ledger_without_a_table_is_broken(data):
    ledger(data, "DROP TABLE bands")
    (found,) = check_dataset(data).findings
    assert (found.kind, found.detail) == ("ledger-broken", "no table bands")
    repaired(data)
    is_known(data, *NUMBERS)


def test_a_ledger_that_is_missing_is_a_note(data):
    (data / "_state" / "ledger.sqlite").unlink()
    report = check_dataset(data)
    assert ([found.kind for found in report.findings], report.sound) == (["ledger-missing"], True)
    assert not (data / "_state" / "ledger.sqlite").exists()
    repaired(data)
    is_known(data, *NUMBERS)


def test_a_ledger_of_a_later_version_stops_a_repair(data):
    ledger(data, "PRAGMA user_version = 99")
    (data / "articles" / "notes.txt").touch()
    before, after = repair_dataset(data)
    assert before is after
    assert {found.kind for found in after.findings} == {"ledger-later", "part-foreign"}
    assert (data / "articles" / "notes.txt").exists()


# What a crash left

CRASH = """
import os, sys
from pathlib import Path
from checking_samples import sane
from pipelines.store import Store
store = Store(Path(sys.argv[1]))
store.add(sane(7))
store._prepare()
os._exit(9)
"""


def test_what_a_crash_left_on_its_way_is_brought_to_its_end(data, python):
    assert python(CRASH, data).returncode == 9
    leftover = data / "_state" / "staging" / "old" / "articles"
    leftover.mkdir(parents=True)
    (leftover / "x.parquet").write_bytes(b"x")
    report = check_dataset(data)
    assert {found.kind: found.severity for found in report.findings} == {
        "batch-unfinished": "note",
        "staging-leftover": "note",
    }
    repaired(data)
    is_known(data, *NUMBERS, 7) if 7 in IDS else None
    with Store(data) as store:
        assert not store.add(sane(7))


def test_a_kill_at_any_moment_of_a_repair_loses_nothing(data, tmp_path):
    part(data, "articles", 1).unlink()
    for table in ("articles", "rounds", "mentions"):
        path = part(data, table, 2)
        shutil.copyfile(path, path.with_name("0.parquet"))
        part(data, table, 3).rename(data / table / "month=2026-03" / "moved.parquet")
    broken = part(data, "mentions", 4)
    broken.write_bytes(broken.read_bytes()[:-20])
    rewrite(part(data, "articles", 5), lambda rows: set_values(rows, "rounds", [7]))
    ledger(data, f"DELETE FROM pages WHERE article_id = '{IDS[6]}'")
    subprocess.run(
        [sys.executable, HERE / "killing_copies.py", "repair", data, tmp_path / "left", "40", "397"],
        check=True,
        timeout=110,
    )
    left = sorted((tmp_path / "left").iterdir(), key=lambda path: int(path.name))
    assert len(left) > 6
    states: set[int] = set()
    for killed in left:
        states.add(sum(found_in(killed).values()))
        repair_dataset(killed)
        assert found_in(killed) == {}, killed.name
        articles = {row["article_id"]: row for row in rows_of(killed, "articles")}
        assert sorted(articles) == sorted(IDS[n] for n in NUMBERS[1:]), killed.name
        assert (articles[IDS[4]]["extraction_error"] or "").startswith("mentions were lost"), killed.name
        assert {n: articles[IDS[n]]["rounds"] for n in NUMBERS[1:]} == dict.fromkeys(NUMBERS[1:], 1), killed.name
        assert sorted(row["article_id"] for row in rows_of(killed, "rounds")) == sorted(articles), killed.name
        with Store(killed) as store:
            assert [n for n in NUMBERS if store.add(sane(n))] == [1], killed.name
    assert len(states) > 3  # the kills did come between the steps
