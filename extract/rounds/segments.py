"""Which raiser a place of a roundup belongs to: its own paragraph or list item, the heading above, its own sentence."""

from __future__ import annotations

from bisect import bisect_right

from extract.records import Name
from extract.roles.features import Entity
from extract.rounds.raisers import local_raiser
from extract.rounds.view import View

_HEADING = 70
"""Longest line (in characters) that is taken for a heading."""


class Segments:
    """Tells, in an article about several raisers, which of them a place belongs to."""

    def __init__(self, view: View, raisers: list[Entity]) -> None:
        self._view = view
        self._raisers = {entity.name.name: entity for entity in raisers}
        body = view.text.find("\n")
        mentions = [m for entity in raisers for m in entity.mentions if m.start > body]
        self._mentions = sorted(mentions, key=lambda mention: mention.start)
        self._starts = [mention.start for mention in self._mentions]

    def raiser_at(self, position: int) -> Entity | None:
        """Give the raiser that this place belongs to, None where it belongs to none."""
        view = self._view
        sums = [s for s in view.money if s.start <= position < s.end]
        if sums:
            local = local_raiser(view, view.sentence(position), sums[0])
            if local is not None and local.name in self._raisers:
                return self._raisers[local.name]
        before = self._before(position)
        if before is not None:
            return self._raisers[before.name]
        behind = self._behind(position)
        return self._raisers[behind.name] if behind is not None else None

    def _before(self, position: int) -> Name | None:
        """The raiser named last before this place, in its paragraph or in the heading above."""
        at = bisect_right(self._starts, position) - 1
        if at < 0:
            return None
        mention = self._mentions[at]
        gap = self._view.text[mention.end : position].strip("\n")
        if "\n" not in gap:
            return mention
        line = self._line(mention.start)
        return mention if len(line) <= _HEADING and gap.count("\n\n") <= 1 else None

    def _behind(self, position: int) -> Name | None:
        """The raiser named next behind this place in its sentence: *Partech mise 3 M€ sur Alpha*."""
        at = bisect_right(self._starts, position)
        if at >= len(self._mentions):
            return None
        mention = self._mentions[at]
        return mention if mention.start < self._view.sentence(position).end else None

    def _line(self, position: int) -> str:
        text = self._view.text
        start = text.rfind("\n", 0, position) + 1
        end = text.find("\n", position)
        return text[start : end if end >= 0 else len(text)]
