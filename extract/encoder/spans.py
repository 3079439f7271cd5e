"""What the encoder is asked about: sums, names, words of a round's type, and pairs, as ranges with a few numbers.

Training and extraction both read documents through here, so that both see the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from extract.records import Money, Name, RoundType
from extract.roles.features import Entity
from extract.rounds import lexicon
from extract.rounds.view import View

Floats = npt.NDArray[np.float32]
Range = tuple[int, int]

KINDS = (
    "company", "person", "vc", "private_equity", "corporate", "bank", "public", "family_office", "accelerator",
    "crowdfunding_platform",
)  # fmt: skip
ENTITY_NUMBERS = len(KINDS) + 4
PAIR_NUMBERS = 8
REACH = 900
"""Characters between a sum and a company's nearest mention beyond which they are no pair."""
_TYPES = [(re.compile(pattern, re.IGNORECASE), name) for pattern, name in lexicon.ROUND_TYPES]


@dataclass(frozen=True, slots=True)
class TypeWord:
    """A place that names a type of round: *série B*, *amorçage*, *dette*."""

    start: int
    end: int
    round_type: RoundType


def type_words(text: str, names: Sequence[Name] = ()) -> list[TypeWord]:
    """Find the places that name a type of round, in order; of two that overlap the one listed first counts.

    A platform of participative financing among ``names`` names its type.

    >>> [w.round_type for w in type_words("Après son pré-amorçage, une série A de 5 M€.")]
    ['pre_seed', 'series_a']
    """
    found: list[TypeWord] = []
    for pattern, name in _TYPES:
        for match in pattern.finditer(text):
            if all(match.end() <= w.start or match.start() >= w.end for w in found):
                kind = f"series_{match[1].lower()}" if name == "series" else name
                found.append(TypeWord(match.start(), match.end(), kind))  # type: ignore[arg-type]
    found += [
        TypeWord(name.start, name.end, "crowdfunding")
        for name in names
        if name.investor_kind == "crowdfunding_platform"
    ]
    return sorted(found, key=lambda word: word.start)


def entity_numbers(view: View, entities: list[Entity]) -> Floats:
    """Give what the encoder does not see of each name: kind, place and number of mentions; one row a name."""
    title_end = view.text.find("\n")
    rows = np.zeros((len(entities), ENTITY_NUMBERS), np.float32)
    for row, entity in zip(rows, entities, strict=True):
        kind = entity.name.investor_kind or entity.name.kind
        if kind in KINDS:
            row[KINDS.index(kind)] = 1
        first = entity.mentions[0].start
        row[-4:] = (first < title_end, min(len(entity.mentions), 5) / 5, math.log1p(first) / 8, len(entities) / 20)
    return rows


@dataclass(frozen=True, slots=True)
class Pair:
    """A place and the nearest mention of a company, with numbers on how they lie to each other."""

    one: Range
    other: Range
    numbers: tuple[float, ...]


def nearest(view: View, places: list[Range], mentions: list[Name]) -> Pair:
    """Give the pair of one of ``places`` and one of ``mentions`` that lie closest, preferring the same line."""

    def distance(place: Range, mention: Name) -> tuple[bool, int]:
        low, high = min(place[1], mention.end), max(place[0], mention.start)
        return "\n" in view.text[low:high], max(high - low, 0)

    place, mention = min(((p, m) for p in places for m in mentions), key=lambda pair: (*distance(*pair), pair[1].start))
    apart, gap = distance(place, mention)
    low, high = min(place[1], mention.end), max(place[0], mention.start)
    between = {n.name for n in view.names_in(low, high) if n.kind == "company" and n.name != mention.name}
    line = view.text.rfind("\n", 0, place[0]) + 1
    earlier = [n for n in view.names_in(line, place[0]) if n.kind == "company"]
    heads = bool(earlier) and earlier[0].name == mention.name
    above = view.text.rfind("\n", 0, len(view.text[: max(line - 1, 0)].rstrip("\n"))) + 1
    numbers = (
        float(apart),
        math.log1p(gap) / 6,
        float(mention.start < place[0]),
        float(view.sentence(place[0]) == view.sentence(mention.start)),
        min(len(between), 5) / 5,
        float(heads),
        float(above <= mention.start < line and line - above < 90),
        min(view.text.count("\n", low, max(high, low)), 6) / 6,
    )
    return Pair(place, (mention.start, mention.end), numbers)


def owners_of(sum_: Money, entities: list[Entity]) -> list[int]:
    """Give the indexes of the companies that a sum may belong to."""
    return [
        i
        for i, entity in enumerate(entities)
        if entity.name.kind == "company" and min(abs(m.start - sum_.start) for m in entity.mentions) < REACH
    ]


def ranges(mentions: list[Name]) -> list[Range]:
    """Give mentions as plain ranges."""
    return [(m.start, m.end) for m in mentions]
