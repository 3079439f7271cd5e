"""Whose word counts how often in a deal."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipelines.deals.reports import Report

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class Claim(Generic[T]):
    """A value, who says it, and what their word weighs; ``first`` is the place of the earliest of them."""

    value: T
    articles: int
    weight: float
    first: int


def voices_of(deal: Sequence[Report]) -> list[Report]:
    """Give the reports that count, the earliest first: of articles that are nearly the same the earliest alone.

    An agency's text in five newspapers is one source, not five.
    """
    origins: set[str] = set()
    found = []
    for report in deal:
        if report.origin not in origins:
            origins.add(report.origin)
            found.append(report)
    return found


def decisive(voices: Sequence[Report]) -> list[Report]:
    """Give the voices that a value is chosen by: announcements, or where there is none the rumours."""
    return [voice for voice in voices if not voice.rumoured] or list(voices)


def corrected(voices: Sequence[Report], value_of: Callable[[Report], object]) -> list[Report]:
    """Leave out what an outlet itself has told otherwise later, of the field that ``value_of`` gives."""
    if len({voice.outlet for voice in voices}) == len(voices):
        return list(voices)
    last = {voice.outlet: voice for voice in voices if voice.outlet and value_of(voice) is not None}
    return [voice for voice in voices if not voice.outlet or last.get(voice.outlet, voice) is voice]


def claims(voices: Sequence[Report], value_of: Callable[[Report], T | None]) -> list[Claim[T]]:
    """Give the values that voices tell, the one with the most weight first; of equals the one told first."""
    found: dict[T, Claim[T]] = {}
    for place, voice in enumerate(voices):
        if (value := value_of(voice)) is not None:
            claim = found.setdefault(value, Claim(value, 0, 0.0, place))
            claim.articles += 1
            claim.weight += voice.score
    if len(found) < 2:
        return list(found.values())
    return sorted(found.values(), key=lambda claim: (-round(claim.weight, 9), claim.first))
