"""When two sums are one: equal, in another currency, or one the rounding of the other."""

from __future__ import annotations

from typing import Literal

from pipelines.deals.reports import Report

Likeness = Literal["equal", "converted", "rounded", "near", "apart", "far"]

_EQUAL = 1.005
"""As in :mod:`extract.scoring`."""
_CONVERTED = 1.06
"""The press converts at a rate of some day and rounds to two figures."""
_ROUNDED = 1.25
_NEAR, _FAR = 1.45, 2.2
"""With and without its debt, a first and a last closing, a rumour; beyond the second no such reason is left."""


def unit_of(amount: int) -> int:
    """Give the place of the last digit that is not 0: how finely a sum is told.

    >>> unit_of(2_500_000), unit_of(20_000_000)
    (100000, 10000000)
    """
    unit = 1
    while amount and amount % (unit * 10) == 0:
        unit *= 10
    return unit


def is_rounding(rough: int, exact: int) -> bool:
    """Tell whether one sum is told for another: *plus de 2 millions* for 2.5, *près de 20* for 18, but not 12 for 14.

    >>> is_rounding(2_000_000, 2_500_000), is_rounding(20_000_000, 18_000_000), is_rounding(12_000_000, 14_000_000)
    (True, True, False)
    """
    unit = unit_of(rough)
    return unit > unit_of(exact) and abs(rough - exact) < unit and _ratio(rough, exact) <= _ROUNDED


def likeness(a: Report, b: Report) -> Likeness | None:
    """Tell how near the sums of two reports are, None where they cannot be compared."""
    if a.amount is None or b.amount is None:
        return None
    if a.currency == b.currency:
        ratio = _ratio(a.amount, b.amount)
        if ratio <= _EQUAL:
            return "equal"
        if is_rounding(a.amount, b.amount) or is_rounding(b.amount, a.amount):
            return "rounded"
    elif a.amount == b.amount:
        return "rounded"  # one figure: the currency of one of them is misread, as of a bare M$
    elif a.amount_eur and b.amount_eur:
        ratio = _ratio(a.amount_eur, b.amount_eur)
        if ratio <= _CONVERTED:
            return "converted"
        if ratio <= _ROUNDED and min(_figures(a.amount), _figures(b.amount)) == 1:
            return "rounded"
    else:
        return None
    return "near" if ratio <= _NEAR else "apart" if ratio <= _FAR else "far"


def _figures(amount: int) -> int:
    return len(str(amount // unit_of(amount)))


def _ratio(a: int, b: int) -> float:
    low, high = sorted((abs(a), abs(b)))
    return high / max(low, 1)
