"""Reading the dataset back by pandas, Polars, DuckDB or Arrow, filters pushed down to the files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from pipelines.errors import LedgerError, StorageError, one_line
from pipelines.ledger import Page
from pipelines.places import Place, place_of, undisturbed

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from pipelines.selection import EntityFilters, Filters, MentionFilters, RoundFilters, Several, When

Data = str | Path | Place
Engine = Literal["pandas", "polars", "duckdb", "arrow"]


@overload
def load_articles(data: Data = ..., *, engine: Literal["pandas"] = ..., **filters: Unpack[Filters]) -> pd.DataFrame: ...
@overload
def load_articles(data: Data = ..., *, engine: Literal["polars"], **filters: Unpack[Filters]) -> pl.LazyFrame: ...
@overload
def load_articles(
    data: Data = ..., *, engine: Literal["duckdb"], **filters: Unpack[Filters]
) -> duckdb.DuckDBPyRelation: ...
@overload
def load_articles(data: Data = ..., *, engine: Literal["arrow"], **filters: Unpack[Filters]) -> pa.Table: ...
def load_articles(
    data: Data = "data",
    *,
    engine: Engine = "pandas",
    since: When = None,
    until: When = None,
    outlet: Several = None,
    columns: Several = None,
) -> Any:
    """Give the stored articles, one a row, newest last; columns as in :func:`pipelines.schema.schema_of` and ``month``.

    ``engine`` says what comes back: a pandas frame, an Arrow table, or, read only when they are asked for rows and in
    no order, a Polars ``LazyFrame`` or a DuckDB relation. ``since`` and ``until`` bound the publication (ISO text, day
    or instant; UTC; a day as ``until`` is in), ``outlet`` is one name or several, ``columns`` those that are wanted.
    What cannot match is not read: months by their folders, row groups by their statistics. Articles without a date of
    publication come last, and never where a bound is given.

    Articles are not chosen by company: ``load_mentions(company=…)`` gives the ``article_id`` of those that name it.

    Raises:
        DatasetNotFoundError: there is no dataset in ``data``, a folder or a URL such as ``s3://bucket/prefix``.
        MissingEngineError: the package of the engine is not installed (it is an ``ImportError``).
        SelectionError: a bound is no ISO day or instant, a column or engine unknown … (it is a ``ValueError``).
        StorageError: a part cannot be read, or the object store with it refuses or does not answer.
    """
    return _load(data, "articles", engine, since=since, until=until, outlet=outlet, columns=columns)


@overload
def load_rounds(
    data: Data = ..., *, engine: Literal["pandas"] = ..., **filters: Unpack[RoundFilters]
) -> pd.DataFrame: ...
@overload
def load_rounds(data: Data = ..., *, engine: Literal["polars"], **filters: Unpack[RoundFilters]) -> pl.LazyFrame: ...
@overload
def load_rounds(
    data: Data = ..., *, engine: Literal["duckdb"], **filters: Unpack[RoundFilters]
) -> duckdb.DuckDBPyRelation: ...
@overload
def load_rounds(data: Data = ..., *, engine: Literal["arrow"], **filters: Unpack[RoundFilters]) -> pa.Table: ...
def load_rounds(
    data: Data = "data",
    *,
    engine: Engine = "pandas",
    since: When = None,
    until: When = None,
    outlet: Several = None,
    company: str | None = None,
    investor: str | None = None,
    min_amount_eur: float | None = None,
    columns: Several = None,
) -> Any:
    """Give the funding rounds reported, one a row; arguments and errors as in :func:`load_articles`.

    ``company`` and ``investor`` are names in any spelling, ``min_amount_eur`` is in euros and leaves out rounds of
    which the sum in euros is not known.
    """
    return _load(
        data,
        "rounds",
        engine,
        since=since,
        until=until,
        outlet=outlet,
        company=company,
        investor=investor,
        min_amount_eur=min_amount_eur,
        columns=columns,
    )


@overload
def load_mentions(
    data: Data = ..., *, engine: Literal["pandas"] = ..., **filters: Unpack[MentionFilters]
) -> pd.DataFrame: ...
@overload
def load_mentions(
    data: Data = ..., *, engine: Literal["polars"], **filters: Unpack[MentionFilters]
) -> pl.LazyFrame: ...
@overload
def load_mentions(
    data: Data = ..., *, engine: Literal["duckdb"], **filters: Unpack[MentionFilters]
) -> duckdb.DuckDBPyRelation: ...
@overload
def load_mentions(data: Data = ..., *, engine: Literal["arrow"], **filters: Unpack[MentionFilters]) -> pa.Table: ...
def load_mentions(
    data: Data = "data",
    *,
    engine: Engine = "pandas",
    since: When = None,
    until: When = None,
    outlet: Several = None,
    company: str | None = None,
    columns: Several = None,
) -> Any:
    """Give every place that names a company, investor, person or sum; otherwise as :func:`load_articles`.

    ``company`` is the name, in any spelling, of whom the mentions name, an investor or person too.
    """
    return _load(data, "mentions", engine, since=since, until=until, outlet=outlet, company=company, columns=columns)


@overload
def load_runs(data: Data = ..., *, engine: Literal["pandas"] = ..., **filters: Unpack[Filters]) -> pd.DataFrame: ...
@overload
def load_runs(data: Data = ..., *, engine: Literal["polars"], **filters: Unpack[Filters]) -> pl.LazyFrame: ...
@overload
def load_runs(
    data: Data = ..., *, engine: Literal["duckdb"], **filters: Unpack[Filters]
) -> duckdb.DuckDBPyRelation: ...
@overload
def load_runs(data: Data = ..., *, engine: Literal["arrow"], **filters: Unpack[Filters]) -> pa.Table: ...
def load_runs(
    data: Data = "data",
    *,
    engine: Engine = "pandas",
    since: When = None,
    until: When = None,
    outlet: Several = None,
    columns: Several = None,
) -> Any:
    """Give the report of every crawl, a row an outlet; ``since`` and ``until`` bound its start.

    Otherwise as :func:`load_articles`.
    """
    return _load(data, "runs", engine, since=since, until=until, outlet=outlet, columns=columns)


@overload
def load_deals(
    data: Data = ..., *, engine: Literal["pandas"] = ..., **filters: Unpack[RoundFilters]
) -> pd.DataFrame: ...
@overload
def load_deals(data: Data = ..., *, engine: Literal["polars"], **filters: Unpack[RoundFilters]) -> pl.LazyFrame: ...
@overload
def load_deals(
    data: Data = ..., *, engine: Literal["duckdb"], **filters: Unpack[RoundFilters]
) -> duckdb.DuckDBPyRelation: ...
@overload
def load_deals(data: Data = ..., *, engine: Literal["arrow"], **filters: Unpack[RoundFilters]) -> pa.Table: ...
def load_deals(
    data: Data = "data",
    *,
    engine: Engine = "pandas",
    since: When = None,
    until: When = None,
    outlet: Several = None,
    company: str | None = None,
    investor: str | None = None,
    min_amount_eur: float | None = None,
    columns: Several = None,
) -> Any:
    """Give the funding rounds, each once however many articles tell of it; otherwise as :func:`load_rounds`.

    ``since`` and ``until`` bound the publication of the first source, ``outlet`` is any of those that tell of it,
    ``company`` and ``investor`` are any names that lead to the entity, former ones and acronyms too.
    """
    return _load(
        data,
        "deals",
        engine,
        since=since,
        until=until,
        outlet=outlet,
        company=company,
        investor=investor,
        min_amount_eur=min_amount_eur,
        columns=columns,
    )


@overload
def load_entities(
    data: Data = ..., *, engine: Literal["pandas"] = ..., **filters: Unpack[EntityFilters]
) -> pd.DataFrame: ...
@overload
def load_entities(data: Data = ..., *, engine: Literal["polars"], **filters: Unpack[EntityFilters]) -> pl.LazyFrame: ...
@overload
def load_entities(
    data: Data = ..., *, engine: Literal["duckdb"], **filters: Unpack[EntityFilters]
) -> duckdb.DuckDBPyRelation: ...
@overload
def load_entities(data: Data = ..., *, engine: Literal["arrow"], **filters: Unpack[EntityFilters]) -> pa.Table: ...
def load_entities(
    data: Data = "data",
    *,
    engine: Engine = "pandas",
    since: When = None,
    until: When = None,
    company: str | None = None,
    columns: Several = None,
) -> Any:
    """Give the companies, funds, banks, public bodies and persons, one a row; otherwise as :func:`load_articles`.

    ``since`` and ``until`` bound the publication of the first article that names it; ``company`` is its name in any
    spelling, also one that it is known by besides.
    """
    return _load(data, "entities", engine, since=since, until=until, company=company, columns=columns)


def _load(data: Data, table: str, engine: str, **filters: Any) -> Any:
    from pipelines.engines import load
    from pipelines.selection import select

    return load(place_of(data), select(table, filters), engine)


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
        reason = one_line(error)
        raise StorageError(f"{place.path('runs')}: what earlier crawls brought cannot be read ({reason})") from error
    return found


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


def stored_outlets(place: Place) -> list[tuple[str, int, int, datetime | None]]:
    """Give each outlet's name, articles, rounds and last instant of fetching, read from the articles.

    Raises:
        StorageError: a part of them cannot be read.
    """
    import pyarrow as pa

    wanted: list[tuple[str, str]] = [("article_id", "count"), ("rounds", "sum"), ("fetched_at", "max")]
    try:
        columns = ["outlet", *(name for name, _ in wanted)]
        rows = undisturbed(lambda: place.dataset("articles").to_table(columns))
    except (OSError, pa.ArrowException) as error:
        reason = one_line(error)
        raise StorageError(f"{place.path('articles')}: cannot be read ({reason})") from error
    summed = rows.group_by("outlet").aggregate(wanted).sort_by("outlet")
    figures = (summed[name].to_pylist() for name in ("outlet", *("_".join(pair) for pair in wanted)))
    return list(zip(*figures, strict=True))


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
        reason = one_line(error)
        raise LedgerError(
            f"{place.path('articles')}: the ledger cannot be made anew, for a part cannot be read ({reason})"
        ) from error
