"""Variants of an example in which other names stand: what a name's neighbours say must count, not the name."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extract.encoder.spans import Pair, Range
from extract.training.examples import Example

SHARE = 0.7
"""Share of a document's names that are swapped in a variant."""


class NamePool:
    """Names by kind, drawn from for swapping."""

    def __init__(self, examples: Sequence[Example]) -> None:
        found: dict[str, set[str]] = {}
        for example in examples:
            for kind, mentions in zip(example.kinds, example.entities, strict=True):
                start, end = mentions[0][0]
                found.setdefault(kind, set()).add(example.text[start:end])
        self._names: Mapping[str, list[str]] = {kind: sorted(names) for kind, names in found.items()}

    def draw(self, kind: str, chance: random.Random) -> str:
        """Give some name of this kind."""
        return chance.choice(self._names[kind])


def swapped(example: Example, pool: NamePool, chance: random.Random) -> Example:
    """Give the example with most of its names replaced throughout by others of their kind."""
    changes: list[tuple[Range, str]] = []
    for kind, (mentions, _) in zip(example.kinds, example.entities, strict=True):
        if chance.random() < SHARE:
            name = pool.draw(kind, chance)
            changes += [(place, name) for place in mentions]
    changes.sort()
    shift = _Shift(changes)
    return replace(
        example,
        text=shift.text(example.text),
        sums=[(shift.place(place), label) for place, label in example.sums],
        entities=[([shift.place(m) for m in mentions], label) for mentions, label in example.entities],
        types=[(shift.place(place), label) for place, label in example.types],
        owners=[(shift.pair(pair), label) for pair, label in example.owners],
        names=[shift.place(place) for place in example.names],
    )


class _Shift:
    """Moves ranges of the old text to where they are in the new one."""

    def __init__(self, changes: list[tuple[Range, str]]) -> None:
        self._changes = changes

    def text(self, old: str) -> str:
        parts, at = [], 0
        for (start, end), name in self._changes:
            parts += [old[at:start], name]
            at = end
        return "".join([*parts, old[at:]])

    def _at(self, position: int, *, is_end: bool) -> int:
        moved = position
        for (start, end), name in self._changes:
            if end <= position:
                moved += len(name) - (end - start)
            elif start < position:
                # Inside a name that was swapped: its beginning or its end.
                return moved + (start - position) + (len(name) if is_end else 0)
            else:
                break
        return moved

    def place(self, place: Range) -> Range:
        return self._at(place[0], is_end=False), self._at(place[1], is_end=True)

    def pair(self, pair: Pair) -> Pair:
        return Pair(self.place(pair.one), self.place(pair.other), pair.numbers)
