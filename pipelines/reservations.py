"""What is kept of an article whose text and data mining is reserved: its facts, each with a short quote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from extract.names.keys import name_key
from extract.records import Extraction, FundingRound, Investor, PastRound

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from pipelines.rows import Extracted

MAX_QUOTE = 200
"""Characters of a quote, its ellipses among them."""

_OPENING, _CLOSING = "… ", " …"
_ROOM = MAX_QUOTE - len(_OPENING) - len(_CLOSING)
_SPACES = " \n"
"""Where a quote may be cut: not at spaces that do not break, which stand within sums."""
_WORD, _GAP = re.compile(f"[^{_SPACES}]*[{_SPACES}]+"), re.compile(f"[{_SPACES}]+")

Quoting = TypeVar("Quoting", FundingRound, Investor, PastRound)
Span = tuple[int, int]


def obeys(settings: BaseSettings) -> bool:
    """Tell by the setting ``TOURDETABLE_TDM`` whether reservations are obeyed.

    Raises:
        ValueError: it is neither ``obey`` nor ``ignore``.
    """
    told = settings["TOURDETABLE_TDM"]
    if told not in {"obey", "ignore"}:
        raise ValueError(f"TOURDETABLE_TDM: expected obey or ignore, got {told!r}")
    return bool(told == "obey")


def shown(item: Extracted) -> Extracted:
    """Give an item as it is stored: where its text is withheld, without text and standfirst, its evidence shortened.

    The offsets of evidence are those of what is quoted, still into title + newline + full text.
    """
    if not item.withheld:
        return item
    found = item.extraction
    kept = replace(
        found,
        rounds=[_round(found, one) for one in found.rounds],
        past_rounds=[_quoted(one, _told(found, one)) for one in found.past_rounds],
    )
    return replace(item, article=replace(item.article, text="", chapeau=""), extraction=kept)


def _round(found: Extraction, one: FundingRound) -> FundingRound:
    investors = [_quoted(investor, _named(found, investor, investor.key)) for investor in one.investors]
    return replace(_quoted(one, _told(found, one)), investors=investors)


def _told(found: Extraction, one: FundingRound | PastRound) -> list[Span]:
    """Give the places that prove a round, first the sum's, then the company's that is nearest to it."""
    sums = [
        (sum_.start, sum_.end)
        for sum_ in found.amounts
        if (sum_.value, sum_.currency) == (one.amount, one.currency) and _within(sum_.start, sum_.end, one)
    ][:1]
    names = _named(found, one, name_key(one.company))
    return sums + sorted(names, key=lambda span: abs(span[0] - sums[0][0]) if sums else 0)[:1]


def _named(found: Extraction, one: FundingRound | Investor | PastRound, key: str) -> list[Span]:
    """Give the places in a record's evidence that name its company or investor."""
    return [(m.start, m.end) for m in found.mentions if m.key == key and _within(m.start, m.end, one)]


def _within(start: int, end: int, one: FundingRound | Investor | PastRound) -> bool:
    return one.start <= start and end <= one.start + len(one.evidence)


def _quoted(one: Quoting, facts: Iterable[Span]) -> Quoting:
    """Shorten a record's evidence to what stands around the facts, the first of which counts most."""
    if len(one.evidence) <= MAX_QUOTE:
        return one
    begin, end = _window(one.evidence, [(a - one.start, b - one.start) for a, b in facts] or [(0, 0)])
    opening, closing = _OPENING if begin else "", _CLOSING if end < len(one.evidence) else ""
    quote = f"{opening}{one.evidence[begin:end]}{closing}"
    return replace(one, evidence=quote, start=one.start + begin, end=one.start + end)


def _window(text: str, facts: list[Span]) -> Span:
    """Give the bounds of at most ``_ROOM`` characters around all facts, or around the first where they are apart."""
    low, high = min(a for a, _ in facts), max(b for _, b in facts)
    if high - low > _ROOM:
        low, high = facts[0]
    high = min(high, low + _ROOM)
    begin = max(0, min((low + high - _ROOM) // 2, len(text) - _ROOM))
    end = begin + _ROOM
    if begin and text[begin - 1] not in _SPACES:
        word = _WORD.match(text, begin, low)
        begin = word.end() if word else low
    if end < len(text) and text[end] not in _SPACES:
        *_, end = (high, *(gap.start() for gap in _GAP.finditer(text, high, end)))
    return begin, end
