"""Names of companies and persons: where they end, what they are, and one best name for all mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.names.finder import find_names
from extract.names.gazetteer import known_investors, lookup
from extract.names.keys import name_key

COMPANIES = {
    "La pépite nantaise Orfane lève 3 M€.": ["Orfane"],
    "Elle a convaincu Partech, Eurazeo et 360 Capital.": ["Partech", "Eurazeo", "360 Capital"],
    "Le tour est mené par Crédit Agricole Aquitaine.": ["Crédit Agricole Aquitaine"],
    "La Caisse des Dépôts et Bpifrance suivent.": ["Caisse des Dépôts", "Bpifrance"],
    "Johnson & Johnson entre au capital de Brizelle.": ["Johnson & Johnson", "Brizelle"],
    "Selon le fonds, L’Oréal a investi.": ["L’Oréal"],
    "La start-up n8n et son rival Zapier.": ["Zapier"],
    "24 Carats lève 2 M€. Fondée à Nice, 24 Carats fond des bijoux.": ["24 Carats"],
    "Rue du Cuir lève 2 M€. Avec ce tour, Rue du Cuir vise Milan.": ["Rue du Cuir"],
    "Bloc 9 lève 2 M€. Avec ce tour, Bloc 9 vise Milan.": ["Bloc 9"],
    "Orfane (santé, Lyon) : 3 M€.": ["Orfane"],
    "La start-up Pro-Bio lève 3 M€ après son rival Non-Stop Games.": ["Pro-Bio", "Non-Stop Games"],
    "Abeille Noire lève 2 M€. Selon Abeille Noire, la ruche est pleine.": ["Abeille Noire"],
}


@pytest.mark.parametrize("text", COMPANIES)
def test_companies_are_found_with_their_whole_names(text):
    found = [n.name for n in find_names(text) if n.kind == "company"]
    assert set(COMPANIES[text]) <= set(found)


def test_persons_are_no_companies():
    found = find_names("Julie Martin, cofondatrice d’Orfane, et Xavier Niel ont investi.")
    assert {n.name: n.kind for n in found} == {"Julie Martin": "person", "Orfane": "company", "Xavier Niel": "person"}


@pytest.mark.parametrize(
    "text", ["Voici l’ex-Twitter.", "Il pleut sur Brest.", "En mars, la France a voté.", "Le PDG est parti lundi."]
)
def test_places_and_common_words_are_no_names(text):
    assert find_names(text) == []


def test_every_mention_carries_the_fullest_name():
    text = "Andreessen Horowitz investit. Pour a16z, c’est une première. Andreessen Horowitz se réjouit."
    found = find_names(text)
    assert {n.key for n in found} == {name_key("Andreessen Horowitz")}
    assert all(text[n.start : n.end] == n.text for n in found)


def test_aliases_lead_to_one_investor():
    assert lookup("a16z") == lookup("Andreessen Horowitz") is not None
    assert lookup("Société Que Personne Ne Connaît") is None
    assert len(known_investors()) > 800


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Épicéa SAS", "EPICEA"),
        ("L'Oréal", "l’oréal"),
        ("Crédit  Agricole", "credit-agricole"),
        ("Alpha, Inc.", "Alpha"),
        ("Alpha GmbH & Co. KG", "Alpha"),
        ("Alpha Co., Ltd.", "Alpha"),
        ("Alpha S.C.A.", "Alpha"),
        ("Canal+", "Canal Plus"),
    ],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert name_key(one) == name_key(other)


@given(st.text(max_size=300))
def test_any_text_gives_names_in_order_that_never_overlap(text):
    end = 0
    for name in find_names(text):
        assert name.start >= end
        assert text[name.start : name.end] == name.text
        end = name.end


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(name):
    assert name_key(name_key(name)) == name_key(name)
