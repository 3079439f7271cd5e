"""Sums of which only the number is written: *contre 61,5 en mars*, *Partech en a mis 3*; a trained model tells them.

The rules find what carries a unit, a currency or one of a few cues. Any other bare number may be a sum, a score or a
floor: a logistic regression over the words around it and the sums near by decides, and the sum before lends unit and
currency.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from extract.money.finder import find_money, lent_unit
from extract.money.numbers import read_number, tidy
from extract.money.patterns import DIGITS
from extract.names.keys import fold
from extract.records import Money
from extract.roles.linear import LinearModel

LIKELY = 0.5
"""Probability from which a bare number is believed to be a sum."""
_REACH = 700
"""Characters to the sum that lends its unit, beyond which a number is not asked about."""
_NUMBER = re.compile(DIGITS)
_NOT = re.compile(
    r"[ \u00a0\u202f]?(?:%|°|€|\$|£|h\b|er\b|ème|e\b|[a-zA-Z]{1,3}\d|[²³/]|pour cent|millions?|milliards?|mille\b)"
)
_WORD = re.compile(r"[^\W\d_]+['’]?|\d+|[^\w\s]|\n")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_STEM = 6


@dataclass(frozen=True, slots=True)
class Bare:
    """A bare number with the sum that would lend it unit and currency."""

    start: int
    end: int
    number: float
    lender: Money
    before: bool
    """Whether the lender stands before it."""


def find_sums(text: str, model: LinearModel | None = None) -> list[Money]:
    """Find the sums of a text: those of :func:`extract.money.finder.find_money`, and bare numbers that are sums.

    ``model`` stands in for the one of the package, in training.

    >>> [(m.text, m.value) for m in find_sums("Alpha lève 12 millions d’euros, contre 3 il y a deux ans.")]
    [('12 millions d’euros', 12000000), ('3', 3000000)]
    """
    written = find_money(text)
    asked = bare_numbers(text, written)
    if not asked:
        return written
    chances = (model or elliptic_model()).probabilities([features(text, written, bare) for bare in asked])[:, 1]
    found = [as_money(text, bare) for bare, chance in zip(asked, chances, strict=True) if chance >= LIKELY]
    return sorted([*written, *(sum_ for sum_ in found if sum_ is not None)], key=lambda sum_: sum_.start)


def bare_numbers(text: str, written: Sequence[Money]) -> list[Bare]:
    """Give the bare numbers of a text that may be sums: within reach of a written sum, no percentage, no ordinal."""
    if not written:
        return []
    found = []
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if any(m.start < end and m.end > start for m in written) or _NOT.match(text, end):
            continue
        if (end < len(text) and (text[end].isalpha() or text[end] in "-'’")) or (
            start and text[start - 1] in "-/$€£_#"
        ):
            continue
        number = read_number(match[0])
        if number is None or number <= 0:
            continue
        ahead = [m for m in written if m.end <= start and start - m.end < _REACH]
        behind = [m for m in written if m.start >= end and m.start - end < _REACH]
        if ahead or behind:
            found.append(Bare(start, end, number, ahead[-1] if ahead else behind[0], bool(ahead)))
    return found


def features(text: str, written: Sequence[Money], bare: Bare) -> dict[str, float]:
    """Give the features of one bare number."""
    row: dict[str, float] = {}
    left = _words(text, max(0, bare.start - 80), bare.start, written)[::-1]
    right = _words(text, bare.end, bare.end + 60, written)
    for side, words in (("l", [*left, "<S>"]), ("r", [*right, "</S>"])):
        for place, word in enumerate(words[:3], 1):
            row[f"{side}{place}={word}"] = 1.0
        if len(words) > 1:
            row[f"{side}12={words[0]} {words[1]}"] = 1.0
        for word in words[:8]:
            row[f"{side}bag={word[:_STEM]}"] = 0.5
    row[f"around={left[0] if left else '<S>'} # {right[0] if right else '</S>'}"] = 1.0
    between = text[bare.lender.end : bare.start] if bare.before else text[bare.end : bare.lender.start]
    unit = lent_unit(bare.lender, bare.number)
    ratio = bare.number * unit / bare.lender.value if unit and bare.lender.value else 0.0
    raw = text[bare.start : bare.end]
    row[f"lender before={bare.before}|distance={min(len(between) // 40, 8)}"] = 1.0
    row[f"lines={min(between.count(chr(10)), 3)}|sentences={min(len(re.findall('[.!?…] ', between)), 4)}"] = 1.0
    row[f"ratio={_bucket(ratio)}"] = 1.0
    row[f"decimal={',' in raw}|year={bool(_YEAR.match(raw))}|digits={min(len(raw), 5)}"] = 1.0
    row[f"thousands={bare.number >= 1000}|lender unit={unit}"] = 1.0
    row[f"sums={min(len(written), 6)}"] = 1.0
    return row


def as_money(text: str, bare: Bare) -> Money | None:
    """Give a bare number as a sum, None where the lender's unit cannot be its own."""
    unit = lent_unit(bare.lender, bare.number)
    if unit is None:
        return None
    value = tidy(bare.number * unit)
    return Money(
        text=text[bare.start : bare.end], start=bare.start, end=bare.end, value=value, currency=bare.lender.currency
    )


def _words(text: str, start: int, end: int, written: Sequence[Money]) -> list[str]:
    """Give the folded words of a range within its line, sums and figures as single marks."""
    words: list[str] = []
    last = ""
    for match in _WORD.finditer(text, start, min(end, len(text))):
        inside = any(m.start <= match.start() < m.end for m in written)
        mark = "<SUM>" if inside else "#" if match[0].isdigit() else fold(match[0]) if match[0] != "\n" else "\n"
        if mark not in {"<SUM>", "#"} and len(match[0]) > 1 and match[0][0].isupper() and words:
            mark = "<Name>"
        if not (mark == last == "<SUM>"):
            words.append(mark)
        last = mark
    return words


def _bucket(ratio: float) -> str:
    for limit in (0.001, 0.01, 0.1, 0.3, 0.6, 1.0, 2.0, 5.0, 20.0):
        if ratio <= limit:
            return str(limit)
    return "more"


@cache
def elliptic_model() -> LinearModel:
    """Load the model of the package, once a process."""
    with resources.files("extract.model").joinpath("roles.npz").open("rb") as file, np.load(file) as arrays:
        return LinearModel.of_arrays(arrays, "elliptic")
