"""Put sums, raisers and investors together: no round, one, or the several of a roundup."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.names.keys import name_key
from extract.records import FundingRound, Money, Name, PastRound
from extract.rounds import fields, lexicon
from extract.rounds.investors import find_investors
from extract.rounds.raisers import is_backer, local_raiser, main_raiser
from extract.rounds.view import Sentence, View

_ROUNDUP_TITLE = re.compile(lexicon.ROUNDUP_TITLE, re.IGNORECASE)
_FUND = re.compile(lexicon.FUND_RAISER, re.IGNORECASE)
_ACQUISITION = re.compile(lexicon.ACQUISITION_NEWS, re.IGNORECASE)
_DEAL_NOUN = re.compile(rf"\b(?:{lexicon.RAISE_NOUN}|l[eè]ve(?:nt|r)?|levé)\b", re.IGNORECASE)
_UNDISCLOSED = re.compile(
    r"montant (?:n|non|reste|est tenu|tenu|confidentiel)|sans (?:en )?(?:dévoiler|préciser|divulguer)|non (?:communiqué|dévoilé|divulgué)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_AGO = re.compile(
    r"il y a (un|deux|trois|quatre|cinq|six|\d+) ans?|l['’]an (?:dernier|passé)|l['’]année (?:dernière|passée)",
    re.IGNORECASE,
)
_COUNTS = {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6}
_CRYPTO = {"BTC", "ETH", "USDT", "USDC"}
_FEW = 3
_HEADING = 60
"""Longest line that is taken for a heading."""


@dataclass(slots=True)
class _Event:
    """A company with the sum that its own sentence says it raises."""

    raiser: Name
    sum_: Money
    sentence: Sentence

    @property
    def start(self) -> int:
        return min(self.raiser.start, self.sum_.start)


def find_rounds(view: View) -> tuple[list[FundingRound], list[PastRound]]:
    """Give the rounds that the document reports as news and those that it recalls; sums must have their roles."""
    events = _events(view)
    if _is_roundup(view, events):
        return _roundup(view, events), _past_rounds(view, None)
    raiser = main_raiser(view)
    rounds = _single(view, raiser, events)
    return rounds, _past_rounds(view, raiser)


def _events(view: View) -> list[_Event]:
    found: list[_Event] = []
    listed = bool(_ROUNDUP_TITLE.search(view.text[: max(0, view.text.find("\n"))]))
    for sum_ in view.money:
        if sum_.role != "round":
            continue
        sentence = view.sentence(sum_.start)
        if fields.no_deal(view, sentence):
            continue
        raiser = local_raiser(view, sentence, sum_) or (_paragraph_raiser(view, sum_) if listed else None)
        if raiser is not None and not any(e.raiser.name == raiser.name and e.sum_.value == sum_.value for e in found):
            found.append(_Event(raiser, sum_, sentence))
    return found


def _paragraph_raiser(view: View, sum_: Money) -> Name | None:
    """In a roundup the company that opens the sum's paragraph, or the heading above it, raises."""
    start = view.text.rfind("\n", 0, sum_.start) + 1
    heading = view.text.rfind("\n", 0, max(0, start - 2)) + 1
    if start - heading > _HEADING:
        heading = start
    companies = [n for n in view.names_in(heading, sum_.start) if n.kind == "company" and not is_backer(n)]
    return companies[0] if companies else None


def _is_roundup(view: View, events: list[_Event]) -> bool:
    body = [event for event in events if not event.sentence.title]
    raisers = {event.raiser.name for event in body}
    if len(raisers) >= _FEW:
        return True
    title = view.text[: max(0, view.text.find("\n"))]
    return len(raisers) == _FEW - 1 and bool(_ROUNDUP_TITLE.search(title))


def _roundup(view: View, events: list[_Event]) -> list[FundingRound]:
    first_of: dict[str, _Event] = {}
    for event in events:
        kept = first_of.get(event.raiser.name)
        if kept is None or kept.sentence.title:
            first_of[event.raiser.name] = event
    ordered = sorted(first_of.values(), key=lambda event: event.start)
    ordered = [event for event in ordered if not event.sentence.title] or ordered
    raisers = {event.raiser.key for event in ordered}
    rounds = []
    for i, event in enumerate(ordered):
        stop = _segment_end(view, event, ordered[i + 1].start if i + 1 < len(ordered) else len(view.text))
        start = event.sentence.start if i == 0 or ordered[i - 1].sentence != event.sentence else event.start
        rounds.append(_build(view, event.raiser, event.sum_, start, stop, raisers))
    return rounds


def _segment_end(view: View, event: _Event, limit: int) -> int:
    """A round of a roundup is told up to the next one, or to the end of its paragraph and the line behind a heading."""
    stop = view.text.find("\n", event.sentence.end)
    if 0 <= stop - event.sentence.start < 90:
        stop = view.text.find("\n", stop + 2)
    return min(limit, stop if stop > 0 else len(view.text))


def _single(view: View, raiser: Name | None, events: list[_Event]) -> list[FundingRound]:
    if raiser is None or _is_fund_news(view, raiser):
        return []
    sums = [s for s in view.money if s.role == "round" and not fields.no_deal(view, view.sentence(s.start))]
    own = [event.sum_ for event in events if event.raiser.name == raiser.name]
    title = [s for s in sums if view.sentence(s.start).title]
    others = [event.sum_ for event in events if event.raiser.name != raiser.name and not event.sentence.title]
    loose = [s for s in sums if s not in others and s.currency not in _CRYPTO]
    sum_ = next(iter(title or own or loose), None)
    for other in others:
        if other is not sum_:
            other.role = "past_round"  # another company's round, told in passing
    if sum_ is None and not _undisclosed(view):
        return []
    if not title and _is_acquisition(view):
        return []
    if any(fields.no_deal(view, s) for s in view.sentences if s.title):
        return []
    return [_build(view, raiser, sum_, 0, len(view.text), {raiser.key})]


def _is_fund_news(view: View, raiser: Name) -> bool:
    """Tell whether a fund raises for itself: its own closing is no round."""
    opening = [view.words(sentence) for sentence in view.sentences[:3]]
    about = [words for words in opening if raiser.text in words or raiser.name in words]
    return any(_FUND.search(words) for words in about) and any(s.role == "fund" for s in view.money)


def _is_acquisition(view: View) -> bool:
    return any(_ACQUISITION.search(view.words(sentence)) for sentence in view.sentences[:2])


def _undisclosed(view: View) -> bool:
    """Tell whether a round of unnamed size is told: a deal in the title, and words that the sum is kept back."""
    title = any(sentence.title and _DEAL_NOUN.search(view.words(sentence)) for sentence in view.sentences)
    return title and bool(_UNDISCLOSED.search(view.text))


def _build(view: View, raiser: Name, sum_: Money | None, start: int, stop: int, raisers: set[str]) -> FundingRound:
    sentences = [s for s in view.sentences if s.end > start and s.start < stop]
    telling = _telling(view, sentences, sum_)
    others = raisers - {raiser.key}
    investors = find_investors(view, start, stop, {raiser.key, name_key(raiser.name)}, others)
    valuation = _first(view, start, stop, "valuation")
    total = _first(view, start, stop, "total_raised")
    evidence, begin, end = view.evidence(sum_.start if sum_ else raiser.start)
    return FundingRound(
        company=raiser.name,
        amount=sum_.value if sum_ else None,
        currency=sum_.currency if sum_ else None,
        round_type=fields.round_type(view, telling + [s for s in sentences if s not in telling]),
        status=fields.status(view, telling),
        date=fields.round_day(view, [s for s in telling if not s.title]),
        valuation=valuation.value if valuation else None,
        valuation_currency=valuation.currency if valuation else None,
        total_raised=total.value if total else None,
        total_raised_currency=total.currency if total else None,
        investors=investors,
        score=_score(view, raiser, sum_, investors_found=bool(investors)),
        evidence=evidence,
        start=begin,
        end=end,
    )


def _telling(view: View, sentences: list[Sentence], sum_: Money | None) -> list[Sentence]:
    """Give the title and the sentences that hold the round's sum: they say its type, status and day."""
    if sum_ is None:
        return sentences[:2]
    same = {(s.value, s.currency) for s in (sum_,)}
    found = []
    for sentence in sentences:
        sums = view.money_in(sentence.start, sentence.end)
        if any((s.value, s.currency) in same and s.role == "round" for s in sums):
            found.append(sentence)
    return found


def _first(view: View, start: int, stop: int, role: str) -> Money | None:
    return next((sum_ for sum_ in view.money_in(start, stop) if sum_.role == role), None)


def _score(view: View, raiser: Name, sum_: Money | None, *, investors_found: bool) -> float:
    """Count the evidence: sum and company in the title, a sum at all, investors, mentions. Not calibrated."""
    score = 0.4 + 0.15 * (sum_ is not None) + 0.15 * investors_found
    score += 0.15 * (sum_ is not None and view.sentence(sum_.start).title)
    score += 0.1 * (sum(name.name == raiser.name for name in view.names) > 1)
    return round(min(score, 0.95), 2)


def _past_rounds(view: View, raiser: Name | None) -> list[PastRound]:
    found: list[PastRound] = []
    for sum_ in view.money:
        if sum_.role != "past_round":
            continue
        sentence = view.sentence(sum_.start)
        company = local_raiser(view, sentence, sum_) or raiser
        if company is None or any((p.company, p.amount) == (company.name, sum_.value) for p in found):
            continue
        evidence, start, end = view.evidence(sum_.start)
        around = view.text[max(sentence.start, sum_.start - 60) : min(sentence.end, sum_.end + 50)]
        found.append(
            PastRound(
                company=company.name,
                amount=sum_.value,
                currency=sum_.currency,
                round_type=None,
                year=_year(view, around, view.text[sum_.end : sentence.end]),
                evidence=evidence,
                start=start,
                end=end,
            )
        )
    return found


def _year(view: View, around: str, behind: str) -> int | None:
    if found := _YEAR.search(behind[:50]) or _YEAR.search(around):
        return int(found[1])
    ago = _AGO.search(around)
    if ago is None or view.published is None:
        return None
    count = ago[1]
    return view.published.year - (_COUNTS.get(count.lower()) or int(count) if count else 1)
