"""One report: what an article says about one round, in the form that joining and choosing look at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from extract.names.gazetteer import lookup
from extract.names.keys import name_key
from pipelines.deals.names import acronym_of, former_names

if TYPE_CHECKING:
    import pyarrow as pa

_LATER = timedelta(days=2)
_EARLIER = timedelta(days=200)
"""How far before (after) its publication an article's day of a round is taken at its word."""
_MORE = re.compile(
    r"(?<![^\W\d_])(?=[eésdnurclpgm])(?:"  # at the start of a word only, which is five times as fast
    r"extension (?:de|d['’]|du) ?(?:son|sa|leur|s[ée]rie|lev[ée]e|tour|la|l['’]amor[çc]age)|"
    r"second(?:e)? (?:closing|tranche|cl[ôo]ture)|(?:deuxi[èe]me|dernier|nouveau|ultime) closing|rallonge|"
    r"(?:[ée]largit|[ée]tend|prolonge|rouvre|compl[èe]te|porte|gonfle|[ée]toffe|muscle) (?:son|sa|leur) "
    r"(?:s[ée]rie|lev[ée]e|seed|amor[çc]age)|"
    r"(?:[ée]largit|[ée]tend|prolonge|rouvre) (?:son|leur) (?:tour|financement)|"
    r"(?:millions?|euros?|dollars?|m€|m\$) (?:suppl[ée]mentaires?|additionnels?|compl[ée]mentaires?|de plus)\b)",
    re.IGNORECASE,
)
_LAST = datetime.max.replace(tzinfo=UTC)


class Backer(NamedTuple):
    """An investor as one report names it."""

    name: str
    key: str
    lead: bool
    kind: str | None
    score: float


@dataclass(slots=True, eq=False)
class Report:
    """A row of ``rounds``; ``row`` is its place in the table."""

    row: int
    round_id: str
    article_id: str
    origin: str
    """The article that it is nearly the same as, else its own."""
    outlet: str
    published_at: datetime | None
    fetched_at: datetime | None
    company: str
    key: str
    amount: int | None
    currency: str | None
    amount_eur: int | None
    round_type: str | None
    rumoured: bool
    date: date | None
    precision: str | None
    valuation: int | None
    valuation_currency: str | None
    total_raised: int | None
    total_raised_currency: str | None
    backers: tuple[Backer, ...]
    score: float
    former: tuple[str, ...]
    """Names that somebody bore before, by its headline and sentence."""
    says_more: bool
    """By type, headline or sentence it adds to an earlier round: an extension, a second closing."""
    day: int
    """Day on which it has the round take place: stated, else published, else fetched (days of the common era)."""
    names: frozenset[str]
    """Keys of the investors, of those known in the gazetteer by their main name."""
    initials: frozenset[str]
    """What those would be called for short (*ONF*, Office national des forêts)."""

    def order(self) -> tuple[datetime, datetime, str]:
        """Give what reports are put in order by: the earliest first, whatever the order of the rows."""
        return (self.published_at or self.fetched_at or _LAST, self.fetched_at or _LAST, self.round_id)

    def arrival(self) -> tuple[datetime, datetime, str]:
        """Give what tells which report reached us first."""
        return (self.fetched_at or _LAST, self.published_at or _LAST, self.round_id)


_COLUMNS = (
    "round_id", "article_id", "outlet", "published_at", "fetched_at", "company", "amount", "currency", "amount_eur",
    "round_type", "status", "date", "date_precision", "valuation", "valuation_currency", "total_raised",
    "total_raised_currency", "score", "title", "evidence",
)  # fmt: skip


def reports_of(rounds: pa.Table, near_duplicates: Mapping[str, str], key_of: Callable[[str], str]) -> list[Report]:
    """Read rows of ``rounds``, the earliest first; rows without a company are left out."""
    keyed = cache(key_of)
    told = Counter(rounds["article_id"].to_pylist())
    found = []
    columns = (_values(rounds[name]) for name in _COLUMNS)
    named = _backers(rounds["investors"], keyed)
    for row, (values, backers) in enumerate(zip(zip(*columns, strict=True), named, strict=True)):
        (
            round_id, article, outlet, published, fetched, company, amount, currency, amount_eur,
            kind, status, day, precision, valuation, valuation_currency, total,
            total_currency, score, title, evidence,
        ) = values  # fmt: skip
        key = keyed(company) if company else ""
        if not key:
            continue
        # A roundup's headline is not of each of its rounds.
        words = " ".join(filter(None, (title if told[article] == 1 else "", evidence)))
        found.append(
            Report(
                row, round_id, article, _origin(article, near_duplicates), outlet or "", published, fetched,
                company, key, amount, currency, amount_eur, kind, status == "rumoured", day, precision,
                valuation, valuation_currency, total, total_currency, backers, score or 0.0, former_names(words),
                kind == "extension" or says_more(words), _day(day, published or fetched),
                frozenset([_main_key(backer.name, backer.key) for backer in backers]),
                frozenset(filter(None, [acronym_of(backer.name) for backer in backers])),
            )
        )  # fmt: skip
    return sorted(found, key=Report.order)


@lru_cache(maxsize=65536)
def _main_key(name: str, key: str) -> str:
    known = lookup(name)
    return name_key(known.name) if known else key


def says_more(text: str) -> bool:
    """Tell whether a sentence tells of a sum that adds to an earlier round.

    >>> says_more("Alpha lève 3 millions d’euros supplémentaires"), says_more("Bpifrance complète le tour de table")
    (True, False)
    """
    return bool(_MORE.search(text)) and "premier closing" not in text.casefold()


def _origin(article: str, near_duplicates: Mapping[str, str]) -> str:
    seen = {article}
    while (article := near_duplicates.get(article, article)) not in seen:
        seen.add(article)
    return article


def _backers(column: pa.ChunkedArray, keyed: Callable[[str], str]) -> Iterator[tuple[Backer, ...]]:
    """Give the investors of each row; of one whom a report names twice the first."""
    investors = column.combine_chunks()
    flat = investors.flatten()
    fields = (flat.field(name).to_pylist() for name in ("name", "lead", "kind", "score"))
    named = zip(*fields, strict=True)
    for length in investors.value_lengths().to_pylist():
        found: dict[str, Backer] = {}
        for name, lead, kind, score in islice(named, length or 0):
            if key := keyed(name) if name else "":
                found.setdefault(key, Backer(name, key, bool(lead), kind, score or 0.0))
        yield tuple(found.values())


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Give a column as plain values; instants by way of integers, which is ten times as fast."""
    import pyarrow as pa

    if not pa.types.is_timestamp(column.type):
        values: list[Any] = column.to_pylist()
        return values
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    micros = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_pylist()
    return [None if value is None else epoch + timedelta(microseconds=value) for value in micros]


def _day(stated: date | None, told: datetime | None) -> int:
    if told is None:
        return stated.toordinal() if stated else 0
    day = told.date()
    if stated is not None and -_EARLIER <= stated - day <= _LATER:
        return stated.toordinal()
    return day.toordinal()
