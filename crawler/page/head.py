"""What a page declares of itself: meta tags, links, and the objects of its JSON-LD, read in one pass each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.page.jsonld import article_of, objects_of
from crawler.page.tree import Tree

_FEEDS = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml"))
_MAX_META = 2_000


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
    for name, content in _metas(tree):
        if name == "article:tag":
            head.tags.append(clean(content))
        elif name in _AUTHORS:
            head.authors.append(clean(content))
        found.setdefault(name, clean(content))
    for link in tree.css("link[href]"):
        attributes = link.attributes
        rel, href = (attributes.get("rel") or "").lower(), attributes.get("href") or ""
        if rel == "canonical" and head.canonical is None:
            head.canonical = href
        elif (attributes.get("type") or "").lower() in _FEEDS:
            head.feeds.append(href)
    title, base = tree.css_first("title"), tree.css_first("base[href]")
    head.title = clean(title.text()) if title is not None else ""
    head.base = base.attributes.get("href") if base is not None else None
    head.lang = (tree.root.attributes.get("lang") or "") if tree.root is not None else ""
    linked = tree.css('script[type*="ld+json" i]')
    head.article, head.types = article_of(list(objects_of(script.text() for script in linked)))
    return head


_AUTHORS = frozenset(("author", "article:author", "dc.creator", "dcterms.creator", "sailthru.author", "parsely-author"))


def _metas(tree: Tree) -> Iterator[tuple[str, str]]:
    for element in tree.css("meta[content]")[:_MAX_META]:
        attributes = element.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        name = name or attributes.get("http-equiv")
        if name:
            yield name.lower(), attributes.get("content") or ""


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
