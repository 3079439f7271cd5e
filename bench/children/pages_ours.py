"""Pages → articles with the project's reader: FILE REPEATS."""

from __future__ import annotations

import sys

from common import read_lines, read_pages

from crawler.page import parse_article


def read(html: str, url: str) -> str | None:
    """Give the body of a page."""
    article = parse_article(html, url)
    return article.text if article else None


read_pages(read, read_lines(sys.argv[1]), int(sys.argv[2]))
