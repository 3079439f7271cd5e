"""What the tables hold: every column with its type, unit, meaning and an example.

A column is only ever added, at any place; none is taken away, renamed or retyped. A reader of
:mod:`pipelines.dataset` sees null where a part is older than a column, and compaction writes that part anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")
TEXT, WHOLE, DECIMAL, DAY, FLAG = pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``example`` is a value as it comes back in plain Python; ``unit`` is empty where there is none."""

    name: str
    type: Any
    meaning: str
    example: Any
    unit: str = ""


def _struct(**fields: Any) -> Any:
    return pa.struct(list(fields.items()))


_INVESTOR = _struct(name=TEXT, key=TEXT, lead=FLAG, kind=TEXT, score=DECIMAL, evidence=TEXT, start=WHOLE, end=WHOLE)
_BACKER = _struct(name=TEXT, key=TEXT, lead=FLAG, kind=TEXT, score=DECIMAL, articles=WHOLE)
_PAST = _struct(company=TEXT, amount=WHOLE, currency=TEXT, round_type=TEXT, year=WHOLE, evidence=TEXT)
_CAUSE = _struct(cause=TEXT, count=WHOLE)
_SOURCE = _struct(
    round_id=TEXT, article_id=TEXT, outlet=TEXT, url=TEXT, title=TEXT, published_at=INSTANT, status=TEXT, company=TEXT,
    amount=WHOLE, currency=TEXT, amount_eur=WHOLE, round_type=TEXT, valuation=WHOLE, valuation_currency=TEXT,
    investors=pa.list_(TEXT), leads=pa.list_(TEXT), score=DECIMAL, evidence=TEXT, start=WHOLE, end=WHOLE,
    near_duplicate_of=TEXT,
)  # fmt: skip
_DISAGREEMENT = _struct(field=TEXT, value=TEXT, articles=WHOLE, chosen=FLAG)

_ARTICLE = [
    Column("article_id", TEXT, "key of the article: 16 hexadecimal digits", "3056fa4bcfd3a8fa"),
    Column("revision", WHOLE, "0, and one more for each later state of the article that took its place", 0),
    Column("url", TEXT, "where the page was fetched", "https://www.gazette.example/a/alpha-leve-3-m"),
    Column("canonical_url", TEXT, "address the article is known by, normalized", "https://gazette.example/a/alpha"),
    Column("outlet", TEXT, "outlet's name, or the host of a site given by address", "maddyness"),
    Column("title", TEXT, "headline", "Alpha lève 3 M€"),
    Column("chapeau", TEXT, "standfirst or description; empty where the text is", "La jeune pousse grandit."),
    Column("authors", pa.list_(TEXT), "persons in the order printed, or the newsroom where none signs", ["A. Durand"]),
    Column("published_at", INSTANT, "instant of publication", "2026-10-01T06:30:00Z"),
    Column("modified_at", INSTANT, "instant of the last change that the page declares", "2026-10-01T09:00:00Z"),
    Column("fetched_at", INSTANT, "instant at which we fetched it", "2026-10-01T10:00:12.25Z"),
    Column("language", TEXT, "ISO 639-1 code of the language that the text is in", "fr"),
    Column("section", TEXT, "outlet's section", "Levées de fonds"),
    Column("tags", pa.list_(TEXT), "outlet's keywords", ["fintech"]),
    Column("image", TEXT, "address of the main picture", "https://www.gazette.example/i.jpg"),
    Column("text", TEXT, "body, paragraphs parted by blank lines; empty where a reservation is obeyed", "Alpha lève …"),
    Column("kind", TEXT, "article, live (a live blog) or video (with an article's text beside it)", "article"),
    Column("paywalled", FLAG, "the text is not whole without a subscription", False),
    Column("tdm_reserved", FLAG, "text and data mining is reserved by the outlet", False),
    Column("content_hash", TEXT, "SHA-256 of title and full text, 16 hexadecimal digits", "5be1c97dc25f8a41"),
    Column("near_duplicate_of", TEXT, "article_id of the earliest stored article with nearly this text", None),
    Column("similarity", DECIMAL, "estimated Jaccard index of both texts' word 5-grams", 0.91, "0 to 1"),
    Column("rounds", WHOLE, "number of rounds that the article reports", 1),
    Column("companies", pa.list_(TEXT), "companies named", ["Alpha", "Partech"]),
    Column("past_rounds", pa.list_(_PAST), "earlier rounds that the article recalls", []),
    Column("extraction_error", TEXT, "why nothing could be extracted, null where it could", None),
    Column("extractor_version", TEXT, "version of the extraction", "2026.11.3"),
]
_ROUND = [
    Column("round_id", TEXT, "article_id, a hyphen, the round's position in the article", "3056fa4bcfd3a8fa-0"),
    Column("article_id", TEXT, "the article that reports it", "3056fa4bcfd3a8fa"),
    Column("outlet", TEXT, "its outlet", "maddyness"),
    Column("url", TEXT, "its address", "https://www.gazette.example/a/alpha-leve-3-m"),
    Column("title", TEXT, "its headline", "Alpha lève 3 M€"),
    Column("published_at", INSTANT, "its instant of publication", "2026-10-01T06:30:00Z"),
    Column("fetched_at", INSTANT, "instant at which we fetched it", "2026-10-01T10:00:12.25Z"),
    Column("company", TEXT, "the raiser, as printed", "Alpha"),
    Column("company_key", TEXT, "the raiser's key, equal across spellings", "alpha"),
    Column("amount", WHOLE, "sum raised, null where undisclosed", 3000000, "whole units of currency"),
    Column("currency", TEXT, "ISO 4217 code, or a crypto-asset's ticker", "EUR"),
    Column("amount_eur", WHOLE, "sum raised, at eur_rate", 3000000, "whole euros"),
    Column("eur_rate", DECIMAL, "European Central Bank reference rate", 1.0, "units of currency for one euro"),
    Column("eur_rate_date", DAY, "day of that rate", "2026-10-01"),
    Column("round_type", TEXT, "seed, series_a … as in corpus/GUIDE.md, null where not said", "series_a"),
    Column("status", TEXT, "announced or rumoured", "announced"),
    Column("date", DAY, "day of the round where the article states one; of a week or month its first day", None),
    Column("date_precision", TEXT, "day, week or month: how exactly the article states it", None),
    Column("valuation", WHOLE, "what the round values the company at", 24000000, "whole units of valuation_currency"),
    Column("valuation_currency", TEXT, "ISO 4217 code", "EUR"),
    Column("total_raised", WHOLE, "raised since the company's creation", 5000000, "whole units of its currency"),
    Column("total_raised_currency", TEXT, "ISO 4217 code", "EUR"),
    Column(
        "investors",
        pa.list_(_INVESTOR),
        "everyone who puts money in, with the sentence that says so",
        [{"name": "Partech", "key": "partech", "lead": True, "kind": "vc", "score": 0.9}],
    ),
    Column("score", DECIMAL, "probability that the article reports this round with this sum", 0.97, "0 to 1"),
    Column("evidence", TEXT, "the sentence that tells of the round", "Alpha lève 3 M€ auprès de Partech."),
    Column("start", WHOLE, "where the evidence begins", 16, "characters into title + newline + text"),
    Column("end", WHOLE, "where the evidence ends", 50, "characters into title + newline + text"),
    Column("extractor_version", TEXT, "version of the extraction", "2026.11.3"),
]
_MENTION = [
    Column("article_id", TEXT, "the article", "3056fa4bcfd3a8fa"),
    Column("outlet", TEXT, "its outlet", "maddyness"),
    Column("published_at", INSTANT, "its instant of publication", "2026-10-01T06:30:00Z"),
    Column("label", TEXT, "company, investor, person or money", "money"),
    Column("text", TEXT, "as printed", "3 M€"),
    Column("name", TEXT, "best name in this article", "3 M€"),
    Column("key", TEXT, "the name's key, equal across spellings; empty for a sum", ""),
    Column("start", WHOLE, "where it begins", 11, "characters into title + newline + text"),
    Column("end", WHOLE, "where it ends", 15, "characters into title + newline + text"),
    Column("value", DECIMAL, "of a sum", 3000000.0, "units of currency"),
    Column("currency", TEXT, "of a sum: ISO 4217 code, or a crypto-asset's ticker", "EUR"),
    Column("role", TEXT, "of a sum: round, valuation, revenue …", "round"),
    Column("score", DECIMAL, "of an investor: probability that it takes part in a round; else 1", 1.0, "0 to 1"),
    Column("extractor_version", TEXT, "version of the extraction", "2026.11.3"),
]
_RUN = [
    Column("run_id", TEXT, "key of the crawl, the same for all its outlets", "20261001T100000-5be1c97d"),
    Column("started_at", INSTANT, "instant at which the crawl began", "2026-10-01T10:00:00Z"),
    Column("seconds", DECIMAL, "how long the crawl took", 84.2, "seconds"),
    Column("outlet", TEXT, "outlet's name, or the host of a site given by address", "maddyness"),
    Column("bounded", FLAG, "only a part was asked for: --since, --until or --max-articles", False),
    Column("found", WHOLE, "addresses of articles found in its sources", 40),
    Column("fetched", WHOLE, "pages fetched as articles", 12),
    Column("stored", WHOLE, "new articles stored", 11),
    Column("known", WHOLE, "addresses not fetched, since their article is stored already", 28),
    Column("duplicate", WHOLE, "articles fetched that are stored already, under another address", 0),
    Column("not_article", WHOLE, "pages fetched that are no article", 1),
    Column("failed", WHOLE, "pages that could not be fetched, read or stored", 0),
    Column(
        "causes", pa.list_(_CAUSE), "why pages and sources failed, and how often", [{"cause": "http-503", "count": 1}]
    ),
    Column("rounds", WHOLE, "funding rounds found in the articles stored", 2),
    Column("requests", WHOLE, "requests sent, retries and redirects with them, robots.txt without", 15),
    Column("bytes", WHOLE, "bodies received, as they were sent", 410233, "bytes"),
    Column("saved_requests", WHOLE, "requests answered 304, not modified", 3),
    Column("sources_ok", WHOLE, "feeds, sitemaps and listing pages read", 3),
    Column("sources_failed", WHOLE, "feeds, sitemaps and listing pages that could not be", 0),
    Column("with_date", WHOLE, "articles stored that have a date of publication", 11),
    Column("with_author", WHOLE, "articles stored that name an author", 9),
    Column(
        "with_text_median", WHOLE, "median length of the texts stored, null where there is none", 2410, "characters"
    ),
    Column("warning", TEXT, "what is far less than the outlet's own history says, null where nothing is", None),
    Column("error", TEXT, "what kept the crawl itself from its end, null where nothing did", None),
    Column("exit_code", WHOLE, "of the whole crawl", 0),
    Column("version", TEXT, "version of tourdetable", "0.1.0"),
]
_DEAL = [
    Column("deal_id", TEXT, "round_id of the report of it that was fetched first", "3056fa4bcfd3a8fa-0"),
    Column("company", TEXT, "the raiser, by its best name", "Alpha"),
    Column("company_key", TEXT, "key of the raiser in the table entities", "alpha"),
    Column("amount", WHOLE, "sum raised, null where undisclosed", 3000000, "whole units of currency"),
    Column("currency", TEXT, "ISO 4217 code, or a crypto-asset's ticker", "EUR"),
    Column("amount_eur", WHOLE, "sum raised, at eur_rate", 3000000, "whole euros"),
    Column("eur_rate", DECIMAL, "European Central Bank reference rate", 1.0, "units of currency for one euro"),
    Column("eur_rate_date", DAY, "day of that rate", "2026-10-01"),
    Column("round_type", TEXT, "seed, series_a … as in corpus/GUIDE.md, null where no source says", "series_a"),
    Column("status", TEXT, "announced, or rumoured as long as no source announces it", "announced"),
    Column(
        "date",
        DAY,
        "day that a source states for it, else of its first announcement, else of its first rumour",
        "2026-10-01",
    ),
    Column("date_stated", FLAG, "a source states the day", False),
    Column("valuation", WHOLE, "what the round values the company at", 24000000, "whole units of valuation_currency"),
    Column("valuation_currency", TEXT, "ISO 4217 code", "EUR"),
    Column(
        "investors",
        pa.list_(_BACKER),
        "everyone whom a source names, with the number of articles that do; leads first",
        [{"name": "Partech", "key": "partech", "lead": True, "kind": "vc", "score": 0.97, "articles": 3}],
    ),
    Column("extends", TEXT, "deal_id of the round that it extends or closes a second time", None),
    Column("rumoured_at", INSTANT, "publication of the first rumour", None),
    Column("announced_at", INSTANT, "publication of the first announcement", "2026-10-01T06:30:00Z"),
    Column("first_published_at", INSTANT, "publication of the first source", "2026-10-01T06:30:00Z"),
    Column("last_published_at", INSTANT, "publication of the last source", "2026-10-04T15:00:00Z"),
    Column("articles", WHOLE, "number of articles that tell of it, near-duplicates not counted", 3),
    Column("outlets", pa.list_(TEXT), "outlets that tell of it", ["frenchweb", "maddyness"]),
    Column("score", DECIMAL, "probability that at least one source is right about it", 0.99, "0 to 1"),
    Column(
        "sources",
        pa.list_(_SOURCE),
        "what each article says, earliest first, with its sentence",
        [{"round_id": "3056fa4bcfd3a8fa-0", "outlet": "maddyness", "amount": 3000000, "currency": "EUR"}],
    ),
    Column(
        "disagreements",
        pa.list_(_DISAGREEMENT),
        "fields in which sources differ: each value as text, how many articles say it, which one was chosen",
        [{"field": "amount", "value": "3000000 EUR", "articles": 2, "chosen": True}],
    ),
    Column("rules_version", TEXT, "version of the rules by which reports are joined", "1"),
]
_ENTITY = [
    Column("key", TEXT, "key of the company, fund, bank, public body or person", "bpifrance"),
    Column("name", TEXT, "best name", "Bpifrance"),
    Column("kind", TEXT, "vc, corporate, bank, public … or person for investors known as such; else company", "public"),
    Column("country", TEXT, "ISO 3166-1 alpha-2 code where it is known", "FR"),
    Column("names", pa.list_(TEXT), "spellings printed, the most frequent first", ["Bpifrance", "BPI France"]),
    Column("keys", pa.list_(TEXT), "normalized names that lead to it, its own first", ["bpifrance", "bpi"]),
    Column("former_names", pa.list_(TEXT), "names that it bore before, as articles or the user's file say", ["Oséo"]),
    Column("articles", WHOLE, "number of articles that name it", 120),
    Column("raised", WHOLE, "number of deals in which it raises", 0),
    Column("raised_eur", WHOLE, "sum of the disclosed amounts of the announced ones", 0, "whole euros"),
    Column("invested", WHOLE, "number of deals in which it invests", 64),
    Column("led", WHOLE, "number of those which it leads", 12),
    Column("first_seen", INSTANT, "publication of the first article that names it", "2026-01-05T08:30:00Z"),
    Column("last_seen", INSTANT, "publication of the last one", "2026-10-04T15:00:00Z"),
    Column(
        "siren", TEXT, "number in the French company register, null where it was not looked up or found", "320252489"
    ),
    Column("siren_name", TEXT, "name that the register has for that number", "BPIFRANCE"),
    Column("rules_version", TEXT, "version of the rules by which names are joined", "1"),
]

COLUMNS: dict[str, list[Column]] = {
    "articles": _ARTICLE,
    "rounds": _ROUND,
    "mentions": _MENTION,
    "runs": _RUN,
    "deals": _DEAL,
    "entities": _ENTITY,
}
