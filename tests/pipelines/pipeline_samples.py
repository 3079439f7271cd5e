"""Articles, extractions and extractors to test with; also imported by the processes that the tests start."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.items import Article
from extract.records import Extraction, FundingRound, Investor, Mention, Money, PastRound
from extract.version import EXTRACTOR_VERSION
from pipelines.rows import Extracted

TABLES = ("articles", "rounds", "mentions")
KEYS = {
    "articles": ["article_id"],
    "runs": ["run_id", "outlet"],
    "rounds": ["round_id"],
    "mentions": ["article_id", "start", "label"],
}


def article(n: int, **changes: Any) -> Article:
    values: dict[str, Any] = {
        "url": f"https://www.gazette.example/articles/{n}",
        "outlet": "gazette",
        "title": f"Société {n} lève {n} M€",
        "text": f"Société {n} lève {n} millions d’euros auprès de Partech.",
        "published_at": datetime(2026, 1 + n % 3, 5, 8, 30, tzinfo=UTC),
        "fetched_at": datetime(2026, 9, 1, 12, 0, 0, 250_000, tzinfo=UTC),
        "authors": ["Anne Durand"],
        "tags": ["fintech"],
        "language": "fr",
    }
    return Article(**values | changes)


def funding(n: int, **changes: Any) -> FundingRound:
    values: dict[str, Any] = {
        "company": f"Société {n}",
        "amount": n * 1_000_000,
        "currency": "EUR",
        "investors": [Investor(name="Partech", key="partech", kind="vc", score=0.9, evidence="…", start=1, end=2)],
        "score": 0.8,
        "evidence": f"Société {n} lève {n} millions d’euros auprès de Partech.",
        "start": 21,
        "end": 76,
    }
    return FundingRound(**values | changes)


def item(n: int, *, rounds: list[FundingRound] | None = None, error: str | None = None, **changes: Any) -> Extracted:
    """One article with one round and two mentions, unless told otherwise."""
    source = article(n, **changes)
    extraction = Extraction(
        id=source.id,
        title=source.title,
        extractor_version="test",
        rounds=[funding(n)] if rounds is None else rounds,
        past_rounds=[PastRound(company=f"Société {n}", amount=500_000, currency="EUR", year=2021)],
        companies=[f"Société {n}", "Partech"],
        amounts=[Money(text="1 M€", start=9, end=13, value=1e6, currency="EUR", role="round")],
        mentions=[
            Mention(label="company", text=f"Société {n}", name=f"Société {n}", key=f"societe {n}", start=0, end=9),
            Mention(label="money", text="1 M€", name="1 M€", key="", start=9, end=13),
        ],
    )
    return Extracted(source, extraction, error)


def run(run_id: str, **changes: Any) -> dict[str, Any]:
    """One row of ``runs``."""
    figures = (
        "found fetched stored known duplicate not_article failed rounds requests bytes saved_requests sources_ok "
        "sources_failed with_date with_author exit_code"
    )
    values: dict[str, Any] = {
        "run_id": run_id,
        "started_at": datetime(2026, 2, 28, 23, 30, 0, 250_000, tzinfo=UTC),
        "seconds": 12.5,
        "outlet": "gazette",
        "bounded": False,
        "causes": [{"cause": "http-500", "count": 2}],
        "with_text_median": 1234,
        "warning": None,
        "error": None,
        "version": "0.1.0",
    }
    return dict.fromkeys(figures.split(), 3) | values | changes


def read_all(data: Path, table: str) -> dict[str, list[dict[str, Any]]]:
    """Read a table bare with each of the three readers, as rows in one order."""
    import duckdb
    import pandas as pd
    import polars as pl

    by_pandas = pl.from_pandas(pd.read_parquet(data / table).astype({"month": str}))
    found = {
        "pandas": by_pandas,
        "duckdb": duckdb.sql(f"SELECT * FROM '{data}/{table}/**/*.parquet'").pl(),
        "polars": pl.read_parquet(data / table),
    }
    return {reader: frame.sort(KEYS[table]).to_dicts() for reader, frame in found.items()}


class Obedient:
    """An extractor that does what an article's text says, and gives the number of its process as a company."""

    def extract_many(self, articles: Iterable[Mapping[str, Any]]) -> Iterator[Extraction]:
        for given in articles:
            word, _, argument = given["text"].partition(" ")
            getattr(self, f"_{word.lower()}", lambda _: None)(argument)
            yield Extraction(
                id=given["id"], title=given["title"], extractor_version="test", companies=[str(os.getpid())]
            )

    def _die(self, argument: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _die_once(self, argument: str) -> None:
        if not Path(argument).exists():
            Path(argument).touch()
            self._die(argument)

    def _raise(self, argument: str) -> None:
        raise ValueError(argument)

    def _sleep(self, argument: str) -> None:
        time.sleep(float(argument))

    def _spin(self, argument: str) -> None:
        # Backtracks for longer than anybody waits, and lets no other thread run meanwhile.
        re.match(r"(a+)+$", "a" * 60 + "b")


class Today(Obedient):
    """The same in today's version, which finds in every article two rounds of one company; none in « Nothing … »."""

    def extract_many(self, articles: Iterable[Mapping[str, Any]]) -> Iterator[Extraction]:
        for given in articles:
            (found,) = super().extract_many([given])
            title, text = given["title"], given["text"]
            said = {"evidence": text[:20], "start": len(title) + 1, "end": len(title) + 1 + len(text[:20])}
            told = FundingRound(company="Neuve", amount=1_000_000, currency="EUR", score=0.9, **said)
            yield replace(
                found,
                extractor_version=EXTRACTOR_VERSION,
                companies=["Neuve"],
                rounds=[] if text.startswith("Nothing ") else [told, replace(told, amount=2_000_000)],
                mentions=[Mention(label="company", text=title[:7], name="Neuve", key="neuve", start=0, end=7)],
            )


class Short:
    """An extractor that loses articles."""

    def extract_many(self, articles: Iterable[Mapping[str, Any]]) -> Iterator[Extraction]:
        yield from []


class Unmakeable:
    """An extractor without its model."""

    def __init__(self) -> None:
        raise FileNotFoundError("no model there")
