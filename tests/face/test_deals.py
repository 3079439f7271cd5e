"""``tourdetable deals``: what it chooses, and how it looks in a pipe and on a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.items import Article
from extract.records import Extraction, FundingRound, Investor
from pipelines.rows import Extracted
from pipelines.store import Store
from tourdetable.exits import Exit

TOLD = [
    ("gazette", 1, "Alvéole", 10_000_000),
    ("courrier", 2, "Alveole SAS", 14_000_000),
    ("dépêche", 3, "Alvéole", 10_000_000),
    ("gazette", 20, "Miel [du] Nord", 400_000),
    ("courrier", 25, "Cire", None),
]


def told(number: int) -> Extracted:
    outlet, day, company, amount = TOLD[number]
    source = Article(
        url=f"https://{number}.example/a",
        outlet=outlet,
        title=f"{company} lève",
        text=f"{company} lève des fonds.",
        published_at=datetime(2026, 1, day, 7, tzinfo=UTC),
        fetched_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    round_ = FundingRound(
        company=company,
        amount=amount,
        currency="EUR" if amount else None,
        investors=[Investor(name="Partech", key="partech", lead=number == 0, score=0.9)],
        score=0.9,
        evidence=f"{company} lève des fonds [auprès de Partech].",
    )
    return Extracted(source, Extraction(id=source.id, title=source.title, extractor_version="t", rounds=[round_]))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Store(tmp_path / "data") as store:
        for number in range(len(TOLD)):
            store.add(told(number))
        store.flush()
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("options", "companies"),
    [
        ([], ["Alvéole", "Miel [du] Nord", "Cire"]),
        (["--since", "2026-01-20"], ["Miel [du] Nord", "Cire"]),
        (["--until", "2026-01-20"], ["Alvéole"]),
        (["--company", "alveole"], ["Alvéole"]),
        (["--company", "Alv"], []),
        (["--min-amount-eur", "400000"], ["Alvéole", "Miel [du] Nord"]),
        (["--min-amount-eur", "400001", "--json"], ["Alvéole"]),
    ],
)
def test_deals_are_chosen_and_the_newest_come_last(command, data, options, companies):
    done = command("deals", *options)
    assert done.returncode == Exit.DONE
    assert [deal["company"] for deal in json.loads(done.stdout)] == companies


def test_a_deal_stands_once_and_with_sources_all_that_was_said(command, data):
    (brief,) = json.loads(command("deals", "--company", "Alvéole").stdout)
    assert (brief["amount"], brief["articles"], brief["outlets"]) == (10_000_000, 3, ["courrier", "dépêche", "gazette"])
    assert (brief["date"], brief["announced_at"]) == ("2026-01-01", "2026-01-01T07:00:00+00:00")
    assert "sources" not in brief
    (whole,) = json.loads(command("deals", "--company", "Alvéole", "--sources").stdout)
    assert [source["amount"] for source in whole["sources"]] == [10_000_000, 14_000_000, 10_000_000]
    assert {claim["field"] for claim in whole["disagreements"]} == {"amount"}
    assert whole["sources"][0]["evidence"] == "Alvéole lève des fonds [auprès de Partech]."
    assert {name: whole[name] for name in brief} == brief


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tourdetable.showdeals.wants_json", lambda as_json: as_json)
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_it_is_a_table(command, data):
    shown = command("deals").stdout
    assert "3 deals" in shown
    (line,) = [line for line in shown.splitlines() if "Alvéole" in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "2026-01-01", "Alvéole", "10 M EUR", "–", "Partech (lead)", "3",
    ]  # fmt: skip
    assert "Miel [du] Nord" in shown


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_sources_show_each_sentence_and_what_differs(command, data):
    shown = command("deals", "--sources", "--company", "Alvéole").stdout
    assert "Alvéole: 10 M EUR, 2026-01-01" in shown
    assert "2026-01-02  courrier: 14 M EUR" in shown
    assert "« Alveole SAS lève des fonds [auprès de Partech]. »" in shown
    assert "sources differ on amount: 10 M EUR (2 articles, chosen); 14 M EUR (1 article)" in shown


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_nothing_is_said_to_be_nothing(command, data):
    assert (
        command("deals", "--company", "Personne").stdout.strip() == "No deal: nothing in the dataset is of this kind."
    )


def test_where_no_dataset_is_one_line_says_so(command):
    done = command("deals", "--data", "missing")
    assert (done.returncode, done.stdout) == (Exit.FAILED, "")
    assert done.stderr.startswith("tourdetable: missing: no dataset there")


def test_evaluate_knows_a_file_of_deals(command, tmp_path):
    corpus = Path(__file__).parents[2] / "corpus" / "deals-dev.jsonl"
    lines = [line for line in corpus.read_text("utf-8").splitlines() if json.loads(line)["id"].startswith("d-001")]
    (tmp_path / "few.jsonl").write_text("\n".join(lines), "utf-8")
    done = command("evaluate", "few.jsonl", "--json")
    figures = json.loads(done.stdout)
    assert figures["joining_pair"] == {"p": 1.0, "r": 1.0, "f1": 1.0, "n": 3}
    assert {*figures} == {f"{way}_{name}" for way in ("joining", "chain") for name in ("pair", "b_cubed", "extends")}
    assert figures["chain_b_cubed"]["r"] > 0
