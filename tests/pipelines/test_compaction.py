"""Compaction: fewer parts with the same rows, in today's schema, sorted; nothing is touched that need not be."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pipeline_samples import KEYS, article, item, read_all, run

import pipelines.compaction
from pipelines.compaction import compact
from pipelines.dataset import load_articles, load_mentions, load_rounds, load_runs
from pipelines.errors import DatasetBusyError, DatasetNotFoundError, StorageError
from pipelines.schema import ALL_TABLES, moment_of, schema_of
from pipelines.store import Store

MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)
DERIVED = {
    "deals": {"deal_id": "a-0", "company": "Alpha", "first_published_at": MOMENT, "sources": [{"round_id": "a-0"}]},
    "entities": {"key": "alpha", "name": "Alpha", "first_seen": MOMENT, "names": ["Alpha"]},
}


@pytest.fixture
def data(tmp_path):
    """Nine articles and two runs in nine batches, the latest first; three parts of each derived table."""
    data = tmp_path / "D"
    with Store(data) as store:
        for n in range(9):
            published = None if n == 4 else datetime(2026, 1 + n % 2, 20 - n, tzinfo=UTC)
            store.add(item(n, published_at=published))
            if n > 6:
                store.add_run([run(f"run-{n}")])
            store.flush()
    for table, values in DERIVED.items():
        for n in range(3):
            row = values | {KEYS_OF[table]: f"{n}", moment_of(table): MOMENT - timedelta(days=n)}
            write(data, table, [row], f"part-{n}")
    return data


KEYS_OF = {"deals": "deal_id", "entities": "key"}
KEYS.update({table: [key] for table, key in KEYS_OF.items()})


def write(data, table, rows, name, schema=None):
    path = data / table / "month=2026-01" / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema or schema_of(table)), path)
    return path


def parts(data, table="*"):
    return sorted(path for path in data.glob(f"{table}/month=*/*.parquet"))


def everything(data):
    return {table: read_all(data, table) for table in ALL_TABLES}


def test_every_table_keeps_its_rows_in_few_parts(data):
    before = everything(data)
    for found in before.values():
        assert found["pandas"] == found["duckdb"] == found["polars"] != []
    done = {one.table: one for one in compact(data)}
    assert everything(data) == before
    assert set(done) == set(ALL_TABLES)
    assert (done["articles"].parts_before, done["articles"].parts_after, done["articles"].written) == (
        9,
        3,
        2,
    )  # September has one part, which stays
    for table, one in done.items():
        assert len(parts(data, table)) == one.parts_after < one.parts_before
        assert sum(path.stat().st_size for path in parts(data, table)) == one.bytes_after < one.bytes_before
        assert len({path.parent for path in parts(data, table)}) == one.parts_after  # one a month
        assert (one.folded, one.busy) == (0, False)


def test_parts_are_sorted_by_time_with_statistics_and_today_s_schema(data, monkeypatch):
    monkeypatch.setattr(pipelines.compaction, "GROUP_ROWS", 2)
    before = parts(data)
    compact(data)
    for table in ALL_TABLES:
        for path in set(parts(data, table)) - set(before):
            with pq.ParquetFile(path) as file:
                rows = file.read()
                moments = [moment or datetime.max.replace(tzinfo=UTC) for moment in rows[moment_of(table)].to_pylist()]
                assert moments == sorted(moments)
                assert file.schema_arrow.equals(schema_of(table))
                assert file.schema_arrow.field(0).metadata[b"doc"] == schema_of(table).field(0).metadata[b"doc"]
                assert file.metadata.row_group(0).column(0).compression == "ZSTD"
                assert file.num_row_groups == -(-len(rows) // 2)
                (order,) = file.metadata.row_group(0).sorting_columns
                assert file.schema.column(order.column_index).path == moment_of(table)


def test_a_second_run_does_nothing(data):
    compact(data)
    before = {path: path.stat().st_ino for path in parts(data)}
    assert all((one.written, one.parts_after) == (0, one.parts_before) for one in compact(data))
    assert {path: path.stat().st_ino for path in parts(data)} == before


def test_a_month_that_has_one_good_part_keeps_it(data):
    compact(data)
    (january,) = (data / "rounds" / "month=2026-01").iterdir()
    inode = january.stat().st_ino
    with Store(data) as store:
        store.add(item(20, published_at=datetime(2026, 2, 3, tzinfo=UTC)))
    done = {one.table: one for one in compact(data)}
    assert {table: one.written for table, one in done.items() if one.written} == dict.fromkeys(
        ("articles", "rounds", "mentions"), 1
    )
    assert list((data / "rounds" / "month=2026-01").iterdir()) == [january]
    assert january.stat().st_ino == inode
    assert len(pd.read_parquet(data / "rounds")) == 10


def test_large_parts_are_begun_anew_and_not_read_again(data, monkeypatch):
    monkeypatch.setattr(pipelines.compaction, "PART_BYTES", 12_000)
    monkeypatch.setattr(pipelines.compaction, "GROUP_ROWS", 1)
    before = everything(data)
    compact(data)
    names = [path.name for path in parts(data, "articles")]
    assert len(names) > 3
    assert everything(data) == before
    assert all(one.written == 0 for one in compact(data))
    with Store(data) as store:  # the ledger knows which of them holds an article
        batches = {n: store.ledger.batch_of(article(n).id) for n in range(9)}
        assert store.revise(item(5, title="Corrigé", published_at=datetime(2026, 2, 15, tzinfo=UTC)))
    for n, batch in batches.items():
        (path,) = (
            data.glob(f"articles/*/{batch}.parquet") if n == 5 else list(data.glob(f"articles/*/{batch}.parquet"))[:1]
        )
        assert n != 5 or "Corrigé" in pq.read_table(path)["title"].to_pylist()
    assert len(set(batches.values())) > 1
    assert len(pd.read_parquet(data / "articles")) == 9


@pytest.mark.parametrize("alone", [True, False])
def test_a_part_of_an_older_version_is_brought_up_to_date(data, alone):
    compact(data)
    (part,) = (data / "rounds" / "month=2026-01").iterdir()
    if not alone:
        with Store(data) as store:
            store.add(item(20, published_at=datetime(2026, 1, 3, tzinfo=UTC)))
    rows = pq.read_table(part, partitioning=None)
    pq.write_table(rows.drop_columns("fetched_at"), part)
    assert {one.table: one.written for one in compact(data)}["rounds"] == 1
    (new,) = (data / "rounds" / "month=2026-01").iterdir()
    assert new != part
    after = pq.read_table(new, partitioning=None)
    assert after.schema.equals(schema_of("rounds"))
    assert (len(after), after["fetched_at"].null_count) == (len(rows) + (not alone), len(rows))
    found = read_all(data, "rounds")
    assert found["pandas"] == found["duckdb"] == found["polars"]


def test_a_part_of_a_later_version_is_left_alone(data):
    rows = [{"deal_id": "x", "first_published_at": MOMENT, "mood": "good"}]
    later = write(data, "deals", rows, "later", schema_of("deals").append(pa.field("mood", pa.string())))
    content = later.read_bytes()
    for _ in range(2):
        compact(data)
        assert later.read_bytes() == content
        assert len(parts(data, "deals")) == 2


def test_what_is_stored_twice_is_folded_and_the_highest_revision_wins(data, tmp_path):
    other = shutil.copytree(data, tmp_path / "other")
    with Store(other) as store:
        store.revise(item(3, title="Corrigé", rounds=[], published_at=datetime(2026, 2, 17, tzinfo=UTC)))
    for path in parts(other, "articles") + parts(other, "rounds") + parts(other, "mentions"):
        shutil.copy(path, data / path.relative_to(other).with_stem(f"2030-{path.stem}"))
    done = {one.table: one for one in compact(data)}
    assert {table: done[table].folded for table in ("articles", "rounds", "mentions")} == {
        "articles": 9,
        "rounds": 9,
        "mentions": 18,
    }
    articles = load_articles(data).set_index("article_id")
    assert len(articles) == 9
    assert (articles.title[article(3).id], articles.revision[article(3).id]) == ("Corrigé", 1)
    assert article(3).id not in set(load_rounds(data).article_id)  # the later state has none
    assert (len(load_rounds(data)), len(load_mentions(data))) == (8, 18)
    assert all(one.written == 0 for one in compact(data))


def test_rows_are_taken_from_many_row_groups_and_spans(data, monkeypatch):
    monkeypatch.setattr(pipelines.compaction, "GROUP_BYTES", 1)  # a row is a span of its own
    before = everything(data)
    compact(data)
    assert everything(data) == before
    monkeypatch.setattr(pipelines.compaction, "GROUP_BYTES", 10**9)
    with Store(data) as store:
        store.add(item(21, published_at=datetime(2026, 1, 9, tzinfo=UTC)))
    compact(data)
    (part,) = (data / "articles" / "month=2026-01").iterdir()
    with pq.ParquetFile(part) as file:
        assert file.num_row_groups == 1
        assert pc.is_in(pa.scalar(article(21).id), file.read()["article_id"]).as_py()


def test_loaders_agree_before_and_after(data):
    loaders = (load_articles, load_rounds, load_mentions, load_runs)
    before = [load(data, since="2026-01-10", outlet="gazette") for load in loaders]
    compact(data)
    for load, frame in zip(loaders, before, strict=True):
        keys = KEYS[load.__name__.removeprefix("load_")]
        after = load(data, since="2026-01-10", outlet="gazette").sort_values(keys, ignore_index=True)
        pd.testing.assert_frame_equal(after, frame.sort_values(keys, ignore_index=True))


# What goes wrong


def test_a_crawl_meanwhile_and_no_dataset_are_told(data, tmp_path):
    with Store(data), pytest.raises(DatasetBusyError):
        compact(data)
    with pytest.raises(DatasetNotFoundError, match="nothing: no dataset there"):
        compact(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_broken_part_is_named_and_its_table_stays(data):
    before = {path: path.stat().st_ino for path in parts(data, "articles")}
    broken = parts(data, "articles")[0]
    broken.write_bytes(broken.read_bytes()[:-50])
    with pytest.raises(StorageError, match=rf"^{broken}: cannot be read \([^\n]*\); articles is as it was$"):
        compact(data)
    assert {path: path.stat().st_ino for path in parts(data, "articles")} == before
    assert not any((data / "_state" / "staging").iterdir())


FULL_DISK = """
import resource, sys
from pipelines.compaction import compact
from pipelines.errors import StorageError

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    compact(sys.argv[1])
except StorageError as error:
    print(error)
"""


def test_a_full_disk_is_one_line_and_nothing_has_changed(data, python):
    letters = random.Random(1)
    with Store(data) as store:
        for n in range(30, 60):
            store.add(item(n, text="".join(chr(letters.randrange(97, 123)) for _ in range(30_000))))
            if n % 10 == 0:
                store.flush()
    before, found = {path: path.stat().st_ino for path in parts(data, "articles")}, everything(data)
    done = python(FULL_DISK, data, 150_000)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{data}: articles could not be compacted: File too large; it is as it was\n"
    assert {path: path.stat().st_ino for path in parts(data, "articles")} == before
    assert not any((data / "_state" / "staging").iterdir())
    compact(data)
    assert everything(data) == found


def test_parts_without_rows_become_one(tmp_path):
    write(tmp_path, "rounds", [], "a")
    write(tmp_path, "rounds", [], "b", schema_of("rounds").remove(0))
    (done,) = compact(tmp_path)
    assert (done.parts_after, done.written) == (1, 1)
    (part,) = parts(tmp_path, "rounds")
    assert pq.ParquetFile(part).schema_arrow.equals(schema_of("rounds"))


def test_rows_that_belong_to_no_article_are_not_taken_for_one_another_s_twins(tmp_path):
    for name in "abc":
        write(tmp_path, "rounds", [{"round_id": name, "published_at": MOMENT}], name)
    (done,) = compact(tmp_path)
    assert (done.parts_after, done.folded) == (1, 0)
    assert load_rounds(tmp_path).round_id.to_list() == ["a", "b", "c"]
