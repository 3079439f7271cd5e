"""`tourdetable entities` as people run it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from entity_samples import dataset
from pipeline_samples import article, funding, item
from register_server import RegisterServer, company

from extract.records import Investor
from pipelines.rows import tables_of

Run = Callable[..., "subprocess.CompletedProcess[str]"]
TEXT = "Hélo (ex-Vetolib) lève 12 M€\nHélo grandit avec a16z."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A dataset of two articles on one round, which name the raiser differently."""
    folder = tmp_path / "data"
    dataset(
        folder,
        (TEXT, {"Hélo": "company", "a16z": "investor"}),
        ("Vetolib lève 12 M€\nAvec Andreessen Horowitz.", {"Vetolib": "company", "Andreessen Horowitz": "investor"}),
    )
    backers = ["a16z", "Andreessen Horowitz"]
    for number, (raiser, backer) in enumerate(zip(["Hélo", "Vetolib"], backers, strict=True)):
        told = funding(12, company=raiser, investors=[Investor(name=backer, lead=True, key="", score=0.9)])
        found = item(number, rounds=[told], url=article(number).url, published_at=None)
        part = folder / "rounds" / "month=2026-09" / f"20260101T000000-00000000000{number}.parquet"
        part.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(tables_of(found)["rounds"], part)
    return folder


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    from tourdetable.cli import main

    monkeypatch.delenv("TOURDETABLE_ALIASES", raising=False)

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        with pytest.raises(SystemExit) as end:
            main(["entities", *map(str, words)])
        output, errors = capfd.readouterr()
        return subprocess.CompletedProcess([], int(end.value.code or 0), output, errors)

    return run


def test_all_are_listed_the_most_active_first(run, data):
    done = run("--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads(done.stdout)
    assert {row["key"]: (row["raised"], row["invested"]) for row in rows} == {
        "helo": (1, 0),
        "andreessenhorowitz": (0, 1),
    }
    only = json.loads(run("--data", data, "--kind", "vc").stdout)
    assert [row["name"] for row in only] == ["Andreessen Horowitz"]
    assert json.loads(run("--data", data, "--min-deals", 2).stdout) == []


def test_one_is_shown_by_any_spelling_with_its_evidence(run, data):
    done = run("VETOLIB SAS", "--data", data)
    row = json.loads(done.stdout)
    assert (row["key"], row["former_names"], row["raised"]) == ("helo", ["Vetolib"], 1)
    (reason,) = row["reasons"]
    assert (reason["kind"], reason["alias"]) == ("former", "Vetolib")
    assert reason["evidence"] == [{"article_id": "0" * 16, "sentence": "Hélo (ex-Vetolib) lève 12 M€"}]


def test_a_terminal_gets_tables(run, data, monkeypatch):
    monkeypatch.setattr("tourdetable.showentities.wants_json", lambda _: False)
    monkeypatch.setenv("COLUMNS", "160")
    assert "Andreessen Horowitz" in run("--data", data).stdout
    shown = run("Vetolib", "--data", data).stdout
    assert "« Hélo (ex-Vetolib) lève 12 M€ »" in shown
    assert "formerly" in shown


def test_the_users_aliases_count(run, data, tmp_path):
    (data / "aliases.csv").write_text("name,alias,relation\nHélo,Vetolib,different\n", encoding="utf-8")
    assert {row["key"] for row in json.loads(run("--data", data).stdout)} == {"helo", "vetolib", "andreessenhorowitz"}
    other = tmp_path / "other.csv"
    other.write_text("name,alias\nVetolib Groupe,Vetolib\n", encoding="utf-8")
    row = json.loads(run("vetolib", "--data", data, "--aliases", other).stdout)
    assert row["name"] == "Vetolib Groupe"
    assert row["reasons"][0] == {
        "kind": "same",
        "name": "Vetolib Groupe",
        "alias": "Vetolib",
        "source": f"{other}, line 2",
    }
    other.write_text("nom,alias\n", encoding="utf-8")
    done = run("--data", data, "--aliases", other)
    assert done.returncode == 2
    assert done.stderr == f"tourdetable: {other}, line 1: expected the header name,alias,relation, got 'nom,alias'\n"


def test_a_name_that_nobody_bears_is_told_with_those_near_it(run, data):
    done = run("Hélox", "--data", data)
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean Hélo?" in done.stderr
    assert run("Zzz", "--data", data).stderr.count("\n") == 1
    assert run("--kind", "planet", "--data", data).returncode == 2
    assert run("--data", data.parent / "none").returncode == 1


def test_sirens_are_asked_for_only_on_demand_and_kept(run, data):
    with RegisterServer() as server:
        server.companies["Hélo"] = [company("852379890", "HELO")]
        assert json.loads(run("Hélo", "--data", data, "--register", server.url).stdout)["siren"] is None
        assert server.asked == []
        done = run("Hélo", "--data", data, "--siren", "--register", server.url, "--contact", "ops@exemple.fr")
        assert (json.loads(done.stdout)["siren"], done.returncode) == ("852379890", 0)
        assert [asked.name for asked in server.asked] == ["Hélo"]
        assert "ops@exemple.fr" in server.asked[0].agent
    assert json.loads(run("Hélo", "--data", data).stdout)["siren"] == "852379890"


def test_a_register_that_refuses_costs_no_other_work(run, data):
    with RegisterServer() as server:
        server.script = [(403, {}, b"")]
        done = run("--data", data, "--siren", "--register", server.url)
    assert done.returncode == 3
    assert len(json.loads(done.stdout)) == 2
    assert done.stderr.startswith("tourdetable: http://127.0.0.1")
    assert done.stderr.count("\n") == 1
