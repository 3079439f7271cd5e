"""Bytes to a tree: charset by HTTP header, byte order mark and meta, and bounds against hostile pages."""

from __future__ import annotations

import re

from lxml import html as lxml_html
from lxml.etree import LxmlError
from selectolax.lexbor import LexborDocumentOptions
from selectolax.lexbor import LexborHTMLParser as Tree
from selectolax.lexbor import LexborNode as Node
from w3lib.encoding import html_to_unicode

__all__ = ["Node", "Tree", "parse_tree", "select", "text_of"]

MAX_CHARACTERS = 4_000_000
"""A page longer than this is cut before it is parsed."""
_MANY_TAGS = 20_000
"""No press page has as many. Lexbor's time grows with the square of the depth: what has more is levelled first."""
_LONG_TAG = 20_000
"""Characters; a tag as long as this is looked at, for time also grows with the square of the attributes."""
_MANY_ATTRIBUTES = 500
_CONTROLS = bytes(32 if (n < 32 and n not in (9, 10, 12, 13)) or n == 127 else n for n in range(256))
_WITHOUT_EVENTS = LexborDocumentOptions.WO_EVENTS
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_QUOTED = re.compile(r"=\s*(?:\"[^\"]*\"|'[^']*')")
_NAME = re.compile(r"/?[a-zA-Z][\w:-]{0,40}")


def parse_tree(html: str | bytes, content_type: str = "") -> Tree | None:
    """Parse a page as browsers do (WHATWG), None where there is nothing in it; never raises."""
    if isinstance(html, bytes):
        # The web's rule (WHATWG): header, mark, meta; then the French press's old habit.
        html = html_to_unicode(
            content_type or None, html[: 4 * MAX_CHARACTERS], default_encoding="utf-8", auto_detect_fun=_guess
        )[1]
    text = _DECLARATION.sub("", html[:MAX_CHARACTERS])
    if "<" not in text:
        return None
    if text.count("<") > _MANY_TAGS:
        text = _levelled(text)
    pieces = text.split("<")
    if len(max(pieces, key=len)) > _LONG_TAG:
        text = "<".join([piece if len(piece) <= _LONG_TAG else _bounded(piece) for piece in pieces])
    return Tree(text.encode("utf-8", "replace").translate(_CONTROLS), options=_WITHOUT_EVENTS) if text else None


def _levelled(text: str) -> str:
    """Give the page with no more than 256 elements in one another: libxml2 refuses to go deeper, in linear time."""
    try:
        tree = lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(huge_tree=False, remove_comments=True))
        return str(lxml_html.tostring(tree, encoding="unicode"))
    except (LxmlError, ValueError, RecursionError, AssertionError):
        return ""


def _bounded(piece: str) -> str:
    """Take the attributes off a tag that has hundreds of them; one long one, a state of some script, is left."""
    end, name = piece.find(">"), _NAME.match(piece)
    if name is None or (0 <= end <= _LONG_TAG and '"' not in piece[:end] and "'" not in piece[:end]):
        return piece  # a script's or a paragraph's text is long, not its tag
    tag, closed, behind = _QUOTED.sub("=", piece).partition(">")
    return piece if len(tag.split()) < _MANY_ATTRIBUTES else name[0] + closed + behind


def _guess(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def text_of(node: Node | None) -> str:
    """Give the text of an element on one line."""
    return " ".join(node.text().split()) if node is not None else ""


def select(tree: Tree, selector: str) -> list[Node]:
    """Give the elements that a CSS selector picks."""
    return tree.css(selector)
