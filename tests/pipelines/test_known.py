"""What is stored is not asked for again, under any of its addresses."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from pipeline_samples import article, item
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from pipelines.known import KnownArticlesMiddleware
from pipelines.store import Store

HERE = Path(__file__).parent
BODY = (
    "Fondée en 2019, l’entreprise emploie une trentaine de personnes dans ses bureaux et ne compte pas s’arrêter là. "
    * 4
)
PAGE = (
    "<!doctype html><html lang=fr><head><meta charset=utf-8><title>Orfane lève 3 millions d’euros</title>"
    '<meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2026-05-12T09:30:00+02:00"></head>'
    f"<body><article><h1>Orfane lève 3 millions d’euros</h1><p>{BODY}</p></article></body></html>"
)


@pytest.fixture
def middleware(tmp_path):
    made = KnownArticlesMiddleware.from_crawler(get_crawler(settings_dict={"TOURDETABLE_DATA": str(tmp_path)}))
    yield made
    made.close()


def request(url: str, kind: str = "article", **meta: object) -> Request:
    return Request(url, meta={"kind": kind, "outlet": "gazette", **meta})


def passes(middleware: KnownArticlesMiddleware, asked: Request) -> bool:
    return middleware.get_processed_request(asked, None) is not None


def test_before_the_first_crawl_all_is_unknown(middleware):
    assert passes(middleware, request(article(1).url))


def test_an_article_is_known_from_its_commit_on(middleware, tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
        assert passes(middleware, request(article(1).url))
        store.flush()
        assert not passes(middleware, request(article(1).url))
        assert passes(middleware, request(article(2).url))
        store.add(item(2))
        store.flush()  # while the middleware reads
        assert not passes(middleware, request(article(2).url + "/?utm_source=rss#lire"))
    assert not passes(middleware, request(article(1).url))
    assert middleware.crawler.stats.get_value("outlet/gazette/known") == 3


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing", "home"])
def test_sources_are_always_asked(middleware, tmp_path, kind):
    with Store(tmp_path) as store:
        store.add(item(1))
    assert passes(middleware, request(article(1).url, kind))
    assert passes(middleware, Request(article(1).url))


def test_a_ledger_that_cannot_be_read_stops_nothing(middleware, tmp_path):
    (tmp_path / "_state").mkdir()
    (tmp_path / "_state" / "ledger.sqlite").write_bytes(b"no database" * 200)
    assert passes(middleware, request(article(1).url))


@pytest.mark.parametrize(
    ("reasons", "kept"),
    [([301], True), ([308, 301], True), ([302], False), ([301, 307], False), (["meta refresh"], False)],
)
def test_addresses_that_moved_for_good_are_kept_with_the_article(middleware, reasons, kept):
    old = [f"https://www.gazette.example/?p={n}" for n in range(len(reasons))]
    asked = request(article(1).url, redirect_urls=old, redirect_reasons=reasons)
    given = article(1)
    assert middleware.get_processed_item(given, Response(article(1).url, request=asked)) is given
    assert middleware.addresses_of(given) == (old if kept else [])
    assert middleware.addresses_of(given) == []


def test_items_of_others_go_on(middleware):
    assert middleware.get_processed_item({"any": "thing"}, None) == {"any": "thing"}


@pytest.fixture
def moved_site():
    """A site whose article moved for good; gives its address and the log of paths asked for."""
    log = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.append(self.path)
            if self.path == "/?p=1":
                self.send_response(301)
                self.send_header("Location", "/2026/05/orfane-leve-3-millions-deuros/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = PAGE.encode() if "orfane" in self.path else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", log
    server.shutdown()
    thread.join()
    server.server_close()


def test_stock_scrapy_asks_for_a_moved_article_once(moved_site, tmp_path):
    url, log = moved_site
    settings = {
        "AUTOTHROTTLE_ENABLED": "0",
        "DOWNLOAD_DELAY": "0",
        "LOG_LEVEL": "WARNING",
        "TOURDETABLE_DATA": str(tmp_path / "D"),
        "TOURDETABLE_EXTRACTOR": "pipeline_samples:Obedient",
        "TOURDETABLE_WORKERS": "1",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "single", "-a", f"urls={url}/?p=1"]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    for asked in (["/?p=1", "/2026/05/orfane-leve-3-millions-deuros/"], []):
        log.clear()
        done = subprocess.run(
            command,
            cwd=HERE.parents[1],
            env={**os.environ, "PYTHONPATH": str(HERE)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert [path for path in log if path not in {"/robots.txt", "/.well-known/tdmrep.json"}] == asked
    assert len(pd.read_parquet(tmp_path / "D" / "articles")) == 1


def test_a_page_come_upon_is_not_asked_again_where_it_is_a_stored_article(middleware, tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
    stored, other = (request(article(n).url, "listing") for n in (1, 2))
    stored.meta["level"] = other.meta["level"] = 1
    assert not passes(middleware, stored)
    assert passes(middleware, other)
