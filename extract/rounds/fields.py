"""Type, status and day of a round, read from the sentences that tell it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from extract.records import RoundType, Status
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
_RELATIVE = re.compile(r"\b(hier|avant-hier)\b", re.IGNORECASE)
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_STRONG = {"series", "pre_seed", "seed"}


def round_type(view: View, sentences: list[Sentence]) -> RoundType | None:
    """Give the type that the sentences of a round name; the first sentence that names one decides."""
    later: RoundType | None = None
    for sentence in sentences:
        if view.recalls(sentence) and not any(s.role == "round" for s in view.money_in(sentence.start, sentence.end)):
            continue
        words = view.words(sentence)
        found = [(match.start(), name, match) for pattern, name in _TYPES if (match := pattern.search(words))]
        for _, name, match in sorted(found, key=lambda item: (item[1] not in _STRONG, item[0])):
            kind = f"series_{match[1].lower()}" if name == "series" else name
            if name in {"debt", "extension", "crowdfunding"} and not _typed_by(view, sentence, match):
                continue
            if name in _STRONG:
                return kind  # type: ignore[return-value]
            later = later or kind  # type: ignore[assignment]
    return later


def _typed_by(view: View, sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a word such as *dette* types the whole round: its sum stands near and is no part of another."""
    at = sentence.start + match.start()
    sums = view.money_in(sentence.start, sentence.end)
    near = [s for s in sums if s.role == "round" and abs(s.start - at) < 60]
    return bool(near) and not any(s.role == "tranche" for s in sums)


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


def round_day(view: View, sentences: list[Sentence]) -> str | None:
    """Give the ISO day that the sentences state for the round, relative words read from the day of publication."""
    import dateparser

    if view.published is None:
        return None
    base = datetime.combine(view.published, time(12))
    for sentence in sentences:
        words = view.words(sentence)
        if match := _DAY.search(words):
            settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past", "DATE_ORDER": "DMY"}
            found = dateparser.parse(" ".join(filter(None, match.groups())), languages=["fr"], settings=settings)
            return found.date().isoformat() if found else None
        if match := _RELATIVE.search(words):
            return (view.published - timedelta(days=1 if match[1].lower() == "hier" else 2)).isoformat()
        if match := _WEEKDAY.search(words):
            return _last(view.published, _WEEKDAYS.index(match[1].lower())).isoformat()
    return None


def _last(day: date, weekday: int) -> date:
    """Give the latest such weekday up to ``day``, itself included: *mardi* in an article of that Tuesday is today."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)
