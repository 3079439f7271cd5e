"""One article, now: from an address, a file or standard input to its :class:`extract.records.Extraction`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.items import Article
from tourdetable.arguments import web_address
from tourdetable.exits import CommandError, Exit

if TYPE_CHECKING:
    from extract import Extractor
    from extract.records import Extraction

MAX_BYTES = 16 * 2**20
"""Largest file read, the same bound as for a page fetched."""

_TITLE_LIMIT = 250
_HTML_SIGNS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<article", b"<div", b"<h1", b"<p>")
_NOT_ARTICLE = {
    "consent": "the site shows a wall of consent in its place: save the page from a browser and give the file",
    "error": "it is an error page: check the address",
    "listing": "it is a listing: give one of the articles it leads to",
    "video": "it is a video with hardly any text beside it",
}
"""What a page is that is no article, by its kind, and what to do."""
_NOT_ARTICLE |= dict.fromkeys(("article", "live", "other"), "give an article's page, not a listing")
_BINARY_SIGNS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or office document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "gzip data",
}
_CAUSES = {
    "dns": "host not found: check the address",
    "refused": "the connection was refused: check the address and the port",
    "robots": "the site's robots.txt forbids this page: save it in a browser and give the file",
    "timeout": "no answer in time: try again later",
    "tls": "the site's certificate is not valid: check the address",
    "retry-after": "the site asks to be left alone for now: try again later",
    "not-html": "not an HTML page: give an article's address",
    "too-large": "the page is too large: save it in a browser and give the file",
}


@cache
def _extractor() -> Extractor:
    from extract import Extractor

    return Extractor()


def extract(article: Mapping[str, Any] | object | str) -> Extraction:
    """Extract one article: a mapping or object with ``title`` and ``text``, or an address or path as a string.

    The model is loaded at the first call and kept.

    Raises:
        CommandError: the address or file gives no article; the message says why in one line.
        extract.ArticleError: the mapping's values are of a wrong type.
    """
    if isinstance(article, str):
        article = read_article(article)
    return _extractor().extract(article)


def read_article(source: str) -> Article:
    """Give the article at an ``http(s)`` address, in an ``.html`` or text file, or on standard input (``-``).

    Raises:
        CommandError: nothing usable there; one line says what, where and what to do.
    """
    if "://" in source:
        return fetch_article(web_address(source))
    if source == "-":
        return article_of_bytes(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    return article_of_bytes(_read_file(Path(source)), source)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise CommandError(f"{path}: no such file; give an address, an .html or .txt file, or -", Exit.USAGE) from None
    except IsADirectoryError:
        raise CommandError(f"{path}: a folder; give one file of it", Exit.USAGE) from None
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}") from None


def article_of_bytes(content: bytes, where: str) -> Article:
    """Make an article of a page's or a text's bytes; ``where`` names them in errors.

    The first line of a plain text is its title if it stands apart and does not end like a sentence.
    """
    if len(content) > MAX_BYTES:
        raise CommandError(f"{where}: larger than {MAX_BYTES // 2**20} MiB; give the article alone")
    if not content.strip():
        raise CommandError(f"{where}: empty; give the article's page or its text")
    if any(sign in content[:4096].lower() for sign in _HTML_SIGNS):
        return _html_article(content, where)
    if refusal := refusal_of(content):
        raise CommandError(f"{where}: {refusal}; give the article's page or its text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{where}: not UTF-8 (byte {error.start}); convert it with iconv -f WINDOWS-1252 -t UTF-8"
        ) from None
    title, body = split_title(text)
    return Article(url=_file_url(where), outlet="", title=title, text=body, canonical_url=_content_urn(content))


def refusal_of(content: bytes) -> str | None:
    """Say what the start of a file shows it to be that cannot be read, if it does.

    >>> refusal_of(b"%PDF-1.7"), refusal_of("Alpha lève 3 M€".encode())
    ('a PDF, not text', None)
    """
    for sign, what in _BINARY_SIGNS.items():
        if content.startswith(sign):
            return f"{what}, not text"
    return "binary data, not text" if b"\x00" in content[:4096] else None


def _html_article(content: bytes, where: str) -> Article:
    from crawler.page import Page

    page = Page(content, _file_url(where))
    article = page.article()
    if article is None:
        raise CommandError(f"{where}: no article found on this page; {_NOT_ARTICLE[page.kind]}")
    return article


def _content_urn(content: bytes) -> str:
    """Give what has no address of its own a stable one, so that its record's id is stable too."""
    return f"urn:sha256:{hashlib.sha256(content).hexdigest()}"


def _file_url(where: str) -> str:
    path = Path(where)
    return path.absolute().as_uri() if path.exists() else ""


def split_title(text: str) -> tuple[str, str]:
    r"""Part a plain text into its title, empty if it has none, and its body.

    >>> split_title("Alpha lève 3 M€\n\nLa jeune pousse grandit.")
    ('Alpha lève 3 M€', 'La jeune pousse grandit.')
    >>> split_title("Alpha grandit. Elle lève 3 M€.")
    ('', 'Alpha grandit. Elle lève 3 M€.')
    """
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    if not rest.strip() or len(first) > _TITLE_LIMIT or first.endswith((".", ",", ";", ":")):
        return "", text.strip()
    return first, rest.strip()


def fetch_article(url: str) -> Article:
    """Fetch one page politely (robots.txt, TLS, size and time limits as in a crawl) and read it."""
    from crawler.spiders.single import SingleSpider
    from tourdetable.crawling import error_of, run_spider

    found: list[Article] = []
    overrides = {
        "ITEM_PIPELINES": {},
        "SPIDER_MIDDLEWARES": {},
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "CRITICAL",
        "RETRY_TIMES": 1,
    }
    stats, signum = run_spider(SingleSpider, overrides, on_item=lambda item: found.append(item), urls=url)
    if signum is not None:
        raise CommandError(f"{url}: interrupted", 128 + signum)
    if found:
        return found[0]
    if error := error_of(stats):
        raise CommandError(f"{url}: {error}")
    causes = [key.rpartition("/failed/")[2] for key in stats if "/failed/" in key]
    if not causes:
        kinds = [key.rpartition("/not_article/")[2] for key in stats if "/not_article/" in key]
        raise CommandError(f"{url}: no article found on this page; {_NOT_ARTICLE[kinds[0] if kinds else 'other']}")
    status = causes[0].removeprefix("http-")
    reason = (
        f"the site answered {status}: check the address"
        if status.isdigit()
        else _CAUSES.get(causes[0], "could not be fetched")
    )
    raise CommandError(f"{url}: {reason}")
