"""``tourdetable demo``: what it shows, what it stores, and that the lines it prints work as they are."""

from __future__ import annotations

import json
import re
import subprocess

import duckdb
import pandas as pd
import polars as pl
import pytest

import tourdetable as package
from tourdetable.newspaper import load_articles, load_season

HINTS = ("pandas", "DuckDB", "One URL", "Their sources")
ARTICLES = [*load_articles(), *(article for papers in load_season().values() for article in papers)]


def hint(demo, name: str) -> str:
    (line,) = re.findall(rf"^{name}: +(.+)$", demo.output, re.MULTILINE)
    return line


def test_it_shows_the_deals_and_where_they_are(demo):
    assert (demo.code, demo.errors) == (0, "")
    articles, rounds = pd.read_parquet(demo.data / "articles"), pd.read_parquet(demo.data / "rounds")
    deals = pd.read_parquet(demo.data / "deals")
    assert len(articles) == len(ARTICLES) >= 100
    assert f"{len(articles)} articles fetched over HTTP, {len(rounds)} reports of funding rounds found" in demo.output
    assert f"which tell of {len(deals)} deals." in demo.output
    assert f"The latest 30 of {len(deals)} deals" in demo.output
    heading = next(line.split() for line in demo.output.splitlines() if "investors" in line)
    assert heading == ["company", "amount", "type", "investors", "outlets", "date"]
    (voltarive,) = [line for line in demo.output.splitlines() if line.lstrip().startswith("Voltarive")]
    for cell in ("60 M EUR", "growth", "Eurazeo (lead)", "l-estafette", "2025-10-07"):
        assert cell in voltarive
    days = re.findall(r"20\d\d-\d\d-\d\d$", re.sub(r" +$", "", demo.output, flags=re.MULTILINE), re.MULTILINE)
    assert days == sorted(days)
    assert len(days) == 30
    assert "D/deals" in demo.output


def test_the_table_fits_a_narrow_terminal(demo):
    from io import StringIO

    from rich.console import Console

    from tourdetable.demo import deals_table

    console = Console(file=StringIO(), width=80)
    deals = package.load_deals(demo.data)
    console.print(deals_table(deals, len(deals), narrow=True))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert "…" not in text
    assert re.search(r"Palourde +4\.2 M EUR .*le-petit-tour", text)
    assert re.search(r"seed .*2023-03-14", text)


def test_outlets_that_tell_of_one_round_make_one_deal(demo):
    """The deals of the two papers that cover one season, against the labels that their articles carry."""
    season = load_deals_of_the_season()
    deals = package.load_deals(demo.data, since="2025-09-01", outlet=list(load_season()))
    assert abs(len(deals) - len(season)) <= 0.15 * len(season)
    told_by_both = {deal for deal, outlets in season.items() if len(outlets) > 1}
    assert (deals.outlets.str.len() > 1).sum() >= 0.85 * len(told_by_both) > 10
    (extension,) = deals[deals.extends.notna()].to_dict("records")
    parent = deals.set_index("deal_id").loc[extension["extends"]]
    assert (extension["company"], extension["amount"], parent.company, parent.amount) == (
        "Pluvia", 2_000_000, "Pluvia", 5_000_000,
    )  # fmt: skip


def load_deals_of_the_season() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for outlet, articles in load_season().items():
        for article in articles:
            for round_ in article.gold["rounds"]:
                found.setdefault(round_["deal"], set()).add(outlet)
    return found


def test_it_finds_what_its_articles_report(demo):
    reported = {
        (round_["company"], round_["amount"], round_["currency"])
        for article in ARTICLES
        for round_ in article.gold["rounds"]
    }
    rounds = pd.read_parquet(demo.data / "rounds").astype(object).where(lambda frame: frame.notna(), None)
    found = set(rounds[["company", "amount", "currency"]].itertuples(index=False, name=None))
    assert len(found & reported) >= 0.75 * len(reported)
    assert len(found - reported) <= 0.2 * len(reported)


def test_its_articles_are_whole(demo):
    articles = pd.read_parquet(demo.data / "articles").set_index("url")
    stored = {url.partition("?")[0].split("/", 3)[3]: row for url, row in articles.iterrows()}
    for article in ARTICLES:
        row = stored[article.path.removeprefix("/")]
        assert row.title == " ".join(article.title.split())
        assert row.published_at == article.published
        assert row.paywalled == (article.template == "paywalled")
        persons = [name for name in article.authors if name != "La rédaction"]
        assert list(row.authors) == (persons or list(article.authors))


def test_three_readers_agree_on_every_table(demo):
    for table, key in (
        ("articles", ["article_id"]),
        ("rounds", ["round_id"]),
        ("mentions", ["article_id", "start", "label"]),
        ("deals", ["deal_id"]),
        ("entities", ["key"]),
    ):
        by_pandas = pd.read_parquet(demo.data / table)
        by_duckdb = duckdb.sql(f"SELECT * FROM '{demo.data}/{table}/**/*.parquet'").pl()
        by_polars = pl.read_parquet(demo.data / table)
        assert by_duckdb.sort(key).to_dicts() == by_polars.sort(key).to_dicts()
        assert set(by_pandas.columns) == set(by_polars.columns)
        ours = by_polars.sort(key)
        theirs = by_pandas.sort_values(key)
        for column in key:
            assert ours[column].to_list() == theirs[column].tolist()
        assert len(by_pandas) > 0


@pytest.mark.parametrize("name", HINTS)
def test_the_lines_it_prints_work_as_they_are(demo, name):
    done = subprocess.run(
        ["bash", "-c", hint(demo, name)], cwd=demo.folder, capture_output=True, text=True, timeout=60, check=False
    )
    rounds = pd.read_parquet(demo.data / "rounds")
    if name == "Their sources":
        (deal,) = json.loads(done.stdout)
        assert {source["outlet"] for source in deal["sources"]} == {"la-boussole", "l-estafette"}
    elif name == "One URL":
        # The newspaper's own line comes first, or none where something else has its port already.
        record = json.loads(done.stdout[done.stdout.index("{") :])
        assert record["rounds"][0]["company"] in set(rounds.company)
    else:
        assert (done.returncode, done.stderr) == (0, "")
        assert all(column in done.stdout for column in ("company", "amount", "currency", "status"))
        assert re.search(r"Ombelle\W+10000000\W+EUR\W+announced", done.stdout)


def test_a_notebook_reads_it(demo):
    rounds = package.load_rounds(demo.data, since="2024-01-01", outlet="le-petit-tour")
    assert 5 < len(rounds) < len(pd.read_parquet(demo.data / "rounds"))
    assert rounds.published_at.min() >= pd.Timestamp("2024-01-01", tz="UTC")
    assert len(package.load_articles(demo.data)) == len(ARTICLES)


def test_outlets_lists_what_is_known_and_held(command, demo):
    done = command("outlets", "--data", demo.data)
    assert (done.returncode, done.stderr) == (0, "")
    listed = {row["outlet"]: row for row in json.loads(done.stdout)}
    assert len(listed) >= 18
    assert listed["maddyness"]["articles"] == 0
    assert max(row["articles"] for row in listed.values()) == len(load_articles())


def test_it_never_removes_what_is_not_its_own(command, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("important")
    (tmp_path / "file").write_text("important")
    for data in ("mine", "file", "file/within"):
        done = command("demo", "--data", data)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"tourdetable: --data {data}: ")
        assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "mine" / "notes.txt").read_text() == (tmp_path / "file").read_text() == "important"


def test_it_makes_its_own_folder_anew(tmp_path):
    from tourdetable.demo import make_anew

    make_anew(tmp_path / "D")
    (tmp_path / "D" / "rounds").mkdir()
    make_anew(tmp_path / "D")
    assert not (tmp_path / "D" / "rounds").exists()
