"""tdmrep.json: what it says is read as the protocol has it, asked for once before a site's articles, and overruled."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from crawler_sites import outlet, press_page, rss
from hypothesis import given
from hypothesis import strategies as st

from crawler.tdmrep import PLACE, Rule, read_rules, reservation_of

PATHS = [f"/levees/{name}-ouvre-son-capital/" for name in ("alpha", "brizelle", "corvane")]
ALL = [{"location": "/", "tdm-reservation": 1}]

# The file


def says(location, path):
    """Tell what a file that reserves one pattern says of a path."""
    rules = read_rules(json.dumps([{"location": location, "tdm-reservation": 1}]).encode())
    return reservation_of(f"https://gazette.example{path}", rules)


@pytest.mark.parametrize(
    ("location", "path", "covered"),
    [
        ("/", "/levees/alpha", True),
        ("/", "", True),
        ("/levees", "/levees-et-sorties", True),
        ("/levees/", "/levees", False),
        ("/Levees", "/levees", False),
        ("/levees/*.html", "/levees/2026/alpha.html?page=2", True),
        ("/levees/*.html$", "/levees/2026/alpha.html?page=2", False),
        ("/levees/*.html$", "/levees/2026/alpha.html", True),
        ("/levees$", "/levees", True),
        ("/levees$", "/levees/", False),
        ("*alpha", "/levees/alpha", True),
        ("/a*a$", "/a", False),
        ("/*?page=", "/levees?page=2", True),
        ("/prix-%24", "/prix-$", True),
        ("/prix-$", "/prix-$", False),
        ("/prix-$/fin", "/prix-$/fin", True),
        ("/%2a", "/levees", False),
        ("/lev%C3%A9es", "/levées", True),
        ("/levées", "/lev%c3%a9es", True),
        ("/%7ealpha", "/~alpha", True),
        ("/a%2fb", "/a/b", False),
        ("", "/levees", False),
        ("levees", "/levees", False),
    ],
)
def test_patterns(location, path, covered):
    assert says(location, path) is (True if covered else None)


def test_the_first_rule_that_matches_counts():
    rules = read_rules(
        b"""[
        {"location": "/directory-a/", "tdm-reservation": 1},
        {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": "https://provider.com/policy.json"},
        {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
        {"location": "/directory-b/", "tdm-reservation": "1"},
        {"location": "/directory-c/", "tdm-reservation": 2},
        {"location": "/directory-c/", "tdm-reservation": 1}
        ]"""
    )
    assert [rule.policy for rule in rules] == [None, "https://provider.com/policy.json", None, None, None, None]
    paths = ("directory-a/x", "directory-b/html/x", "directory-b/images/x.jpg", "directory-b/x", "directory-c/x", "x")
    told = [reservation_of(f"https://provider.com/{path}", rules) for path in paths]
    assert told == [True, True, False, True, None, None]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><h1>Page introuvable</h1>",
        b'{"location": "/", "tdm-reservation": 1}',
        b'[{"location": "/", "tdm-reservation": 1}',
        b'["/", 1, null, {"tdm-reservation": 1}, {"location": 3, "tdm-reservation": 1}]',
        b"[" * 100_000,
        b"[" + b"9" * 10_000 + b"]",
        b"\xff\xfe\x00[",
    ],
)
def test_what_is_no_such_file_has_no_rules(content):
    assert read_rules(content) == []


@pytest.mark.parametrize("value", [True, None, 1.5, 2, -1, "oui", [1], {}])
def test_a_value_that_is_none_says_nothing(value):
    (rule,) = read_rules(json.dumps([{"location": "/", "tdm-reservation": value}]).encode())
    assert rule == Rule(location="/", whole=False, reserved=None)


def test_a_file_saved_with_a_mark_of_byte_order():
    assert reservation_of("https://a.example/x", read_rules(b"\xef\xbb\xbf" + json.dumps(ALL).encode())) is True


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.sampled_from(["location", "tdm-reservation", "tdm-policy"]), inner)
    ),
    max_leaves=20,
)


@given(st.binary() | ANY_JSON.map(lambda told: json.dumps(told).encode()), st.text())
def test_nothing_raises(content, path):
    assert reservation_of(f"https://a.example/{path}", read_rules(content)) in {True, False, None}


@given(st.text("ab*$/", max_size=12), st.text("ab/", max_size=12))
def test_patterns_are_those_of_robots(pattern, path):
    whole = pattern.endswith("$")
    told = ".*".join(re.escape(piece) for piece in pattern.removesuffix("$").split("*")) + ("$" if whole else "")
    covered = pattern[:1] in ("/", "*") and re.match(told, f"/{path}") is not None
    assert says(pattern, f"/{path}") is (True if covered else None)


# The crawl


@pytest.fixture
def paper(site):
    """A site whose feed announces three articles."""
    site.announce(PATHS)
    return site


def reserved(crawled):
    """Give the last part but one of the paths of the articles that are reserved."""
    told = {article["url"]: article["tdm_reserved"] == "True" for article in crawled.articles}
    return sorted(url.rsplit("/", 2)[1].partition("-")[0] for url, is_reserved in told.items() if is_reserved)


def test_the_file_is_asked_once_and_before_the_articles(paper, other_site, crawl):
    paper.add(PLACE, json.dumps(ALL), kind="application/json", wait=0.3)
    other_site.add("/feed/", rss(), kind="application/rss+xml")
    settings = {"LOG_LEVEL": "INFO"}
    crawled = crawl(outlet(paper, feeds=["/feed/"]), outlet(other_site, "echo", feeds=["/feed/"]), settings=settings)
    assert [hit.path for hit in paper.log] == ["/robots.txt", "/feed/", PLACE, *PATHS]
    assert all(after.start >= before.end - 0.15 for before, after in pairwise(paper.log))
    assert reserved(crawled) == ["alpha", "brizelle", "corvane"]
    assert not other_site.asked(PLACE)  # it has no article to fetch
    assert f"{paper.url}{PLACE}: HTTP 200, 1 rules" in crawled.log


def test_what_is_nearer_to_the_page_overrules_the_file(paper, crawl):
    rules = [{"location": PATHS[2], "tdm-reservation": 0}, *ALL]
    paper.add(PLACE, json.dumps(rules), kind="application/json")
    paper.answers[PATHS[1]][0].headers = {"tdm-reservation": "0"}
    lifted = press_page("Delta").replace("<meta charset", '<meta name="tdm-reservation" content="0"><meta charset')
    paper.add("/levees/delta-ouvre-son-capital/", lifted)
    paper.add("/levees/epsilon-ouvre-son-capital/", press_page("Epsilon"), headers={"tdm-reservation": "peut-être"})
    places = [path for path in paper.answers if path.startswith("/levees/")]
    paper.answers["/feed/"][0].body = rss(*(paper.url + path for path in places)).encode()
    crawled = crawl(outlet(paper, feeds=["/feed/"]))
    assert len(crawled.articles) == 5
    assert reserved(crawled) == ["alpha", "epsilon"]


def test_a_redirection_leads_to_another_sites_file(site, other_site, crawl):
    site.add("/alpha-est-parti-ailleurs/", status=301, headers={"Location": other_site.url + PATHS[0]})
    other_site.article(PATHS[0])
    other_site.add(PLACE, status=302, headers={"Location": "/droits.json"})
    other_site.add("/droits.json", json.dumps(ALL), kind="application/json")
    assert reserved(crawl(urls=site.url + "/alpha-est-parti-ailleurs/")) == ["alpha"]


def test_pages_met_in_exploring_a_site(site, crawl):
    site.add(PLACE, json.dumps(ALL), kind="application/json")
    site.article(PATHS[0])
    assert reserved(crawl(site.url + PATHS[0])) == ["alpha"]
    assert len(site.asked(PLACE)) == 1


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        ({"status": 404}, 1),
        ({"status": 403, "body": json.dumps(ALL)}, 1),
        ({"body": "<!doctype html><h1>Bienvenue</h1>"}, 1),
        ({"body": "[" * 100_000}, 1),
        ({"body": json.dumps(ALL) + " " * 600_000}, 1),
        ({"status": 302, "headers": {"Location": PLACE}}, 3),
        ({"status": 500}, 2),
        ({"drop": "before"}, 2),
        ({"body": json.dumps(ALL), "wait": 2}, 2),
    ],
    ids=["absent", "forbidden", "HTML", "broken", "huge", "in circles", "failing", "unreachable", "slow"],
)
def test_a_file_that_cannot_be_had_reserves_nothing(paper, crawl, answer, tries):
    paper.add(PLACE, **answer)
    settings = {"LOG_LEVEL": "INFO", "DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 1, "REDIRECT_MAX_TIMES": 2}
    crawled = crawl(outlet(paper, feeds=["/feed/"]), settings=settings)
    assert len(crawled.articles) == 3
    assert reserved(crawled) == []
    assert len(paper.asked(PLACE)) == tries
    assert f"{paper.url}{PLACE}: " in crawled.log
    assert "ERROR" not in crawled.log
    assert "failed" not in crawled.count("gazette")


def test_robots_holds_for_the_file_too(paper, crawl):
    paper.add("/robots.txt", "User-agent: *\nDisallow: /.well-known/", kind="text/plain")
    paper.add(PLACE, json.dumps(ALL), kind="application/json")
    assert reserved(crawl(outlet(paper, feeds=["/feed/"]))) == []
    assert not paper.asked(PLACE)
