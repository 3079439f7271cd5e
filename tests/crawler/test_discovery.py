"""Feeds, sitemaps and listings, good, broken and hostile."""

from __future__ import annotations

import contextlib
import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import Found, SourceError
from crawler.discovery.detect import kind_of
from crawler.discovery.feeds import read_feed
from crawler.discovery.listings import links_of, looks_like_article, may_be_article
from crawler.discovery.sitemaps import MAX_BYTES, MAX_ENTRIES, read_sitemap
from crawler.outlets import Outlet, adhoc_outlet
from crawler.page import Page

HERE = "https://www.exemple.fr/feed/"
A, B = "https://www.exemple.fr/alpha-leve-3-millions/", "https://www.exemple.fr/beta/"
RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Exemple</title>
<item><title>Alpha lève 3 M€</title><link>{A}</link><pubDate>Tue, 12 May 2026 09:30:00 +0200</pubDate></item>
<item><title>Beta &amp; fils</title><link> /beta/ </link></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Exemple</title>
<entry><title>Alpha</title><link href="{A}"/><published>2026-05-12T09:30:00+02:00</published>
<updated>2026-05-13T10:00:00Z</updated></entry>
<entry><title>Beta</title><id>{B}</id><updated>2026-05-13T10:00:00Z</updated></entry>
</feed>"""
RDF = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://www.exemple.fr/"><title>Exemple</title></channel>
<item rdf:about="{A}"><title>Alpha</title><link>{A}</link><dc:date>2026-05-12T09:30:00+02:00</dc:date></item>
</rdf:RDF>"""
WHEN = datetime(2026, 5, 12, 7, 30, tzinfo=UTC)
CHANGED = datetime(2026, 5, 13, 10, tzinfo=UTC)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
HTML = "<!doctype html><html lang=fr><head><title>Erreur</title></head><body><p>Page introuvable</p></body></html>"


# Feeds


def test_rss():
    assert read_feed(RSS.encode(), HERE) == [
        Found(A, WHEN, None, "Alpha lève 3 M€"),
        Found(B, None, None, "Beta & fils"),
    ]


def test_atom_tells_when_it_was_published_or_else_changed():
    published, changed = read_feed(ATOM.encode(), HERE)
    assert (published.url, published.published) == (A, WHEN)
    assert (changed.url, changed.published, changed.changed) == (B, None, CHANGED)


def test_rdf():
    (found,) = read_feed(RDF.encode(), HERE)
    assert (found.url, found.published or found.changed, found.title) == (A, WHEN, "Alpha")


@pytest.mark.parametrize(
    "broken",
    [
        RSS.replace("</item>", ""),
        RSS.replace("&amp;", "&"),
        RSS.replace("Alpha", "Alpha\x0b"),
        RSS.replace('encoding="UTF-8"', 'encoding="iso-8859-1"'),
        "\ufeff" + RSS,
        "\n\n  " + RSS,
        RSS.replace("<title>Exemple</title>", "<title>Exemple<b>gras</title>"),
        RSS[: RSS.index("</channel>")],
        RSS.replace("Tue, 12 May", "Mar, 12 mai"),
        RSS.replace("12 May 2026", "99 May 99999"),
    ],
)
def test_broken_feeds_give_their_links_all_the_same(broken):
    assert read_feed(broken.encode(), HERE)[0].url == A
    assert kind_of(broken.encode()) == "feed"


def test_a_feed_in_an_old_charset():
    old = RSS.replace("UTF-8", "iso-8859-15").encode("iso-8859-15")
    assert read_feed(old, HERE)[0].title == "Alpha lève 3 M€"


def test_a_packed_feed():
    assert [found.url for found in read_feed(gzip.compress(RSS.encode()), HERE)] == [A, B]


def test_links_that_are_no_web_addresses_are_left_out():
    traps = ["file:///etc/passwd", "mailto:a@b.fr", "http://[::1", "http://a.fr:porte/", ""]
    items = "".join(f"<item><title>x</title><link>{trap}</link></item>" for trap in traps)
    assert [found.url for found in read_feed(RSS.replace("<item>", items + "<item>", 1).encode(), HERE)] == [A, B]


@pytest.mark.parametrize("none", ["", " ", HTML, '{"items": []}', "Accès refusé", f'<urlset xmlns="{NAMESPACE}"/>'])
def test_what_is_no_feed(none):
    with pytest.raises(SourceError, match="not a feed"):
        read_feed(none.encode(), HERE)


def test_a_feed_of_nothing_is_a_feed():
    assert read_feed(b"<rss version='2.0'><channel><title>Vide</title></channel></rss>", HERE) == []


def test_entities_that_would_grow_without_end_do_not():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE rss [<!ENTITY e0 "lol">{entities}]>' + RSS.partition("?>")[2].replace("Alpha", "&e11;")
    for read in (read_feed, read_sitemap):
        began = time.process_time()
        with contextlib.suppress(SourceError):
            read(bomb.encode(), HERE)
        assert time.process_time() - began < 2


def test_entities_read_no_files(tmp_path):
    (tmp_path / "secret").write_text("hunter2")
    declared = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    told = read_feed((declared + RSS.partition("?>")[2].replace("Alpha", "&s;")).encode(), HERE)
    assert "hunter2" not in repr(told)
    plan = f'{declared}<urlset xmlns="{NAMESPACE}"><url><loc>{B}?&s;</loc></url></urlset>'
    assert "hunter2" not in repr(read_sitemap(plan.encode(), HERE))


# Sitemaps


def urlset(*entries: str) -> str:
    entries = "".join(f"<url>{entry}</url>" for entry in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{NAMESPACE}" xmlns:n="{NEWS}">{entries}</urlset>'


def test_a_sitemap():
    plan = urlset(f"<loc> {A} </loc><lastmod>2026-05-13T12:00:00+02:00</lastmod>", "<loc>/beta/</loc>", "<loc></loc>")
    sitemap = read_sitemap(plan.encode(), HERE)
    assert sitemap.pages == [Found(A, None, CHANGED), Found(B)]
    assert sitemap.sitemaps == []


def test_a_news_sitemap_tells_when_it_was_published():
    news = f"<loc>{A}</loc><lastmod>2026-05-13T10:00:00Z</lastmod><n:news><n:publication><n:name>Exemple</n:name>"
    news += "</n:publication><n:publication_date>2026-05-12T09:30:00+02:00</n:publication_date>"
    news += "<n:title>Alpha lève 3 M€</n:title></n:news>"
    (found,) = read_sitemap(urlset(news).encode(), HERE).pages
    assert found == Found(A, WHEN, CHANGED, "Alpha lève 3 M€")


def test_a_sitemap_with_images_does_not_take_theirs_for_pages():
    image = f"<loc>{A}</loc><image:image><image:loc>https://images.exemple.fr/1.jpg</image:loc></image:image>"
    plan = urlset(image).replace("xmlns:n=", 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:n=')
    assert [found.url for found in read_sitemap(plan.encode(), HERE).pages] == [A]


def test_an_index():
    places = (
        f"<sitemap><loc>{A}1.xml</loc><lastmod>2026-05-13</lastmod></sitemap><sitemap><loc>{A}2.xml</loc></sitemap>"
    )
    index = f'<sitemapindex xmlns="{NAMESPACE}">{places}</sitemapindex>'
    sitemap = read_sitemap(index.encode(), HERE)
    assert sitemap.pages == []
    assert sitemap.sitemaps == [Found(f"{A}1.xml", None, datetime(2026, 5, 13, tzinfo=UTC)), Found(f"{A}2.xml")]


@pytest.mark.parametrize(
    "odd",
    [
        urlset(f"<loc>{A}</loc>").replace(f' xmlns="{NAMESPACE}"', ""),
        urlset(f"<loc>{A}</loc><news:news><news:title>Préfixe jamais déclaré</news:title></news:news>"),
        urlset(f"<loc>{A}?a=1&b=2</loc>"),
        urlset(f"<loc>{A}</loc><lastmod>hier</lastmod>"),
        urlset(f"<loc>{A}</loc><lastmod>0001-01-01T00:00:00+14:00</lastmod>"),
        urlset(f"<loc><![CDATA[{A}]]></loc>"),
        urlset(f"<!-- plan --><loc>{A}</loc>").replace("<urlset", "<?xml-stylesheet href='a.xsl'?><!-- x --><urlset"),
        urlset(f"<loc>{A}</loc>", f"<loc>{B}").replace("</urlset>", ""),
        urlset(f"<loc>{A}</loc>")
        .replace("<urlset", "<s:urlset")
        .replace("</urlset", "</s:urlset")
        .replace("xmlns=", "xmlns:s="),
    ],
)
def test_odd_sitemaps_give_their_pages_all_the_same(odd):
    assert read_sitemap(odd.encode(), HERE).pages[0].url.startswith(A)
    assert kind_of(odd.encode()) == "sitemap"


def test_packed_sitemaps_whatever_they_are_called():
    packed = gzip.compress(urlset(f"<loc>{A}</loc>").encode())
    assert kind_of(packed) == "sitemap"
    assert read_sitemap(packed, HERE).pages == [Found(A)]


@pytest.mark.parametrize("none", ["", HTML, RSS, "Accès refusé", '{"a": 1}'])
def test_what_is_no_sitemap(none):
    with pytest.raises(SourceError, match=r"not a sitemap|not XML"):
        read_sitemap(none.encode(), HERE)


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(bytes(MAX_BYTES + 1), 9)
    assert len(bomb) < 100_000
    for read in (read_sitemap, read_feed):
        with pytest.raises(SourceError, match="larger than 64 MiB"):
            read(bomb, HERE)
    assert kind_of(bomb) == "other"


def test_broken_packing():
    packed = gzip.compress(urlset(f"<loc>{A}</loc>").encode())
    for broken in (packed[:30], packed[:-4], packed[:20] + b"zzzz" + packed[24:]):
        with pytest.raises(SourceError, match="broken gzip"):
            read_sitemap(broken, HERE)
        assert kind_of(broken) == "other"


def test_no_more_entries_than_the_protocol_allows():
    plan = urlset(*[f"<loc>{A}</loc>"] * (MAX_ENTRIES + 5))
    assert len(read_sitemap(plan.encode(), HERE).pages) == MAX_ENTRIES


# What it is


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RSS, "feed"),
        (ATOM, "feed"),
        (RDF, "feed"),
        (HTML, "page"),
        ("<!-- <rss> n'est pas ici -->" + HTML, "page"),
        (f"<sitemapindex xmlns='{NAMESPACE}'/>", "sitemap"),
        ("", "other"),
        ("Rien que du texte", "other"),
        ('{"json": true}', "other"),
        ("%PDF-1.7 <rss>", "other"),
    ],
)
def test_kinds(body, kind):
    assert kind_of(body.encode()) == kind


# Listings

OUTLET = adhoc_outlet("https://www.exemple.fr/")


def page(*links: str, head: str = "") -> bytes:
    anchors = "".join(f'<a href="{link}">Un <b>lien</b></a>' for link in links)
    return f"<html><head>{head}</head><body>{anchors}</body></html>".encode()


def test_links_of_a_listing():
    here = "https://www.exemple.fr/startups/"
    listing = page("/alpha-leve", "/alpha-leve#haut", "beta?utm_source=x", "https://exemple.fr/gamma", "/", here)
    links = links_of(Page(listing, here), OUTLET)
    assert [found.url for found in links] == [
        "https://www.exemple.fr/alpha-leve",
        "https://www.exemple.fr/startups/beta?utm_source=x",
        "https://exemple.fr/gamma",
        "https://www.exemple.fr/",
    ]
    assert links[0].title == "Un lien"


@pytest.mark.parametrize(
    "link",
    [
        "https://ailleurs.fr/a",
        "mailto:a@exemple.fr",
        "javascript:void(0)",
        "#haut",
        "",
        "http://[::1",
        "file:///etc/passwd",
        "/photo.JPG",
        "/rapport.pdf",
        "/tag/fintech/",
        "/auteur/julie-martin",
        "/mentions-legales",
        "/newsletter/",
        "/wp-login.php?a=1",
        "/startups/feed/",
        "/recherche",
    ],
)
def test_links_that_lead_to_no_article(link):
    assert links_of(Page(page(link), HERE), OUTLET) == []


def test_links_are_relative_to_the_base():
    assert (
        links_of(Page(page("a-b", head="<base href='/startups/'>"), HERE), OUTLET)[0].url
        == "https://www.exemple.fr/startups/a-b"
    )


def test_an_outlets_own_rules():
    outlet = Outlet(name="a", title="A", home="https://a.fr/", article=r"^/\d{4}/", exclude=r"/video/")
    told = {
        path: may_be_article(f"https://a.fr{path}", outlet)
        for path in ("/2026/x", "/2026/video/x", "/x", "/2026/tag/x")
    }
    assert told == {"/2026/x": True, "/2026/video/x": False, "/x": False, "/2026/tag/x": True}


@pytest.mark.parametrize(
    "path", ["/alpha-leve-3-millions", "/a/12345/", "/2026/05/x", "/un_titre_de_presse.html", "/a-b-c.html"]
)
def test_shapes_of_articles(path):
    assert looks_like_article(f"https://a.fr{path}")


@pytest.mark.parametrize("path", ["", "/", "/startups/", "/intelligence-artificielle/", "/page/2/", "/index.html"])
def test_shapes_of_other_pages(path):
    assert not looks_like_article(f"https://a.fr{path}")


def test_declared_feeds():
    head = "".join(
        f'<link rel="alternate" type="{kind}" href="{href}">'
        for kind, href in (
            ("application/rss+xml", "/feed/"),
            ("application/ATOM+xml", "https://flux.exemple.fr/atom"),
            ("application/rss+xml", "/feed/"),
            ("application/rss+xml", "/comments/feed/"),
            ("text/html", "/en/"),
            ("application/rss+xml", "javascript:x"),
        )
    )
    assert Page(page(head=head), HERE).feeds() == ["https://www.exemple.fr/feed/", "https://flux.exemple.fr/atom"]


# Anything at all

PIECES = (
    "<rss version='2.0'>|<channel>|<item>|<link>|</link>|<urlset>|<url>|<loc>|http://[|<n:a>|<pubDate>|9999-99-99|"
    "<feed xmlns='http://www.w3.org/2005/Atom'>|<!DOCTYPE x [|<!ENTITY a 'b'>|]>|&a;|<![CDATA[|]]>|\0|</url>|</item>|"
    "<?xml version='1.0' encoding='utf-16'?>|<a href='//'>|<base href='http://['>|<link href=x |<p:xhtml:link/>|é|"
    "type='application/rss+xml'>|<lastmod>|<!--|-->|&#0;|&#xD800;"
).split("|")
broken_bytes = st.sampled_from([b"\xff\xfe", b"\x1f\x8b", b"\xe9"])
pieces = st.lists(st.sampled_from(PIECES).map(str.encode) | broken_bytes, max_size=14).map(b"".join)
plain = st.binary(max_size=200) | pieces
anything = plain | plain.map(gzip.compress)


@given(anything)
def test_readers_raise_nothing_but_their_own_error(body):
    for read in (read_feed, read_sitemap):
        with contextlib.suppress(SourceError):
            read(body, HERE)


@given(anything)
def test_pages_raise_nothing(body):
    assert kind_of(body) in {"feed", "sitemap", "page", "other"}
    read = Page(body, HERE)
    links = links_of(read, OUTLET)
    assert all(found.url.startswith(("http://", "https://")) for found in links)
    assert all(feed.startswith(("http://", "https://")) for feed in read.feeds())
