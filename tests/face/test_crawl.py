"""``tourdetable crawl``: whole runs against local sites, what they store and how they end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter

import pandas as pd
import pytest

from tourdetable.newspaper import Newspaper, load_articles

BODY = (
    "Fondée en 2019, l’entreprise emploie une trentaine de personnes dans ses bureaux et ne compte pas s’arrêter là. "
    "Ses clients se trouvent surtout dans l’industrie, où les besoins de modernisation restent immenses, dit-elle."
)
NOBODY = "http://localhost:9/"
"""Nothing listens there (discard, RFC 863)."""


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


def feed(*links: str, date: str = "") -> str:
    items = "".join(f"<item><title>Un article</title><link>{link}</link>{date}</item>" for link in links)
    return f"<rss version='2.0'><channel><title>Fil</title>{items}</channel></rss>"


def rows(data, table):
    return pd.read_parquet(data / table)


def one_line(text: str) -> str:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert lines[0].startswith("tourdetable: ")
    return lines[0]


def test_an_unknown_site_once_and_again(tourdetable, unknown_site, tmp_path):
    first = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith("4 articles and 4 rounds stored in D\n")
    articles = [path for path in unknown_site.pages if path != "/"]
    asked = Counter(unknown_site.log)
    assert {path: asked[path] for path in articles} == dict.fromkeys(articles, 1)
    stored = {table: rows(tmp_path / "D", table) for table in ("articles", "rounds", "mentions")}
    assert len(stored["articles"]) == 4
    assert set(stored["rounds"].company) == {"Orfane", "Kiwano", "Brizelle", "Tundrae"}

    unknown_site.log.clear()
    again = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0, "--json")
    assert (again.returncode, again.stderr) == (0, "")
    assert "/" in unknown_site.log
    assert not [path for path in unknown_site.log if path in articles]
    assert all(rows(tmp_path / "D", table).equals(before) for table, before in stored.items())
    told = json.loads(again.stdout)
    (outlet,) = told["outlets"]
    assert (told["exit_code"], told["error"], outlet["stored"], outlet["known"]) == (0, None, 0, 4)


@pytest.mark.parametrize("switch", [(), ("--tdm", "ignore")])
def test_reservations_are_obeyed_unless_told_otherwise(tourdetable, unknown_site, tmp_path, switch):
    rules = [{"location": "/*/orfane-", "tdm-reservation": 1}]
    unknown_site.add("/.well-known/tdmrep.json", json.dumps(rules), kind="application/json")
    done = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0, *switch)
    assert (done.returncode, done.stderr) == (0, "")
    articles, rounds = rows(tmp_path / "D", "articles"), rows(tmp_path / "D", "rounds")
    assert [title.split()[0] for title in articles[articles.tdm_reserved].title] == ["Orfane"]
    assert (articles.text == "").tolist() == (articles.tdm_reserved & (not switch)).tolist()
    (orfane,) = rounds[rounds.company == "Orfane"].itertuples()
    assert (orfane.amount, "1 millions d’euros" in orfane.evidence) == (1_000_000, True)


def test_another_word_for_reservations_is_wrong_usage(command):
    done = command("crawl", "maddyness", "--tdm", "perhaps")
    assert done.returncode == 2
    assert "--tdm" in one_line(done.stderr)


def test_older_listing_pages_and_sitemaps_of_sitemaps_are_read_too(tourdetable, unknown_site, tmp_path):
    names = ["Zenobie", "Ploumic", "Quartzine", "Vidoc", "Hulotte"]
    for n, name in enumerate(names, 5):
        path = f"/2026/04/article-sur-une-levee-{n}/"
        lead = f"La start-up {name} vient de lever {n} millions d’euros auprès de Bpifrance."
        unknown_site.add(path, page(f"{name} lève {n} millions d’euros", lead))
        onward = f'<a href="/archives/p{n + 1}/">Plus anciens</a>' if n < 9 else ""
        unknown_site.add(f"/archives/p{n}/", f"<title>Archives</title><a href='{path}'>{name}</a>{onward}")
    front = unknown_site.pages["/"][2]
    unknown_site.add("/", front.replace(b"</body>", b'<a href="/archives/p5/">Archives</a></body>'))
    urn = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    address = unknown_site.add("/2026/03/mirabelle-leve-trois-millions/", page("Mirabelle lève 3 M€", BODY))
    address = unknown_site.add("/s2.xml", f"<urlset {urn}><url><loc>{address}</loc></url></urlset>", kind="text/xml")
    for name in ("/s1.xml", "/s0.xml"):
        index = f"<sitemapindex {urn}><sitemap><loc>{address}</loc></sitemap></sitemapindex>"
        address = unknown_site.add(name, index, kind="text/xml")
    unknown_site.add("/robots.txt", f"Sitemap: {address}", kind="text/plain")
    done = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(rows(tmp_path / "D", "articles")) == 4 + len(names) + 1


def test_an_agency_text_in_two_outlets_is_stored_twice_and_linked(tourdetable, site, tmp_path):
    agency, own = "/2026/05/orfane-leve-4-millions-deuros/", "/2026/05/les-ports-a-leur-tour/"
    lead = (
        "La start-up Orfane vient de lever 4 millions d’euros auprès de Bpifrance. "
        + "Elle recrute à Lille et à Lens. " * 2
    )
    sentences = " ".join(f"Le port n° {n} attend ses grues, ses quais et ses trains." for n in range(9))
    with type(site)() as second:
        for paper, more in ((site, ""), (second, "Une dépêche de l’AFP.")):
            paper.add(agency, page("Orfane lève 4 millions d’euros", lead + more))
            links = f'<a href="{agency}">Orfane</a><a href="{own}">Les ports</a>'
            paper.add("/", f"<!doctype html><html lang=fr><title>Journal</title><body>{links}</body></html>")
        site.add(own, page("Les ports à leur tour", sentences).replace(BODY, ""))
        second.add(own, page("Les ports à leur tour", sentences.replace(" ", " donc ")).replace(BODY, ""))
        done = tourdetable(
            "crawl", site.url + "/", second.url.replace("127.0.0.1", "localhost") + "/", "--data", "D", "--delay", 0
        )
    assert (done.returncode, done.stderr) == (0, "")
    stored = rows(tmp_path / "D", "articles")
    assert stored.outlet.value_counts().tolist() == [2, 2]
    printed = stored[stored.title.str.startswith("Orfane")].set_index("article_id")
    (linked,) = stored[stored.near_duplicate_of.notna()].itertuples()
    assert {linked.article_id, linked.near_duplicate_of} == set(printed.index)
    assert linked.similarity > 0.7
    assert len(rows(tmp_path / "D", "rounds")) == 2  # linked, not dropped


def test_articles_need_no_telling_address(tourdetable, site, tmp_path):
    names = ["Orfane", "Kiwano", "Brizelle"]
    for n, name in enumerate(names, 2):
        lead = f"La start-up {name} vient de lever {n} millions d’euros auprès de Bpifrance."
        site.add(f"/articles/{name.lower()}", page(f"{name} lève {n} millions d’euros", lead))
    links = "".join(f'<a href="{path}">{path[10:]}</a>' for path in site.pages)
    site.add("/feed", feed(*(site.url + path for path in site.pages)), kind="application/rss+xml")
    about = "<h1>La rédaction</h1>" + f"<p>{BODY}</p>" * 3
    site.add("/equipe", f"<!doctype html><html lang=fr><title>La rédaction</title><body>{about}</body></html>")
    declared = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    body = f"<body><h1>La Gazette</h1>{links}<a href='/equipe'>L’équipe</a></body>"
    site.add("/", f"<!doctype html><html lang=fr><head><title>La Gazette</title>{declared}</head>{body}</html>")
    for new in (3, 0):
        site.log.clear()
        done = tourdetable("crawl", site.url + "/", "--data", "D", "--delay", 0)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"{new} new articles" in done.stdout
        asked = Counter(path for path in site.log if path.startswith("/articles/"))
        assert asked == (Counter(f"/articles/{name.lower()}" for name in names) if new else Counter())
    stored = rows(tmp_path / "D", "articles")
    assert sorted(stored.title) == sorted(f"{name} lève {n} millions d’euros" for n, name in enumerate(names, 2))


def test_a_newspaper_by_its_address_alone(tourdetable, tmp_path):
    with Newspaper(load_articles()[:8]) as paper:
        done = tourdetable("crawl", paper.url, "--data", "D", "--delay", 0)
        asked = [hit.path.partition("?")[0] for hit in paper.log]
    assert (done.returncode, done.stderr) == (0, "")
    articles = sorted(article.path for article in paper.articles)
    assert sorted(path for path in asked if path in articles) == articles
    assert len(rows(tmp_path / "D", "articles")) == len(articles)


def test_code_1_where_nothing_came_back(tourdetable, site):
    broken = site.add("/flux-casse.xml", "panne", kind="text/plain", status=410)
    done = tourdetable("crawl", broken, "--data", "D", "--delay", 0)
    assert done.returncode == 1
    assert "http-410" in one_line(done.stderr)


def test_code_3_where_a_part_came_back(tourdetable, unknown_site, tmp_path):
    link = unknown_site.url + "/2026/05/kiwano-leve-2-millions-deuros/"
    good = unknown_site.add("/fil.xml", feed(link), kind="application/rss+xml")  # a feed alone is an outlet
    done = tourdetable("crawl", good, NOBODY, "--data", "D", "--delay", 0)
    assert done.returncode == 3
    line = one_line(done.stderr)
    assert "localhost" in line
    assert "refused" in line
    assert "127.0.0.1" not in line
    assert list(rows(tmp_path / "D", "articles").canonical_url) == [link.rstrip("/")]
    assert list(rows(tmp_path / "D", "rounds").company) == ["Kiwano"]


def test_an_outlet_with_nothing_new_since_then_has_not_failed(tourdetable, unknown_site):
    link = unknown_site.url + "/2026/05/orfane-leve-1-millions-deuros/"
    old = feed(link, date="<pubDate>Tue, 12 May 2020 09:30:00 +0200</pubDate>")
    unknown_site.add("/fil.xml", old, kind="application/rss+xml")
    done = tourdetable("crawl", unknown_site.url + "/fil.xml", "--since", "2020-06-01", "--data", "D", "--delay", 0)
    assert (done.returncode, done.stderr) == (0, "")
    assert unknown_site.log.count("/2026/05/orfane-leve-1-millions-deuros/") == 0


def test_code_75_where_another_crawl_holds_the_dataset(tourdetable, unknown_site, tmp_path):
    from pipelines.store import Store

    with Store(tmp_path / "D"):
        done = tourdetable("crawl", unknown_site.url + "/", "--data", "D", "--delay", 0)
    assert done.returncode == 75
    assert "another crawl" in one_line(done.stderr)
    assert unknown_site.log == []


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_crawl_keeps_what_it_has(tmp_path, signum, code):
    with Newspaper(load_articles()[:14]) as paper:
        command = [sys.executable, "-m", "tourdetable", "crawl", paper.url, "--data", "D", "--delay", "0.3"]
        crawl = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        articles = {article.path for article in paper.articles}
        deadline = time.monotonic() + 40
        while sum(hit.path in articles for hit in paper.log) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        crawl.send_signal(signum)
        _, errors = crawl.communicate(timeout=40)
    assert crawl.returncode == code
    assert one_line(errors.decode()).startswith("tourdetable: interrupted; what was fetched is stored")
    stored = rows(tmp_path / "D", "articles")
    assert 0 < len(stored) < len(articles)
    assert stored.article_id.is_unique
    (run,) = rows(tmp_path / "D", "runs").to_dict("records")
    assert (run["exit_code"], run["stored"]) == (code, len(stored))


@pytest.mark.parametrize("data", ["a-file/D", "/dev/null/D"])
def test_a_dataset_that_cannot_be_written_is_one_line(tourdetable, site, tmp_path, data):
    (tmp_path / "a-file").write_text("important")
    done = tourdetable("crawl", site.url + "/", "--data", data, "--delay", 0)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be written" in one_line(done.stderr)
    assert site.log == []
    assert (tmp_path / "a-file").read_text() == "important"


def test_stock_scrapy_lists_the_outlets(pytestconfig):
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert {"maddyness", "frenchweb", "single"} <= set(done.stdout.decode().split())
