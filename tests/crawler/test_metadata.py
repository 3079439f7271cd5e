"""Who wrote an article and when, however a page tells it: pitfalls met on pages of the French press."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from crawler_pages import BODY, LINKED, TITLE, URL, WHEN, ld, meta, page

from crawler.page import parse_article

ANONYMOUS = {name: value for name, value in LINKED.items() if name != "author"}
UNDATED = {name: value for name, value in LINKED.items() if not name.startswith("date")}


def read(html, url=URL, **options):
    article = parse_article(html, url, **options)
    assert article is not None
    return article


# Titles


def test_a_headline_cut_at_110_characters_is_told_in_full():
    whole = TITLE + " dans les vignes, les vergers et les champs de céréales de trois régions du Sud de la France"
    assert len(whole) > 110
    assert read(page(h1=whole, head=ld({**LINKED, "headline": whole[:110]}))).title == whole


def test_entities_are_decoded():
    cut = {**LINKED, "headline": "L&#039;eau &amp;amp; les sols&nbsp;: Orvalie l&egrave;ve 12 M&euro;"}
    assert read(page(h1="", head=ld(cut))).title == "L'eau & les sols : Orvalie lève 12 M€"


def test_of_two_headings_the_one_that_the_page_declares():
    html = page(around="<h1>Exemple, le journal des start-up</h1>", head=ld(LINKED))
    assert read(html).title == TITLE


# Authors


def byline(text):
    return f"<p class='article-author'>{text}</p>{BODY}"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Par Julie Martin", ["Julie Martin"]),
        ("Par Julie Martin et Paul Petit", ["Julie Martin", "Paul Petit"]),
        ("Par JULIE MARTIN", ["Julie Martin"]),
        ("Julie Martin avec AFP", ["Julie Martin"]),
        ("Julie Martin (avec Reuters)", ["Julie Martin"]),
        ("Par Julie Martin (avec Paul Petit et Zoé Klein)", ["Julie Martin", "Paul Petit", "Zoé Klein"]),
        ("Par Julie Martin, correspondante à Lyon", ["Julie Martin"]),
        ("Par Julie Martin - Publié le 12 mai 2026", ["Julie Martin"]),
        ("Propos recueillis par Julie Martin", ["Julie Martin"]),
        ("Par Jean-Baptiste de La Salle", ["Jean-Baptiste de La Salle"]),
        ("AFP", ["AFP"]),
        ("La rédaction", ["La rédaction"]),
        ("Franceville info avec AFP", ["Franceville info avec AFP"]),
        ("https://www.facebook.com/exemple", []),
        ("Partager", []),
    ],
)
def test_bylines(line, names):
    assert read(page(byline(line), head=ld(ANONYMOUS))).authors == names


def test_an_address_is_no_author():
    head = ld(ANONYMOUS) + meta(article__author="https://www.facebook.com/exemple") + meta(author="Julie Martin")
    assert read(page(head=head)).authors == ["Julie Martin"]


def test_co_authors_that_json_ld_leaves_out():
    one = {**LINKED, "author": {"@type": "Person", "name": "Julie Martin"}}
    assert read(page(byline("Par Julie Martin et Paul Petit"), head=ld(one))).authors == ["Julie Martin", "Paul Petit"]
    other = read(page(byline("Par Zoé Klein"), head=ld(one)))
    assert other.authors == ["Julie Martin"]  # another byline, of a box: what is declared is believed


def test_a_newsroom_declared_and_a_person_who_signs():
    newsroom = {**LINKED, "author": {"@type": "Organization", "name": "Exemple"}}
    assert read(page(byline("Par Julie Martin"), head=ld(newsroom))).authors == ["Julie Martin"]
    assert read(page(head=ld(newsroom))).authors == ["Exemple"]


@pytest.mark.parametrize(
    "box",
    [
        "<aside><p class=author>Par Zoé Klein</p></aside>",
        "<div class=sidebar><p class=author>Par Zoé Klein</p></div>",
        "<section id=comments><p class='comment-author'>Zoé Klein</p><p>Bravo.</p></section>",
        "<div class='related-posts'><h3><a href=/x>Autre</a></h3><p class=author>Par Zoé Klein</p></div>",
        "<footer><p class=author>Par Zoé Klein</p></footer>",
    ],
)
def test_authors_of_other_things(box):
    assert read(page(BODY, head=ld(ANONYMOUS), around=box, below=box)).authors == []
    assert read(page(byline("Par Julie Martin"), head=ld(ANONYMOUS), around=box, below=box)).authors == ["Julie Martin"]


def test_a_name_that_signs_below_the_text():
    article = read(page(BODY + "<p><em>Julie Martin</em></p>", head=ld(ANONYMOUS)))
    assert article.authors == ["Julie Martin"]
    assert not article.text.endswith("Julie Martin")


def test_what_is_said_of_the_author_is_no_part_of_the_text():
    said = "<p>Julie Martin est journaliste et couvre les jeunes pousses depuis dix ans.</p>"
    article = read(page(BODY + said, head=ld({**LINKED, "author": "Julie Martin"})))
    assert "depuis dix ans" not in article.text


# Instants


@pytest.mark.parametrize(
    ("told", "when"),
    [
        ("2026-05-12T09:30:00+02:00", WHEN),
        ("2026-05-12T09:30:00", WHEN),  # no zone: Paris
        ("2026-05-12 09:30", WHEN),
        ("2026-05-12T07:30:00Z", WHEN),
        ("2026-05-12T07:30:00.000Z", WHEN),
        ("2026-05-12T09:30:00+0200", WHEN),
        ("2026-05-12CEST09:30:00+02:00", WHEN),
        ("20260512T093000", WHEN),
        ("Tue, 12 May 2026 09:30:00 +0200", WHEN),
        ("2026-05-11T22:30:00Z", datetime(2026, 5, 11, 22, 30, tzinfo=UTC)),  # the 12th for readers in Paris
        ("09/11/2025", datetime(2025, 11, 8, 23, tzinfo=UTC)),
    ],
)
def test_declared_instants(told, when):
    assert read(page(head=ld({**LINKED, "datePublished": told}))).published_at == when
    head = meta(og__type="article", article__published_time=told)
    assert read(page(head=head)).published_at == when


@pytest.mark.parametrize("name", ["date", "DC.date.issued", "sailthru.date", "publish-date", "cms:publication_date"])
def test_meta_tags_of_all_sorts(name):
    head = f"<meta name='{name}' content='2026-05-12T09:30:00+02:00'>"
    assert read(page(head=head)).published_at == WHEN


def test_a_date_of_change_is_none_of_publication():
    head = "<meta name='revision_date' content='2026-06-01'><meta name='expires_date' content='2027-01-01'>"
    assert read(page(head=head)).published_at is None


@pytest.mark.parametrize(
    "shown",
    [
        "<p>Mis à jour le <time datetime='2026-06-01T10:00+02:00'>1er juin 2026</time></p>"
        "<p>Publié le <time datetime='2026-05-12T09:30+02:00'>12 mai 2026</time></p>",
        "<p class=date>Mis à jour le 1er juin 2026 à 10h00, publié le 12 mai 2026 à 9h30</p>",
        "<p class=date>Modifié le 1er juin 2026 à 10h</p><p class=date>Publié le 12 mai 2026 à 9h30</p>",
    ],
)
def test_an_update_shown_before_the_publication(shown):
    assert read(page(shown + BODY)).published_at == WHEN


def test_what_readers_are_told_beats_a_machines_instant_that_is_days_away():
    shown = "<p><time datetime='2026-06-01T10:00:00Z'>Publié le 12 mai 2026 à 9h30</time></p>"
    assert read(page(shown + BODY)).published_at == WHEN


def test_dates_of_comments_and_teasers_are_not_the_articles():
    comment = "<section id=comments><time datetime='2026-06-02T10:00Z'>2 juin 2026</time><p>Bravo.</p></section>"
    teaser = "<aside><a href=/x>Autre</a> <time datetime='2026-06-03T10:00Z'>3 juin 2026</time></aside>"
    assert read(page(BODY, around=teaser, below=comment)).published_at is None
    assert read(page("<p>12 mai 2026 à 9h30</p>" + BODY, around=teaser, below=comment)).published_at == WHEN


@pytest.mark.parametrize(
    "url",
    [
        "https://www.exemple.fr/2026/05/12/orvalie-leve-12-millions",
        "https://www.exemple.fr/eco/4031937-20260512-orvalie-leve",
        "https://www.exemple.fr/article/2026-05-12_orvalie.html",
    ],
)
def test_the_day_in_an_address_is_the_last_resort(url):
    assert read(page(), url).published_at == datetime(2026, 5, 11, 22, tzinfo=UTC)
    assert read(page("<p>le 13 mai 2026</p>" + BODY), url).published_at == datetime(2026, 5, 12, 22, tzinfo=UTC)


def test_the_state_of_a_script_tells_the_date_where_there_is_but_one():
    state = json.dumps({"props": {"article": {"publishedAt": "2026-05-12T09:30:00+02:00"}}})
    alone = f"<script id=state type='application/json'>{state}</script>"
    assert read(page(below=alone)).published_at == WHEN
    assert read(page(below=alone + alone.replace("05-12", "05-13"))).published_at is None


def test_json_ld_in_two_halves():
    dated = {"@type": "NewsArticle", "headline": TITLE, "datePublished": LINKED["datePublished"]}
    signed = {"@type": "NewsArticle", "headline": TITLE, "author": "Julie Martin", "isAccessibleForFree": False}
    article = read(page(head=ld([dated, signed])))
    assert (article.published_at, article.authors, article.paywalled) == (WHEN, ["Julie Martin"], True)


def test_json_that_is_nearly_json():
    told = json.dumps({**LINKED, "description": "Un\\nom"}).replace("\\\\n", "\\'")
    head = f"<script type='application/ld+json'>//<![CDATA[\n{told}\n//]]></script>"
    assert read(page(head=head)).published_at == WHEN
