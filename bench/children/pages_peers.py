"""Pages → articles with a peer: FILE REPEATS NAME."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable
from typing import Any

from common import read_lines, read_pages

Reader = Callable[[str, str], Any]


def trafilatura(*, fast: bool) -> Reader:
    """Trafilatura: text, title, author, date."""
    from trafilatura import bare_extraction

    def read(html: str, url: str) -> Any:
        found = bare_extraction(html, url=url, with_metadata=True, fast=fast)
        return found and found.text

    return read


def resiliparse() -> Reader:
    """Resiliparse: text alone."""
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html, _: extract_plain_text(html, main_content=True)


def readability() -> Reader:
    """Readability: the body as HTML, and the title."""
    from lxml.html import fromstring
    from readability import Document

    def read(html: str, _: str) -> Any:
        document = Document(html)
        body, _title = document.summary(html_partial=True), document.title()
        return fromstring(body).text_content()

    return read


def newspaper() -> Reader:
    """Newspaper4k: text, title, authors, date, image."""
    from newspaper import Article

    def read(html: str, url: str) -> Any:
        article = Article(url, language="fr", fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return article.text

    return read


def newsplease() -> Reader:
    """news-please: the same, by several readers that it compares."""
    from newsplease import NewsPlease

    return lambda html, url: NewsPlease.from_html(html, url, fetch_images=False).maintext


READERS: dict[str, Callable[[], Reader]] = {
    "trafilatura": lambda: trafilatura(fast=False),
    "trafilatura, fast": lambda: trafilatura(fast=True),
    "resiliparse": resiliparse,
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "news-please": newsplease,
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    read_pages(READERS[sys.argv[3]](), read_lines(sys.argv[1]), int(sys.argv[2]))
