r"""The records that extraction gives: sums, investors, rounds, mentions, and the whole of an article.

Names, units and enumerations follow ``corpus/GUIDE.md``. Every offset is a half-open character range
into ``title + "\n" + text``, the *document text* of an article.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Role = Literal[
    "round", "tranche", "valuation", "total_raised", "past_round", "fund", "acquisition", "revenue", "market", "other"
]
Qualifier = Literal["exact", "about", "at_least", "at_most", "range"]
RoundType = Literal[
    "pre_seed", "seed", "series_a", "series_b", "series_c", "series_d", "series_e", "series_f", "series_g",
    "series_h", "bridge", "growth", "debt", "crowdfunding", "ico", "ipo", "grant", "extension",
]  # fmt: skip
Status = Literal["announced", "rumoured"]
DatePrecision = Literal["day", "week", "month"]
Label = Literal["company", "investor", "person", "money"]


@dataclass(slots=True, kw_only=True)
class Money:
    """One sum of money as written in the text.

    ``value`` is in whole or fractional units of ``currency`` (ISO 4217; ``BTC``, ``ETH``, ``USDT``,
    ``USDC`` for crypto-assets). A range has its lower bound in ``value`` and its upper one in ``upper``.
    """

    text: str
    start: int
    end: int
    value: int | float
    currency: str
    qualifier: Qualifier = "exact"
    upper: int | float | None = None
    role: Role = "other"


@dataclass(slots=True, kw_only=True)
class Name:
    """One place in the document text that names a company (any organization) or a person."""

    text: str
    start: int
    end: int
    name: str
    """Best name of the entity in this article: the fullest form, without legal form, article, description."""
    key: str
    """Normalized name, equal across spellings (:func:`extract.names.keys.name_key`)."""
    kind: Literal["company", "person"]
    investor_kind: str | None = None
    """Kind in the gazetteer of investors (``vc``, ``corporate``, ``bank`` …), None where it is not in there."""


@dataclass(slots=True, kw_only=True)
class Investor:
    """One investor of a round, with the sentence that says so."""

    name: str
    lead: bool = False
    key: str = ""
    """Normalized name, equal across spellings (:func:`extract.names.keys.name_key`)."""
    kind: str | None = None
    """Kind in the gazetteer (``vc``, ``corporate``, ``bank`` …), ``person``, or None where unknown."""
    score: float = 0.0
    evidence: str = ""
    start: int = 0
    end: int = 0

    def _repr_html_(self) -> str:
        from extract.showing import investor_card

        return investor_card(self)


@dataclass(slots=True, kw_only=True)
class FundingRound:
    """One financing that an article reports as its news; ``start``/``end`` bound ``evidence``."""

    company: str
    amount: int | float | None = None
    currency: str | None = None
    round_type: RoundType | None = None
    status: Status = "announced"
    date: str | None = None
    """ISO day of the round where the article states one, else None; of a week or month its first day."""
    date_precision: DatePrecision | None = None
    valuation: int | float | None = None
    valuation_currency: str | None = None
    total_raised: int | float | None = None
    total_raised_currency: str | None = None
    investors: list[Investor] = field(default_factory=list)
    score: float = 0.0
    evidence: str = ""
    start: int = 0
    end: int = 0

    def _repr_html_(self) -> str:
        from extract.showing import round_card

        return round_card(self)


@dataclass(slots=True, kw_only=True)
class PastRound:
    """An earlier round that the article recalls."""

    company: str
    amount: int | float
    currency: str
    round_type: RoundType | None = None
    year: int | None = None
    evidence: str = ""
    start: int = 0
    end: int = 0


@dataclass(slots=True, kw_only=True)
class Mention:
    """One place in the document text that names a company, investor, person or sum."""

    label: Label
    text: str
    name: str
    """Best name of the entity in this article (for a sum: its text)."""
    key: str
    start: int
    end: int
    score: float = 1.0


@dataclass(slots=True, kw_only=True)
class Extraction:
    """All that was found in one article."""

    id: str
    title: str
    extractor_version: str
    url: str | None = None
    published: str | None = None
    outlet: str | None = None
    language: str | None = None
    rounds: list[FundingRound] = field(default_factory=list)
    past_rounds: list[PastRound] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    amounts: list[Money] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Give the record that the command line prints: plain JSON types, without ``mentions``."""
        record = asdict(self)
        del record["mentions"]
        return record

    def _repr_html_(self) -> str:
        from extract.showing import extraction_card

        return extraction_card(self)

    def __repr__(self) -> str:
        from extract.showing import money

        rounds = ", ".join(f"{one.company} {money(one.amount, one.currency)}" for one in self.rounds) or "no round"
        return f"<Extraction {self.id!r} {self.title!r}: {rounds}; {len(self.mentions)} mentions>"
