"""Addresses: facts, and laws that hold for any."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.urls import canonical_of, canonicalize, is_same_site, resolve, site_of

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
    ],
)
def test_normal_forms(address, normal):
    assert canonicalize(address) == normal


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
    ],
)
def test_a_declared_address_that_is_not_believed(declared):
    assert canonical_of(PAGE, declared) == canonicalize(PAGE)


@pytest.mark.parametrize(
    ("declared", "known_by"),
    [
        ("https://www.exemple.fr/alpha/?utm_source=rss", "https://www.exemple.fr/alpha"),
        ("https://exemple.fr/alpha", "https://exemple.fr/alpha"),
        ("../alpha", "https://www.exemple.fr/startups/alpha"),
        ("//www.exemple.fr/alpha", "https://www.exemple.fr/alpha"),
        ("https://www.exemple.fr/?p=1234", "https://www.exemple.fr/?p=1234"),
    ],
)
def test_a_declared_address_that_is(declared, known_by):
    assert canonical_of(PAGE, declared) == known_by


def test_an_accelerated_mobile_page_is_known_by_its_article():
    assert (
        canonical_of("https://amp.exemple.fr/alpha/", "https://www.exemple.fr/alpha/") == "https://www.exemple.fr/alpha"
    )


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
