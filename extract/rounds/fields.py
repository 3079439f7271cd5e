"""Type, status and day of a round, read from the sentences that tell it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from extract.records import DatePrecision, RoundType, Status
from extract.rounds import lexicon
from extract.rounds.view import Sentence, View

_TYPES = [(re.compile(pattern, re.IGNORECASE), name) for pattern, name in lexicon.ROUND_TYPES]
_RUMOUR = re.compile(rf"\b(?:{lexicon.RUMOUR})(?!\w)", re.IGNORECASE)
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_DAY = re.compile(
    r"\b(?:le |ce |du |au )?(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"
    rf"(\d{{1,2}}|1er) ({_MONTHS})(?: ((?:19|20)\d\d))?\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:ce |le )?(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?: dernier)?\b(?! \d)", re.IGNORECASE
)
_RELATIVE = re.compile(r"(?<![\w-])(hier|avant-hier|aujourd['’]hui|ce jour)\b", re.IGNORECASE)
_BACK = {"hier": 1, "avant-hier": 2}
_WEEK = re.compile(r"\b(cette semaine|la semaine (?:dernière|passée))\b", re.IGNORECASE)
_MONTH = re.compile(
    rf"\b(?:en |au mois de |de |d['’])?({_MONTHS}) dernier\b|\b(le mois dernier|le mois passé)\b", re.IGNORECASE
)
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def status(view: View, sentences: list[Sentence]) -> Status:
    """Tell a rumour (conditional mood, talks, sources) from an announcement."""
    for sentence in sentences:
        if _RUMOUR.search(view.words(sentence)):
            return "rumoured"
    return "announced"


def type_named(words: str) -> RoundType | None:
    """Give the type that a few words name, None where they name none.

    >>> type_named("après un amorçage de 2 M€"), type_named("sa série B de 30 M€")
    ('seed', 'series_b')
    """
    for pattern, name in _TYPES:
        if match := pattern.search(words):
            return f"series_{match[1].lower()}" if name == "series" else name  # type: ignore[return-value]
    return None


def round_day(view: View, sentences: list[Sentence]) -> tuple[str, DatePrecision] | None:
    """Give the day that the sentences state for the round, relative words read from the day of publication.

    Of a week or a month (*la semaine dernière*, *en mars dernier*) it is the first day, and the precision says so.
    """
    if view.published is None:
        return None
    for sentence in sentences:
        words = view.words(sentence)
        if match := _DAY.search(words):
            day = _written_day(match, view.published)
            return (day.isoformat(), "day") if day else None
        if match := _RELATIVE.search(words):
            return (view.published - timedelta(days=_BACK.get(match[1].lower(), 0))).isoformat(), "day"
        if match := _WEEKDAY.search(words):
            return _last(view.published, _WEEKDAYS.index(match[1].lower())).isoformat(), "day"
        if match := _WEEK.search(words):
            monday = view.published - timedelta(days=view.published.weekday())
            return (monday if match[1].lower().startswith("cette") else monday - timedelta(days=7)).isoformat(), "week"
        if match := _MONTH.search(words):
            return _last_month(view.published, match[1]).isoformat(), "month"
    return None


def _written_day(match: re.Match[str], published: date) -> date | None:
    import dateparser

    base = datetime.combine(published, time(12))
    settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past", "DATE_ORDER": "DMY"}
    found = dateparser.parse(" ".join(filter(None, match.groups())), languages=["fr"], settings=settings)
    return found.date() if found else None


def _last_month(day: date, name: str | None) -> date:
    """Give the first day of the latest month of this name before that of ``day``, or of the month before."""
    month = _MONTHS.split("|").index(name.lower()) + 1 if name else (day.month - 2) % 12 + 1
    return date(day.year if month < day.month else day.year - 1, month, 1)


def _last(day: date, weekday: int) -> date:
    """Give the latest such weekday up to ``day``, itself included: *mardi* in an article of that Tuesday is today."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)
