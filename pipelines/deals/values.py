"""The best value of each field of a deal, and where its sources differ.

The rules, in the order in which they apply:

1. **Announced over rumoured.** Once an announcement is there, sum, day, valuation and investors come from announcements
   alone; a sum rumoured before an announcement that discloses none is not filled in. The type alone may come from a
   rumour, where no announcement names one: it is not what rumours err in.
2. **Near-duplicates are one voice** (:func:`~pipelines.deals.voices.voices_of`), the earliest of them.
3. **Later corrections.** Of two reports of one outlet the later counts.
4. **Majority, weighted by score.** Each voice weighs the probability that its extraction is right; of equal values
   the one published first.
5. **Exact over rounded.** Sums that are one sum converted or rounded (:mod:`pipelines.deals.sums`) vote together;
   within them a rounding gives its vote to what it is a rounding of, and the currency most told wins: the deal's own,
   since each outlet converts into another; where none is told most, the currency in which the sum is roundest.
6. **A stated day over the day of publication**; a day over a week over a month. Else it is the day (UTC) of the
   first announcement, or of the first rumour.
7. **Investors are the union**, each with the number of articles that name it, leads first, then the most named. One
   leads if at least half of those articles say so that name any lead at all, and so does each of two whom sources name
   in turn.

The name is the spelling printed most, of equals the longest; the key is that spelling's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from pipelines.deals.reports import Backer, Report
from pipelines.deals.sums import is_rounding, likeness, unit_of
from pipelines.deals.voices import Claim, claims, corrected, decisive, voices_of

_PRECISIONS = ("day", "week", "month")
_ONE_SUM = frozenset({"equal", "converted", "rounded"})


def values_of(deal: Sequence[Report]) -> dict[str, Any]:
    """Give the values of a deal's own columns, without those that need its rows or other deals."""
    voices = voices_of(deal)
    counted = decisive(voices)
    paid = best_amount(corrected(counted, lambda voice: voice.amount))
    worth = _first(claims(corrected(counted, _valuation), _valuation))
    kind = _first(claims(corrected(counted, _kind), _kind)) or _first(claims(voices, _kind))
    stated, day = _day(counted)
    company, key = _company(counted)
    investors = _investors(counted)
    chosen = {
        "company": key,
        "amount": _amount(paid) if paid else None,
        "round_type": kind,
        "status": "rumoured" if counted[0].rumoured else "announced",
        "date": day if stated else None,
        "valuation": worth,
        "lead": frozenset(investor["key"] for investor in investors if investor["lead"]) or None,
    }
    rumours, announcements = (_published(deal, rumoured) for rumoured in (True, False))
    doubt = 1.0
    for voice in voices:
        doubt *= 1 - voice.score
    return {
        "company": company,
        "company_key": key,
        "round_type": kind,
        "status": chosen["status"],
        "date": day,
        "date_stated": stated,
        "valuation": worth[0] if worth else None,
        "valuation_currency": worth[1] if worth else None,
        "investors": investors,
        "rumoured_at": min(rumours, default=None),
        "announced_at": min(announcements, default=None),
        "first_published_at": min(rumours + announcements, default=None),
        "last_published_at": max(rumours + announcements, default=None),
        "articles": len({voice.origin for voice in voices}),
        "outlets": sorted({report.outlet for report in deal if report.outlet}),
        "score": round(1 - doubt, 4),
        "disagreements": _disagreements(voices, chosen),
        "paid": paid,
    }


def best_amount(voices: Sequence[Report]) -> Report | None:
    """Give the report whose sum is the deal's, None where nobody tells it."""
    told = [voice for voice in voices if voice.amount is not None]
    if len({_amount(voice) for voice in told}) < 2:
        return told[0] if told else None
    votes = [sum(other.score for other in told if likeness(voice, other) in _ONE_SUM) for voice in told]
    most = max(votes)
    kin = [other for other in told if likeness(told[votes.index(most)], other) in _ONE_SUM]
    by_currency = claims(kin, lambda voice: voice.currency)
    tied = {claim.value for claim in by_currency if claim.weight >= by_currency[0].weight - 1e-9}
    own = [voice for voice in kin if voice.currency in tied] or kin
    if len(tied) > 1:
        figures = [len(str(_sum(voice) // unit_of(_sum(voice)))) for voice in own]
        own = [voice for voice in own if voice.currency == own[figures.index(min(figures))].currency]
    weights = [_exact_weight(voice, own) for voice in own]
    return own[weights.index(max(weights))]


def _exact_weight(voice: Report, others: Iterable[Report]) -> tuple[bool, float]:
    """Give the votes for a sum, of those too who round it; a sum that is itself a rounding of another comes last."""
    amount = _sum(voice)
    others = list(others)
    rough = any(is_rounding(amount, _sum(other)) for other in others)
    own = sum(o.score for o in others if _sum(o) == amount or is_rounding(_sum(o), amount))
    return not rough, round(own, 9)


def _sum(voice: Report) -> int:
    return voice.amount or 0


def _amount(voice: Report) -> tuple[int, str | None] | None:
    return None if voice.amount is None else (voice.amount, voice.currency)


def _valuation(voice: Report) -> tuple[int, str | None] | None:
    return None if voice.valuation is None else (voice.valuation, voice.valuation_currency)


def _kind(voice: Report) -> str | None:
    return voice.round_type


def _leads(voice: Report) -> frozenset[str] | None:
    return frozenset([backer.key for backer in voice.backers if backer.lead]) or None


def _first(found: Sequence[Claim[Any]]) -> Any:
    return found[0].value if found else None


def _day(counted: Sequence[Report]) -> tuple[bool, date | None]:
    for precision in _PRECISIONS:

        def stated(voice: Report, precision: str = precision) -> date | None:
            return voice.date if (voice.precision or "day") == precision else None

        if found := claims(corrected(counted, stated), stated):
            return True, found[0].value
    moments = [moment for voice in counted if (moment := voice.published_at or voice.fetched_at)]
    return False, min(moments).date() if moments else None


def _company(counted: Sequence[Report]) -> tuple[str, str]:
    found = claims(counted, lambda voice: (voice.company, voice.key))
    best = [claim.value for claim in found if claim.articles == max(other.articles for other in found)]
    return max(best, key=lambda value: len(value[0]))


def _published(deal: Sequence[Report], rumoured: bool) -> list[Any]:
    return [report.published_at for report in deal if report.rumoured is rumoured and report.published_at]


def _investors(counted: Sequence[Report]) -> list[dict[str, Any]]:
    named: defaultdict[str, list[Backer]] = defaultdict(list)
    for voice in counted:
        for backer in voice.backers:
            named[backer.key].append(backer)
    decided = sum(_leads(voice) is not None for voice in counted)
    found = []
    for key, backers in named.items():
        doubt = 1.0
        for backer in backers:
            doubt *= 1 - backer.score
        leads = sum(backer.lead for backer in backers)
        found.append(
            {
                "name": _most([backer.name for backer in backers]),
                "key": key,
                "lead": leads > 0 and 2 * leads >= decided,
                "kind": _most([backer.kind for backer in backers if backer.kind]),
                "score": round(1 - doubt, 4),
                "articles": len(backers),
            }
        )
    return sorted(found, key=lambda investor: (not investor["lead"], -investor["articles"]))


def _most(values: Sequence[str]) -> str | None:
    return max(dict.fromkeys(values), key=values.count) if values else None


_FIELDS: dict[str, Callable[[Report], Any]] = {
    "company": lambda voice: voice.key,
    "amount": _amount,
    "round_type": _kind,
    "status": lambda voice: "rumoured" if voice.rumoured else "announced",
    "date": lambda voice: voice.date,
    "valuation": _valuation,
    "lead": _leads,
}


def _disagreements(voices: Sequence[Report], chosen: dict[str, Any]) -> list[dict[str, Any]]:
    """Give every value of the fields in which voices differ; to say nothing of a field is not to differ."""
    rows = []
    for field, value_of in _FIELDS.items() if len(voices) > 1 else ():
        if len({value_of(voice) for voice in voices} - {None}) > 1:
            rows += [
                {
                    "field": field,
                    "value": _text(field, claim.value, voices),
                    "articles": claim.articles,
                    "chosen": claim.value == chosen[field],
                }
                for claim in claims(voices, value_of)
            ]
    return rows


def _text(field: str, value: Any, voices: Sequence[Report]) -> str:
    if field in {"amount", "valuation"}:
        return f"{value[0]} {value[1]}"
    if field == "company":
        return _most([voice.company for voice in voices if voice.key == value]) or value
    if field == "lead":
        names = {backer.key: backer.name for voice in voices for backer in voice.backers}
        return ", ".join(sorted(names[key] for key in value))
    return str(value)
