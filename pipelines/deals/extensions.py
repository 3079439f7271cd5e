"""Which deal extends, or closes a second time, which earlier one.

A deal is an extension where an outlet's type, headline or sentence says so, or where the company closes, with an
investor of then, a series of a letter that it has closed already: nobody raises two series B but in two closings. Its
parent is the company's latest earlier deal that was announced within two years, equity, not debt, a grant or a listing:
one of the same series before others, one that is no extension itself before others, one with a common investor before
others.
Where the parent is not in the dataset, nothing is said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from pipelines.deals.agreement import distinctive_backers
from pipelines.deals.reports import Report

_WITHIN = 730
_OTHERS = frozenset({"debt", "crowdfunding", "ico", "ipo", "grant"})


def parents_of(deals: Sequence[Sequence[Report]]) -> dict[int, int]:
    """Give, by the places of deals in the sequence, which one an extension extends."""
    told: defaultdict[str, list[int]] = defaultdict(list)
    for number, deal in enumerate(deals):
        for key in {report.key for report in deal}:
            told[key].append(number)
    found = {}
    for number, deal in enumerate(deals):
        others = {other for key in {report.key for report in deal} for other in told[key]} - {number}
        if others and (parent := _parent(deal, deals, sorted(others))) is not None:
            found[number] = parent
    return found


def _parent(deal: Sequence[Report], deals: Sequence[Sequence[Report]], others: Sequence[int]) -> int | None:
    if (own := _start(deal)) is None:
        return None
    said = _says_more(deal)
    ranked = []
    for other in others:
        start = _start(deals[other])
        if start is None or not 0 < own - start <= _WITHIN or _types(deals[other]).keys() & _OTHERS:
            continue
        again = _series(deal) is not None and _series(deal) == _series(deals[other])
        backed = any(distinctive_backers(mine, theirs) for mine in deal for theirs in deals[other])
        if said or (again and backed):
            ranked.append((again, not _says_more(deals[other]), backed, start, -other))
    return -max(ranked)[-1] if ranked else None


def _start(deal: Sequence[Report]) -> int | None:
    """Give the first day of its announcement, None for a rumour alone."""
    return min((report.day for report in deal if not report.rumoured), default=None)


def _types(deal: Sequence[Report]) -> Counter[str]:
    return Counter(report.round_type for report in deal if report.round_type and not report.rumoured)


def _series(deal: Sequence[Report]) -> str | None:
    """Give the series that most of the reports which name one agree on; None where they do not."""
    told = Counter({kind: count for kind, count in _types(deal).items() if kind.startswith("series_")})
    return next((kind for kind, count in told.items() if 2 * count > told.total()), None)


def _says_more(deal: Sequence[Report]) -> bool:
    return any(report.says_more for report in deal if not report.rumoured)
