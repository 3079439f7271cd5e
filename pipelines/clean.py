"""First step: text in one normal form, and nothing without title or text goes on."""

from __future__ import annotations

import re
import unicodedata

from scrapy.exceptions import DropItem

from crawler.items import Article

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"[ \t]+")
_BREAKS = re.compile(r"\n\s*\n\s*")


def clean_text(text: str) -> str:
    r"""Give a text in Unicode NFC without control and invisible characters, paragraphs parted by one blank line.

    Spaces that do not break (*1 500*) stay what they are: French sums need them.

    >>> clean_text("Cafe\u0301\x00  noir\n\n\n  Suite")
    'Café noir\n\nSuite'
    """
    text = _CONTROLS.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored
    return _BREAKS.sub("\n\n", _SPACES.sub(" ", text)).strip()


def clean_line(text: str) -> str:
    """Give a text on one line."""
    return " ".join(clean_text(text).split("\n")).strip()


class CleanPipeline:
    """Cleans title, chapeau, text, authors and tags of an article."""

    def process_item(self, item: Article) -> Article:
        """Clean one article.

        Raises:
            DropItem: it has no title or no text.
        """
        item.title, item.text = clean_line(item.title), clean_text(item.text)
        item.chapeau = clean_line(item.chapeau)
        item.authors = [name for name in map(clean_line, item.authors) if name]
        item.tags = [tag for tag in map(clean_line, item.tags) if tag]
        if not item.title or not item.text:
            raise DropItem(f"{item.url}: no {'title' if item.text else 'text'}")
        return item
