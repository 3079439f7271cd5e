"""Reports of one financing, in several outlets, become one deal.

:func:`deals_of` is pure; :func:`deals_in` reads a dataset. Reports are read (:mod:`~pipelines.deals.reports`), put into
blocks and joined there (:mod:`~pipelines.deals.clustering`, by the points of :mod:`~pipelines.deals.agreement`),
extensions find their parents (:mod:`~pipelines.deals.extensions`), and each field gets its best value
(:mod:`~pipelines.deals.values`). :mod:`~pipelines.deals.scoring` measures it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from extract.names.keys import name_key
from pipelines.deals.clustering import grouped
from pipelines.deals.reports import Report, reports_of
from pipelines.deals.rows import RULES_VERSION, table_of
from pipelines.errors import StorageError, one_line
from pipelines.places import Place, place_of, undisturbed

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RULES_VERSION", "deals_in", "deals_of"]

_NONE: Mapping[str, str] = MappingProxyType({})
_LAST = datetime.max.replace(tzinfo=UTC)


def deals_of(
    rounds: pa.Table,
    near_duplicates: Mapping[str, str] = _NONE,
    key_of: Callable[[str], str] = name_key,
) -> pa.Table:
    """Join rows of the table ``rounds`` into rows of the table ``deals``, in the order in which they were first told.

    The order of the rows does not matter, nor do reports of companies with other names. ``near_duplicates`` gives, by
    article_id, the article that it is nearly the same as; such articles are one voice. ``key_of`` gives the key of a
    company or investor for a name as printed, such as an entity's over its aliases and former names.

    >>> import pyarrow as pa
    >>> from pipelines.schema import schema_of
    >>> told = [
    ...     {"round_id": "a-0", "article_id": "a", "company": "Alpha", "amount": 3_000_000, "currency": "EUR"},
    ...     {"round_id": "b-0", "article_id": "b", "company": "ALPHA SAS", "amount": 3_000_000, "currency": "EUR"},
    ... ]
    >>> deals = deals_of(pa.Table.from_pylist(told, schema=schema_of("rounds")))
    >>> deals["deal_id"].to_pylist(), deals["articles"].to_pylist()
    (['a-0'], [2])
    """
    with _without_garbage_collection():
        deals = list(grouped(reports_of(rounds, near_duplicates, key_of)))
        deals.sort(key=_moment)
        return table_of(rounds, deals)


def deals_in(data: str | Path | Place, key_of: Callable[[str], str] = name_key) -> pa.Table:
    """Join the reports that a dataset holds; otherwise as :func:`deals_of`.

    Raises:
        DatasetNotFoundError: there is no dataset in ``data``.
        StorageError: a part of it cannot be read.
    """
    import pyarrow as pa
    import pyarrow.dataset as ds

    place = place_of(data)
    place.require()
    try:
        rounds = undisturbed(lambda: place.dataset("rounds").to_table())
        wanted = ["article_id", "near_duplicate_of"], ds.field("near_duplicate_of").is_valid()
        twins = undisturbed(lambda: place.dataset("articles").to_table(*wanted))
    except (OSError, pa.ArrowException) as error:
        reason = one_line(error)
        raise StorageError(
            f"{place.label}: its rounds cannot be joined, for a part cannot be read ({reason})"
        ) from error
    near = dict(zip(twins["article_id"].to_pylist(), twins["near_duplicate_of"].to_pylist(), strict=True))
    return deals_of(rounds, near, key_of)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Leave the search for cycles off: there are none, and among millions of reports it takes a third of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _moment(deal: list[Report]) -> tuple[datetime, str]:
    return min(report.published_at or _LAST for report in deal), min(report.round_id for report in deal)
