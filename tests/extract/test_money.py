"""Sums of money in French: what is written, what it is worth, and what only looks like a sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.money.finder import find_money, read_money

NB, THIN, NARROW = "\u00a0", "\u2009", "\u202f"

WRITTEN = {
    "3 millions d’euros": (3_000_000, "EUR"),
    "3 millions d'euros": (3_000_000, "EUR"),
    "2,5 M€": (2_500_000, "EUR"),
    "2.5 M€": (2_500_000, "EUR"),
    "12M€": (12_000_000, "EUR"),
    "4 M d’euros": (4_000_000, "EUR"),
    "15 MEUR": (15_000_000, "EUR"),
    "800 k€": (800_000, "EUR"),
    "800 K€": (800_000, "EUR"),
    "1,2 Md€": (1_200_000_000, "EUR"),
    "3 Mds €": (3_000_000_000, "EUR"),
    "2 mds d’euros": (2_000_000_000, "EUR"),
    "1 500 000 €": (1_500_000, "EUR"),
    f"1{NB}500{NB}000{NB}€": (1_500_000, "EUR"),
    f"1{NARROW}500{NARROW}000{NARROW}€": (1_500_000, "EUR"),
    f"1{THIN}500{THIN}000{THIN}€": (1_500_000, "EUR"),
    "$25m": (25_000_000, "USD"),
    "25M$": (25_000_000, "USD"),
    "US$ 40 millions": (40_000_000, "USD"),
    "6 milliards de dollars": (6_000_000_000, "USD"),
    "£3m": (3_000_000, "GBP"),
    "10 millions de livres sterling": (10_000_000, "GBP"),
    "18 millions de francs suisses": (18_000_000, "CHF"),
    "CHF 5 millions": (5_000_000, "CHF"),
    "7 millions de dollars canadiens": (7_000_000, "CAD"),
    "500 millions de francs CFA": (500_000_000, "XOF"),
    "655 millions de FCFA": (655_000_000, "XOF"),
    "20 millions de dirhams": (20_000_000, "MAD"),
    "90 millions de yuans": (90_000_000, "CNY"),
    "trois millions d’euros": (3_000_000, "EUR"),
    "trois cent mille euros": (300_000, "EUR"),
    "deux millions et demi d’euros": (2_500_000, "EUR"),
    "un demi-milliard d’euros": (500_000_000, "EUR"),
    "une dizaine de millions d’euros": (10_000_000, "EUR"),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_written_sum_is_found_whole_and_read_back(written):
    value, currency = WRITTEN[written]
    text = f"La société a levé {written} auprès de deux fonds."
    (found,) = find_money(text)
    assert (found.text, found.value, found.currency) == (written, value, currency)
    assert text[found.start : found.end] == written
    assert read_money(written) == (value, currency)


LOOK_ALIKES = [
    "Le service compte 3 millions d’utilisateurs.",
    "L’atelier fait 25 m².",
    "La chaîne a 5 M d’abonnés.",
    "Elle est née en 2019 et emploie 250 personnes.",
    "Sa croissance atteint 40 %.",
    "Appelez le 01 42 68 53 00.",
    "La puce porte 100 milliards de transistors.",
    "Le score était de 3-1 à la 90e minute.",
    "Il court le 10 km en 35 minutes.",
]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_like_a_sum_is_none(text):
    assert find_money(text) == []


QUALIFIED = {
    "plus de 10 millions d’euros": "at_least",
    "près de 10 millions d’euros": "about",
    "environ 10 millions d’euros": "about",
    "jusqu’à 10 millions d’euros": "at_most",
    "10 millions d’euros": "exact",
}


@pytest.mark.parametrize("written", QUALIFIED)
def test_a_qualifier_is_told_and_stays_outside(written):
    (found,) = find_money(f"Un montant de {written}, dit-on.")
    assert (found.text, found.qualifier) == ("10 millions d’euros", QUALIFIED[written])


def test_a_range_is_one_sum_with_two_bounds():
    (found,) = find_money("Le tour serait de 40 à 50 millions de dollars.")
    assert (found.text, found.value, found.upper) == ("40 à 50 millions de dollars", 40_000_000, 50_000_000)
    assert (found.currency, found.qualifier) == ("USD", "range")


def test_a_unit_and_currency_left_out_come_from_the_sum_before():
    found = find_money("Elle lève 8 millions d’euros, dont 3 en dette.")
    assert [(m.text, m.value, m.currency) for m in found] == [
        ("8 millions d’euros", 8_000_000, "EUR"),
        ("3", 3_000_000, "EUR"),
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Elle visait 12 millions d’euros, contre 15 espérés.", [12e6, 15e6]),
        ("Il fallait 1,5 million d’euros, on en a recueilli 2,5.", [1.5e6, 2.5e6]),
        ("Sur 40 millions d’euros, les 18 restants sont un prêt.", [40e6, 18e6]),
        ("La levée de 55 millions d’amorçage suit celle de 9 millions de 2019, en euros.", [55e6, 9e6]),
    ],
)
def test_what_is_left_out_of_a_sum_is_taken_from_before(text, values):
    assert [m.value for m in find_money(text)] == values


def test_francs_are_those_that_the_text_counts_in():
    assert [m.currency for m in find_money("Un repas à 500 FCFA, un café à 200 francs.")] == ["XOF", "XOF"]
    assert [m.currency for m in find_money("Un café à 200 francs, à Genève.")] == ["CHF"]


def test_an_enumeration_shares_the_unit_behind_it():
    found = find_money("Les trois tours atteignent respectivement 27, 15 et 10 millions d’euros.")
    assert [(m.value, m.currency) for m in found] == [(27e6, "EUR"), (15e6, "EUR"), (10e6, "EUR")]


def test_a_conversion_in_brackets_is_a_sum_of_its_own():
    found = find_money("Alpha lève 10 M€ (11 M$).")
    assert [(m.text, m.currency) for m in found] == [("10 M€", "EUR"), ("11 M$", "USD")]


SPACES = st.sampled_from([" ", NB, NARROW, THIN])
CURRENCIES = st.sampled_from([("€", "EUR"), ("$", "USD"), ("£", "GBP")])


@given(st.integers(1, 999), st.integers(0, 9), st.sampled_from([",", "."]), SPACES, CURRENCIES)
def test_any_millions_read_back(whole, tenth, sign, space, currency):
    symbol, code = currency
    written = f"{whole}{sign}{tenth}{space}M{symbol}"
    (found,) = find_money(f"Le montant, {written}, est confirmé.")
    assert found.text == written
    assert found.value == pytest.approx(whole * 1e6 + tenth * 1e5)
    assert found.currency == code


@given(st.integers(1_000, 999_999_999), SPACES)
def test_any_grouped_number_reads_back(number, space):
    written = f"{number:,}".replace(",", space) + f"{space}€"
    (found,) = find_money(f"Il a payé {written} hier.")
    assert (found.text, found.value, found.currency) == (written, number, "EUR")


@given(st.text(max_size=300))
def test_any_text_gives_sums_in_order_that_never_overlap(text):
    end = 0
    for found in find_money(text):
        assert found.start >= end
        assert text[found.start : found.end] == found.text
        end = found.end


FACTS = {
    "vingt et un millions d'euros": 21e6,
    "soixante et onze millions d'euros": 71e6,
    "soixante-dix-sept millions d'euros": 77e6,
    "quatre-vingts millions d'euros": 80e6,
    "quatre-vingt-un millions d'euros": 81e6,
    "quatre-vingt-dix-neuf millions d'euros": 99e6,
    "septante millions de francs suisses": 70e6,
    "nonante-deux millions de francs suisses": 92e6,
    "cent un millions d'euros": 101e6,
    "deux cents millions d'euros": 200e6,
    "deux cent trois mille euros": 203_000,
    "mille deux cents euros": 1_200,
    "quinze cents euros": 1_500,
    "un million deux cent mille euros": 1_200_000,
    "un milliard trois cents millions de dollars": 1.3e9,
    "2 millions 500 000 euros": 2_500_000,
    "1.234.567,89 €": 1_234_567.89,
    "1 234 567,89 €": 1_234_567.89,
    "1'234'567 CHF": 1_234_567,
    "€ 1.234,50": 1_234.5,
    "US$ 1,234,567": 1_234_567,
    "1,234,567 USD": 1_234_567,
    "CA$ 12M": 12e6,
    "10 MDH": 10e6,
}
"""French numerals of all countries and notations of all presses, of the kind that number and currency libraries try."""


@pytest.mark.parametrize("written", FACTS)
def test_numerals_and_notations_of_every_press(written):
    (found,) = find_money(f"Alpha lève {written} mardi.")
    assert found.text == written
    assert found.value == pytest.approx(FACTS[written])
