r"""The tables of the dataset: one explicit Arrow schema each, with the meaning of every column.

Sums are whole units of their currency (int64; fractions, which only crypto-assets have, are rounded, and a part of one
unit is null), instants are UTC in microseconds, offsets are characters into ``title + "\n" + text``.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

SCHEMA_VERSION = 1
TABLES = ("articles", "rounds", "mentions")
"""What an article becomes; ``runs`` is beside them, a row for each crawl and outlet."""

_INSTANT = pa.timestamp("us", tz="UTC")
_INVESTOR = pa.struct(
    [
        ("name", pa.string()),
        ("key", pa.string()),
        ("lead", pa.bool_()),
        ("kind", pa.string()),
        ("score", pa.float64()),
        ("evidence", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
    ]
)
_PAST = pa.struct(
    [
        ("company", pa.string()),
        ("amount", pa.int64()),
        ("currency", pa.string()),
        ("round_type", pa.string()),
        ("year", pa.int64()),
        ("evidence", pa.string()),
    ]
)

_CAUSE = pa.struct([("cause", pa.string()), ("count", pa.int64())])

_COLUMNS: dict[str, list[tuple[str, Any, str]]] = {
    "articles": [
        ("article_id", pa.string(), "key of the article: 16 hexadecimal digits"),
        ("revision", pa.int64(), "0, and one more for each later state of the article that took its place"),
        ("url", pa.string(), "where the page was fetched"),
        ("canonical_url", pa.string(), "address the article is known by, normalized"),
        ("outlet", pa.string(), "outlet's name, or the host of a site given by address"),
        ("title", pa.string(), "headline"),
        ("chapeau", pa.string(), "standfirst or description; empty where the text is"),
        ("authors", pa.list_(pa.string()), "persons in the order printed, or the newsroom or agency where none signs"),
        ("published_at", _INSTANT, "instant of publication"),
        ("modified_at", _INSTANT, "instant of the last change that the page declares"),
        ("fetched_at", _INSTANT, "instant at which we fetched it"),
        ("language", pa.string(), "ISO 639-1 code of the language that the text is in"),
        ("section", pa.string(), "outlet's section"),
        ("tags", pa.list_(pa.string()), "outlet's keywords"),
        ("image", pa.string(), "address of the main picture"),
        ("text", pa.string(), "body, paragraphs parted by blank lines; empty where a reservation is obeyed"),
        ("kind", pa.string(), "article, live (a live blog) or video (with an article's text beside it)"),
        ("paywalled", pa.bool_(), "the text is not whole without a subscription"),
        ("tdm_reserved", pa.bool_(), "text and data mining is reserved by the outlet"),
        ("content_hash", pa.string(), "SHA-256 of title and full text, 16 hexadecimal digits"),
        (
            "near_duplicate_of",
            pa.string(),
            "article_id of the earliest stored article with nearly this text, null if none",
        ),
        ("similarity", pa.float64(), "estimated Jaccard index of both texts' word 5-grams, 0 to 1"),
        ("rounds", pa.int64(), "number of rounds that the article reports"),
        ("companies", pa.list_(pa.string()), "companies named"),
        ("past_rounds", pa.list_(_PAST), "earlier rounds that the article recalls"),
        ("extraction_error", pa.string(), "why nothing could be extracted, null where it could"),
        ("extractor_version", pa.string(), "version of the extraction"),
    ],
    "rounds": [
        ("round_id", pa.string(), "article_id, a hyphen, the round's position in the article"),
        ("article_id", pa.string(), "the article that reports it"),
        ("outlet", pa.string(), "its outlet"),
        ("url", pa.string(), "its address"),
        ("title", pa.string(), "its headline"),
        ("published_at", _INSTANT, "its instant of publication"),
        ("company", pa.string(), "the raiser, as printed"),
        ("company_key", pa.string(), "the raiser's normalized name"),
        ("amount", pa.int64(), "whole units of currency, null where undisclosed"),
        ("currency", pa.string(), "ISO 4217 code, or a crypto-asset's ticker"),
        ("amount_eur", pa.int64(), "whole euros at eur_rate"),
        ("eur_rate", pa.float64(), "units of currency for one euro, European Central Bank reference rate"),
        ("eur_rate_date", pa.date32(), "day of that rate"),
        ("round_type", pa.string(), "seed, series_a … as in corpus/GUIDE.md"),
        ("status", pa.string(), "announced or rumoured"),
        ("date", pa.date32(), "day of the round where the article states one; of a week or month its first day"),
        ("date_precision", pa.string(), "day, week or month: how exactly the article states it"),
        ("valuation", pa.int64(), "whole units of valuation_currency"),
        ("valuation_currency", pa.string(), "ISO 4217 code"),
        ("total_raised", pa.int64(), "raised since the company's creation"),
        ("total_raised_currency", pa.string(), "ISO 4217 code"),
        ("investors", pa.list_(_INVESTOR), "everyone who puts money in, with the sentence that says so"),
        ("score", pa.float64(), "0 to 1"),
        ("evidence", pa.string(), "the sentence that tells of the round"),
        ("start", pa.int64(), "offset of evidence"),
        ("end", pa.int64(), "end offset of evidence"),
        ("extractor_version", pa.string(), "version of the extraction"),
    ],
    "mentions": [
        ("article_id", pa.string(), "the article"),
        ("outlet", pa.string(), "its outlet"),
        ("published_at", _INSTANT, "its instant of publication"),
        ("label", pa.string(), "company, investor, person or money"),
        ("text", pa.string(), "as printed"),
        ("name", pa.string(), "best name in this article"),
        ("key", pa.string(), "normalized name"),
        ("start", pa.int64(), "offset"),
        ("end", pa.int64(), "end offset"),
        ("value", pa.float64(), "of a sum, in units of currency"),
        ("currency", pa.string(), "of a sum"),
        ("role", pa.string(), "of a sum: round, valuation, revenue …"),
        ("score", pa.float64(), "0 to 1"),
        ("extractor_version", pa.string(), "version of the extraction"),
    ],
    "runs": [
        ("run_id", pa.string(), "key of the crawl, the same for all its outlets"),
        ("started_at", _INSTANT, "instant at which the crawl began"),
        ("seconds", pa.float64(), "how long the crawl took"),
        ("outlet", pa.string(), "outlet's name, or the host of a site given by address"),
        ("bounded", pa.bool_(), "only a part was asked for: --since, --until or --max-articles"),
        ("found", pa.int64(), "addresses of articles found in its sources"),
        ("fetched", pa.int64(), "pages fetched as articles"),
        ("stored", pa.int64(), "new articles stored"),
        ("known", pa.int64(), "addresses not fetched, since their article is stored already"),
        ("duplicate", pa.int64(), "articles fetched that are stored already, under another address"),
        ("not_article", pa.int64(), "pages fetched that are no article"),
        ("failed", pa.int64(), "pages that could not be fetched, read or stored"),
        ("causes", pa.list_(_CAUSE), "why pages and sources failed, and how often"),
        ("rounds", pa.int64(), "funding rounds found in the articles stored"),
        ("requests", pa.int64(), "requests sent, retries and redirects with them, robots.txt without"),
        ("bytes", pa.int64(), "bytes of bodies received, as they were sent"),
        ("saved_requests", pa.int64(), "requests answered 304, not modified"),
        ("sources_ok", pa.int64(), "feeds, sitemaps and listing pages read"),
        ("sources_failed", pa.int64(), "feeds, sitemaps and listing pages that could not be"),
        ("with_date", pa.int64(), "articles stored that have a date of publication"),
        ("with_author", pa.int64(), "articles stored that name an author"),
        ("with_text_median", pa.int64(), "median length in characters of the texts stored, null where there is none"),
        ("warning", pa.string(), "what is far less than the outlet's own history says, null where nothing is"),
        ("error", pa.string(), "what kept the crawl itself from its end, null where nothing did"),
        ("exit_code", pa.int64(), "of the whole crawl"),
        ("version", pa.string(), "version of tourdetable"),
    ],
}


def schema_of(table: str) -> pa.Schema:
    """Give the schema of a table; the meaning of a column is in its field's metadata under ``doc``.

    >>> schema_of("rounds").field("amount").metadata[b"doc"].decode()
    'whole units of currency, null where undisclosed'
    """
    fields = [pa.field(name, kind, metadata={"doc": meaning}) for name, kind, meaning in _COLUMNS[table]]
    return pa.schema(fields, metadata={"tourdetable.schema_version": str(SCHEMA_VERSION)})


def partition_schema() -> pa.Schema:
    """Give the schema of the Hive partitions: ``month=YYYY-MM``."""
    return pa.schema([("month", pa.string())])
