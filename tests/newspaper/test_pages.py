"""The article pages: as noisy as those of the press, and read back by the crawler as the articles they were made of."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest

from crawler.items import Article
from crawler.page import parse_article
from tourdetable.newspaper import PaperArticle, load_articles
from tourdetable.newspaper.articles import Site
from tourdetable.newspaper.site import site_pages

SITE = Site("http://127.0.0.1:8642", "Le Petit Tour")
ARTICLES = load_articles()
SIGNS = {
    "wordpress": ('"@graph"', "og:title", 'rel="author"', "À lire aussi", "Mots-clés", "2 commentaires"),
    "opengraph": ("article:published_time", "og:title", "Lire aussi", "Ceci pourrait vous intéresser", "figcaption"),
    "microdata": ('itemprop="articleBody"', 'itemprop="datePublished"', "Sur le même sujet", "Commentaires"),
    "bare": ("<b>", "Publié le", "Dans la même rubrique"),
    "paywalled": ('"isAccessibleForFree": false', "Il vous reste", "Abonnez-vous"),
}
EVERYWHERE = ("Newsletter", "cookies", "Mentions légales", "Start-up", "Les plus lus|À la une")


@cache
def pages() -> dict[str, tuple[str, bytes]]:
    return site_pages(ARTICLES, SITE)


def html_of(article: PaperArticle) -> str:
    return pages()[article.path][1].decode()


def read(article: PaperArticle) -> Article:
    found = parse_article(pages()[article.path][1], SITE.url + article.path)
    assert found is not None
    return found


def paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n")]


each_article = pytest.mark.parametrize(
    "article", ARTICLES, ids=lambda article: f"{article.template}-{article.gold['id']}"
)


@each_article
def test_a_page_has_its_template_and_its_noise(article):
    html = html_of(article)
    for sign in SIGNS[article.template]:
        assert sign in html
    for sign in EVERYWHERE:
        assert re.search(sign, html)
    alien = [other for other in ARTICLES if other is not article and other.path in html]
    assert len(alien) >= 4
    # The boxes name other companies' rounds: a reader that takes them for the article reports rounds that are not its.
    assert any(round_["company"] in unescape(html) for other in alien for round_ in other.gold["rounds"])


@each_article
def test_a_page_gives_its_metadata_back(article):
    found = read(article)
    assert found.title == " ".join(article.title.split())
    assert found.authors == ([name for name in article.authors if name != "La rédaction"] or list(article.authors))
    assert found.published_at == article.published
    assert found.paywalled == (article.template == "paywalled")
    assert found.language == "fr"
    assert found.canonical_url == (SITE.url + article.path).rstrip("/")


@each_article
def test_a_page_gives_its_text_back_without_the_boxes(article):
    assert paragraphs(read(article).text) == paragraphs(article.text)


def test_what_is_no_article_is_read_as_none():
    articles = {article.path for article in ARTICLES}
    others = [path for path, (kind, _) in pages().items() if kind.startswith("text/html") and path not in articles]
    assert len(others) >= 8
    assert [path for path in others if parse_article(pages()[path][1], SITE.url + path) is not None] == []
