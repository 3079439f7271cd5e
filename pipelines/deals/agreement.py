"""How far two reports speak for one deal: points for what agrees, less for what does not.

Each table below is a rule of thumb of the trade; a sum above 0 says *one deal*. No single field decides: sums are
rounded, converted and told with or without debt, a type is often left out, the same backers come back in the next
round, two companies may bear one name.

* **Time.** Outlets tell of a round within days, regional weeklies and monthlies within weeks. The day is the one that
  the article states, else that of publication. A rumour runs up to half a year ahead of the announcement; a rumour
  *after* an announcement is of the next round.
* **Sum** (:mod:`pipelines.deals.sums`). A rumoured sum is often wrong, so its difference weighs less.
* **Investors.** Two backers in common are proof; public banks and banks are in so many rounds that they prove little.
  Two lists without a common name, be it a short form or an acronym, are of two rounds, or of two companies of one name.
* **Type.** A company closes each series once; debt, crowdfunding, a grant or a listing is no equity round. An extension
  may be told under the type of the round that it extends, but a report that says it adds to an earlier round, and
  comes some days after another that does not, is of a deal of its own.
* **Name.** Names that are only alike, or a former one (:mod:`pipelines.deals.names`), need proof in one pair of
  reports: a common investor, or one sum where no pair of that sum has other investors (:func:`name_proof`). Then they
  count as nearly one name for all reports at hand.
* **One article** never tells of one deal twice: two of its rounds are two deals, unless they are the same in all.
"""

from __future__ import annotations

from typing import Literal

from pipelines.deals.names import alike
from pipelines.deals.reports import Report
from pipelines.deals.sums import Likeness, likeness

HORIZON = 190
"""Days beyond which no two reports speak for one deal."""
NEVER = -1000.0

_Steps = tuple[tuple[int, float], ...]
"""Points up to so many days."""
_ANNOUNCED: _Steps = ((3, 3.0), (10, 2.0), (31, 1.0), (50, 0.5), (80, -1.0), (120, -3.0))
_RUMOUR: _Steps = ((31, 2.5), (100, 2.0), (HORIZON, 1.0))
_BEYOND = -8.0
_LATE_RUMOUR = 10
"""Days for which an outlet still tells as a rumour what another has announced."""
_AFTER = -4.0

_SUM: dict[Likeness | None, float] = {
    None: 0.0, "equal": 3.0, "converted": 2.5, "rounded": 2.0, "near": 0.0, "apart": -1.5, "far": -3.0,
}  # fmt: skip
_RUMOURED_SUM: dict[Likeness | None, float] = {
    None: 0.0, "equal": 2.0, "converted": 2.0, "rounded": 1.5, "near": 0.5, "apart": -0.5, "far": -2.0,
}  # fmt: skip

_SHARED = (0.0, 2.0, 3.0)
"""For no, one, several distinctive investors in common."""
_COMMON_ONLY = 0.5
_DISJOINT = (-3.0, -4.0)
"""For lists without a common name: one of them of a single name, both of several."""
_EVERYWHERE = frozenset({"public", "bank"})
_PREFIX = 5
"""Letters of a name from which on a longer one that begins so is the same investor (Serena, Serena Capital)."""

_APART = frozenset({"debt", "crowdfunding", "ico", "ipo", "grant"})
_SAME_TYPE, _OTHER_STAGE, _OTHER_NATURE, _NATURE_UNSAID, _LOOSE = 1.0, -1.5, -4.0, -1.0, -0.5
_LOOSE_TYPES = frozenset({"extension", "bridge", "growth", "pre_seed"})
"""Those that overlap with others in the press's use."""
_ADDS, _ADDS_AFTER = -5.0, 5
"""For a report that says it adds to an earlier round, if it comes more than so many days after the other."""
_NEW_WHOLE = -0.5
"""For a sum larger than that which adds: within those days it may be that of all closings."""

_ALIKE, _PROVED, _OTHER_NAME = -2.5, -1.0, -6.0
_SAME_TEXT, _SAME_TOTAL, _OTHER_TOTAL, _SAME_VALUATION = 3.0, 1.5, -1.0, 1.0


def points(a: Report, b: Report, *, one_name: bool = False) -> float:
    """Give the points for two reports telling of one deal; :data:`NEVER` for two of one article.

    ``one_name``: that their names are one has been proved, if they are not the same.
    """
    sums = likeness(a, b)
    if a.article_id == b.article_id and not _told_twice(a, b, sums):
        return NEVER
    total = _time(a, b) + _sum(a, b, sums) + _backers(a, b)[0] + _type(a, b) + _worth(a, b)
    if a.origin == b.origin:
        total += _SAME_TEXT
    if a.key != b.key:
        total += _PROVED if one_name else _OTHER_NAME
    return total


def _told_twice(a: Report, b: Report, sums: Likeness | None) -> bool:
    """Tell whether two reports of one article may be of one round: a roundup sums up what it tells of below."""
    others = a.names and b.names and not same_backers(a, b)
    other_type = a.round_type and b.round_type and a.round_type != b.round_type
    return sums == "equal" and not other_type and not others


def name_proof(a: Report, b: Report) -> Literal["backer", "sum", "against"] | None:
    """Tell what two reports, whose keys differ, prove of their raisers' names being one company's, None for nothing."""
    if a.article_id == b.article_id or not may_be_one(a, b):
        return None
    backers, proved = _backers(a, b)
    same_sum = likeness(a, b) in {"equal", "converted", "rounded"}
    if same_sum and backers < 0:
        return "against"
    if (proved or same_sum) and points(a, b, one_name=True) - _PROVED + _ALIKE > 0:
        return "backer" if proved else "sum"
    return None


def _time(a: Report, b: Report) -> float:
    gap = abs(a.day - b.day)
    steps = _ANNOUNCED
    if a.rumoured and b.rumoured:
        steps = _RUMOUR
    elif a.rumoured or b.rumoured:
        rumour, announcement = (a, b) if a.rumoured else (b, a)
        if rumour.day <= announcement.day:
            steps = _RUMOUR
        elif gap > _LATE_RUMOUR:
            return _AFTER if gap <= HORIZON else _BEYOND
    return next((gained for days, gained in steps if gap <= days), _BEYOND)


def _sum(a: Report, b: Report, sums: Likeness | None) -> float:
    if a.rumoured or b.rumoured:
        return _RUMOURED_SUM[sums]
    if sums in {"apart", "far"} and abs(a.day - b.day) <= _ADDS_AFTER:
        smaller = min(a, b, key=lambda report: report.amount_eur or 0)
        if smaller.says_more:
            return _NEW_WHOLE
    return _SUM[sums]


def _backers(a: Report, b: Report) -> tuple[float, bool]:
    """Give the points of the investors, and whether a distinctive one is in both."""
    if not a.names or not b.names:
        return 0.0, False
    shared = same_backers(a, b)
    if not shared:
        lost = _DISJOINT[min(len(a.names), len(b.names)) > 1]
        return (lost / 3 if a.rumoured or b.rumoured else lost), False
    distinctive = min(distinctive_backers(a, b), 2)
    return (_SHARED[distinctive] or _COMMON_ONLY), distinctive > 0


def same_backers(a: Report, b: Report) -> int:
    """Count the investors of one report that the other names too."""
    near = sum(any(_same_backer(mine, other) for other in b.names) for mine in a.names)
    return len(a.names & b.names) or near or len(a.names & b.initials) + len(a.initials & b.names)


def distinctive_backers(a: Report, b: Report) -> int:
    """Count those among them that are not in rounds everywhere."""
    return sum(
        backer.kind not in _EVERYWHERE and any(_same_backer(backer.key, other) for other in b.names)
        for backer in a.backers
    )


def _same_backer(a: str, b: str) -> bool:
    return a == b or (min(len(a), len(b)) >= _PREFIX and (a.startswith(b) or b.startswith(a)))


def _type(a: Report, b: Report) -> float:
    if a.says_more != b.says_more:
        more, other = (a, b) if a.says_more else (b, a)
        if more.day - other.day > _ADDS_AFTER:
            return _ADDS
    if a.round_type is None or b.round_type is None:
        return _NATURE_UNSAID if {a.round_type, b.round_type} & _APART else 0.0
    if a.round_type == b.round_type:
        return _SAME_TYPE
    types = {a.round_type, b.round_type}
    if types & _APART:
        return _OTHER_NATURE
    return _LOOSE if types & _LOOSE_TYPES else _OTHER_STAGE


def _worth(a: Report, b: Report) -> float:
    """Give the points of the valuation and of the running total."""
    gained = 0.0
    if a.total_raised and b.total_raised and a.total_raised_currency == b.total_raised_currency:
        gained += _SAME_TOTAL if _within(a.total_raised, b.total_raised, 0.02) else 0.0
        gained += 0.0 if _within(a.total_raised, b.total_raised, 0.1) else _OTHER_TOTAL
    if a.valuation and b.valuation and a.valuation_currency == b.valuation_currency:
        gained += _SAME_VALUATION if _within(a.valuation, b.valuation, 0.02) else 0.0
    return gained


def may_be_one(a: Report, b: Report) -> bool:
    """Tell whether two raisers may be one by their names, or by a former name that one of the reports tells."""
    if alike(a.company, b.company):
        return True
    return any(alike(name, b.company) for name in a.former) or any(alike(name, a.company) for name in b.former)


def _within(a: int, b: int, share: float) -> bool:
    return abs(a - b) <= share * max(a, b)
