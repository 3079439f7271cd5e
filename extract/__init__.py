"""From text to funding rounds: a spaCy pipeline for the French tech press.

>>> from extract import Extractor
>>> found = Extractor().extract(
...     {"title": "Alpha lève 3 M€", "text": "Alpha lève 3 millions d'euros auprès de Partech."}
... )
>>> [(r.company, r.amount, r.currency) for r in found.rounds]
[('Alpha', 3000000, 'EUR')]
"""

from extract.pipeline import ArticleError, Extractor, load
from extract.records import Extraction, FundingRound, Investor, Mention, Money, PastRound
from extract.version import EXTRACTOR_VERSION

__all__ = [
    "EXTRACTOR_VERSION",
    "ArticleError",
    "Extraction",
    "Extractor",
    "FundingRound",
    "Investor",
    "Mention",
    "Money",
    "PastRound",
    "load",
]
