"""What announces the articles: feed, sitemaps, listings, robots.txt; read with the usual readers."""

from __future__ import annotations

from io import BytesIO
from urllib.request import urlopen
from urllib.robotparser import RobotFileParser

import feedparser
from lxml import etree, html

from tourdetable.newspaper.articles import SECTIONS

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}


def get(url: str) -> bytes:
    with urlopen(url) as answer:
        body: bytes = answer.read()
    return body


def test_robots_txt_forbids_the_search_and_names_the_sitemaps(paper):
    rules = RobotFileParser()
    rules.parse(get(f"{paper.url}/robots.txt").decode().splitlines())
    assert rules.site_maps() == [f"{paper.url}/sitemap_index.xml", f"{paper.url}/sitemap-news.xml"]
    assert rules.can_fetch("tourdetable", f"{paper.url}/startups/")
    assert not rules.can_fetch("tourdetable", f"{paper.url}/recherche?q=levee")


def test_the_feed_holds_the_latest_articles(paper):
    feed = feedparser.parse(BytesIO(get(f"{paper.url}/feed/")))
    assert (feed.bozo, feed.version) == (False, "rss20")
    latest = paper.articles[:15]
    assert [entry.title for entry in feed.entries] == [article.title for article in latest]
    assert [entry.id for entry in feed.entries] == [paper.url + article.path for article in latest]
    for entry, article in zip(feed.entries, latest, strict=True):
        assert entry.link.partition("?")[0] == paper.url + article.path
        assert tuple(entry.published_parsed)[:6] == tuple(article.published.utctimetuple())[:6]
        assert entry.summary == article.chapeau


def test_the_sitemaps_list_every_article_once(paper):
    index = etree.fromstring(get(f"{paper.url}/sitemap_index.xml"))
    sitemaps = index.xpath("s:sitemap/s:loc/text()", namespaces=NAMES)
    assert len(sitemaps) > 1
    dated = [
        (entry.findtext("s:loc", namespaces=NAMES), entry.findtext("s:lastmod", namespaces=NAMES))
        for url in sitemaps
        for entry in etree.fromstring(get(url)).iterfind("s:url", namespaces=NAMES)
    ]
    assert sorted(dated) == sorted((paper.url + a.path, a.published.isoformat()) for a in paper.articles)


def test_the_news_sitemap_names_the_latest_articles(paper):
    entries = etree.fromstring(get(f"{paper.url}/sitemap-news.xml")).findall("s:url", namespaces=NAMES)
    told = [
        (
            entry.findtext("s:loc", namespaces=NAMES),
            entry.findtext("news:news/news:title", namespaces=NAMES),
            entry.findtext("news:news/news:publication_date", namespaces=NAMES),
        )
        for entry in entries
    ]
    assert told == [(paper.url + a.path, a.title, a.published.isoformat()) for a in paper.articles[:20]]


def test_the_listings_lead_to_every_article(paper):
    reached, visited = [], 0
    for section in SECTIONS:
        path = f"/{section}/"
        while path:
            tree = html.fromstring(get(paper.url + path))
            reached += tree.xpath("//article//h2/a/@href")
            path = next(iter(tree.xpath("//a[@rel='next']/@href")), None)
            visited += 1
    assert sorted(reached) == sorted(article.path for article in paper.articles)
    assert visited > len(SECTIONS)


def test_the_front_page_leads_to_the_sections_and_the_latest(paper):
    links = html.fromstring(get(f"{paper.url}/")).xpath("//a/@href")
    assert {f"/{section}/" for section in SECTIONS} <= set(links)
    assert {article.path for article in paper.articles[:10]} <= set(links)
