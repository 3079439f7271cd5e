"""Articles and extractions as rows of the three tables."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from crawler.items import Article
from extract.names.keys import name_key
from extract.records import Extraction, FundingRound
from pipelines.rates import rate_of

_INT64 = 2**63 - 1


@dataclass(slots=True)
class Extracted:
    """An article with its extraction; ``error`` where there is none because it failed."""

    article: Article
    extraction: Extraction
    error: str | None = None


def month_of(article: Article) -> str:
    """Give the partition of an article: the month (UTC) of its publication, of its fetching if that is not known."""
    moment = article.published_at or article.fetched_at or datetime.now(UTC)
    return moment.astimezone(UTC).strftime("%Y-%m")


def content_hash(article: Article) -> str:
    """Give 16 hexadecimal digits that change when title or text do."""
    return hashlib.sha256(f"{article.title}\n{article.text}".encode()).hexdigest()[:16]


def rows_of(item: Extracted) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of one article by table."""
    return {
        "articles": [_article_row(item)],
        "rounds": [_round_row(item, found, position) for position, found in enumerate(item.extraction.rounds)],
        "mentions": _mention_rows(item),
    }


def _article_row(item: Extracted) -> dict[str, Any]:
    article, extraction = item.article, item.extraction
    row = asdict(article)
    past = [
        {
            "company": p.company,
            "amount": whole(p.amount),
            "currency": p.currency,
            "round_type": p.round_type,
            "year": p.year,
            "evidence": p.evidence,
        }
        for p in extraction.past_rounds
    ]
    return row | {
        "article_id": article.id,
        "content_hash": content_hash(article),
        "rounds": len(extraction.rounds),
        "companies": extraction.companies,
        "past_rounds": past,
        "extraction_error": item.error,
        "extractor_version": extraction.extractor_version,
    }


def _round_row(item: Extracted, found: FundingRound, position: int) -> dict[str, Any]:
    article = item.article
    day = date.fromisoformat(found.date) if found.date else None
    moment = article.published_at or article.fetched_at or datetime.now(UTC)
    rate = rate_of(found.currency, day or moment.date()) if found.amount is not None else None
    return asdict(found) | {
        "round_id": f"{article.id}-{position}",
        "article_id": article.id,
        "outlet": article.outlet,
        "url": article.url,
        "title": article.title,
        "published_at": article.published_at,
        "company_key": name_key(found.company),
        "amount": whole(found.amount),
        "amount_eur": rate.euros(found.amount) if rate and found.amount is not None else None,
        "eur_rate": rate.units if rate else None,
        "eur_rate_date": rate.day if rate else None,
        "date": day,
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
                "published_at": item.article.published_at,
                "value": float(sum_.value) if sum_ else None,
                "currency": sum_.currency if sum_ else None,
                "role": sum_.role if sum_ else None,
                "extractor_version": item.extraction.extractor_version,
            }
        )
    return rows


def whole(amount: float | None) -> int | None:
    """Give an amount in whole units, None for what no press article means (beyond int64)."""
    if amount is None or abs(amount) > _INT64:
        return None
    return round(amount)
