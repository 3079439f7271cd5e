"""Crawl after crawl: only what is new is asked for, nothing that was found is forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pandas as pd
import pytest
from crawler_sites import outlet, rss

from crawler.urls import key_of

PATHS = [f"/2026/05/alpha-leve-{n}-millions/" for n in range(6)]


@pytest.fixture
def gazette(site):
    """A site whose feed, sitemap and section page have validators, and where six articles are."""
    for path in PATHS:
        site.article(path)
    publish(site, PATHS, tag="1")
    return outlet(site, feeds=["/feed/"], sitemaps=["/sitemap.xml"], listings=["/startups/"])


def publish(site, paths, tag):
    for source in ("/feed/", "/sitemap.xml", "/startups/"):
        site.answers.pop(source, None)
    headers = {"ETag": f'"{tag}"'}
    urls = [site.url + path for path in paths]
    locations = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    links = "".join(f"<h2><a href='{url}'>Un article</a></h2>" for url in urls)
    site.add("/feed/", rss(*urls), kind="application/rss+xml", headers=headers)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    site.add("/sitemap.xml", f"<urlset xmlns='{namespace}'>{locations}</urlset>", kind="text/xml", headers=headers)
    site.add("/startups/", f"<html lang=fr><body><h1>Start-up</h1>{links}</body></html>", headers=headers)


def article_ids(tmp_path):
    return sorted(pd.read_parquet(tmp_path / "data" / "articles", columns=["article_id"]).article_id)


def ledger(tmp_path, statement, *values):
    with closing(sqlite3.connect(tmp_path / "data" / "_state" / "ledger.sqlite")) as db, db:
        return db.execute(statement, values).fetchall()


def test_a_second_crawl_of_an_unchanged_site_costs_a_question_a_source(site, gazette, crawl, tmp_path):
    first = crawl(gazette)
    stored = article_ids(tmp_path)
    assert first["stored"] == len(stored) == len(set(stored)) == 6
    paths = [hit.path for hit in site.asked()]
    assert len(set(paths)) == len(paths) == 9

    site.log.clear()
    second = crawl(gazette)
    assert sorted((hit.path, hit.status) for hit in site.asked()) == [
        ("/feed/", 304), ("/sitemap.xml", 304), ("/startups/", 304)
    ]  # fmt: skip
    assert (second["not_modified"], second.get("stored", 0)) == (3, 0)
    assert article_ids(tmp_path) == stored

    site.log.clear()
    third = crawl(gazette)  # what did not change is let be for a while
    assert (site.asked(), third["not_due"]) == ([], 3)

    site.log.clear()
    full = crawl(gazette, settings={"TOURDETABLE_FULL": True})
    assert sorted((hit.path, hit.status) for hit in site.asked()) == [
        ("/feed/", 200), ("/sitemap.xml", 200), ("/startups/", 200)
    ]  # fmt: skip
    assert full["known"] >= 6
    assert article_ids(tmp_path) == stored


def test_a_source_that_cannot_be_read_is_none_that_has_not_changed(site, crawl):
    site.add("/feed/", "<html><body><p>En maintenance.</p></body></html>", headers={"ETag": '"1"'})
    gazette = outlet(site, feeds=["/feed/"])
    for _ in range(2):
        assert crawl(gazette)["sources_failed"] == 1
    assert [hit.status for hit in site.asked("/feed/")] == [200, 200]


def test_a_new_article_is_the_only_one_that_is_fetched(site, gazette, crawl, tmp_path):
    crawl(gazette)
    site.article("/2026/05/beta-leve-9-millions/")
    publish(site, ["/2026/05/beta-leve-9-millions/", *PATHS], tag="2")
    site.log.clear()
    assert crawl(gazette)["stored"] == 1
    assert [hit.path for hit in site.asked() if "millions" in hit.path] == ["/2026/05/beta-leve-9-millions/"]
    assert len(article_ids(tmp_path)) == 7


def test_what_gave_no_article_is_let_be_and_tried_again_when_it_is_due(site, crawl, tmp_path):
    site.article(PATHS[0])
    site.add("/un-mur-de-mots/", "<html><body><a href='/x'>un lien</a></body></html>")
    site.add("/feed/", rss(*(site.url + path for path in (PATHS[0], "/une-page-qui-manque/", "/un-mur-de-mots/"))))
    gazette = outlet(site, feeds=["/feed/"])
    assert crawl(gazette)["stored"] == 1
    assert sorted(ledger(tmp_path, "SELECT address, outcome FROM frontier")) == [
        (f"{site.url}/un-mur-de-mots/", "not-article"),
        (f"{site.url}/une-page-qui-manque/", "http-404"),
    ]
    site.log.clear()
    second = crawl(gazette)
    assert (second["put_off"], second["known"]) == (2, 1)
    assert [hit.path for hit in site.asked()] == ["/feed/"]

    site.answers["/une-page-qui-manque/"] = []
    site.article("/une-page-qui-manque/")
    ledger(tmp_path, "UPDATE frontier SET due_at = '2026-01-01T00:00:00+00:00' WHERE outcome = 'http-404'")
    third = crawl(gazette)  # the source itself is not due: the frontier remembers the page
    assert (third["stored"], third["not_due"]) == (1, 1)
    assert ledger(tmp_path, "SELECT outcome FROM frontier") == [("not-article",)]


def test_what_a_killed_crawl_had_found_is_fetched_though_no_source_has_changed(site, gazette, crawl, tmp_path):
    crawl(gazette)
    # As a crawl leaves it that was killed between reading its sources and its first commit.
    for url in pd.read_parquet(tmp_path / "data" / "articles").url:
        ledger(tmp_path, "INSERT INTO frontier VALUES (?, ?, ?, NULL, 0, '', '')", key_of(url), url, gazette["name"])
    ledger(tmp_path, "DELETE FROM pages")
    for table in ("articles", "rounds", "mentions"):
        for part in (tmp_path / "data" / table).rglob("*.parquet"):
            part.unlink()
    again = crawl(gazette)
    assert (again["stored"], again["not_modified"]) == (6, 3)
    assert len(article_ids(tmp_path)) == 6
    assert ledger(tmp_path, "SELECT COUNT(*) FROM frontier") == [(0,)]


def test_a_bounded_crawl_hides_nothing_from_the_next(gazette, crawl, tmp_path):
    assert crawl(gazette, max_articles=2)["stored"] == 2
    rest = crawl(gazette)
    assert (rest.get("not_modified", 0), rest["stored"]) == (0, 4)
    assert len(article_ids(tmp_path)) == 6


def test_a_page_that_was_redirected_for_now_leaves_the_frontier_all_the_same(site, crawl, tmp_path):
    site.article(PATHS[0])
    site.add("/vers/", status=302, headers={"Location": PATHS[0]})
    site.add("/feed/", rss(f"{site.url}/vers/"))
    assert crawl(outlet(site, feeds=["/feed/"]))["stored"] == 1
    assert ledger(tmp_path, "SELECT COUNT(*) FROM frontier") == [(0,)]


def test_a_ledger_that_is_gone_is_made_anew_and_no_article_is_doubled(gazette, crawl, tmp_path):
    crawl(gazette)
    for file in (tmp_path / "data" / "_state").glob("ledger.sqlite*"):
        file.unlink()
    again = crawl(gazette)
    assert (again["known"] >= 6, again.get("stored", 0)) == (True, 0)
    assert len(article_ids(tmp_path)) == 6
