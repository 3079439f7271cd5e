"""Reading the dataset back as pandas frames, filters pushed down to the files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.errors import DatasetNotFoundError, LedgerError, StorageError
from pipelines.ledger import Page
from pipelines.places import Place, place_of
from pipelines.schema import moment_of

if TYPE_CHECKING:
    import pandas as pd

_Rows = TypeVar("_Rows")
_TRIES, _PAUSE = 5, 0.1
"""How often a table is listed and read where parts vanish, and seconds between."""
When = str | date | datetime | None


def load_articles(
    data: str | Path | Place = "data", *, since: When = None, until: When = None, outlet: str | None = None
) -> pd.DataFrame:
    """Give the stored articles, one a row, newest last; columns as in :func:`pipelines.schema.schema_of`.

    ``since`` and ``until`` bound the publication (ISO text, day or instant; UTC; a day as ``until`` is in), ``outlet``
    is its name. Articles without a date of publication come last, and never where a bound is given.

    Raises:
        DatasetNotFoundError: there is no dataset in ``data``.
        ValueError: a bound is no ISO day or instant.
    """
    return _load(data, "articles", since, until, outlet)


def load_rounds(
    data: str | Path | Place = "data", *, since: When = None, until: When = None, outlet: str | None = None
) -> pd.DataFrame:
    """Give the funding rounds reported, one a row; arguments and errors as in :func:`load_articles`."""
    return _load(data, "rounds", since, until, outlet)


def load_mentions(
    data: str | Path | Place = "data", *, since: When = None, until: When = None, outlet: str | None = None
) -> pd.DataFrame:
    """Give every place that names a company, investor, person or sum; otherwise as :func:`load_articles`."""
    return _load(data, "mentions", since, until, outlet)


def load_runs(
    data: str | Path | Place = "data", *, since: When = None, until: When = None, outlet: str | None = None
) -> pd.DataFrame:
    """Give the report of every crawl, a row an outlet; ``since`` and ``until`` bound its start.

    Otherwise as :func:`load_articles`.
    """
    return _load(data, "runs", since, until, outlet)


def recent_runs(place: Place, outlets: Collection[str], columns: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Give the rows of ``runs`` of these outlets that the newest ``limit`` parts hold, oldest first.

    Raises:
        StorageError: one of them cannot be read.
    """
    import pyarrow as pa
    import pyarrow.dataset as ds

    # A part's folder and name tell when it was written: the many old ones need not be opened.
    try:
        wanted = [*dict.fromkeys(["started_at", *columns])], ds.field("outlet").isin(list(outlets))
        rows = undisturbed(lambda: place.dataset("runs", place.parts("runs")[-limit:]).to_table(*wanted))
        found: list[dict[str, Any]] = rows.sort_by("started_at").to_pylist()
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise StorageError(f"{place.path('runs')}: what earlier crawls brought cannot be read ({reason})") from error
    return found


def undisturbed(read: Callable[[], _Rows]) -> _Rows:
    """Give what ``read`` gives, which lists parts and opens them: once more where one was replaced meanwhile.

    Raises:
        FileNotFoundError: a part is missing each time.
    """
    for _ in range(_TRIES - 1):
        with suppress(FileNotFoundError):
            return read()
        sleep(_PAUSE)
    return read()


def _load(data: str | Path | Place, table: str, since: When, until: When, outlet: str | None) -> pd.DataFrame:
    place = place_of(data)
    if not place.exists():
        raise DatasetNotFoundError(
            f"{place.label}: no dataset there; `tourdetable crawl --data {place.label}` makes one"
        )
    moment = moment_of(table)
    wanted = _filter(moment, since, until, outlet)
    rows = undisturbed(lambda: place.dataset(table).to_table(filter=wanted))
    frame: pd.DataFrame = rows.sort_by(moment).to_pandas()
    return frame


def _filter(moment: str, since: When, until: When, outlet: str | None) -> Any:
    import pyarrow.dataset as ds

    wanted = None
    for condition in (
        ds.field(moment) >= _instant("since", since, time.min) if since is not None else None,
        ds.field(moment) <= _instant("until", until, time.max) if until is not None else None,
        ds.field("outlet") == outlet if outlet is not None else None,
    ):
        if condition is not None:
            wanted = condition if wanted is None else wanted & condition
    return wanted


def _instant(name: str, when: str | date, time_of_day: time) -> datetime:
    """Give the instant that a bound means; a day alone has none of its own and gets ``time_of_day``."""
    if isinstance(when, str):
        try:
            when = date.fromisoformat(when)
        except ValueError:
            when = _parsed(name, str(when))
    if not isinstance(when, datetime):
        when = datetime.combine(when, time_of_day)
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _parsed(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name}: expected an ISO day or instant such as 2026-10-01, got {text!r}") from None


def stored_pages(
    place: Place, parts: Collection[str] | None = None, ids: Collection[str] | None = None
) -> Iterator[Page]:
    """Give the addresses of the stored articles as the ledger notes them, read from the articles themselves.

    Those of certain ``parts`` or ``ids`` alone if these are given.

    Raises:
        LedgerError: a part of them cannot be read.
    """
    from crawler.urls import key_of

    columns = ["canonical_url", "article_id", "outlet", "content_hash", "rounds", "fetched_at", "url"]
    for canonical, id_, outlet, hash_, rounds, fetched, url in _stored(place, columns, parts, ids):
        moment = (fetched or datetime.now(UTC)).isoformat()
        own, seen = key_of(canonical), key_of(url)
        yield Page(own, id_, outlet, hash_, rounds, moment)
        if seen != own:
            yield Page(seen, id_, outlet, hash_, rounds, moment, is_alias=True)


def stored_signatures(
    place: Place, parts: Collection[str] | None = None, ids: Collection[str] | None = None
) -> list[tuple[str, bytes]]:
    """Give the ids and signatures of the stored articles that have one, those fetched first first.

    Those of certain ``parts`` or ``ids`` alone if these are given.

    Raises:
        LedgerError: a part of them cannot be read.
    """
    from pipelines.twins import signature_of

    found = []
    for id_, fetched, text in _stored(place, ["article_id", "fetched_at", "text"], parts, ids):
        if (signature := signature_of(text)) is not None:
            found.append((fetched or datetime.max.replace(tzinfo=UTC), id_, signature.tobytes()))
    return [(id_, signature) for _, id_, signature in sorted(found)]


def _stored(
    place: Place, columns: list[str], parts: Collection[str] | None, ids: Collection[str] | None
) -> Iterator[tuple[Any, ...]]:
    """Give columns of the stored articles, row by row."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    wanted = None if ids is None else ds.field("article_id").isin(list(ids))
    try:
        dataset = place.dataset("articles", parts)
        for chunk in dataset.to_batches(columns=columns, filter=wanted):
            yield from zip(*chunk.to_pydict().values(), strict=True)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise LedgerError(
            f"{place.path('articles')}: the ledger cannot be made anew, for a part cannot be read ({reason})"
        ) from error
