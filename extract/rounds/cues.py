"""What each sum of a document stands for: the nearest cue around it decides."""

from __future__ import annotations

import re

from extract.records import Money, Role
from extract.rounds import lexicon
from extract.rounds.view import Sentence, View

_CUES: list[tuple[Role, re.Pattern[str], re.Pattern[str]]] = [
    (role, re.compile(rf"(?<!\w)(?:{before})", re.IGNORECASE), re.compile(rf"(?<!\w)(?:{behind})", re.IGNORECASE))
    for role, (before, behind) in lexicon.ROLE_CUES.items()
]
_OTHER = next(i for i, (role, _, _) in enumerate(_CUES) if role == "other")
_REACH_BEFORE, _REACH_BEHIND = 90, 45
_WEIGHT: dict[Role, float] = {"past_round": -14, "valuation": -8, "revenue": -8, "other": 8, "market": 6}
"""Head start (in characters) of roles whose cues say more than others'."""
_PARTS = {"tranche", "round"}


def assign_roles(view: View) -> None:
    """Set ``role`` on every sum of the document."""
    for i, sum_ in enumerate(view.money):
        before = view.money[i - 1] if i else None
        sum_.role = before.role if before and _converts(view, before, sum_) else _role(view, sum_)
    _settle_title(view)
    _settle_repeats(view)
    _settle_tranches(view)


def _role(view: View, sum_: Money) -> Role:
    sentence = view.sentence(sum_.start)
    before, behind = _around(view, sum_, sentence)
    best: tuple[float, Role] = (1000.0, "other")
    for role, cue_before, cue_behind in _CUES:
        distance = 1000.0
        for match in cue_before.finditer(before):
            distance = min(distance, len(before) - match.end())
        if found := cue_behind.search(behind):
            distance = min(distance, found.start() + 2)
        best = min(best, (distance + _WEIGHT.get(role, 0), role), key=lambda item: item[0])
    if best[1] in {"other", "round"} and _LABEL.search(before) and _labels(view, sum_):
        return "round"
    role = best[1] if best[0] < _REACH_BEFORE + 10 else "other"
    if role == "round" and _recalled(view, sum_, sentence, before, behind):
        return "past_round"
    return role


_CONVERSION = re.compile(r"[\s\u00a0]*(?:\(|,[\s\u00a0]*(?:soit|environ|près|ou)\b|soit\b)[^.;]{0,22}$", re.IGNORECASE)
_LABEL = re.compile(r"(?:[–—:(-]|,)[\s\u00a0]*$")
_ACQUISITION = re.compile(lexicon.ACQUISITION_NEWS, re.IGNORECASE)
_DEAL = re.compile(rf"\b(?:{lexicon.RAISE_NOUN}|{lexicon.STRONG_RAISE}|prêt|obligations|dette)", re.IGNORECASE)


def _labels(view: View, sum_: Money) -> bool:
    """Tell whether a company stands right before the sum as in a list of deals: *Alpha (santé) : 3 M€*."""
    return any(
        name.kind == "company"
        and re.fullmatch(r"[^.,;]{0,40}[\s\u00a0]*[–—:(-][\s\u00a0]*", view.text[name.end : sum_.start])
        for name in view.names_in(max(0, sum_.start - 80), sum_.start)
    )


def _converts(view: View, before: Money, sum_: Money) -> bool:
    """Tell whether a sum only says the one before it in another currency: *10 M€ (11 M$)*."""
    return before.currency != sum_.currency and bool(_CONVERSION.match(view.text[before.end : sum_.start]))


def _settle_title(view: View) -> None:
    """The one sum of a title that tells of no purchase is the round, where the article speaks of a deal at all."""
    sums = [sum_ for sum_ in view.money if view.sentence(sum_.start).title]
    if len(sums) != 1 or sums[0].role not in {"other", "tranche"} or not _DEAL.search(view.text):
        return
    title = view.words(view.sentence(sums[0].start))
    if not _ACQUISITION.search(title) and not _CUES[_OTHER][1].search(title):
        sums[0].role = "round"


def _around(view: View, sum_: Money, sentence: Sentence) -> tuple[str, str]:
    """Give what stands before and behind the sum, up to the sums beside it and the ends of the sentence."""
    start = max(sentence.start, sum_.start - _REACH_BEFORE)
    end = min(sentence.end, sum_.end + _REACH_BEHIND)
    for other in view.money_in(start, end):
        if other.end <= sum_.start:
            start = max(start, other.end)
        elif other.start >= sum_.end:
            end = min(end, other.start)
    return view.text[start : sum_.start], view.text[sum_.end : end]


_EARLIER = re.compile(
    r"\b(?:avai(?:t|ent)|précédent\w*|déjà levé)\b|il y a (?:un|deux|trois|quatre|cinq|\d+) ans?|"
    r"l['’]an dernier|l['’]année dernière",
    re.IGNORECASE,
)
_YEAR_NEAR = re.compile(r"\ben (?:[a-zéû]+ )?((?:19|20)\d\d)\b|\b((?:19|20)\d\d)\b")


def _recalled(view: View, sum_: Money, sentence: Sentence, before: str, behind: str) -> bool:
    if sentence.title:
        return False
    if _EARLIER.search(before[-60:]) or _EARLIER.search(behind):
        return True
    year = view.published.year if view.published else None
    near = [int(match[1] or match[2]) for match in _YEAR_NEAR.finditer(before[-35:] + " " + behind)]
    return year is not None and any(found < year for found in near)


def _settle_repeats(view: View) -> None:
    """A sum said again without a cue of its own is what it was where it was said with one; the title's is the news."""
    told: dict[tuple[float, str], Role] = {}
    for sum_ in view.money:
        if sum_.role != "other":
            told.setdefault((sum_.value, sum_.currency), sum_.role)
    for sum_ in view.money:
        if sum_.role in {"other", "tranche"}:
            sum_.role = told.get((sum_.value, sum_.currency), sum_.role)


def _settle_tranches(view: View) -> None:
    """A tranche is part of a round: without one in the article it is a round (apporte) or something else."""
    rounds = [sum_ for sum_ in view.money if sum_.role == "round"]
    largest = max((sum_.value for sum_ in rounds), default=0)
    for sum_ in view.money:
        if (sum_.role == "tranche" and not rounds) or (sum_.role == "tranche" and sum_.value > largest):
            sum_.role = "other"
