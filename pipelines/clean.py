"""First step: text in one normal form, and nothing without title or text goes on."""

from __future__ import annotations

import re
import unicodedata

from scrapy.exceptions import DropItem

from crawler.items import Article

_BREAK_SIGNS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls but tab, line feed and the two below
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen, joints and gaps without width
    "\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # direction marks
)
_SPACES = re.compile("[ \t\x0b\x0c]+")
_EDGES = re.compile(" ?\n ?")
_BREAKS = re.compile(r"\n\s*\n\s*")
_GAPS = re.compile(r"\s{2,}|[\t\n]")


def clean_text(text: str) -> str:
    r"""Give a text in Unicode NFC without control and invisible characters, paragraphs parted by one blank line.

    Spaces that do not break (*1 500*) stay what they are: French sums need them.

    >>> clean_text("Cafe\u0301\x00  noir\n\n\n  Suite")
    'Café noir\n\nSuite'
    """
    # Invisible characters go first: one of them may stand between a letter and its accent.
    text = _INVISIBLE.sub("", _BREAK_SIGNS.sub("\n", _storable(text)))
    text = _EDGES.sub("\n", _SPACES.sub(" ", unicodedata.normalize("NFC", text)))
    return _BREAKS.sub("\n\n", text).strip()


def clean_line(text: str) -> str:
    r"""Give a text on one line, its gaps one space wide.

    Extraction counts offsets in a title whose gaps are one space wide: a wider one would shift them.

    >>> clean_line("Alpha \u00a0 lève\n3\u00a0M€")
    'Alpha lève 3\xa0M€'
    """
    return _GAPS.sub(" ", clean_text(text)).strip()


def _storable(text: str) -> str:
    """Join halves of characters (JSON escapes them one by one) and replace one that is alone: it cannot be stored."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class CleanPipeline:
    """Cleans what is text in an article: title, chapeau, body, authors, tags, section."""

    def process_item(self, item: Article) -> Article:
        """Clean one article.

        Raises:
            DropItem: it has no title or no text.
        """
        item.url, item.canonical_url = _storable(item.url), _storable(item.canonical_url)
        item.title, item.text = clean_line(item.title), clean_text(item.text)
        item.chapeau = clean_line(item.chapeau)
        item.authors = [name for name in map(clean_line, item.authors) if name]
        item.tags = [tag for tag in map(clean_line, item.tags) if tag]
        item.section = clean_line(item.section or "") or None
        item.language = clean_line(item.language or "") or None
        item.image = clean_line(item.image or "") or None
        if not item.title or not item.text:
            raise DropItem(f"{item.url}: no {'title' if item.text else 'text'}")
        return item
