"""Discovery to articles, as a whole, against local sites."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from crawler_sites import outlet, press_page, rss

from crawler.outlets import UnknownOutletError
from crawler.spiders.news import NewsSpider

NAMES = ("alpha", "brizelle", "corvane", "dolmia", "etampe")
PATHS = [f"/startups/{name}-leve-trois-millions/" for name in NAMES]
URLSET = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pytest.fixture
def paper(site):
    """A site with five articles and as yet no way to them."""
    for path in PATHS:
        site.article(path)
    return site


def urlset(*urls: str, changed: str = "") -> str:
    dated = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f'<urlset xmlns="{URLSET}">' + "".join(f"<url><loc>{u}</loc>{dated}</url>" for u in urls) + "</urlset>"


def index(*urls: str) -> str:
    places = "".join(f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url, day in urls)
    return f'<sitemapindex xmlns="{URLSET}">{places}</sitemapindex>'


def listing(*paths: str) -> str:
    links = "".join(f'<h2><a href="{path}">{path.strip("/").replace("-", " ")}</a></h2>' for path in paths)
    return f"<!doctype html><html lang=fr><title>La Gazette</title><body><h1>La Gazette</h1>{links}</body></html>"


def each_once(paper, crawled, paths=PATHS):
    """Every article came out once, after one request."""
    assert crawled.urls == sorted(paper.url + path for path in paths)
    assert [len(paper.asked(path)) for path in paths] == [1] * len(paths)


def test_feeds_sitemaps_and_listings_announce_the_same_articles(paper, crawl):
    url = [paper.url + path for path in PATHS]
    paper.add("/feed/", rss(*(f"{u}?utm_source=rss" for u in url[:3])), kind="application/rss+xml")
    paper.add("/news.xml", urlset(*url[1:4]), kind="application/xml")
    paper.add("/startups/", listing(*PATHS[2:], "/startups/", "/tag/fintech/", "/auteur/julie-martin-petit-durand/"))
    crawled = crawl(outlet(paper, feeds=["/feed/"], sitemaps=["/news.xml"], listings=["/startups/"], exclude="^/$"))
    asked = [hit.path.partition("?")[0] for hit in paper.asked()]
    assert sorted(asked) == sorted([*PATHS, "/feed/", "/news.xml", "/startups/"])
    assert {article["canonical_url"] for article in crawled.articles} >= {u.rstrip("/") for u in url[3:]}
    assert len(crawled.articles) == 5
    figures = crawled.count("gazette")
    assert figures == {"sources_ok": 3, "found": 5, "fetched": 5, "articles": 5}
    assert {article["outlet"] for article in crawled.articles} == {"gazette"}


def test_an_index_of_packed_sitemaps(paper, crawl):
    first = paper.add("/2026-05.xml.gz", gzip.compress(urlset(*(paper.url + p for p in PATHS[:3])).encode()))
    second = paper.add("/2026-04.xml", urlset(*(paper.url + p for p in PATHS[3:])))
    paper.add("/sitemap_index.xml", index((first, "2026-05-20"), (second, "2026-04-30")))
    crawled = crawl(outlet(paper, sitemaps=["/sitemap_index.xml"]))
    each_once(paper, crawled)
    assert [h.path for h in paper.asked()][:2] == ["/sitemap_index.xml", "/2026-05.xml.gz"]
    assert crawled.count("gazette")["sources_ok"] == 3


def test_since_and_until(paper, crawl):
    old = paper.add("/2019.xml", urlset(paper.url + PATHS[0]))
    new = paper.add("/2026.xml", urlset(paper.url + PATHS[1], changed="2026-05-30"))
    paper.add("/sitemap_index.xml", index((old, "2019-12-31"), (new, "2026-05-30")))
    dated = [
        (paper.url + PATHS[2], "Tue, 12 May 2026 08:00:00 GMT"),
        (paper.url + PATHS[3], "Tue, 12 May 2020 08:00 GMT"),
    ]
    paper.add("/feed/", rss(*dated, (paper.url + PATHS[4], "Fri, 12 Jun 2026 08:00:00 GMT")))
    crawled = crawl(
        outlet(paper, feeds=["/feed/"], sitemaps=["/sitemap_index.xml"]), since="2026-05-01", until="2026-05-20"
    )
    # The second was changed after the time asked for, but published within it: only its page can tell.
    assert crawled.urls == sorted(paper.url + path for path in PATHS[1:3])
    assert not [path for path in ("/2019.xml", PATHS[0], PATHS[3], PATHS[4]) if paper.asked(path)]


def test_what_the_page_dates_before_since_is_left_out(site, crawl):
    site.add("/alpha-leve-trois-millions/", press_page("Alpha lève trois millions", "2020-01-01T08:00:00+01:00"))
    site.add("/feed/", rss(site.url + "/alpha-leve-trois-millions/"))
    crawled = crawl(outlet(site, feeds=["/feed/"]), since="2026-05-01")
    assert crawled.articles == []
    assert crawled.count("gazette") == {"sources_ok": 1, "found": 1, "fetched": 1}


def test_no_more_than_so_many_articles_of_each_outlet(paper, crawl):
    paper.add("/feed/", rss(*(paper.url + path for path in PATHS)))
    crawled = crawl(outlet(paper, feeds=["/feed/"]), max_articles=2)
    assert crawled.urls == [paper.url + path for path in PATHS[:2]]


def test_a_site_known_by_its_address_only(paper, crawl):
    """Its front page, listings behind it, the feed it declares, the sitemaps of robots.txt and of convention."""
    other = paper.article("/economie/falune-est-rachetee-par-un-concurrent/")
    declared = '<link rel="alternate" type="application/rss+xml" href="/fil.xml">'
    paper.add(
        "/",
        listing(PATHS[0], "/startups/", "/mentions-legales/", "/logo-de-la-gazette.png").replace(
            "<title>", declared + "<title>"
        ),
    )
    paper.add("/startups/", listing(PATHS[0], PATHS[1], "/"))
    paper.add("/fil.xml", rss(paper.url + PATHS[2], "https://ailleurs.invalid/un-article-d-ailleurs/"))
    paper.add("/robots.txt", f"User-agent: *\nDisallow: /prive/\n\nSitemap: {paper.url}/plan.xml\n", kind="text/plain")
    paper.add("/plan.xml", urlset(paper.url + PATHS[3], other, paper.url + "/prive/un-article-de-la-redaction/"))
    paper.add("/sitemap.xml", status=301, headers={"Location": "/wp-sitemap.xml"})
    paper.add("/wp-sitemap.xml", urlset(paper.url + PATHS[4]))
    crawled = crawl(paper.url + "/")
    assert crawled.urls == sorted([other, *(paper.url + path for path in PATHS)])
    assert all(len(paper.asked(path)) == 1 for path in PATHS)
    assert not [
        p
        for p in ("/mentions-legales/", "/logo-de-la-gazette.png", "/prive/un-article-de-la-redaction/")
        if paper.asked(p)
    ]
    figures = crawled.count("127.0.0.1")
    assert (figures["articles"], figures["robots"], figures["failed"], figures["failed/dns"]) == (6, 1, 1, 1)
    assert "sources_failed" not in figures


def test_an_unknown_site_without_feed_or_sitemap(paper, crawl):
    paper.add("/", listing(*PATHS))
    crawled = crawl(paper.url)
    each_once(paper, crawled)
    assert "sources_failed" not in crawled.count("127.0.0.1")


def test_the_address_of_an_article_a_feed_or_a_sitemap_serves_as_an_outlet(paper, crawl):
    feed = paper.add("/fil", rss(paper.url + PATHS[1]))
    plan = paper.add("/plan", urlset(paper.url + PATHS[2]))
    crawled = crawl(paper.url + PATHS[0], feed, plan)
    each_once(paper, crawled, PATHS[:3])
    assert crawled.count("127.0.0.1")["sources_ok"] == 3


def test_several_outlets_in_one_crawl(paper, other_site, crawl):
    paper.add("/feed/", rss(paper.url + PATHS[0]))
    other_site.article("/kiwano-ouvre-son-capital/")
    other_site.add("/feed/", rss(other_site.url + "/kiwano-ouvre-son-capital/"))
    crawled = crawl(outlet(paper, feeds=["/feed/"]), outlet(other_site, "echo", feeds=["/feed/"]))
    assert {(a["outlet"], a["url"]) for a in crawled.articles} == {
        ("gazette", paper.url + PATHS[0]),
        ("echo", other_site.url + "/kiwano-ouvre-son-capital/"),
    }


def test_sources_that_are_none_are_counted_and_hurt_nobody(paper, crawl):
    paper.add("/feed/", "<!doctype html><html><body><h1>Vérifiez que vous êtes humain</h1></body></html>")
    paper.add("/plan.xml", b"\x1f\x8b" + b"pas du gzip" * 20)
    paper.add("/photo/", b"\x89PNG\r\n\x1a\n" + bytes(300), kind="image/png")
    paper.add("/bon/", rss(paper.url + PATHS[0]))
    crawled = crawl(
        outlet(paper, feeds=["/feed/", "/bon/"], sitemaps=["/plan.xml", "/absent.xml"], listings=["/photo/"])
    )
    assert crawled.urls == [paper.url + PATHS[0]]
    figures = crawled.count("gazette")
    assert (figures["sources_ok"], figures["sources_failed"]) == (1, 4)
    assert (figures["failed/bad-source"], figures["failed/http-404"]) == (3, 1)
    assert "a feed was expected, but this is an HTML page" in crawled.log


def test_no_source_makes_us_read_files_or_speak_other_protocols(paper, crawl, tmp_path):
    (tmp_path / "secret.html").write_text(press_page("Un article secret et local"))
    traps = [
        (tmp_path / "secret.html").as_uri(),
        "mailto:a@exemple.fr",
        "data:text/html,x",
        "http://[::1",
        "ftp://a.fr/b",
    ]
    paper.add("/feed/", rss(*traps, paper.url + PATHS[0]))
    paper.add("/plan.xml", index(*((trap, "2026-05-01") for trap in traps)))
    paper.add(PATHS[1], status=302, headers={"Location": traps[0]})
    paper.answers[PATHS[1]].pop(0)
    paper.add("/liste/", listing(PATHS[1], *traps))
    crawled = crawl(outlet(paper, feeds=["/feed/"], sitemaps=["/plan.xml"], listings=["/liste/"]))
    assert crawled.urls == [paper.url + PATHS[0]]
    assert crawled.count("gazette") == {
        "sources_ok": 3, "found": 2, "fetched": 1, "articles": 1, "failed": 1, "failed/http-302": 1,
    }  # fmt: skip


def test_pages_that_are_no_articles_are_not_failures(site, crawl):
    site.add("/une-page-de-liste/", listing("/a-b-c/", "/d-e-f/"))
    site.add("/un-document-joint-ici/", b"%PDF-1.7 ...", kind="text/html")
    site.add("/du-gzip-casse-par-erreur/", b"\x1f\x8b\x08 casse", kind="text/html")
    paths = ("/une-page-de-liste/", "/un-document-joint-ici/", "/du-gzip-casse-par-erreur/")
    site.add("/feed/", rss(*(site.url + path for path in paths)))
    figures = crawl(outlet(site, feeds=["/feed/"])).count("gazette")
    assert figures == {
        "sources_ok": 1, "found": 3, "fetched": 3, "not_article": 1, "not_article/listing": 1, "failed": 2,
        "failed/not-html": 2,
    }  # fmt: skip


def test_traffic_is_counted_as_it_passes_and_by_outlet(site, other_site, crawl):
    site.add("/robots.txt", "User-agent: *", kind="text/plain")
    feed = rss(site.url + "/un-article-qui-demenage/", site.url + "/un-article-qui-tombe-une-fois/")
    site.add("/feed/", gzip.compress(feed.encode()), headers={"Content-Encoding": "gzip"})
    site.add("/un-article-qui-demenage/", status=301, headers={"Location": "/un-article-ailleurs/"})
    site.article("/un-article-ailleurs/")
    site.add("/un-article-qui-tombe-une-fois/", "panne", status=500)
    site.article("/un-article-qui-tombe-une-fois/")
    sent = sum(len(answer.body) for answers in site.answers.values() for answer in answers)
    other_site.add("/feed/", rss())
    gazette, echo = outlet(site, feeds=["/feed/"]), outlet(other_site, "echo", feeds=["/feed/"])
    crawled = crawl(gazette, echo)
    assert len(crawled.articles) == 2
    assert crawled.traffic("gazette") == (5, sent - len("User-agent: *"))
    assert crawled.traffic("echo") == (1, len(rss()))


def test_arguments_as_they_come_from_a_command_line():
    spider = NewsSpider(outlets="maddyness, frenchweb https://www.exemple.fr/", since="2026-05-01", max_articles="3")
    assert list(spider.outlets) == ["maddyness", "frenchweb", "exemple.fr"]
    assert (spider.since, spider.until, spider.max_articles) == (datetime(2026, 5, 1, tzinfo=UTC), None, 3)
    with pytest.raises(ValueError, match="not an ISO day or instant: 'hier'"):
        NewsSpider(since="hier")
    with pytest.raises(UnknownOutletError, match="did you mean maddyness"):
        NewsSpider(outlets="madyness")


def test_single_pages(paper, crawl):
    paper.add("/robots.txt", "User-agent: *\nDisallow: /prive/", kind="text/plain")
    crawled = crawl(urls=f"{paper.url}{PATHS[0]} {paper.url}/prive/un-article-cache/ {paper.url}/absent/")
    assert crawled.urls == [paper.url + PATHS[0]]
    assert crawled.count("127.0.0.1") == {
        "fetched": 1, "articles": 1, "failed": 2, "failed/robots": 1, "failed/http-404": 1,
    }  # fmt: skip
