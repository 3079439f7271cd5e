"""Reading the dataset back as pandas frames, filters pushed down to the files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import DatasetNotFound

if TYPE_CHECKING:
    import pandas as pd

When = str | date | datetime | None


def load_articles(
    data: str | Path = "data", *, since: When = None, until: When = None, outlet: str | None = None
) -> pd.DataFrame:
    """Give the stored articles, one a row, newest last; columns as in :func:`pipelines.schema.schema_of`.

    ``since`` and ``until`` bound the publication (ISO text, day or instant; UTC), ``outlet`` is its name.

    Raises:
        DatasetNotFound: there is no dataset in ``data``.
    """
    return _load(data, "articles", since, until, outlet)


def load_rounds(
    data: str | Path = "data", *, since: When = None, until: When = None, outlet: str | None = None
) -> pd.DataFrame:
    """Give the funding rounds reported, one a row; arguments and errors as in :func:`load_articles`."""
    return _load(data, "rounds", since, until, outlet)


def load_mentions(
    data: str | Path = "data", *, since: When = None, until: When = None, outlet: str | None = None
) -> pd.DataFrame:
    """Give every place that names a company, investor, person or sum; arguments and errors as in :func:`load_articles`."""
    return _load(data, "mentions", since, until, outlet)


def _load(data: str | Path, table: str, since: When, until: When, outlet: str | None) -> pd.DataFrame:
    import pyarrow.dataset as ds

    from pipelines.schema import partition_schema, schema_of

    folder = Path(data)
    if not folder.is_dir():
        raise DatasetNotFound(f"{folder}: no dataset there; `tourdetable crawl --data {folder}` makes one")
    schema = schema_of(table)
    for field in partition_schema():
        schema = schema.append(field)
    parts = folder / table
    if not parts.is_dir():
        return schema.empty_table().to_pandas()
    dataset = ds.dataset(
        parts, schema=schema, format="parquet", partitioning=ds.partitioning(partition_schema(), flavor="hive")
    )
    return dataset.to_table(filter=_filter(since, until, outlet)).sort_by("published_at").to_pandas()


def _filter(since: When, until: When, outlet: str | None) -> Any:
    import pyarrow.dataset as ds

    wanted = None
    for condition in (
        ds.field("published_at") >= _instant(since) if since is not None else None,
        ds.field("published_at") <= _instant(until) if until is not None else None,
        ds.field("outlet") == outlet if outlet is not None else None,
    ):
        if condition is not None:
            wanted = condition if wanted is None else wanted & condition
    return wanted


def _instant(when: str | date) -> datetime:
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
