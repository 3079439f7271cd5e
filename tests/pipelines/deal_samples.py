"""Rounds as reports tell them, to join."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from extract.names.keys import name_key
from pipelines.rates import rate_of
from pipelines.schema import schema_of

START = datetime(2026, 3, 2, 7, tzinfo=UTC)


def report(article: str, day: float = 0, company: str = "Alvéole", amount: float | None = 10, /, **changes: Any) -> Any:
    """One row of ``rounds``: ``amount`` in millions, ``backers`` with a star where they lead, ``day`` after START."""
    moment = START + timedelta(days=day)
    currency = changes.pop("currency", "EUR") if amount is not None else None
    rate = rate_of(currency, moment.date())
    names: Iterable[str] = changes.pop("backers", ())
    stated: int | None = changes.pop("stated", None)
    kinds = {"bpifrance": "public"}
    values = {
        "round_id": f"{article}-0",
        "article_id": article,
        "outlet": f"outlet-{article}",
        "url": f"https://{article}.example/",
        "title": f"{company} lève des fonds",
        "published_at": moment,
        "fetched_at": moment,
        "company": company,
        "amount": None if amount is None else round(amount * 1_000_000),
        "currency": currency,
        "amount_eur": None if amount is None or rate is None else rate.euros(amount * 1_000_000),
        "status": "announced",
        "date": None if stated is None else date(2026, 3, 2) + timedelta(days=stated),
        "date_precision": None if stated is None else "day",
        "investors": [
            {
                "name": name.rstrip("*"),
                "key": name_key(name.rstrip("*")),
                "lead": name.endswith("*"),
                "kind": kinds.get(name_key(name.rstrip("*")), "vc"),
                "score": 0.9,
            }
            for name in names
        ],
        "score": 0.9,
        "evidence": f"{company} lève des fonds.",
    }
    return values | changes


def table(*reports: Any) -> pa.Table:
    return pa.Table.from_pylist(list(reports), schema=schema_of("rounds"))


def members(deals: pa.Table) -> list[str]:
    """Give the articles of each deal as one word, sorted."""
    told = deals["sources"].to_pylist()
    return sorted("".join(sorted(source["article_id"] for source in sources)) for sources in told)
