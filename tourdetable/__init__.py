"""tourdetable reads the French tech press and tells, as data, who raised how much from whom.

What people type is in :mod:`tourdetable.cli`; what they import is here, loaded on first use so that
``import tourdetable`` costs nothing:

>>> import tourdetable
>>> article = {
...     "title": "Alpha lève 3 millions d'euros",
...     "text": "Alpha lève 3 millions d'euros auprès de Partech.",
... }
>>> tourdetable.extract(article).rounds[0].amount
3000000
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.items import Article
    from crawler.page import parse_article
    from extract import Extractor
    from extract.records import Extraction, FundingRound, Investor, Money
    from pipelines.dataset import (
        load_articles,
        load_deals,
        load_entities,
        load_mentions,
        load_rounds,
        load_runs,
    )
    from pipelines.exporting import export
    from tourdetable.single import extract

__version__: str

_HOMES = {
    "Article": "crawler.items",
    "Extraction": "extract.records",
    "Extractor": "extract",
    "FundingRound": "extract.records",
    "Investor": "extract.records",
    "Money": "extract.records",
    "export": "pipelines.exporting",
    "extract": "tourdetable.single",
    "load_articles": "pipelines.dataset",
    "load_deals": "pipelines.dataset",
    "load_entities": "pipelines.dataset",
    "load_mentions": "pipelines.dataset",
    "load_rounds": "pipelines.dataset",
    "load_runs": "pipelines.dataset",
    "parse_article": "crawler.page",
}

__all__ = [
    "Article",
    "Extraction",
    "Extractor",
    "FundingRound",
    "Investor",
    "Money",
    "__version__",
    "export",
    "extract",
    "load_articles",
    "load_deals",
    "load_entities",
    "load_mentions",
    "load_rounds",
    "load_runs",
    "parse_article",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # takes longer than all that `--help` needs besides Typer

        return version("tourdetable")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'tourdetable' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
