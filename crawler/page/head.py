"""What a page declares of itself: meta tags, links, and the objects of its JSON-LD, read in one pass each."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.page.jsonld import article_of, objects_of
from crawler.page.tree import Tree

_FEEDS = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml"))
_MAX_DECLARATIONS = 5_000


@dataclass(slots=True)
class Head:
    """A page's declarations; names of meta tags are in lower case, the first of a name counts."""

    metas: Mapping[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    """``article:tag``, which may come many times."""
    authors: list[str] = field(default_factory=list)
    title: str = ""
    """``<title>``."""
    lang: str = ""
    """The ``lang`` of ``<html>``."""
    canonical: str | None = None
    base: str | None = None
    feeds: list[str] = field(default_factory=list)
    article: Mapping[str, Any] = field(default_factory=dict)
    """The JSON-LD object that describes the article, empty if there is none."""
    types: frozenset[str] = frozenset()
    """Types of all objects at the top of the page's JSON-LD."""


def read_head(tree: Tree) -> Head:
    """Read a page's declarations, wherever in the page they stand."""
    found: dict[str, str] = {}
    head = Head(metas=found)
    scripts = []
    for node in tree.css("meta[content], link[href], title, base[href], script[type]")[:_MAX_DECLARATIONS]:
        tag, attributes = node.tag, node.attributes
        if tag == "meta":
            _read_meta(head, found, attributes)
        elif tag == "link":
            _read_link(head, attributes)
        elif tag == "script":
            if "ld+json" in (attributes.get("type") or "").lower():
                scripts.append(node.text())
        elif tag == "title":
            head.title = head.title or clean(node.text())  # a drawing has titles too, but further down
        elif head.base is None:
            head.base = attributes.get("href")
    head.lang = (tree.root.attributes.get("lang") or "") if tree.root is not None else ""
    head.article, head.types = article_of(list(objects_of(scripts)))
    return head


_AUTHORS = frozenset(("author", "article:author", "dc.creator", "dcterms.creator", "sailthru.author", "parsely-author"))


def _read_meta(head: Head, found: dict[str, str], attributes: Mapping[str, str | None]) -> None:
    name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
    name = (name or attributes.get("http-equiv") or "").lower()
    if not name or (name in found and name != "article:tag" and name not in _AUTHORS):
        return
    content = clean(attributes.get("content"))
    if name == "article:tag":
        head.tags.append(content)
    elif name in _AUTHORS:
        head.authors.append(content)
    found.setdefault(name, content)


def _read_link(head: Head, attributes: Mapping[str, str | None]) -> None:
    href = attributes.get("href") or ""
    if (attributes.get("rel") or "").lower() == "canonical" and head.canonical is None:
        head.canonical = href
    elif (attributes.get("type") or "").lower() in _FEEDS:
        head.feeds.append(href)


def clean(text: object) -> str:
    """Give a declared string in one line, entities decoded (some are encoded twice), no markup, nothing but Unicode."""
    if not isinstance(text, str):
        return ""
    text = text.encode("utf-8", "ignore").decode()  # JSON can hold halves of surrogate pairs, which nothing can store
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = re.sub(r"<[a-zA-Z/][^>]{0,200}>", " ", text)
    return " ".join(text.split())
