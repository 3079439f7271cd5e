"""What a reader asks of a table: filters and columns, checked, and told in ways that files can be skipped by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from numbers import Real
from typing import TYPE_CHECKING, Any, TypedDict

from extract.names.keys import name_key
from pipelines.errors import SelectionError
from pipelines.schema import TABLES, moment_of, partition_schema, schema_of

if TYPE_CHECKING:
    import pyarrow.dataset as ds

    from pipelines.places import Place

When = str | date | datetime | None
Several = str | Sequence[str] | None
"""One name or several."""


class Bounds(TypedDict, total=False):
    """Filters that every table knows."""

    since: When
    until: When
    columns: Several


class Filters(Bounds, total=False):
    """Filters of articles and runs."""

    outlet: Several


class MentionFilters(Filters, total=False):
    """Filters of mentions."""

    company: str | None


class RoundFilters(MentionFilters, total=False):
    """Filters of rounds and deals."""

    investor: str | None
    min_amount_eur: float | None


class EntityFilters(Bounds, total=False):
    """Filters of entities."""

    company: str | None


_KNOWN: dict[str, Any] = {
    "articles": Filters,
    "rounds": RoundFilters,
    "mentions": MentionFilters,
    "runs": Filters,
    "deals": RoundFilters,
    "entities": EntityFilters,
}
_COMPANY = {"rounds": "company_key", "deals": "company_key", "mentions": "key"}


@dataclass(frozen=True, slots=True)
class Held:
    """The condition that a list column holds one of some values, in this ``field`` where its elements are structs."""

    column: str
    field: str | None
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows and columns of one table."""

    table: str
    since: datetime | None
    until: datetime | None
    equal: tuple[tuple[str, tuple[str, ...]], ...]
    """Columns that are to be one of some values."""
    held: tuple[Held, ...]
    min_amount_eur: int | None
    columns: tuple[str, ...]

    def parts(self, place: Place) -> list[str]:
        """Give the parts that can hold such rows.

        A bound excludes the rows without an instant, so that each of the others stands in the month of its own.
        """
        first = _month(self.since) if self.since else ""
        last = _month(self.until) if self.until else "~"
        # Nobody promises that of the others, which are small.
        if self.table not in TABLES:
            first, last = "", "~"
        return [name for name in place.parts(self.table) if first <= name.split("/")[1].removeprefix("month=") <= last]

    def expression(self) -> ds.Expression | None:
        """Give all conditions but ``held`` as one by which Arrow skips row groups."""
        import pyarrow as pa
        import pyarrow.dataset as ds

        moment = ds.field(moment_of(self.table))
        conditions = [ds.field(column).isin(pa.array(values, pa.string())) for column, values in self.equal]
        if self.since is not None:
            conditions.append(moment >= self.since)
        if self.until is not None:
            conditions.append(moment <= self.until)
        if self.min_amount_eur is not None:
            conditions.append(ds.field("amount_eur") >= self.min_amount_eur)
        wanted = None
        for condition in conditions:
            wanted = condition if wanted is None else wanted & condition
        return wanted


def columns_of(table: str) -> list[str]:
    """Name the columns that a reader sees: those of the files, and ``month``."""
    return [*schema_of(table).names, *partition_schema().names]


def select(table: str, filters: dict[str, Any]) -> Selection:
    """Check filters of a table; None is as good as none.

    Raises:
        SelectionError: the table does not know one of them, or its value cannot be meant.

    >>> select("rounds", {"company": "L'Oréal S.A."}).equal
    (('company_key', ('oreal',)),)
    """
    if table not in _KNOWN:
        raise SelectionError(f"{table}: no such table; there are {', '.join(_KNOWN)}")
    known = sorted(_KNOWN[table].__optional_keys__)
    given = {name: value for name, value in filters.items() if value is not None}
    for name in given:
        if name not in known:
            raise SelectionError(f"{name}: the table {table} has no such filter, but {', '.join(known)}")
    equal: list[tuple[str, tuple[str, ...]]] = []
    held: list[Held] = []
    if "outlet" in given:
        outlets = _several("outlet", given["outlet"])
        if table == "deals":
            held.append(Held("outlets", None, outlets))
        else:
            equal.append(("outlet", outlets))
    if "company" in given:
        keys = _keys("company", given["company"])
        if table == "entities":
            held.append(Held("keys", None, keys))
        else:
            equal.append((_COMPANY[table], keys))
    if "investor" in given:
        held.append(Held("investors", "key", _keys("investor", given["investor"])))
    return Selection(
        table,
        _instant("since", given["since"], time.min) if "since" in given else None,
        _instant("until", given["until"], time.max) if "until" in given else None,
        tuple(equal),
        tuple(held),
        _sum("min_amount_eur", given["min_amount_eur"]) if "min_amount_eur" in given else None,
        _columns(table, given["columns"]) if "columns" in given else tuple(columns_of(table)),
    )


def _month(moment: datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}"


def _several(name: str, value: str | Iterable[str]) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else tuple(value)
    for one in values:
        if not isinstance(one, str):
            raise SelectionError(f"{name}: expected a name or several, got {one!r}")
    return tuple(dict.fromkeys(values))


def _keys(name: str, value: str) -> tuple[str, ...]:
    """Give the keys under which a name may stand: its own, and those of the names that the gazetteer has for it."""
    from pipelines.entities import Resolver

    if not isinstance(value, str) or not (key := name_key(value)):
        raise SelectionError(f"{name}: expected a name, got {value!r}")
    known = Resolver()
    return tuple(dict.fromkeys([key, *known.keys_of(known.key_of(value))]))


def _sum(name: str, value: Any) -> int:
    is_number = isinstance(value, Real)  # numpy's too
    if not is_number or not abs(value) < 2**63:
        raise SelectionError(f"{name}: expected a sum in euros, got {value!r}")
    whole: int = math.ceil(value)
    return whole


def _columns(table: str, value: str | Iterable[str]) -> tuple[str, ...]:
    names, known = _several("columns", value), columns_of(table)
    for name in names:
        if name not in known:
            raise SelectionError(f"columns: {table} has no {name!r}, but {', '.join(known)}")
    if not names:
        raise SelectionError(f"columns: name at least one of {', '.join(known)}")
    return names


def _instant(name: str, when: str | date, time_of_day: time) -> datetime:
    """Give the instant that a bound means; a day alone has none of its own and gets ``time_of_day``."""
    if isinstance(when, str):
        try:
            when = date.fromisoformat(when)
        except ValueError:
            when = _parsed(name, str(when))
    if not isinstance(when, date) or when != when:  # pandas' NaT is a datetime
        raise SelectionError(f"{name}: expected an ISO day or instant such as 2026-10-01, got {when!r}")
    if not isinstance(when, datetime):
        when = datetime.combine(when, time_of_day)
    try:
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except OverflowError:
        raise SelectionError(f"{name}: {when} is beyond the calendar in UTC") from None


def _parsed(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise SelectionError(f"{name}: expected an ISO day or instant such as 2026-10-01, got {text!r}") from None
