"""What servers ask for is done, as their own clocks show; what goes wrong is counted by its cause."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from crawler_sites import Answer, outlet, press_page, rss

CRAWLING = Path(__file__).with_name("crawling.py")
PATHS = [f"/levees/{name}-ouvre-son-capital/" for name in ("alpha", "brizelle", "corvane", "dolmia")]


@pytest.fixture
def paper(site):
    """A site whose feed announces four articles."""
    site.announce(PATHS)
    return site


def gaps(hits):
    """Seconds from the start of each request to that of the next."""
    return [after.start - before.start for before, after in pairwise(hits)]


def never_two_at_once(site):
    """Some slack, since the client may act on an answer before the server has noted that it is given."""
    return all(after.start >= before.end - 0.15 for before, after in pairwise(site.log))


# robots.txt (RFC 9309)


def test_robots_comes_first_once_and_its_absence_allows_everything(paper, crawl):
    crawled = crawl(outlet(paper, feeds=["/feed/"]))
    assert len(crawled.articles) == 4
    assert paper.log[0].path == "/robots.txt"
    assert len(paper.asked("/robots.txt")) == 1


def test_robots_forbids_for_us_and_for_all(paper, crawl):
    rules = (
        "\ufeffUser-agent: *\nDisallow: /\n\nUser-agent: tourdetable\nAllow: /levees/\nDisallow: /levees/alpha\n"
        "Disallow: /levees/*dolmia\n"
    )
    paper.add("/robots.txt", rules, kind="text/plain")
    crawled = crawl(outlet(paper, feeds=["/feed/"]))
    assert crawled.urls == [paper.url + path for path in PATHS[1:3]]
    assert not paper.asked(PATHS[0])
    assert not paper.asked(PATHS[3])
    assert crawled.count("gazette") == {"sources_ok": 1, "found": 4, "robots": 2, "fetched": 2, "articles": 2}


def test_robots_that_cannot_be_had_forbids_everything(paper, other_site, crawl):
    paper.add("/robots.txt", status=500)
    other_site.add("/robots.txt", drop="before")
    nobody = {"name": "personne", "title": "Personne", "home": "http://127.0.0.1:9/", "feeds": ["http://127.0.0.1:9/f"]}
    crawled = crawl(outlet(paper, feeds=["/feed/"]), outlet(other_site, "echo", feeds=["/feed/"]), nobody)
    assert crawled.articles == []
    assert paper.asked() == other_site.asked() == []
    assert len(paper.asked("/robots.txt")) == len(other_site.asked("/robots.txt")) == 3  # two retries
    assert crawled.count("gazette") == {"sources_failed": 1, "failed/http-500": 1}
    assert crawled.count("echo") == {"sources_failed": 1, "failed/dropped": 1}
    assert crawled.count("personne") == {"sources_failed": 1, "failed/refused": 1}


def test_robots_that_comes_right_after_all(paper, crawl):
    paper.add("/robots.txt", status=503)
    paper.add("/robots.txt", status=302, headers={"Location": "/regles.txt"})
    paper.add("/regles.txt", f"User-agent: *\nDisallow: {PATHS[0]}", kind="text/plain")
    crawled = crawl(outlet(paper, feeds=["/feed/"]))
    assert crawled.urls == [paper.url + path for path in PATHS[1:]]


@pytest.mark.parametrize("status", [401, 404, 410])
def test_robots_that_is_not_for_us_allows_everything(site, crawl, status):
    site.add("/robots.txt", "User-agent: *\nDisallow: /", status=status)
    site.article(PATHS[0])
    assert crawl(urls=site.url + PATHS[0]).urls == [site.url + PATHS[0]]


def test_a_redirection_leads_to_another_sites_robots(site, other_site, crawl):
    other_site.add("/robots.txt", "User-agent: *\nDisallow: /prive/", kind="text/plain")
    other_site.article("/public/un-article-libre/")
    for number, place in enumerate(("/prive/un-article-cache/", "/public/un-article-libre/")):
        site.add(f"/{number}-un-article-parti/", status=301, headers={"Location": other_site.url + place})
    site.add("/feed/", rss(*(f"{site.url}/{number}-un-article-parti/" for number in (0, 1))))
    crawled = crawl(outlet(site, feeds=["/feed/"]))
    assert crawled.urls == [other_site.url + "/public/un-article-libre/"]
    assert other_site.log[0].path == "/robots.txt"
    assert [hit.path for hit in other_site.asked()] == ["/public/un-article-libre/"]
    assert crawled.count("gazette")["robots"] == 1


# Pace


def test_one_request_at_a_time_for_each_site_whoever_asks(paper, other_site, crawl):
    """Two outlets on one host, and redirections to it from another."""
    for path in PATHS:
        paper.answers[path][0].wait = 0.3
        other_site.add(path + "bis/", status=302, headers={"Location": f"{paper.url}{path}?suite"})
    other_site.add("/feed/", rss(*(f"{other_site.url}{path}bis/" for path in PATHS)))
    paper.add("/autre/", rss(*(f"{paper.url}{path}?page=2" for path in PATHS)))
    crawled = crawl(
        outlet(paper, feeds=["/feed/"]),
        outlet(paper, "seconde", feeds=["/autre/"]),
        outlet(other_site, "echo", feeds=["/feed/"]),
    )
    assert len(crawled.articles) == 12
    assert never_two_at_once(paper)


def test_sites_are_asked_side_by_side(paper, other_site, crawl):
    for site in (paper, other_site):
        site.answers.setdefault("/feed/", []).clear()
        site.add("/feed/", rss(*(site.url + path for path in PATHS)))
        for path in PATHS:
            site.answers.pop(path, None)
            site.add(path, press_page("Un article"), wait=0.3)
    crawl(outlet(paper, feeds=["/feed/"]), outlet(other_site, "echo", feeds=["/feed/"]))
    ours, theirs = paper.asked()[1:], other_site.asked()[1:]
    assert len(ours) == len(theirs) == 4
    assert any(a.start < b.end and b.start < a.end for a in ours for b in theirs)


def test_crawl_delay(paper, crawl):
    paper.add("/robots.txt", "User-agent: *\nCrawl-delay: 1", kind="text/plain")
    assert len(crawl(outlet(paper, feeds=["/feed/"])).articles) == 4
    assert min(gaps(paper.log)) >= 0.75  # a busy machine notes some late
    assert sum(gaps(paper.log)) >= 5.9
    assert len(paper.log) == 7  # robots.txt, the feed, tdmrep.json, four articles


@pytest.mark.parametrize("wish", ["nan", "-3", "vite"])
def test_a_crawl_delay_that_is_none(site, crawl, wish):
    site.add("/robots.txt", f"User-agent: *\nCrawl-delay: {wish}", kind="text/plain")
    site.article(PATHS[0])
    assert len(crawl(urls=site.url + PATHS[0]).articles) == 1


def test_the_delay_of_our_own(paper, crawl):
    crawl(outlet(paper, feeds=["/feed/"]), settings={"DOWNLOAD_DELAY": 0.4, "DOWNLOAD_DELAY_JITTER": 0})
    assert min(gaps(paper.log)) >= 0.2
    assert sum(gaps(paper.log)) >= 1.9


def slowed(paper, crawl, **settings):
    paper.log.clear()
    crawl(outlet(paper, feeds=["/feed/"]), settings={"AUTOTHROTTLE_ENABLED": True, "DOWNLOAD_DELAY": 0.05, **settings})
    return gaps(paper.log)[-3:]


def test_a_site_that_answers_slowly_gets_as_much_time_to_rest(site, crawl):
    for path in PATHS:
        site.add(path, press_page("Alpha lève 3 M€"), wait=0.4)
    site.add("/feed/", rss(*(site.url + path for path in PATHS)), wait=0.4)
    assert min(slowed(site, crawl)) > 0.6
    assert min(slowed(site, crawl, AUTOTHROTTLE_ENABLED=False)) < 0.6


def test_a_crawl_delay_is_kept_by_a_site_that_answers_at_once(paper, crawl):
    paper.add("/robots.txt", "User-agent: *\nCrawl-delay: 1", kind="text/plain")
    assert min(slowed(paper, crawl)) >= 0.75


# Retry-After (RFC 9110 §10.2.3)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_pauses_the_whole_site(paper, other_site, crawl, status):
    paper.answers[PATHS[0]].insert(0, Answer(b"", status, {"Retry-After": "2"}))
    other_site.add("/feed/", rss(*(other_site.url + path for path in PATHS)))
    for path in PATHS:
        other_site.add(path, press_page("Un article"), wait=0.1)
    crawled = crawl(outlet(paper, feeds=["/feed/"]), outlet(other_site, "echo", feeds=["/feed/"]))
    assert len(crawled.articles) == 8
    refused = next(hit for hit in paper.log if hit.status == status)
    after = [hit for hit in paper.log if hit.start > refused.start]
    assert 1.95 <= min(hit.start for hit in after) - refused.end < 4
    assert max(hit.end for hit in other_site.log) < min(hit.start for hit in after)  # others need not wait
    assert "failed" not in crawled.count("gazette")


def test_retry_after_as_a_date_and_for_robots(site, crawl):
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=5), usegmt=True)
    site.add("/robots.txt", status=503, headers={"Retry-After": moment})
    site.add("/robots.txt", "User-agent: *\nAllow: /", kind="text/plain")
    site.article(PATHS[0])
    began = time.time()
    assert len(crawl(urls=site.url + PATHS[0]).articles) == 1
    assert site.asked(PATHS[0])
    assert time.time() - began >= 4
    assert gaps(site.asked("/robots.txt"))[0] > 0


def test_a_429_that_does_not_say_how_long(site, crawl):
    site.add(PATHS[0], status=429)
    site.article(PATHS[0])
    assert len(crawl(urls=site.url + PATHS[0]).articles) == 1
    assert gaps(site.asked(PATHS[0]))[0] >= 4.9


@pytest.mark.parametrize("told", ["86400", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_site_that_asks_for_too_much_is_left_alone(paper, crawl, told):
    paper.answers[PATHS[1]] = [Answer(b"", 429, {"Retry-After": told})]
    crawled = crawl(outlet(paper, feeds=["/feed/"]))
    refused = next(number for number, hit in enumerate(paper.log) if hit.status == 429)
    assert refused == len(paper.log) - 1
    figures = crawled.count("gazette")
    assert figures["failed/http-429"] == 1
    assert figures["failed/retry-after"] == 3 - figures.get("articles", 0)


# What goes wrong


def test_failures_are_counted_by_their_cause(site, crawl):
    site.add("/absente-pour-de-bon/", status=404)
    site.add("/panne-de-la-base/", status=500)
    site.add("/coupee-net-avant-tout/", drop="before")
    site.add("/coupee-net-au-milieu/", press_page("Un article"), drop="within")
    site.add("/tres-tres-lente/", press_page("Un article"), wait=3)
    site.add("/tourne-en-rond/", status=302, headers={"Location": "/tourne-en-rond/"})
    site.add("/beaucoup-trop-grosse/", "x" * 300_000)
    packed = gzip.compress(b"<p>" + bytes(300_000))
    site.add("/bombe-bien-emballee/", packed, headers={"Content-Encoding": "gzip"})
    site.article("/une-page-comme-il-faut/")
    site.add("/feed/", rss(*(site.url + path for path in site.answers)))
    short = {"DOWNLOAD_TIMEOUT": 1, "DOWNLOAD_MAXSIZE": 200_000, "RETRY_TIMES": 1}
    crawled = crawl(outlet(site, feeds=["/feed/"]), settings=short)
    assert crawled.urls == [site.url + "/une-page-comme-il-faut/"]
    figures = crawled.count("gazette")
    assert {cause.removeprefix("failed/"): n for cause, n in figures.items() if cause.startswith("failed/")} == {
        "http-404": 1,
        "http-500": 1,
        "dropped": 2,
        "timeout": 1,
        "redirects": 1,
        "too-large": 2,
    }
    assert (figures["found"], figures["failed"], figures["articles"]) == (9, 8, 1)
    tries = {
        path: len(site.asked(path)) for path in ("/absente-pour-de-bon/", "/panne-de-la-base/", "/tres-tres-lente/")
    }
    assert list(tries.values()) == [1, 2, 2]


def test_an_interrupted_crawl_waits_for_one_answer_only(paper, tmp_path):
    """Not for every request that is queued behind a long delay."""
    paper.add("/robots.txt", "User-agent: *\nCrawl-delay: 3", kind="text/plain")
    order = {"outlets": [], "settings": {}, "arguments": {"urls": " ".join(paper.url + path for path in PATHS)}}
    running = subprocess.Popen(
        [sys.executable, CRAWLING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    )
    running.stdin.write(json.dumps(order).encode())
    running.stdin.close()
    deadline = time.monotonic() + 30
    while not paper.asked() and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    stopped = time.monotonic()
    running.wait(timeout=30)
    running.stdout.close()
    running.stderr.close()
    assert time.monotonic() - stopped < 5
    assert len(paper.asked()) <= 2
