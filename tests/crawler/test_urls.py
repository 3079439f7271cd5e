"""Addresses: facts, and laws that hold for any."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.urls import canonical_of, canonicalize, is_same_site, key_of, numbers_in, resolve, site_of

PAGE = "https://www.exemple.fr/startups/alpha-leve-3-millions/"


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("HTTPS://WWW.Exemple.FR/Alpha", "https://www.exemple.fr/Alpha"),
        ("https://exemple.fr", "https://exemple.fr/"),
        ("https://exemple.fr:443/a", "https://exemple.fr/a"),
        ("http://exemple.fr:80/a", "http://exemple.fr/a"),
        ("http://exemple.fr:8080/a", "http://exemple.fr:8080/a"),
        ("https://exemple.fr/a/#commentaires", "https://exemple.fr/a"),
        ("  https://exemple.fr/a\n", "https://exemple.fr/a"),
        ("https://exemple.fr/a?b=2&a=1", "https://exemple.fr/a?a=1&b=2"),
        ("https://exemple.fr/a?vide=", "https://exemple.fr/a?vide="),
        ("https://exemple.fr/a?utm_source=x&utm_campaign=y&id=7&fbclid=z&xtor=RSS-1", "https://exemple.fr/a?id=7"),
        ("https://exemple.fr/levée de fonds", "https://exemple.fr/lev%C3%A9e%20de%20fonds"),
        ("https://exemple.fr/lev%C3%A9e", "https://exemple.fr/lev%C3%A9e"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        ("http://utilisateur:secret@exemple.fr/a", "http://exemple.fr/a"),
        ("https://exemple.fr./a", "https://exemple.fr/a"),
        ("https://exemple.fr/a/index.html", "https://exemple.fr/a"),
        ("https://exemple.fr/index.php?p=12", "https://exemple.fr/?p=12"),
        ("https://exemple.fr/a-index.html", "https://exemple.fr/a-index.html"),
        ("https://exemple.fr/%7ealpha/%c3%a9t%C3%a9", "https://exemple.fr/~alpha/%C3%A9t%C3%A9"),
        ("https://exemple.fr/a%2fb?q=%e9", "https://exemple.fr/a%2Fb?q=%E9"),
        ("https://exemple.fr/100%", "https://exemple.fr/100%25"),
        ("https://exemple.fr/#!/alpha-leve", "https://exemple.fr/#!/alpha-leve"),
        ("https://exemple.fr/a#!", "https://exemple.fr/a"),
        ("https://exemple.fr/a;jsessionid=8F3A?b=1", "https://exemple.fr/a?b=1"),
        ("https://exemple.fr/a?PHPSESSID=8f3a&ASPSESSIONIDQQ=x&session_id=1", "https://exemple.fr/a"),
        ("https://exemple.fr/a?sid=0123456789abcdef0123456789abcdef", "https://exemple.fr/a"),
        ("https://exemple.fr/a?sid=1234&session=2", "https://exemple.fr/a?session=2&sid=1234"),
    ],
)
def test_normal_forms(address, normal):
    assert canonicalize(address) == normal


ARTICLE = "https://www.exemple.fr/tech/alpha-leve-3-millions"


@pytest.mark.parametrize(
    "mark",
    [
        "utm_source=rss&utm_medium=flux",
        "xtor=AL-32280270&xtref=x",
        "at_medium=RSS&at_campaign=une",
        "lmd_medium=al&lmd_campaign=envoye-par-appli&lmd_creation=ios&lmd_source=mail",
        "actId=ebwp0YMB8s&actCampaignType=CAMPAIGN_MAIL&actSource=503585",
        "cx_testId=3&cx_artPos=1",
        "pk_campaign=une&mtm_source=x",
        "msclkid=1&ttclid=2&gbraid=3&igsh=4",
        "__hstc=1&_hsenc=2&m_i=3",
        "guccounter=1&guce_referrer=x&guce_referrer_sig=y",
        "amp_js_v=0.1&usqp=mq331",
    ],
)
def test_what_the_press_adds_to_its_links(mark):
    assert canonicalize(f"{ARTICLE}?{mark}") == ARTICLE


@pytest.mark.parametrize(
    "address",
    [
        f"{ARTICLE}/amp",
        f"{ARTICLE}/amp/",
        f"{ARTICLE}/?amp",
        f"{ARTICLE}?amp=1",
        f"{ARTICLE}?outputType=amp",
        f"{ARTICLE}.amp",
        "https://www.exemple.fr/amp/tech/alpha-leve-3-millions",
        "https://www-exemple-fr.cdn.ampproject.org/c/s/www.exemple.fr/tech/alpha-leve-3-millions/amp/",
        "https://cdn.ampproject.org/v/s/www.exemple.fr/tech/alpha-leve-3-millions?amp_js_v=a6&usqp=mq331",
        "https://www.google.fr/amp/s/www.exemple.fr/tech/alpha-leve-3-millions.amp",
    ],
)
def test_an_accelerated_page_has_its_articles_address(address):
    assert canonicalize(address) == ARTICLE


def test_an_accelerated_page_may_be_a_file_or_have_a_host_or_come_without_encryption():
    assert canonicalize(f"{ARTICLE}.amp.html") == f"{ARTICLE}.html"
    assert key_of(ARTICLE.replace("www.", "amp.")) == key_of(ARTICLE)
    cached = "https://cdn.ampproject.org/c/www.exemple.fr/tech/alpha-leve-3-millions"
    assert canonicalize(cached) == ARTICLE.replace("https", "http")


@pytest.mark.parametrize(
    "address",
    [
        "https://exemple.fr/amp",
        "https://exemple.fr/tag/amp",
        "https://exemple.fr/a?outputType=pdf",
        "https://www.google.fr/amp/s",
        "https://exemple.fr/amperes",
    ],
)
def test_what_only_looks_accelerated(address):
    assert canonicalize(address) == address


def test_what_differs_stays_apart():
    different = [
        "https://a.fr/x",
        "http://a.fr/x",
        "https://b.fr/x",
        "https://a.fr/X",
        "https://a.fr/x?p=2",
        "https://a.fr:8443/x",
    ]
    assert len({canonicalize(address) for address in different}) == len(different)


urls = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["exemple.fr", "www.Exemple.fr:443", "é.fr", "[::1]", "a.fr:80", "u@a.fr", "127.0.0.1:8000"]),
    st.text(max_size=20).map(lambda text: f"/{text}"),
    st.text(max_size=20).map(lambda text: f"?{text}"),
    st.text(max_size=5).map(lambda text: f"#{text}"),
)


@given(st.one_of(urls, st.text(max_size=60)))
@example("https://a.fr/?a=1&a=2&A=3")
@example("https://a.fr/%")
@example("http://[")
@example("//")
def test_normalizing_twice_changes_nothing(address):
    once = canonicalize(address)
    assert canonicalize(once) == once


@given(st.one_of(urls, st.text(max_size=60)), st.sampled_from(["", "amp.", "m.mobile.", "www.m."]))
@example("http://a.fr:443/x", "")
@example("https://cdn.ampproject.org/c/s/cdn.ampproject.org/c/www.a.fr/a-b-c/amp", "")
def test_the_key_of_a_key_is_itself_and_the_normal_form_has_the_same(address, host):
    address = address.replace("//", f"//{host}", 1)
    key = key_of(address)
    assert key_of(key) == key
    if key.startswith("https://"):
        assert key_of(canonicalize(address)) == key


@given(
    st.text(max_size=20), st.text(max_size=20), st.sampled_from(["", "www.", "m.", "mobile.", "amp."]), st.booleans()
)
def test_the_key_ignores_scheme_and_host_of_serving_alone(path, value, host, encrypted):
    rest = f"exemple.fr/{quote(path)}?id={quote(value)}"
    assert key_of(f"{'https' if encrypted else 'http'}://{host}{rest}") == key_of(f"https://{rest}")


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_two_values_never_become_one(a, b):
    keys = {key_of(f"https://exemple.fr/x?id={quote(value)}") for value in (a, b)}
    assert len(keys) == len({a, b})


def test_other_than_web_addresses_are_their_own_keys():
    for address in ("urn:sha256:0F", "file:///a/B.html", "", "http://["):
        assert key_of(address) == address


def test_numbers_that_may_be_an_articles():
    assert numbers_in("http://127.0.0.1:48123/2026/05/12/alpha-1234567") == {"1234567"}
    assert numbers_in("https://exemple.fr/202605/20260512-alpha-1234") == set()
    assert numbers_in("https://exemple.fr/alpha?id=98765#11111") == {"98765"}


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["&utm_source=x", "&fbclid=1", "&xtor=a", "#haut"]))
def test_tracking_changes_nothing(path, value, mark):
    address = f"https://exemple.fr/{quote(path)}?id={quote(value)}"
    assert canonicalize(address + mark) == canonicalize(address)


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        "   ",
        "https://www.autre-site.fr/alpha-leve-3-millions/",
        "https://www.exemple.fr/",
        "/",
        "javascript:void(0)",
        "mailto:redaction@exemple.fr",
        "http://[",
        "https://www.exemple.fr:porte/",
        "https://",
        "https://www.exemple.fr/startups/",
        "https://www.exemple.fr/tag/levees-de-fonds-et-rachats/",
        "https://www.exemple.fr/startups/kiwano-leve-2-millions/",
        "https://www.exemple.fr/?p=1234",
        "https://www.exemple.fr/startups/alpha-leve-3-millions/page/2/",
        "https://www.exemple.fr/startups/alpha-leve-3-millions/?page=2",
        "https://start.exemple.fr/startups/alpha-leve-3-millions/",
        "../alpha-leve-3-millions/",
        "www.exemple.fr/startups/alpha-leve-3-millions/",
        "#",
    ],
)
def test_a_declared_address_that_is_not_believed(declared):
    assert canonical_of(PAGE, declared) == canonicalize(PAGE)


@pytest.mark.parametrize(
    ("declared", "known_by"),
    [
        ("https://www.exemple.fr/startups/alpha-leve-3-millions?utm_source=rss", PAGE[:-1]),
        ("https://exemple.fr/startups/alpha-leve-3-millions/", "https://exemple.fr/startups/alpha-leve-3-millions"),
        ("/startups/alpha-leve-3-millions/index.html", PAGE[:-1]),
        ("//www.exemple.fr/startups/alpha-leve-3-millions/amp/", PAGE[:-1]),
        ("http://www.exemple.fr/startups/alpha-leve-3-millions", PAGE[:-1]),  # it was read by https
        ("https://www.exemple.fr/levees/alpha-leve-3-millions/", "https://www.exemple.fr/levees/alpha-leve-3-millions"),
        ("https://www.exemple.fr/alpha-leve-3-millions.html", "https://www.exemple.fr/alpha-leve-3-millions.html"),
    ],
)
def test_a_declared_address_that_is(declared, known_by):
    assert canonical_of(PAGE, declared) == known_by


@pytest.mark.parametrize(
    ("page", "declared", "believed"),
    [
        ("/vieux-titre-1234567", "/nouveau-titre-1234567", True),
        ("/vieux-titre-1234567", "/nouveau-titre-1234568", False),
        ("/un-titre-20260512", "/autre-titre-20260512", False),
        ("/2025/05/la-revue-de-presse", "/2026/05/la-revue-de-presse", False),
        ("/2026/05/alpha-leve-3-millions", "/alpha-leve-3-millions", True),
        ("/alpha-leve-3-millions?page=2", "/alpha-leve-3-millions", True),
        ("/alpha-leve-3-millions?vue=impression", "/alpha-leve-3-millions", True),
        ("/toute-l-actualite?id=51", "/toute-l-actualite", False),
        ("/toute-l-actualite?slug=alpha", "/toute-l-actualite", False),
        ("/article.php?id=51", "/article.php", False),
        ("/?p=1234", "/alpha-leve-3-millions", True),
        ("/?p=1234", "/startups", False),
        ("/startups/alpha", "/alpha", False),
    ],
)
def test_a_declared_address_against_the_pages_own(page, declared, believed):
    site = "https://www.exemple.fr"
    assert (canonical_of(site + page, site + declared) == site + declared) is believed


def test_an_accelerated_mobile_page_is_known_by_its_article():
    assert canonical_of("https://amp.exemple.fr/alpha/", "https://www.exemple.fr/alpha/") == (
        "https://www.exemple.fr/alpha"
    )
    cached = "https://www-exemple-fr.cdn.ampproject.org/c/s/www.exemple.fr/tech/alpha-leve-3-millions/amp"
    assert canonical_of(cached, ARTICLE) == canonical_of(cached, None) == ARTICLE


def test_a_front_page_may_say_that_it_is_one():
    assert canonical_of("https://www.exemple.fr/?utm_source=x", "https://www.exemple.fr/") == "https://www.exemple.fr/"


@given(st.text(max_size=40))
def test_no_declared_address_raises(declared):
    assert site_of(canonical_of(PAGE, declared)) == "exemple.fr"


@pytest.mark.parametrize(
    "link", ["data:text/html,x", "mailto:a@b.fr", "file:///etc/hosts", "http://", "http://[::1", "http://a.fr:x/"]
)
def test_links_that_lead_nowhere(link):
    assert resolve(PAGE, link) is None
    assert resolve("", "a") is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_resolving_never_raises_and_gives_web_addresses_only(base, link):
    address = resolve(base, link)
    assert address is None or address.partition(":")[0].lower() in {"http", "https"}


def test_sites():
    assert is_same_site("https://m.exemple.fr/a", "http://www.EXEMPLE.fr/b")
    assert is_same_site("https://u:p@exemple.fr/a", "https://exemple.fr/")
    assert not is_same_site("https://start.exemple.fr/", "https://www.exemple.fr/")
    assert not is_same_site("https://exemple.fr.pirate.net/", "https://exemple.fr/")
    assert not is_same_site("http://127.0.0.1:8000/", "http://127.0.0.1:8001/")
    assert not is_same_site("https://mobile.de/", "https://m.de/")
    assert not is_same_site("https://m.fr:8000/", "https://www.fr:8000/")
