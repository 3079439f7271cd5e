"""Bytes to a tree: charset by HTTP header, byte order mark and meta, and bounds against hostile pages."""

from __future__ import annotations

import re
from typing import TypeAlias

from lxml import html as lxml_html
from lxml.etree import LxmlError
from w3lib.encoding import html_to_unicode

Tree: TypeAlias = lxml_html.HtmlElement

MAX_CHARACTERS = 4_000_000
"""A page longer than this is cut before it is parsed."""
MAX_ELEMENTS = 40_000
"""No press page has as many; finding the body of one that has would take minutes."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse_tree(html: str | bytes, content_type: str = "") -> Tree | None:
    """Parse a page, None where there is nothing in it or far too much; never raises."""
    if isinstance(html, bytes):
        # The web's rule (WHATWG): header, mark, meta; then the French press's old habit.
        html = html_to_unicode(
            content_type or None, html[: 4 * MAX_CHARACTERS], default_encoding="utf-8", auto_detect_fun=_guess
        )[1]
    text = _DECLARATION.sub("", _CONTROLS.sub(" ", html[:MAX_CHARACTERS]))
    if "<" not in text:
        return None
    try:
        tree = lxml_html.document_fromstring(
            text, parser=lxml_html.HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True)
        )
    except (LxmlError, ValueError, RecursionError, AssertionError):
        return None
    return tree if sum(1 for _ in tree.iter()) <= MAX_ELEMENTS else None


def _guess(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def text_of(element: Tree) -> str:
    """Give the text of an element on one line."""
    return " ".join(element.text_content().split())


def select(tree: Tree, selector: str) -> list[Tree]:
    """Give the elements that a CSS selector picks."""
    return list(tree.cssselect(selector))
