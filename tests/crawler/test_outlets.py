"""The outlets that come with the project, and how others are made."""

from __future__ import annotations

import importlib
import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.outlets import UnknownOutletError, adhoc_outlet, find_outlet, load_outlets
from crawler.spiders.single import outlet_of
from crawler.urls import is_same_site

OUTLETS = list(load_outlets().values())


def addresses(outlet):
    return [outlet.home, *outlet.feeds, *outlet.sitemaps, *outlet.listings]


def test_there_are_many_from_several_countries():
    assert len(OUTLETS) >= 18
    assert {"FR", "BE", "CH", "CA"} < {outlet.country for outlet in OUTLETS}
    assert list(load_outlets()) == sorted(load_outlets())
    assert len({outlet.title for outlet in OUTLETS}) == len(OUTLETS)


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.name)
def test_each_is_whole(outlet):
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", outlet.name)
    assert outlet.title.strip()
    assert re.fullmatch(r"[A-Z]{2}", outlet.country)
    assert ZoneInfo(outlet.timezone)
    assert not outlet.explore
    assert outlet.feeds or outlet.sitemaps or outlet.listings
    assert set(outlet.selectors) <= {"title", "chapeau", "text", "authors", "published", "remove"}
    for address in addresses(outlet):
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert "." in parts.hostname
        assert parts.path.startswith("/")
        assert address == address.strip()
    assert len(set(addresses(outlet))) == len(addresses(outlet))


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.name)
def test_its_rules_pass_articles_and_no_sources(outlet):
    """The front page and the listings are no articles by the outlet's own rules, where it has some."""
    article, exclude = re.compile(outlet.article), re.compile(outlet.exclude)
    if outlet.article:
        assert not any(article.search(urlsplit(url).path) for url in (outlet.home, *outlet.listings))
    if outlet.exclude:
        assert not exclude.search("/une-jeune-pousse-leve-trois-millions-d-euros/")


# Paths as these outlets have printed them.
ARTICLES = {
    "maddyness": "/2025/06/19/ia-sifflet-leve-16-millions-deuros-pour-etre-larbitre-de-la-donnee-dans-les-entreprises/",
    "journal-du-net": "/web-tech/developpeur/1137266-au-revoir-maven-et-place-a-gradle/",
    "la-tribune": "/technos-medias/innovation-et-start-up/ia-sifflet-leve-16-millions-d-euros-1027667.html",
    "la-presse-techno": "/affaires/techno/2023-02-04/intelligence-artificielle/comment-chatgpt-a-provoque.php",
    "le-temps": "/cyber/souverainete-numerique/infomaniak-retire-son-recours-contre-la-prolongation",
    "les-echos-start": "/start-up/ecosysteme/aircall-a-depasse-100-millions-de-dollars-de-revenus-annuels-1443819",
    "next": "/228595/chatgpt-edu-les-metadonnees-de-projets-duniversitaires-visibles-par-leurs-collegues/",
    "silicon": "/data-ia-1372/llm-francais-biais-hallucinations-226679",
    "it-for-business": "/claude-fable-5-anthropic-libere-mythos-mais-avec-une-laisse-de-securite-104747",
    "wearetech-africa": "/fr/fils/solutions/benin-zepargn-revolutionne-l-epargne-avec-son-application-mobile",
    "zdnet-france": "/actualites/ce-courriel-google-semble-authentique-ne-cliquez-pas-412437.htm",
    "mind-fintech": "/fintech/article/apicil-consacre-10-millions-deuros-aux-investissements-dans-linsurtech",
}


@pytest.mark.parametrize("name", ARTICLES)
def test_known_articles_pass(name):
    outlet = load_outlets()[name]
    assert re.search(outlet.article, ARTICLES[name])
    assert not outlet.exclude or not re.search(outlet.exclude, ARTICLES[name])


def test_a_module_is_named_after_its_outlet():
    for outlet in OUTLETS:
        module = outlet.name.replace("-", "_")
        candidates = [module, {"01net": "net01", "next": "next_ink"}.get(outlet.name, module)]
        assert importlib.import_module(f"crawler.outlets.{candidates[-1]}").OUTLET is outlet


@pytest.mark.parametrize(
    ("typo", "meant"), [("madyness", "maddyness"), ("usine_digitale", "usine-digitale"), ("numérama", "numerama")]
)
def test_an_unknown_name_hints_at_the_nearest(typo, meant):
    with pytest.raises(UnknownOutletError, match=rf"unknown outlet '{typo}': did you mean {meant}"):
        find_outlet(typo)


def test_a_name_like_no_other_points_to_the_list():
    with pytest.raises(UnknownOutletError) as caught:
        find_outlet("xyzzyq")
    assert str(caught.value) == "unknown outlet 'xyzzyq': `tourdetable outlets` lists them."


def test_each_has_a_spider_of_its_own():
    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["crawler.spiders"]}))
    assert set(loader.list()) == {"news", "single", *load_outlets()}
    for outlet in OUTLETS:
        assert loader.load(outlet.name)().outlets == {outlet.name: outlet}


def test_an_address_makes_an_outlet():
    outlet = find_outlet("https://www.notreville.example/startups/")
    assert (outlet.name, outlet.home, outlet.explore) == (
        "notreville.example",
        "https://www.notreville.example/startups/",
        True,
    )
    assert find_outlet("maddyness") is load_outlets()["maddyness"]


@pytest.mark.parametrize(
    "address", ["ftp://exemple.fr/", "file:///etc/hosts", "https://", "exemple.fr", "http:///a", "http://[::1"]
)
def test_what_is_no_web_address_makes_none(address):
    with pytest.raises(ValueError, match=re.escape(repr(address))):
        adhoc_outlet(address)


def test_a_page_is_read_as_its_outlets():
    for outlet in OUTLETS:
        assert is_same_site(outlet_of(outlet.home + "un-article").home, outlet.home)
    assert outlet_of("https://maddyness.com/2026/05/12/x/").name == "maddyness"
    assert outlet_of("https://ailleurs.example/x").name == "ailleurs.example"
