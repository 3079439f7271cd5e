"""A dataset in an object store: the promises of a folder, a store that fails for a while, and one writer at a time."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow.fs as fs
import pytest
from killing import NUMBERS, told
from killing_swaps import staged_swap
from pipeline_samples import TABLES, article, item, run

from pipelines import buckets
from pipelines.buckets import OWNER, STATE_VARIABLE, TAKE_OVER_VARIABLE
from pipelines.checking import repair_dataset
from pipelines.compaction import compact
from pipelines.dataset import load_articles, load_rounds, load_runs
from pipelines.errors import (
    DatasetBusyError,
    DatasetNotFoundError,
    PlaceError,
    StorageError,
    UnreachableError,
)
from pipelines.ledger import Ledger, outlet_summary
from pipelines.places import Folder, Place, place_of
from pipelines.store import Store

HERE = Path(__file__).parent
BUSY = "belongs to .*, which keeps its state in .*; if nothing runs there any more, take it over: .*"


class Server(NamedTuple):
    port: int
    refusal: Path
    """While this file is there, every request is answered with the status that it holds."""

    @property
    def query(self) -> str:
        return f"endpoint_override=127.0.0.1:{self.port}&scheme=http"


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    refusal = tmp_path_factory.mktemp("server") / "refusal"
    command = [sys.executable, HERE / "bucket_server.py", refusal]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield Server(int(process.stdout.readline()), refusal)
        finally:
            process.kill()


@pytest.fixture
def bucket(server, tmp_path, monkeypatch) -> Iterator[str]:
    """A bucket of its own for each test, and a folder for the states of its datasets."""
    for name, value in {"ACCESS_KEY_ID": "clef", "SECRET_ACCESS_KEY": "très-secret", "REGION": "eu-west-3"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    monkeypatch.setattr(buckets, "ATTEMPTS", 1)
    name = f"journal-{uuid.uuid4().hex[:12]}"
    options = {"endpoint_override": f"127.0.0.1:{server.port}", "scheme": "http", "allow_bucket_creation": True}
    fs.S3FileSystem(**options).create_dir(name)
    yield name
    server.refusal.unlink(missing_ok=True)


@pytest.fixture
def url(server, bucket) -> str:
    return f"s3://{bucket}/presse?{server.query}"


def environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (HERE, root)))}


def numbers(data: str | Place, table: str = "articles") -> list[int]:
    """Give the numbers of the articles that a table has rows of, as often as it has."""
    place = place_of(data)
    by_id = {article(n).id: n for n in range(1, 100)}
    return sorted(by_id[id_] for id_ in place.dataset(table).to_table(["article_id"])["article_id"].to_pylist())


def owner_of(data: str) -> dict[str, str]:
    place = place_of(data)
    with place.filesystem().open_input_stream(place.path(OWNER)) as file:
        return json.loads(file.read())


def test_what_is_added_is_there_once_committed(url, tmp_path):
    with Store(url) as store:
        assert [store.add(item(n)) for n in (1, 2)] == [True, True]
        store.flush()
        assert numbers(url) == [1, 2]
        assert not any(store.place.staging.iterdir())
        store.add(item(3))
        store.add_run([run("one")])
    with Store(url) as store:
        assert [store.add(item(n)) for n in (1, 2, 3)] == [False] * 3
        assert store.revise(item(2, title="Corrigé"))
    assert numbers(url) == numbers(url, "rounds") == [1, 2, 3]
    assert sorted(load_articles(url).title)[0] == "Corrigé"
    assert list(load_rounds(url, since="2026-03-01").company) == ["Société 2"]
    assert list(load_runs(url).run_id) == ["one"]
    assert [(one.outlet, one.articles, one.rounds) for one in outlet_summary(url)] == [("gazette", 3, 3)]
    assert [path.parent.parent for path in tmp_path.rglob("ledger.sqlite")] == [tmp_path / "state"]


def test_readers_without_our_help_agree(url, server):
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow.dataset as ds

    with Store(url) as store:
        for n in (1, 2, 3):
            store.add(item(n))
        store.flush()
        store.revise(item(1, rounds=[]))
    bare, _, query = url.partition("?")
    options = {"aws_endpoint_url": f"http://127.0.0.1:{server.port}", "aws_allow_http": "true"}
    for table, rows in {"articles": 3, "rounds": 2, "mentions": 6}.items():
        by_pandas = pd.read_parquet(f"{bare}/{table}?{query}")
        by_polars = pl.read_parquet(f"{bare}/{table}/", storage_options=options)
        opened = ds.dataset(f"{bare}/{table}?{query}", partitioning="hive")
        by_duckdb = duckdb.sql("SELECT article_id, month FROM opened").fetchall()
        assert len(by_pandas) == len(by_polars) == len(by_duckdb) == rows
        assert opened.count_rows() == rows
        assert sorted(by_pandas.article_id) == sorted(by_polars["article_id"]) == sorted(row[0] for row in by_duckdb)


KILLED = """
import os, sys
from itertools import count
from pathlib import Path

import killing
from killing import kill_before_line, scenario, told
from killing_swaps import staged_swap
from pipelines import buckets, swaps
from pipelines.places import place_of
from pipelines.store import Store

url, folder, what, first, every = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
killing.TRACED |= {buckets.__file__, swaps.__file__}

def whole(data, number=None):
    with Store(data) as store:
        for n in (1, 2):
            store.add(told(n))
        if what == "swap":
            store.add(told(3))
            store.flush()
            store.add(told(6))
            store.flush()
            tables = staged_swap(store, "neu")
            if number:
                kill_before_line(number)
            store.swap(tables)
    if what == "crawl":
        if number:
            kill_before_line(number)
        scenario(data)

whole(folder / "warm")  # what it imports need not be imported in each child
for number in count(first, every):
    child = os.fork()  # before anything here has spoken to the server
    if child == 0:
        whole(place_of(url.replace("/presse", f"/{number}")), number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        sys.exit(os.WEXITSTATUS(status))
    print(number, flush=True)
"""


@pytest.fixture
def killed(url, tmp_path, pytestconfig):
    """Give the places of datasets that kills at ever later moments left."""

    def run(what: str, first: int, every: int) -> list[Place]:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, url, tmp_path, what, str(first), str(every)],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            env=environment(pytestconfig.rootpath),
        )
        assert (done.returncode, done.stderr) == (0, "")
        return [place_of(url.replace("/presse", f"/{number}")) for number in done.stdout.split()]

    return run


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(killed):
    left = killed("crawl", 90, 541)
    assert len(left) > 5
    found_before, runs = set(), set()
    for place in left:
        stored = numbers(place)
        assert len(set(stored)) == len(stored), place.label
        assert set(stored) <= set(numbers(place, "rounds")), place.label
        found_before.add(len(stored))
        seen = Ledger(place.ledger)
        assert {n for n in NUMBERS if seen.knows(article(n).url)} <= set(stored), f"{place.label}: seen too early"
        seen.close()
        with Store(place) as store:  # the next run
            for n in NUMBERS:
                if not store.ledger.knows(article(n).url):
                    store.add(told(n))
        assert numbers(place) == numbers(place, "rounds") == list(NUMBERS), place.label
        assert numbers(place, "mentions") == sorted([*NUMBERS, *NUMBERS]), place.label
        assert not any(place.staging.iterdir())
        runs.add(len(load_runs(place)))
    assert runs == {0, 1}
    assert found_before >= {2, 5}


def new_and_old(place: Place, table: str) -> tuple[bool, int]:
    """Tell whether a table has the part that a swap brings, and how many of those that go."""
    names = [name.rpartition("/")[2] for name in place.parts(table, "2026-01")]
    return "neu.parquet" in names, len(set(names) - {"neu.parquet"})


def test_a_swap_that_was_killed_is_brought_to_its_end(killed):
    left = killed("swap", 50, 121)
    assert len(left) > 3
    states = set()
    for place in left:
        states.add(tuple(new_and_old(place, table) for table in TABLES))
        for table in TABLES:
            assert set(numbers(place, table)) == {1, 2, 3, 6}, place.label  # twice perhaps, but never missing
        with Store(place) as store:
            held = {store.ledger.batch_of(article(n).id) for n in (3, 6)}
        assert len({new_and_old(place, table) for table in TABLES}) == 1, place.label
        assert new_and_old(place, "articles") == ((True, 0) if held == {"neu"} else (False, 2)), place.label
        assert numbers(place) == numbers(place, "rounds") == [1, 2, 3, 6], place.label
        assert not any(place.staging.iterdir())
    assert len(states) > 1


def test_a_swap_that_the_store_refused_midway_is_brought_to_its_end(url, monkeypatch):
    upload = buckets.Bucket._upload

    def fails_at_articles(self: buckets.Bucket, staged: Path, name: str) -> None:
        if name.startswith("articles/"):
            raise UnreachableError("the cable was cut")
        upload(self, staged, name)

    with Store(url) as store:
        for n in (3, 6, 1):
            store.add(item(n))
            store.flush()
        with monkeypatch.context() as patched:
            patched.setattr(buckets.Bucket, "_upload", fails_at_articles)
            with pytest.raises(UnreachableError, match="the cable was cut"):
                store.swap(staged_swap(store, "neu"))
        assert [new_and_old(store.place, table) for table in TABLES] == [(False, 2), (True, 0), (True, 0)]
        store.add(item(9))
        store.flush()
        assert [new_and_old(store.place, table) for table in TABLES] == [(True, 1)] * 3
        assert store.revise(item(3, title="Corrigé"))
    assert numbers(url) == numbers(url, "rounds") == [1, 3, 6, 9]
    assert "Corrigé" in set(load_articles(url).title)


def test_a_dataset_is_compacted(url):
    for n in (3, 1, 6):
        with Store(url) as store:
            store.add(item(n))
    before = {table: numbers(url, table) for table in TABLES}
    articles, *_ = (done for done in compact(url, patience=1) if done.table == "articles")
    assert (articles.parts_before, articles.parts_after, articles.busy) == (3, 2, False)
    assert {table: numbers(url, table) for table in TABLES} == before
    with Store(url) as store:
        assert [store.add(item(n)) for n in (1, 3, 6)] == [False] * 3


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        ("503 Slow Down", UnreachableError, "cannot be reached; see to the network"),
        ("403 Forbidden", StorageError, "access denied; see to the credentials"),
    ],
)
def test_while_the_store_refuses_articles_wait(url, server, status, error, told):
    with Store(url) as store:
        store.add(item(1))
        store.flush()
        store.add(item(2))
        server.refusal.write_text(status)
        for n in (3, 4):
            with pytest.raises(StorageError, match=rf"{told}.*; what was stored before is sound") as caught:
                store.flush()
            assert caught.type is error
            store.add(item(n))
        server.refusal.unlink()
        store.flush()
        assert numbers(url) == numbers(url, "rounds") == [1, 2, 3, 4]
        assert len(store.committed()) == 4


def test_what_waits_at_the_end_is_uploaded_by_the_next_run(url, server):
    store = Store(url)
    store.add(item(1))
    store.flush()
    store.add(item(2))
    server.refusal.write_text("503 Service Unavailable")
    with pytest.raises(UnreachableError, match="1 articles could not be stored"):
        store.close()
    with pytest.raises(UnreachableError):
        Store(url)
    server.refusal.unlink()
    assert numbers(url) == [1]
    with Store(url) as store:
        assert not store.add(item(2))
    assert numbers(url) == numbers(url, "rounds") == [1, 2]


def test_a_crawl_goes_on_while_the_store_refuses(url, server, tmp_path, pytestconfig):
    program = "import json, sys, steps; steps.main(json.load(sys.stdin))"
    settings = {"TOURDETABLE_DATA": url, "TOURDETABLE_BATCH_SECONDS": 0.2}
    settings["TOURDETABLE_STATE"] = str(tmp_path / "other")
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(pytestconfig.rootpath),
    ) as crawl:
        assert crawl.stdin is not None
        crawl.stdin.write(json.dumps({"numbers": list(range(1, 20)), "pause": 0.1, "settings": settings}))
        crawl.stdin.close()
        crawl.stdin = None
        deadline = time.monotonic() + 40
        while not numbers(url) and time.monotonic() < deadline:
            time.sleep(0.05)
        server.refusal.write_text("503 Service Unavailable")
        time.sleep(1)
        server.refusal.unlink()
        output, errors = crawl.communicate(timeout=60)
    assert crawl.returncode == 0, errors
    stats = json.loads(output)
    assert (stats["finish_reason"], stats["outlet/gazette/stored"]) == ("finished", 19)
    assert numbers(url) == list(range(1, 20))
    assert any((tmp_path / "other").glob("*/ledger.sqlite"))
    assert not (tmp_path / "state").exists()


def test_another_writer_is_refused_until_it_takes_over(url, monkeypatch, tmp_path):
    monkeypatch.setattr(buckets, "OWNER_SECONDS", 0)
    mine, theirs = (partial(Store, place_of(url, tmp_path / name)) for name in ("mine", "theirs"))
    store = mine()
    store.add(item(1))
    store.flush()
    with pytest.raises(DatasetBusyError, match=BUSY) as refused:
        theirs()
    assert str(refused.value).endswith(f"{TAKE_OVER_VARIABLE}={owner_of(url)['id']}")
    monkeypatch.setenv(TAKE_OVER_VARIABLE, "somebody-else")
    with pytest.raises(DatasetBusyError):
        theirs()
    monkeypatch.setenv(TAKE_OVER_VARIABLE, owner_of(url)["id"])
    with theirs() as taken:
        assert not taken.add(item(1))
        assert taken.add(item(2))
    store.add(item(3))
    with pytest.raises(DatasetBusyError, match=BUSY):  # it runs on, and must not upload any more
        store.flush()
    assert numbers(url) == [1, 2]
    with pytest.raises(DatasetBusyError, match=BUSY):
        store.close()
    with pytest.raises(DatasetBusyError, match=BUSY):
        mine()
    monkeypatch.setenv(TAKE_OVER_VARIABLE, owner_of(url)["id"])
    with mine() as store:
        assert not store.add(item(2))  # stored by the other meanwhile
        assert store.add(item(3))  # staged here when the other came, and never uploaded
    assert numbers(url) == numbers(url, "rounds") == [1, 2, 3]
    assert numbers(url, "mentions") == [1, 1, 2, 2, 3, 3]


def test_another_s_dataset_is_not_repaired(url, monkeypatch, tmp_path):
    with Store(url) as store:
        store.add(item(1))
    place = place_of(url)
    stray = place.path("articles/month=2026-01/stray.txt")
    with place.filesystem().open_output_stream(stray) as file:
        file.write(b"whose?")
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "elsewhere"))
    with pytest.raises(DatasetBusyError, match=BUSY):
        repair_dataset(url)
    assert place.filesystem().get_file_info(stray).is_file


def test_a_batch_half_uploaded_before_another_took_over_is_taken_back(url, monkeypatch, tmp_path):
    place, publish = place_of(url, tmp_path / "mine"), buckets.Bucket.publish

    def fails_at_articles(self: buckets.Bucket, staged: Path, name: str) -> None:
        if name.startswith("articles/"):
            raise StorageError("the cable was cut")
        publish(self, staged, name)

    store = Store(place)
    store.add(item(1))
    with monkeypatch.context() as patched:
        patched.setattr(buckets.Bucket, "publish", fails_at_articles)
        with pytest.raises(StorageError, match="the cable was cut"):
            store.close()
    assert (numbers(url, "rounds"), numbers(url)) == ([1], [])
    place.filesystem().delete_file(place.path(OWNER))
    with Store(place_of(url, tmp_path / "theirs")) as theirs:
        theirs.add(item(2))
    monkeypatch.setenv(TAKE_OVER_VARIABLE, owner_of(url)["id"])
    Store(place).close()
    assert numbers(url) == numbers(url, "rounds") == [2]


def test_a_state_that_was_lost_is_made_anew(url, monkeypatch, tmp_path):
    with Store(url) as store:
        for n in (1, 2):
            store.add(told(n))
    shutil.rmtree(tmp_path / "state")
    with pytest.raises(DatasetBusyError, match=BUSY):
        Store(url)
    monkeypatch.setenv(TAKE_OVER_VARIABLE, owner_of(url)["id"])
    with Store(url) as store:
        assert [store.add(told(n)) for n in (1, 2, 4)] == [False, False, True]
    assert numbers(url) == numbers(url, "rounds") == [1, 2, 4]
    assert load_articles(url).near_duplicate_of.dropna().tolist() == [article(2).id]


def test_an_owner_that_cannot_be_read_is_told(url):
    Store(url).close()
    place = place_of(url)
    with place.filesystem().open_output_stream(place.path(OWNER)) as file:
        file.write(b"{")
    with pytest.raises(StorageError, match=r"owner\.json is damaged; delete it if nobody writes there"):
        Store(url)


def test_readers_are_told_what_is_missing(url, server):
    with pytest.raises(DatasetNotFoundError, match="no dataset there; `tourdetable crawl --data 's3://journal-"):
        load_rounds(url)
    elsewhere = f"s3://nulle-part/presse?{server.query}"
    for attempt in (load_rounds, outlet_summary, Store):
        with pytest.raises(StorageError, match="there is no such bucket; create it, or see to address and endpoint"):
            attempt(elsewhere)
    assert outlet_summary(url) == []


def test_a_server_that_never_answers_is_given_up(bucket, monkeypatch):
    monkeypatch.setattr(buckets, "SILENT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(UnreachableError, match=r"cannot be reached \(Timeout was reached\)"):
            load_rounds(f"s3://{bucket}/presse?endpoint_override=127.0.0.1:{port}&scheme=http")
        assert time.monotonic() - begun < 20
    with pytest.raises(UnreachableError, match=r"cannot be reached \(Could not connect to server\)"):
        Store(f"s3://{bucket}/presse?endpoint_override=127.0.0.1:{port}&scheme=http")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("s3:///presse", "s3://…: names no bucket; give s3://bucket/prefix"),
        ("s3://clef:très/secret@journal/presse", "s3://…: names no bucket; give s3://bucket/prefix"),
        ("s3://clef:secret@journal/presse?jeton=secret", "s3://journal/presse: unknown option jeton; known are region"),
        ("gs://journal/presse?jeton=secret", "gs://journal/presse: pyarrow does not understand this URL"),
        ("nuage://journal/presse", "nuage://…: neither pyarrow nor fsspec opens this"),
    ],
)
def test_a_url_that_is_no_place_is_told_without_its_secrets(given, told):
    with pytest.raises(PlaceError) as caught:
        place_of(given).filesystem()
    assert str(caught.value).startswith(told)
    assert "secret" not in str(caught.value)


def test_labels_and_states_are_those_of_the_dataset(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    plain = place_of("s3://journal/presse/fr/")
    keyed = place_of("s3://clef:secret@journal/presse/fr?region=eu-west-3")
    assert (plain.label, keyed.label) == ("s3://journal/presse/fr", "s3://journal/presse/fr?region=eu-west-3")
    assert plain.state == keyed.state
    assert plain.state.parent == tmp_path / "tourdetable"
    assert plain.state.name.startswith("journal-presse-fr-")
    assert place_of("abfs://boite@compte/presse?sas_token=secret").label == "abfs://boite@compte/presse"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert place_of("s3://journal/presse/fr/").state != plain.state  # another store's bucket of that name
    local = place_of(f"file://{tmp_path}/d%C3%A9p%C3%B4t")
    assert isinstance(local, Folder)
    assert local.root == tmp_path / "dépôt"


def test_the_endpoint_comes_from_the_usual_variable(bucket, server, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
    with Store(f"s3://{bucket}/presse") as store:
        store.add(item(1))
    assert numbers(f"s3://{bucket}/presse?{server.query}") == [1]


def test_what_only_fsspec_knows_is_a_place_too(tmp_path, monkeypatch):
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    data = f"memory://{uuid.uuid4().hex}/presse"
    for _ in range(2):
        with Store(data) as store:
            store.add(item(1))
            store.revise(item(1, title="Corrigé"))
    assert [numbers(data, table) for table in TABLES] == [[1], [1], [1, 1]]
    assert load_articles(data).title.tolist() == ["Corrigé"]


def tourdetable(*arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tourdetable", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env=environment(root) | {"NO_COLOR": "1"},
    )


def test_the_command_line_takes_urls(url, tmp_path, pytestconfig):
    with Store(place_of(url, tmp_path / "mine")) as store:
        store.add(item(1))
    root = pytestconfig.rootpath
    listed = tourdetable("outlets", "--data", url, "--json", root=root)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert {"outlet": "gazette", "articles": 1}.items() <= next(
        one.items() for one in json.loads(listed.stdout) if one["outlet"] == "gazette"
    )
    refused = tourdetable("crawl", "http://127.0.0.1:9/", "--data", url, "--state", str(tmp_path / "x"), root=root)
    assert refused.returncode == 75
    (line,) = refused.stderr.strip().splitlines()
    assert TAKE_OVER_VARIABLE in line
    for arguments in (["--data", "nuage://x/y"], ["--data", str(tmp_path / "D"), "--state", str(tmp_path)]):
        wrong = tourdetable("crawl", "http://127.0.0.1:9/", *arguments, root=root)
        assert wrong.returncode == 2
        assert len(wrong.stderr.strip().splitlines()) == 1
