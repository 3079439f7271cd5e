"""Reports become deals: blocks that are small, and in each an average-linkage clustering of its reports.

A *block* holds what might be one deal at all: the reports of one key without a silence of more than
:data:`~pipelines.deals.agreement.HORIZON` days, and of alike names that have a sum or an investor in common. Within a
block the two groups whose reports speak for each other most, *on average over all pairs*, are joined until no two do.
So a rumour of 50 M goes to the one announcement that suits it best, and does not chain two announcements, whose own
pairs count against it.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations

from pipelines.deals.agreement import HORIZON, may_be_one, name_proof, points
from pipelines.deals.names import stems_of
from pipelines.deals.reports import Report

_WHOLE = 120
"""Most reports of a block that are all compared with one another."""
_OPEN, _FIRST, _LAST = 24, 6, 6
"""In a larger block: groups that a report is compared with, and how many of their first and last members."""
_LOOK_BACK = 8
"""Reports of alike names, with a sum or investor in common, among which one looks for those of another key."""
_STEP = math.log(1.25)
"""Sums of one band, on a logarithmic scale, or of two bands next to each other differ by less than a half."""


def grouped(reports: Sequence[Report]) -> Iterator[list[Report]]:
    """Give the reports by deal; they come in the order of :meth:`~pipelines.deals.reports.Report.order`."""
    for block in _blocks(reports):
        if len(block) == 1:
            yield block
        else:
            yield from _joined(block) if len(block) <= _WHOLE else _streamed(block)


def _blocks(reports: Sequence[Report]) -> Iterator[list[Report]]:
    parts: list[list[Report]] = []
    by_key: defaultdict[str, list[Report]] = defaultdict(list)
    for report in reports:
        by_key[report.key].append(report)
    for same in by_key.values():
        parts += _without_silence(same)
    leaders = list(range(len(parts)))

    def leader(part: int) -> int:
        while leaders[part] != part:
            leaders[part] = part = leaders[leaders[part]]
        return part

    for one, other in _alike(parts):
        first, second = sorted((leader(one), leader(other)))
        leaders[second] = first
    blocks: defaultdict[int, list[Report]] = defaultdict(list)
    for number, part in enumerate(parts):
        blocks[leader(number)] += part
    for block in blocks.values():
        block.sort(key=Report.order)
        yield block


def _without_silence(same: list[Report]) -> Iterator[list[Report]]:
    same = sorted(same, key=lambda report: report.day)
    start = 0
    for place in range(1, len(same) + 1):
        if place == len(same) or same[place].day - same[place - 1].day > HORIZON:
            yield same[start:place]
            start = place


def _alike(parts: Sequence[list[Report]]) -> Iterator[tuple[int, int]]:
    """Give the parts of alike names, or of a former name, that have a sum or an investor about that time in common."""
    stems: defaultdict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        names = {name for report in part for name in (report.company, *report.former)}
        for stem in {stem for name in names for stem in stems_of(name)}:
            stems[stem].append(number)
    for numbers in stems.values():
        if len({parts[number][0].key for number in numbers}) > 1:
            yield from _related(parts, numbers)


def _related(parts: Sequence[list[Report]], numbers: list[int]) -> Iterator[tuple[int, int]]:
    features: defaultdict[Hashable, list[tuple[Report, int]]] = defaultdict(list)
    for number in numbers:
        for report in parts[number]:
            for feature in _features(report):
                features[feature].append((report, number))
    for told in features.values():
        if len(told) == 1:
            continue
        told.sort(key=lambda pair: pair[0].day)  # and of one day as they come: parts have an order of their own
        for place, (report, one) in enumerate(told):
            for earlier, other in told[max(place - _LOOK_BACK, 0) : place]:
                if one != other and report.day - earlier.day <= HORIZON and may_be_one(report, earlier):
                    yield one, other


def _features(report: Report) -> Iterator[Hashable]:
    if report.amount_eur:
        band = int(math.log(report.amount_eur) / _STEP)
        yield from (band, band + 1)
    for name in report.names:
        yield name[:5]


def _joined(block: list[Report]) -> list[list[Report]]:
    """Join by average linkage; ties go to the reports that come first."""
    groups: dict[int, list[int]] = {place: [place] for place in range(len(block))}
    sums: dict[tuple[int, int], float] = {}
    heap: list[tuple[float, int, int]] = []
    names = _names(block)
    for one in groups:
        for other in range(one + 1, len(block)):
            proved = names[block[one].key] == names[block[other].key]
            gained = sums[one, other] = points(block[one], block[other], one_name=proved)
            if gained > 0:
                heap.append((-gained, one, other))
    heapq.heapify(heap)
    while heap:
        negative, one, other = heapq.heappop(heap)
        if one not in groups or other not in groups:
            continue
        if -negative != sums[one, other] / (len(groups[one]) * len(groups[other])):
            continue  # of a group before it grew
        groups[one] += groups.pop(other)
        for third, members in groups.items():
            if third == one:
                continue
            pair = (min(one, third), max(one, third))
            sums[pair] += sums.pop((min(other, third), max(other, third)))
            mean = sums[pair] / (len(groups[one]) * len(members))
            if mean > 0:
                heapq.heappush(heap, (-mean, *pair))
    return [[block[place] for place in sorted(members)] for members in groups.values()]


def _names(block: Sequence[Report]) -> dict[str, str]:
    """Give for each key of a block one that stands for all that are proved to be the same company's."""
    names = {report.key: report.key for report in block}
    if len(names) == 1:
        return names
    proofs: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
    for one, other in combinations(block, 2):
        if one.key != other.key:
            proofs[min(one.key, other.key), max(one.key, other.key)].add(name_proof(one, other))
    for (mine, its), found in proofs.items():
        if "backer" in found or ("sum" in found and "against" not in found):
            low, high = sorted((names[mine], names[its]))
            names = {key: low if name == high else name for key, name in names.items()}
    return names


def _streamed(block: list[Report]) -> list[list[Report]]:
    """Give each report of a large block, earliest first, to the group that it suits best, or to one of its own."""
    done: list[list[Report]] = []
    open_: list[list[Report]] = []
    for report in block:
        best, gained = None, 0.0
        for group in open_:
            known = group if len(group) <= _FIRST + _LAST else group[:_FIRST] + group[-_LAST:]
            mean = sum(points(report, other) for other in known) / len(known)
            if mean > gained:
                best, gained = group, mean
        if best is None:
            best = []
        else:
            open_.remove(best)
        best.append(report)
        open_.append(best)
        if len(open_) > _OPEN:
            done.append(open_.pop(0))
    return done + open_
