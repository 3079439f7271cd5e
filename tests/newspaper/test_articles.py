"""The bundled articles: enough of each kind, and annotated as ``corpus/GUIDE.md`` says."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tourdetable.newspaper import load_articles
from tourdetable.newspaper.articles import SECTIONS, plain

ARTICLES = load_articles()
GENRES = {"round", "roundup", "acquisition", "fund", "ipo", "debt_or_grant", "other"}
ROLES = {
    "round", "tranche", "valuation", "total_raised", "past_round", "fund", "acquisition", "revenue", "market", "other",
}  # fmt: skip


def test_there_are_enough_of_each_kind():
    assert len(ARTICLES) >= 40
    templates = Counter(article.template for article in ARTICLES)
    assert set(templates) == {"wordpress", "opengraph", "microdata", "bare", "paywalled"}
    assert min(templates.values()) >= 8
    assert {article.gold["genre"] for article in ARTICLES} == GENRES
    with_rounds = sum(bool(article.gold["rounds"]) for article in ARTICLES)
    assert 10 <= with_rounds <= len(ARTICLES) - 10
    assert Counter(len(article.authors) for article in ARTICLES)[2] >= 3
    assert {article.section for article in ARTICLES} == set(SECTIONS)


def test_they_come_latest_first_with_addresses_of_their_own():
    moments = [article.published for article in ARTICLES]
    assert moments == sorted(moments, reverse=True)
    assert len({article.path for article in ARTICLES}) == len(ARTICLES)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.gold["id"])
def test_an_article_is_annotated_by_the_guide(article):
    whole = "\n".join([article.title, article.chapeau, *map(plain, article.paragraphs)])
    gold = article.gold
    if gold["genre"] in {"acquisition", "fund", "other"}:
        assert gold["rounds"] == []
    named = [*gold["companies"], *(sum_["text"] for sum_ in gold["amounts"])]
    for round_ in gold["rounds"]:
        named += [round_["company"], *(investor["name"] for investor in round_["investors"])]
        assert round_["company"] in gold["companies"]
        assert (round_["amount"] is None) == (round_["currency"] is None)
        assert round_["status"] in {"announced", "rumoured"}
    assert [name for name in named if name not in whole] == []
    assert {sum_["role"] for sum_ in gold["amounts"]} <= ROLES
    for text, count in Counter(sum_["text"] for sum_ in gold["amounts"]).items():
        assert whole.count(text) >= count, text


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.gold["id"])
def test_an_article_is_dated_to_the_minute_in_paris(article):
    paris = article.published.astimezone(ZoneInfo("Europe/Paris"))
    assert article.published.utcoffset() == paris.utcoffset() in {timedelta(hours=1), timedelta(hours=2)}
    assert 6 <= paris.hour < 22


def test_a_paywall_hides_a_part_but_not_who_raises():
    walled = [article for article in ARTICLES if article.template == "paywalled"]
    for article in walled:
        assert 20 <= article.hidden <= 80
        shown = f"{article.title}\n{article.text}"
        assert all(round_["company"] in shown for round_ in article.gold["rounds"])
        assert article.paragraphs[-1] not in shown
    free = [article for article in ARTICLES if article not in walled]
    assert all(article.hidden == 0 and plain(article.paragraphs[-1]) in article.text for article in free)
