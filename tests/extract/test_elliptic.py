"""Sums of which only the number is written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.money.elliptic import bare_numbers, find_sums
from extract.money.finder import find_money
from extract.training.elliptic import annotated


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Alpha lève 12 millions d’euros, contre 3 il y a deux ans.", 3_000_000),
        ("Bêta a réuni 40 millions de dollars. Sa rivale en avait levé 25 l’an dernier.", 25_000_000),
    ],
)
def test_a_number_takes_unit_and_currency_from_the_sum_before_it(text, value):
    first, second = find_sums(text)
    assert second.value == value
    assert second.currency == first.currency
    assert text[second.start : second.end] == second.text


@pytest.mark.parametrize(
    "words",
    ["3 % du capital", "25 m² de bureaux", "12h30", "le 3e étage", "la série 3x2", "15 ans", "30 salariés", "2021"],
)
def test_look_alikes_are_no_sums(words):
    text = f"Alpha lève 12 millions d’euros. Elle a {words}."
    assert [m.text for m in find_sums(text)] == ["12 millions d’euros"]


@given(st.text(alphabet="0123456789 ,.%€MKmilonsdeur\n’-", max_size=120))
def test_nothing_overlaps_and_written_sums_stay(text):
    written, found = find_money(text), find_sums(text)
    assert [m for m in found if m in written] == written
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[m.start : m.end] == m.text for m in found)


def test_without_a_written_sum_no_number_is_asked_about():
    assert bare_numbers("Alpha a 3 clients et 12 salariés.", []) == []


def test_annotated_sums_are_found_in_order_and_never_inside_a_number():
    text = "En 2016, 6 M€ puis 6."
    places = annotated(text, [{"text": "6 M€"}, {"text": "6"}])
    assert [text[a:b] for a, b in places] == ["6 M€", "6"]
    assert min(a for a, _ in places) == text.index("6 M€")
