"""Which deal extends, or closes a second time, which earlier one.

A deal is an extension where an outlet's type, headline or sentence says so, or where the company closes a series of a
letter that it has closed already: nobody raises two series B but in two closings. Its parent is the company's latest
earlier deal that was announced within two years, equity, not debt, a grant or a listing; one of the same series before
one with a common investor, that before any other. Where the parent is not in the dataset, nothing is said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from extract.names.keys import fold
from pipelines.deals.agreement import distinctive_backers
from pipelines.deals.reports import Report

_WITHIN = 730
_OTHERS = frozenset({"debt", "crowdfunding", "ico", "ipo", "grant"})
_SAYS_SO = re.compile(
    r"\b(?:extension (?:de|d'|du) (?:son|sa|leur|serie|levee|tour)|(?:second|deuxieme|dernier|nouveau|final) closing|"
    r"second(?:e)? (?:tranche|cloture)|rallonge|(?:elargit|etend|prolonge|rouvre) (?:son|sa|leur) "
    r"(?:tour|levee|serie|financement|seed))\b"
)


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
    series = _series(deal)
    said = _is_extension(deal)
    ranked = []
    for other in others:
        start = _start(deals[other])
        if start is None or not 0 < own - start <= _WITHIN or _types(deals[other]) & _OTHERS:
            continue
        again = bool(series & _series(deals[other]))
        backed = any(distinctive_backers(mine, theirs) for mine in deal for theirs in deals[other])
        if said or again:
            ranked.append((again, backed, start, -other))
    return -max(ranked)[3] if ranked else None


def _start(deal: Sequence[Report]) -> int | None:
    """Give the first day of its announcement, None for a rumour alone."""
    return min((report.day for report in deal if not report.rumoured), default=None)


def _types(deal: Sequence[Report]) -> set[str]:
    return {report.round_type for report in deal if report.round_type and not report.rumoured}


def _series(deal: Sequence[Report]) -> set[str]:
    return {kind for kind in _types(deal) if kind.startswith("series_")}


def _is_extension(deal: Sequence[Report]) -> bool:
    if "extension" in _types(deal):
        return True
    texts = (text for report in deal if not report.rumoured for text in (report.title, report.evidence))
    return any(_SAYS_SO.search(fold(text)) for text in texts)
