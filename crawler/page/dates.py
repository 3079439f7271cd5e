"""Instants as French pages give them: ISO with its many slips, and dates in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import dateparser

_ISO = re.compile(
    r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ]*([A-Z]{3,4})?[T ]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(?:publiée?|posté|mise? à jour|modifiée?|créé|écrit|rédigé|le|à|paru|actualisé|par\s.*$)\b|[|•·–]",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,2})\s*h\s*(\d{2})?\b", re.IGNORECASE)
_WORDS = re.compile(
    r"\d{1,2}(?:er)?\s+(?:janv\w*\.?|f[ée]vr\w*\.?|mars|avr\w*\.?|mai|juin|juil\w*\.?|ao[uû]t|sept\w*\.?|oct\w*\.?|nov\w*\.?|d[ée]c\w*\.?)\s+\d{4}(?:[\s,à-]*\d{1,2}\s*[h:]\s*\d{0,2})?"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}(?:[\s,à-]*\d{1,2}\s*[h:]\s*\d{0,2})?",
    re.IGNORECASE,
)
_SETTINGS = {
    "DATE_ORDER": "DMY",
    "PARSERS": ["absolute-time"],  # "hier" would change with the day on which the page is read
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RETURN_AS_TIMEZONE_AWARE": False,
}


def read_instant(text: object, timezone: str) -> datetime | None:
    """Read an instant, ISO 8601 or French, and give it in UTC; without a zone it is in the outlet's ``timezone``.

    Day before month in figures: *09/11/2016* is 9 November.

    >>> read_instant("le 3 octobre 2026 à 8h15", "Europe/Paris").isoformat()
    '2026-10-03T06:15:00+00:00'
    """
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return _iso(text, timezone) or _words(text, timezone)
    except (ValueError, OverflowError):
        return None


def find_instant(text: str, timezone: str) -> datetime | None:
    """Find the first date written out in a line of text."""
    match = _WORDS.search(text)
    return read_instant(match[0], timezone) if match else None


def _iso(text: str, timezone: str) -> datetime | None:
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day, _name, hour, minute, second, zone = match.groups()
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    if zone is None:
        return moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    if zone[0] in "+-":
        return datetime.fromisoformat(moment.isoformat() + zone).astimezone(UTC)
    return moment.replace(tzinfo=UTC)


def _words(text: str, timezone: str) -> datetime | None:
    plain = _CLOCK.sub(lambda m: f"{m[1]}:{m[2] or '00'}", _NOISE.sub(" ", text[:120]))
    moment = dateparser.parse(" ".join(plain.split()), languages=["fr", "en"], settings=_SETTINGS)
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
