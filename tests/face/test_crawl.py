"""``tourdetable crawl`` and ``demo``: whole runs against local sites, read back with three readers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import duckdb
import pandas as pd
import polars as pl
import pytest

from tourdetable.newspaper import Newspaper

BODY = (
    "Fondée en 2019, l’entreprise emploie une trentaine de personnes dans ses bureaux et ne compte pas s’arrêter là. "
    "Ses clients se trouvent surtout dans l’industrie, où les besoins de modernisation restent immenses, dit-elle."
)


def page(headline: str, body: str) -> str:
    return (
        f"<!doctype html><html lang=fr><head><meta charset=utf-8><title>{headline}</title>"
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2026-05-12T09:30:00+02:00"></head>'
        f"<body><nav><a href='/'>Accueil</a></nav><article><h1>{headline}</h1><p>{body}</p><p>{BODY}</p></article>"
        "</body></html>"
    )


@pytest.fixture
def unknown_site(site):
    """A site without feed or sitemap that nobody has described to the crawler."""
    for n, name in enumerate(["Orfane", "Kiwano", "Brizelle", "Tundrae"], 1):
        lead = f"La start-up {name} vient de lever {n} millions d’euros auprès de Bpifrance."
        site.add(f"/2026/05/{name.lower()}-leve-{n}-millions-deuros/", page(f"{name} lève {n} millions d’euros", lead))
    links = "".join(f'<h2><a href="{path}">{path[9:-1].replace("-", " ")}</a></h2>' for path in site.pages)
    site.add(
        "/", f"<!doctype html><html lang=fr><title>La Gazette</title><body><h1>La Gazette</h1>{links}</body></html>"
    )
    return site


def rows(data, table):
    return pd.read_parquet(data / table)


def test_an_unknown_site_once_and_again(tourdetable, unknown_site, tmp_path):
    first = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0)
    assert (first.returncode, first.stderr) == (0, "")
    articles = [path for path in unknown_site.pages if path != "/"]
    assert sorted(path for path in unknown_site.log if path in articles) == sorted(articles)
    stored = rows(tmp_path / "D", "articles")
    assert len(stored) == 4
    assert set(rows(tmp_path / "D", "rounds").company) == {"Orfane", "Kiwano", "Brizelle", "Tundrae"}

    unknown_site.log.clear()
    again = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0)
    assert (again.returncode, again.stderr) == (0, "")
    assert not [path for path in unknown_site.log if path in articles]
    assert rows(tmp_path / "D", "articles").equals(stored)


def test_a_feed_alone_is_an_outlet(tourdetable, unknown_site, tmp_path):
    link = unknown_site.url + "/2026/05/orfane-leve-1-millions-deuros/"
    feed = f"<rss version='2.0'><channel><title>Fil</title><item><link>{link}</link></item></channel></rss>"
    unknown_site.add("/fil.xml", feed, kind="application/rss+xml")
    done = tourdetable("crawl", unknown_site.url + "/fil.xml", "--data", "D", "--delay", 0)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(rows(tmp_path / "D", "articles").canonical_url) == [link.rstrip("/")]


def test_exit_codes_tell_part_from_whole(tourdetable, unknown_site, tmp_path):
    broken = unknown_site.add("/flux-casse.xml", "panne", kind="text/plain", status=410)
    alone = tourdetable("crawl", broken, "--data", "D", "--delay", 0)
    assert alone.returncode == 1
    good = unknown_site.url + "/2026/05/kiwano-leve-2-millions-deuros/"
    mixed = tourdetable("crawl", good, "http://127.0.0.1:9/", "--data", "D", "--delay", 0)
    assert mixed.returncode in {1, 3}
    assert "Traceback" not in mixed.stderr


def test_a_dataset_in_use_is_code_75(tourdetable, unknown_site, tmp_path):
    from pipelines.store import Store

    with Store(tmp_path / "D"):
        done = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0)
    assert done.returncode == 75
    assert len(done.stderr.strip().splitlines()) == 1
    assert unknown_site.log == []


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_crawl_keeps_what_it_has(tmp_path, signum, code):
    with Newspaper() as paper:
        command = [sys.executable, "-m", "tourdetable", "crawl", paper.url, "--data", "D", "--delay", "0.3"]
        crawl = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 40
        while len(paper.log) < 12 and time.monotonic() < deadline:
            time.sleep(0.05)
        crawl.send_signal(signum)
        _, errors = crawl.communicate(timeout=40)
    assert crawl.returncode == code
    assert (
        errors.decode().strip()
        == "tourdetable: interrupted; what was fetched is stored, the next run takes up the rest"
    )
    articles = rows(tmp_path / "D", "articles")
    assert 0 < len(articles) == articles.article_id.nunique()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "tourdetable", "demo", "--data", "D"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=110, check=False)
    return done, folder / "D"


def test_the_demo_shows_rounds_and_where_they_are(demo):
    done, data = demo
    output = done.stdout.decode()
    assert (done.returncode, done.stderr.decode()) == (0, "")
    articles, rounds = rows(data, "articles"), rows(data, "rounds")
    assert len(articles) >= 40
    assert f"{len(articles)} articles fetched over HTTP, {len(rounds)} funding rounds found." in output
    for word in ("company", "investors", "(lead)", "pandas:", "DuckDB:", "One article:"):
        assert word in output


def test_the_demo_finds_what_its_articles_report(demo):
    from extract.scoring import score

    _, data = demo
    with Newspaper() as paper:
        gold = list(paper.articles)
    reported = [round_ for article in gold for round_ in article["rounds"]]
    found = rows(data, "rounds")
    names = {round_["company"] for round_ in reported}
    assert len(set(found.company) & names) >= 0.7 * len(names)
    assert len(set(found.company) - names) <= 0.2 * len(names)
    assert callable(score)


def test_three_readers_agree_on_every_table(demo):
    _, data = demo
    for table, key in (
        ("articles", ["article_id"]),
        ("rounds", ["round_id"]),
        ("mentions", ["article_id", "start", "label"]),
    ):
        by_pandas = pd.read_parquet(data / table)
        by_duckdb = duckdb.sql(f"SELECT * FROM '{data}/{table}/**/*.parquet'").pl()
        by_polars = pl.read_parquet(data / table)
        assert by_duckdb.sort(key).to_dicts() == by_polars.sort(key).to_dicts()
        assert set(by_pandas.columns) == set(by_polars.columns)
        ours = by_polars.sort(key)
        theirs = by_pandas.sort_values(key)
        for column in key:
            assert ours[column].to_list() == theirs[column].tolist()
        assert len(by_pandas) > 0


def test_stock_scrapy_lists_the_outlets():
    from pathlib import Path

    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=60,
        check=False,
    )
    names = done.stdout.decode().split()
    assert done.returncode == 0
    assert {"maddyness", "frenchweb", "single"} <= set(names)


def test_outlets_lists_what_is_known_and_held(tourdetable, demo):
    _, data = demo
    done = tourdetable("outlets", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    listed = {row["outlet"]: row for row in json.loads(done.stdout)}
    assert len(listed) >= 18
    assert listed["maddyness"]["articles"] == 0
    assert max(row["articles"] for row in listed.values()) == len(rows(data, "articles"))


def test_a_demo_never_removes_what_is_not_its_own(tourdetable, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("important")
    done = tourdetable("demo", "--data", "mine")
    assert done.returncode == 1
    assert "mine" in done.stderr
    assert (tmp_path / "mine" / "notes.txt").exists()
