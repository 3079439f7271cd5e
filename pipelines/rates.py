"""Sums in euros at the European Central Bank's reference rates, which the package currencyconverter ships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from currency_converter import CurrencyConverter

FIXED = {"XOF": 655.957, "XAF": 655.957, "KMF": 491.96775}
"""Units for one euro of the currencies with a parity fixed by treaty (Council decision 98/683/EC)."""
_PAUSE = 10
"""Days: the bank's longest pause, from Maundy Thursday to Easter Tuesday or over Christmas, is half of that."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of a currency for one euro, and the day of that rate."""

    units: float
    day: date

    def euros(self, amount: float) -> int:
        """Give an amount in whole euros."""
        return round(amount if self.units == 1 else amount / self.units)  # no detour by floats for euros


@cache
def _converter() -> CurrencyConverter:
    from currency_converter import CurrencyConverter

    return CurrencyConverter()


def rate_of(currency: str | None, day: date) -> Rate | None:
    """Give the reference rate of a day, None where the bank publishes none.

    On days without one (weekends, holidays, days later than the data shipped) it is the last one published before. A
    currency that the bank no longer quotes has no rate from then on.

    >>> rate_of("EUR", date(2024, 5, 27)).units
    1.0
    >>> rate_of("USD", date(2024, 5, 26)).day.isoformat()  # a Sunday
    '2024-05-24'
    >>> rate_of("XOF", date(2024, 5, 27)).euros(655_957_000)
    1000000
    """
    if currency == "EUR":
        return Rate(1.0, day)
    if currency in FIXED:
        return Rate(FIXED[currency], day)
    converter = _converter()
    if currency is None or currency not in converter.currencies:
        return None
    first, last = converter.bounds[currency]
    if day < first or (day > last and last < converter.bounds["EUR"].last_date):
        return None
    return _last_published(currency, min(day, last))


def _last_published(currency: str, day: date) -> Rate | None:
    from currency_converter import RateNotFoundError

    for back in range(_PAUSE):
        used = day - timedelta(days=back)
        try:
            return Rate(float(_converter().convert(1.0, "EUR", currency, used)), used)
        except RateNotFoundError:
            continue
    return None
