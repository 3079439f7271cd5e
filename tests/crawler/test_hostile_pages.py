"""Pages in the wrong charset, broken pages, hostile pages: read as far as they go, quickly, and nothing raises."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from crawler_pages import FIRST, LINKED, SECOND, THIRD, TITLE, URL, check_body, ld, page
from hypothesis import given
from hypothesis import strategies as st

from crawler.page import Page, parse_article


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (page().encode("utf-8"), ""),
        (page().encode("utf-8"), "text/html; charset=utf-8"),
        (page().replace("utf-8", "windows-1252").encode("windows-1252"), ""),
        (page().replace("<meta charset=utf-8>", "").encode("windows-1252"), ""),
        (page().replace("<meta charset=utf-8>", "").encode("utf-8"), ""),
        (page().encode("windows-1252"), "text/html; charset=windows-1252"),
        (b"\xef\xbb\xbf" + page().encode("utf-8"), "text/html; charset=iso-8859-1"),
        ('<?xml version="1.0" encoding="utf-8"?>' + page(), ""),
        (page().encode("utf-16"), ""),
        (page().encode("utf-8"), "text/html; charset=klingon"),
    ],
)
def test_charsets(content, content_type):
    article = parse_article(content, URL, headers={"Content-Type": content_type})
    assert article.title == TITLE
    check_body(article)


def test_a_wrong_charset_costs_the_accents_only():
    article = parse_article(page().encode("utf-8"), URL, headers={"Content-Type": "text/html; charset=iso-8859-1"})
    assert article.title.startswith("Orvalie l")
    assert len(article.text) >= len(FIRST + SECOND + THIRD)


@pytest.mark.parametrize(
    "broken",
    [
        page().replace("lève", "lè\x00ve").replace("12 m", "12\x01 m"),
        page().replace("</p>", "").replace("</article>", "").replace("</body></html>", ""),
        page().replace("<article>", "<article><table><tr><td></div></span>"),
        page()[: page().index(THIRD) + len(THIRD)],
        page() + page(),
        page().replace("<body>", "<body><body><html><head>"),
        page().replace("<p>", "<p \ufffd='" + "x" * 1000 + "' =>"),
        page().replace("<main>", "<!-- <main> <![CDATA[ --><main>"),
        page().replace("<article>", "<article>" + "<div>" * 200),
    ],
)
def test_broken_pages_are_read_all_the_same(broken):
    article = parse_article(broken, URL)
    assert article.title.startswith("Orvalie")
    assert SECOND in article.text


@pytest.mark.parametrize(
    "hostile",
    [
        "<div class='related'>" * 30_000 + page(),
        "<p>" + "a " * 400_000,
        page("<p>" + FIRST * 3_000 + "</p>"),
        page("".join(f"<p class=related-{n}>{FIRST}</p>" for n in range(3_000))),
        page(head=ld([LINKED] * 3_000)),
        page(head="<meta name=x content=y>" * 20_000),
        "<" * 100_000,
        "<a href='" * 20_000,
        page("<i>" * 5_000 + FIRST + "</i>" * 5_000),
        page("<div>" * 10_000 + FIRST),
        "<div>" * 300_000 + page(),
        "<p " + " ".join(f"a{n}='>'" for n in range(50_000)) + ">" + page(),
        page(f"<div data-state='{'x' * 3_000_000}'>{FIRST}</div>"),
        page(f"<p>{FIRST}</p>" * 500_000),
        page("".join(f"<div class=x><a href=/y{n}>Une jeune pousse lève {n}</a></div>" for n in range(15_000))),
        page("<br>".join(FIRST for _ in range(20_000))),
        page(head=ld({**LINKED, "articleBody": f"{FIRST} {SECOND} " * 5_000})).replace(
            "<h2>", f"<p>{THIRD}</p>" * 5_000
        ),
        page("<span class=author>Par Julie Martin</span>" * 20_000),
        page("<time datetime='hier'>hier</time>" * 20_000),
        page("<table>" + "<tr><td>" * 20_000),
    ],
)
def test_hostile_pages_take_no_time(hostile):
    began = time.process_time()
    read = Page(hostile, URL)
    read.article()
    list(read.links())
    assert time.process_time() - began < 5


def test_a_page_of_50_megabytes_fits_into_half_a_gigabyte_more():
    code = (
        "import resource\nfrom crawler.page import parse_article\nparse_article('<p>Bref.', 'https://a.fr/b')\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "paragraphs = b'<p>Orvalie annonce un tour de table.</p><p>Le tour est de douze millions.</p>'\n"
        "html = b'<h1>Titre</h1>' + paragraphs * 700_000\n"
        "assert parse_article(html, 'https://a.fr/b') is not None\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 500_000  # kilobytes


PIECES = [
    *(
        "<html>|<head>|<body>|<article>|<h1>|</h1>|<p>|</p>|<time datetime='|'>|<!--|-->|<svg>|<math>|"
        "<table><td>|<template>|<link rel=canonical href='http://[|<base href='//['>|2026-05-12|32 mai 2026|"
        "99h99|Il vous reste 3 %|<![CDATA[|"
        "<?xml encoding='utf-7'?>|&#0;|&#xD800;|\0|</script>|<script type='application/ld+json'>|[|}"
    ).split("|"),
    '{"@type": "NewsArticle", "headline": "',
    '\\ud800", "articleBody": "',
    FIRST,
]


def check_storable(article):
    """Nothing, or an article whose every string can be written as UTF-8."""
    if article is not None:
        assert len(article.text) >= 120
        told = [article.title, article.text, article.chapeau, article.canonical_url, *article.authors, *article.tags]
        for text in (*told, article.section or "", article.image or "", article.language or ""):
            assert text.encode("utf-8").decode() == text


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=200), st.text(max_size=30))
def test_no_page_raises(text, url):
    check_storable(parse_article(text, url))


@given(st.binary(max_size=300), st.text(max_size=20))
def test_no_bytes_raise(content, content_type):
    around = page().encode().replace(b"<h2>", content + b"<h2>")
    for body in (content, around):
        check_storable(parse_article(body, URL, headers={"Content-Type": content_type}))
