"""Articles and extractions as rows of the three tables."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from crawler.items import Article
from extract.names.keys import name_key
from extract.records import Extraction, FundingRound, Money
from pipelines.errors import RowError, one_line
from pipelines.rates import rate_of
from pipelines.reservations import shown

if TYPE_CHECKING:
    import pyarrow as pa

_INT64 = 2**63 - 1


@dataclass(slots=True)
class Extracted:
    """An article with its extraction; ``error`` where there is none because it failed.

    ``near_duplicate_of`` is the id of the earliest stored article that it is nearly the same as.
    """

    article: Article
    extraction: Extraction
    error: str | None = None
    withheld: bool = False
    """True where the text is not to be stored (:mod:`pipelines.reservations`)."""
    near_duplicate_of: str | None = None
    similarity: float | None = None


def month_of(article: Article) -> str:
    """Give the partition of an article: the month (UTC) of its publication, of its fetching if that is not known."""
    moment = _moment_of(article)
    return f"{moment.year:04}-{moment.month:02}"


def content_hash(article: Article) -> str:
    """Give 16 hexadecimal digits that change when title or text do."""
    return hashlib.sha256(f"{article.title}\n{article.text}".encode()).hexdigest()[:16]


def utc(moment: datetime | None) -> datetime | None:
    """Give an instant in UTC, None where the calendar has no such day there (year 1 or 9999 at its very end)."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None


def tables_of(item: Extracted) -> dict[str, pa.Table]:
    """Give the rows of one article by table, in the schemas of :mod:`pipelines.schema`.

    Raises:
        RowError: a value does not fit its column.
    """
    import pyarrow as pa

    from pipelines.schema import empty_table, schema_of

    try:
        return {
            # Most articles have no round; columns without rows take as long to make as with a few.
            table: pa.Table.from_pylist(rows, schema=schema_of(table)) if rows else empty_table(table)
            for table, rows in rows_of(item).items()
        }
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        reason = one_line(error)
        raise RowError(f"{item.article.url!r}: does not fit the dataset's schema: {reason}") from error


def rows_of(item: Extracted) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of one article by table, as plain values."""
    digest = content_hash(item.article)
    item = shown(item)
    return {
        "articles": [_article_row(item) | {"content_hash": digest}],
        "rounds": [_round_row(item, found, position) for position, found in enumerate(item.extraction.rounds)],
        "mentions": _mention_rows(item),
    }


def _moment_of(article: Article) -> datetime:
    return utc(article.published_at) or utc(article.fetched_at) or datetime.now(UTC)


def _article_row(item: Extracted) -> dict[str, Any]:
    article, extraction = item.article, item.extraction
    past = [asdict(found) | {"amount": whole(found.amount)} for found in extraction.past_rounds]
    return asdict(article) | {
        "article_id": article.id,
        "revision": 0,
        "published_at": utc(article.published_at),
        "modified_at": utc(article.modified_at),
        "fetched_at": utc(article.fetched_at),
        "near_duplicate_of": item.near_duplicate_of,
        "similarity": item.similarity,
        "rounds": len(extraction.rounds),
        "companies": extraction.companies,
        "past_rounds": past,
        "extraction_error": item.error,
        "extractor_version": extraction.extractor_version,
    }


def _round_row(item: Extracted, found: FundingRound, position: int) -> dict[str, Any]:
    article = item.article
    day, amount = _day(found.date), whole(found.amount)
    rate = rate_of(found.currency, day or _moment_of(article).date()) if amount is not None else None
    return asdict(found) | {
        "round_id": f"{article.id}-{position}",
        "article_id": article.id,
        "outlet": article.outlet,
        "url": article.url,
        "title": article.title,
        "published_at": utc(article.published_at),
        "fetched_at": utc(article.fetched_at),
        "company_key": name_key(found.company),
        "amount": amount,
        "amount_eur": whole(rate.euros(found.amount)) if rate and found.amount is not None else None,
        "eur_rate": rate.units if rate else None,
        "eur_rate_date": rate.day if rate else None,
        "date": day,
        "date_precision": found.date_precision,
        "valuation": whole(found.valuation),
        "total_raised": whole(found.total_raised),
        "extractor_version": item.extraction.extractor_version,
    }


def _mention_rows(item: Extracted) -> list[dict[str, Any]]:
    sums = {(sum_.start, sum_.end): sum_ for sum_ in item.extraction.amounts}
    rows = []
    for mention in item.extraction.mentions:
        sum_ = sums.get((mention.start, mention.end)) if mention.label == "money" else None
        rows.append(
            asdict(mention)
            | {
                "article_id": item.article.id,
                "outlet": item.article.outlet,
                "published_at": utc(item.article.published_at),
                "value": _value(sum_),
                "currency": sum_.currency if sum_ else None,
                "role": sum_.role if sum_ else None,
                "extractor_version": item.extraction.extractor_version,
            }
        )
    return rows


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _value(sum_: Money | None) -> float | None:
    try:
        return float(sum_.value) if sum_ else None
    except OverflowError:
        return None


def whole(amount: float | None) -> int | None:
    """Give an amount in whole units, None where they cannot tell it.

    That is a sum beyond int64, which no press article means, and a part of one unit (*0,4 bitcoin*): no amount is
    better than 0. The exact figure stands in the mentions' ``value``.

    >>> whole(1.5e6), whole(12.4), whole(0.4), whole(1e30)
    (1500000, 12, None, None)
    """
    if amount is None or amount != amount or abs(amount) > _INT64:
        return None
    rounded = round(amount)
    return None if amount and not rounded else rounded
