"""Feeds a coverage-guided fuzzer (atheris, libFuzzer) with pages: nothing may raise, hang or be unfit to store.

Run by ``make fuzz``; the bundled newspaper's pages are the seeds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crawler.page"]):
    from crawler.page import Page

from tourdetable.newspaper import load_articles
from tourdetable.newspaper.articles import Site
from tourdetable.newspaper.site import site_pages


def read(content: bytes) -> None:
    """Read one page as the crawler does."""
    page = Page(content, "https://www.exemple.fr/startups/orvalie-leve-12-millions")
    article = page.article()
    list(page.links())
    page.feeds()
    if article is not None:
        for text in (article.title, article.text, article.chapeau, *article.authors, *article.tags):
            text.encode()


def main() -> None:
    """Fuzz from the newspaper's pages; further arguments are libFuzzer's (``-max_total_time=600``)."""
    with tempfile.TemporaryDirectory() as seeds:
        for number, (kind, content) in enumerate(
            site_pages(load_articles(), Site("http://127.0.0.1:8642", "Le Petit Tour")).values()
        ):
            if kind.startswith("text/html") and number % 5 == 0:
                (Path(seeds) / str(number)).write_bytes(content)
        atheris.Setup([*sys.argv, "-max_len=20000", "-timeout=10", seeds], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
