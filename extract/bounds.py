"""Where sentences begin and end in press text as scrapers leave it."""

from __future__ import annotations

import re

_ABBREVIATION = re.compile(
    r"(?:\b(?:m|mm|mme|mlle|dr|me|pr|st|ste|av|bd|cf|env|etc|ex|fig|hab|inc|corp|co|ltd|jr|janv|févr|avr|juil|sept|oct|nov|déc|no|n°|p|vs|art|tél)"
    r"|\b[A-Z])$",
    re.IGNORECASE,
)
_CLOSED = tuple("€$£%)»”")
"""Marks that end a word: a full stop behind them ends the sentence, even without a space after it."""
_END = re.compile(r"(?P<stop>[.!?…]+)(?P<close>[\s\u00a0\u202f]*[»”\"’)\]]*)(?P<gap>\s*)(?=(?P<next>\S))|\n+")


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    r"""Give the half-open ranges of the sentences of ``text``; together they cover all of it but blank ends.

    A line break always ends a sentence; a full stop does not within a number, a name (*Camionnette.com*), behind an
    abbreviation (*M. Dupont*) or an initial. A missing space behind a full stop (*fonds.Elle*) is forgiven.

    >>> ["M. Dupont lève 2.5 M€.Il rit."[a:b] for a, b in sentence_bounds("M. Dupont lève 2.5 M€.Il rit.")]
    ['M. Dupont lève 2.5 M€.', 'Il rit.']
    """
    bounds = []
    start = 0
    for match in _END.finditer(text):
        if match["stop"] and not _ends(text, match):
            continue
        stop = match.end("close") if match["stop"] else match.start()
        if text[start:stop].strip():
            bounds.append(_stripped(text, start, stop))
        start = match.end()
    if text[start:].strip():
        bounds.append(_stripped(text, start, len(text)))
    return bounds


def _ends(text: str, match: re.Match[str]) -> bool:
    follows = match["next"]
    if match["stop"] == ".":
        before = text[max(0, match.start() - 8) : match.start()]
        if _ABBREVIATION.search(before) and not before.endswith("€"):
            return False
        if not match["gap"] and not match["close"]:
            closed = before[-1:] in _CLOSED or (before[-1:].islower() and before[-2:-1].isalpha())
            return follows.isupper() and closed
    return (bool(match["gap"] or match["close"].strip()) and not follows.islower()) or (
        not match["gap"] and follows.isupper()
    )


def _stripped(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    return start, stop
