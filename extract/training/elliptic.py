"""Trains the model that tells bare numbers that are sums from those that are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extract.money.elliptic import as_money, bare_numbers, features
from extract.money.finder import find_money
from extract.roles.linear import LinearModel
from extract.scoring import same_sum
from extract.training.roles import fit

STRENGTH = 0.5


def train_elliptic(docs: Sequence[Mapping[str, Any]]) -> LinearModel:
    """Train on annotated articles."""
    rows, labels = [], []
    for doc in docs:
        text = f"{doc['title']}\n{doc['text']}"
        written = find_money(text)
        asked = bare_numbers(text, written)
        places = annotated(text, doc["amounts"])
        rows.append([features(text, written, bare) for bare in asked])
        said = [
            (amount := places.get((bare.start, bare.end))) is not None
            and (found := as_money(text, bare)) is not None
            and same_sum((float(found.value), found.currency), (float(amount["value"]), amount["currency"]))
            for bare in asked
        ]
        labels.append([("yes" if is_sum else "no") for is_sum in said])
    return fit(rows, labels, STRENGTH)


def annotated(text: str, amounts: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], Mapping[str, Any]]:
    """Give the places of the annotated sums, which stand in order of the text."""
    found: dict[tuple[int, int], Mapping[str, Any]] = {}
    at = 0
    for amount in amounts:
        place = _next(text, amount["text"], at)
        if place < 0:
            continue
        at = place + len(amount["text"])
        found[(place, at)] = amount
    return found


def _next(text: str, words: str, at: int) -> int:
    """Give the next place of some words that is no part of a longer number."""
    place = text.find(words, at)
    while place >= 0:
        before = text[place - 1] if place else " "
        after = text[place + len(words)] if place + len(words) < len(text) else " "
        inside = words[0].isdigit() and (before.isdigit() or before in ",.")
        if not inside and not (words[-1].isdigit() and (after.isdigit() or after == "%")):
            return place
        place = text.find(words, place + 1)
    return -1
