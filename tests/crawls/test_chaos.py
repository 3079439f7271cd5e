"""A crawl that is killed again and again, of a site that fails in every way: in the end each article is there, once.

``make test`` kills a few times; ``make chaos`` (``TOURDETABLE_CHAOS=30,2000``) as often and with as many articles as it
is told.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from crawler_sites import outlet, press_page, rss

HERE = Path(__file__).parent
KILLS, ARTICLES = (int(told) for told in os.environ.get("TOURDETABLE_CHAOS", "5,150").split(","))
DELAY = 0.2
"""Seconds between two requests where the server's log is looked at."""
PAUSE = 1
"""Seconds that the site asks for, now and then."""
SETTINGS = {
    "DOWNLOAD_DELAY": 0.01,
    "DOWNLOAD_TIMEOUT": 2,
    "TOURDETABLE_BATCH_ARTICLES": 20,
    "TOURDETABLE_BATCH_SECONDS": 1,
}


def faulty_site(site, chance, articles=ARTICLES):
    """Serve so many articles; one in eight fails once or twice, each in a way of its own, before it is whole."""
    paths = [f"/2026/05/la-jeune-pousse-{n}-leve-{n}-millions/" for n in range(articles)]
    faults = [
        {"drop": "before"},
        {"drop": "within"},
        {"status": 500},
        {"status": 503, "headers": {"Retry-After": str(PAUSE)}},
        {"status": 429, "headers": {"Retry-After": str(PAUSE)}},
        {"body": b"\x1f\x8b\x08 casse", "headers": {"Content-Encoding": "gzip"}},
    ]
    for n, path in enumerate(paths):
        page = press_page(f"La jeune pousse {n} lève {n} millions d’euros")
        for _ in range(chance.choice((1, 2)) if n % 8 == 0 else 0):
            site.add(path, **{"body": page.encode(), **chance.choice(faults)})
        if n % 5 == 0:
            site.add(path, page.encode("windows-1252"), kind="text/html")  # and no word of the charset
        else:
            site.article(path, f"La jeune pousse {n} lève {n} millions d’euros")
    site.add("/robots.txt", "", status=503)
    site.add("/robots.txt", "User-agent: *\nDisallow: /interdit/\n", kind="text/plain")
    tag = {"ETag": '"1"'}
    forbidden = site.url + "/interdit/une-page-que-nul-ne-lit/"
    site.add("/feed/", rss(forbidden, *(site.url + path for path in paths[:40])), kind="text/xml", headers=tag)
    locations = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in paths)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    site.add("/sitemap.xml", f"<urlset xmlns='{namespace}'>{locations}</urlset>", kind="text/xml", headers=tag)
    return outlet(site, feeds=["/feed/"], sitemaps=["/sitemap.xml"]), paths


def crawl(gazette, data, seconds=None, **settings):
    """Crawl, killed with SIGKILL after so many seconds if any are given."""
    order = {"outlets": [gazette], "settings": SETTINGS | settings, "arguments": {}, "data": str(data)}
    running = subprocess.Popen(
        [sys.executable, HERE / "whole.py", json.dumps(order)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if seconds is not None:
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
    output, _ = running.communicate(timeout=600)
    return json.loads(output) if running.returncode == 0 else None


def kill_a_worker(gazette, data):
    """Crawl, and kill the process that extracts in the middle of it."""
    order = {"outlets": [gazette], "settings": SETTINGS, "arguments": {}, "data": str(data)}
    with subprocess.Popen(
        [sys.executable, HERE / "whole.py", json.dumps(order)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            workers = [int(pid) for pid in _children(running.pid) if b"spawn_main" in _command(pid)]
            if workers:
                os.kill(workers[0], signal.SIGKILL)
                break
            time.sleep(0.05)
        running.communicate(timeout=600)
        assert workers


def _children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.timeout(0)
def test_killed_at_random_moments_a_crawl_ends_with_every_article_once(site, tmp_path):
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    gazette, paths = faulty_site(site, chance)
    data = tmp_path / "data"
    for _ in range(KILLS):
        crawl(gazette, data, chance.uniform(0.8, 5))
    for _ in range(3):  # a broken answer that looks whole is not asked for again in the same run, and two may come
        stats = crawl(gazette, data, TOURDETABLE_FULL=True)

    assert stats["finish_reason"] == "finished"
    wanted = sorted(site.url + path.rstrip("/") for path in paths)
    parts = f"{data}/articles/**/*.parquet"
    assert sorted(pd.read_parquet(data / "articles").canonical_url) == wanted
    assert sorted(row[0] for row in duckdb.sql(f"SELECT canonical_url FROM '{parts}'").fetchall()) == wanted
    assert sorted(pl.read_parquet(parts)["canonical_url"]) == wanted

    site.log.clear()
    crawl(gazette, data)
    last = crawl(gazette, data)
    assert all(hit.path == "/robots.txt" or hit.status == 304 for hit in site.log)
    assert not [key for key in last if key.endswith("/stored")]


@pytest.mark.timeout(0)
def test_a_worker_that_is_killed_takes_no_article_with_it(site, tmp_path):
    gazette, paths = faulty_site(site, random.Random(7), 40)
    site.answers["/robots.txt"].pop(0)
    kill_a_worker(gazette, tmp_path / "data")
    for _ in range(3):
        crawl(gazette, tmp_path / "data", TOURDETABLE_FULL=True)
    stored = pd.read_parquet(tmp_path / "data" / "articles")
    assert sorted(stored.canonical_url) == sorted(site.url + path.rstrip("/") for path in paths)
    assert not stored.extraction_error.notna().any()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_crawl_that_waits_for_a_site_stops_when_it_is_told(site, tmp_path, signum):
    site.add("/robots.txt", "", status=503, headers={"Retry-After": "250"})
    order = {"outlets": [outlet(site, feeds=["/feed/"])], "settings": SETTINGS, "arguments": {}, "data": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, HERE / "whole.py", json.dumps(order)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        while not site.log:
            time.sleep(0.05)
        time.sleep(0.5)
        running.send_signal(signum)
        output, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert json.loads(output)["signal"] == signum


@pytest.mark.timeout(0)
def test_the_servers_own_log_tells_of_a_polite_crawler(site, tmp_path):
    gazette, _ = faulty_site(site, random.Random(7), 40)
    site.answers["/robots.txt"].pop(0)
    crawl(gazette, tmp_path / "data", DOWNLOAD_DELAY=1.25 * DELAY)
    hits = sorted(site.log, key=lambda hit: hit.start)
    assert len(hits) > 40
    assert not [hit for hit in hits if hit.path.startswith("/interdit/")]
    for before, after in pairwise(hits):
        assert after.start >= before.end - 0.001, "two requests at once"
        # One request may be on its way for longer than the next.
        assert after.start - before.start > DELAY * 0.9, "sooner than the delay"
        if before.status in (429, 503) and before.path != "/robots.txt":
            assert after.start - before.end > PAUSE * 0.9, "within a pause"
