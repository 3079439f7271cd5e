"""Sums in euros at the European Central Bank's reference rates, which the package currencyconverter ships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from currency_converter import CurrencyConverter

FIXED = {"XOF": 655.957, "XAF": 655.957, "KMF": 491.96775}
"""Units for one euro of the currencies with a parity fixed by treaty (Council decision 98/683/EC)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of a currency for one euro, and the day of that rate."""

    units: float
    day: date

    def euros(self, amount: float) -> int:
        """Give an amount in whole euros."""
        return round(amount / self.units)


@cache
def _converter() -> CurrencyConverter:
    from currency_converter import CurrencyConverter

    return CurrencyConverter(fallback_on_wrong_date=True, fallback_on_missing_rate=True)


def rate_of(currency: str | None, day: date) -> Rate | None:
    """Give the reference rate of a day, None where the bank publishes none.

    On days without one (weekends, holidays, days later than the data shipped) it is the last one published before.

    >>> rate_of("EUR", date(2024, 5, 27)).units
    1.0
    >>> rate_of("XOF", date(2024, 5, 27)).euros(655_957_000)
    1000000
    """
    if currency == "EUR":
        return Rate(1.0, day)
    if currency in FIXED:
        return Rate(FIXED[currency], day)
    converter = _converter()
    if currency not in converter.currencies:
        return None
    first, last = converter.bounds[currency]
    if day < first:
        return None
    used = min(day, last)
    return Rate(float(converter.convert(1.0, "EUR", currency, used)), used)
