"""Title, authors, dates and the rest: JSON-LD first, then OpenGraph and meta, microdata, and what the page shows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.page.authors import authors_in, clean_authors
from crawler.page.dates import find_instant, read_instant
from crawler.page.tree import Tree, select, text_of

_SEPARATOR = re.compile(r"\s+[|–—·»:-]\s+")
_MAX_TITLE = 400
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "publish-date",
    "parsely-pub-date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified")


@dataclass(slots=True)
class Metadata:
    """What a page says of its article besides the body."""

    title: str = ""
    chapeau: str = ""
    authors: list[str] = field(default_factory=list)
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    image: str | None = None
    canonical: str | None = None
    kind: str = ""
    """``og:type``."""


def read_metadata(
    tree: Tree, linked: Mapping[str, Any], url: str, *, timezone: str, selectors: Mapping[str, str]
) -> Metadata:
    """Read the metadata of a page; ``linked`` is its JSON-LD article, ``selectors`` the outlet's own."""
    meta = _meta_tags(tree)
    published, modified = _dates(tree, linked, meta, timezone, selectors)
    return Metadata(
        title=_title(tree, linked, meta, selectors),
        chapeau=_chapeau(tree, linked, meta, selectors),
        authors=_authors(tree, linked, meta, selectors),
        published=published,
        modified=modified,
        language=_language(tree, linked, meta),
        section=_first(_strings(linked.get("articleSection")), meta.get("article:section")),
        tags=_tags(tree, linked, meta),
        image=_first(_image(linked.get("image")), meta.get("og:image")),
        canonical=_canonical(tree, meta),
        kind=meta.get("og:type", "").lower(),
    )


def clean(text: object) -> str:
    """Give a metadata string in one line, entities decoded (some are encoded twice), no markup, nothing but Unicode."""
    if not isinstance(text, str):
        return ""
    # JSON can hold halves of surrogate pairs, which nothing can store.
    decoded = html.unescape(html.unescape(text)).encode("utf-8", "ignore").decode()
    return " ".join(re.sub(r"<[a-zA-Z/][^>]{0,200}>", " ", decoded).split())


def _meta_tags(tree: Tree) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iterfind(".//meta[@content]"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        if name:
            found.setdefault(name, clean(element.get("content")))
    return found


def _title(tree: Tree, linked: Mapping[str, Any], meta: Mapping[str, str], selectors: Mapping[str, str]) -> str:
    if "title" in selectors and (chosen := _selected(tree, selectors["title"])):
        return chosen[:_MAX_TITLE]
    headline = clean(linked.get("headline")) or clean(linked.get("name"))
    shown = [text for text in map(text_of, tree.iterfind(".//h1")) if text]
    og, tag = meta.get("og:title", ""), clean(tree.findtext(".//title") or "")
    told = headline or og or tag
    for heading in shown:
        # A declared title may be cut (schema.org asks for 110 characters) or dressed up for search; readers see the h1.
        if _same_start(heading, told) or (len(shown) == 1 and _tells_the_same(heading, told)):
            return heading[:_MAX_TITLE]
    if not told and shown:
        return shown[0][:_MAX_TITLE]
    return _without_site(told, meta.get("og:site_name", ""))[:_MAX_TITLE]


def _same_start(shown: str, told: str) -> bool:
    a, b = _bare(shown), _bare(told.rstrip("….")).rstrip()
    return bool(b) and (a.startswith(b[:100]) or (b.startswith(a[:100]) and len(a) > 20))


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def _tells_the_same(shown: str, told: str) -> bool:
    """Tell whether two titles share many words; the site's own name, often a heading too, has too few."""
    one, two = set(_bare(shown).split()), set(_bare(told).split())
    return len(one) > 2 and len(one & two) >= 0.4 * min(len(one), len(two))


def _without_site(title: str, site: str) -> str:
    parts = _SEPARATOR.split(title)
    if len(parts) > 1 and (
        (site and _bare(parts[-1]) == _bare(site)) or len(parts[-1].split()) <= 3 < len(parts[0].split())
    ):
        return title[: title.rfind(parts[-1])].rstrip(" |–—·»:-")
    return title


def _chapeau(tree: Tree, linked: Mapping[str, Any], meta: Mapping[str, str], selectors: Mapping[str, str]) -> str:
    if "chapeau" in selectors and (chosen := _selected(tree, selectors["chapeau"])):
        return chosen
    return _first([clean(linked.get("description"))], meta.get("og:description"), meta.get("description")) or ""


def _authors(tree: Tree, linked: Mapping[str, Any], meta: Mapping[str, str], selectors: Mapping[str, str]) -> list[str]:
    if "authors" in selectors:
        return clean_authors(text_of(element) for element in select(tree, selectors["authors"]))
    declared = clean_authors(_names(linked.get("author")))
    shown = authors_in(tree)
    if declared:
        # Co-authors are often missing from JSON-LD: believe the byline where it holds the declared ones and more.
        return shown if set(declared) < set(shown) and len(shown) <= 4 else declared
    told = clean_authors([meta.get("author", ""), meta.get("article:author", ""), meta.get("dc.creator", "")])
    return shown or told


def _names(author: Any) -> Iterable[str]:
    for item in author if isinstance(author, list) else [author]:
        if isinstance(item, str):
            yield clean(item)
        elif isinstance(item, dict):
            name = item.get("name")
            yield from (clean(part) for part in (name if isinstance(name, list) else [name]))


def _dates(
    tree: Tree, linked: Mapping[str, Any], meta: Mapping[str, str], timezone: str, selectors: Mapping[str, str]
) -> tuple[datetime | None, datetime | None]:
    published = None
    if "published" in selectors:
        for element in select(tree, selectors["published"]):
            published = published or read_instant(element.get("datetime") or text_of(element), timezone)
    told = (linked.get("datePublished"), *(meta.get(name) for name in _PUBLISHED), linked.get("dateCreated"))
    for value in told:
        published = published or read_instant(value, timezone)
    changed = (linked.get("dateModified"), *(meta.get(name) for name in _MODIFIED))
    modified = next((instant for value in changed if (instant := read_instant(value, timezone))), None)
    published = published or _shown_date(tree, timezone)
    if published and modified and modified < published:
        modified = None  # some outlets give the file's date
    return published, modified


def _shown_date(tree: Tree, timezone: str) -> datetime | None:
    for element in (
        *tree.iterfind(".//*[@itemprop='datePublished']"),
        *tree.iterfind(".//article//time"),
        *tree.iterfind(".//time"),
    ):
        if found := read_instant(element.get("datetime") or element.get("content") or text_of(element), timezone):
            return found
    heading = tree.find(".//h1")
    if heading is None:
        return None
    for element in _around(heading):
        if found := find_instant(element, timezone):
            return found
    return None


def _around(heading: Tree) -> Iterable[str]:
    """Give the short texts near the headline, where the press prints its dates."""
    for element in heading.itersiblings():
        yield text_of(element)[:300]
    for level, parent in enumerate(heading.iterancestors()):
        if level > 2:
            break
        yield (heading.tail or "")[:200]
        for element in parent.itersiblings():
            yield text_of(element)[:300]


def _language(tree: Tree, linked: Mapping[str, Any], meta: Mapping[str, str]) -> str | None:
    for value in (
        tree.get("lang"),
        _first(_strings(linked.get("inLanguage"))),
        meta.get("og:locale"),
        meta.get("content-language"),
    ):
        if value and re.match(r"[a-zA-Z]{2}(?:[-_]|$)", value):
            return str(value)[:2].lower()
    return None


def _tags(tree: Tree, linked: Mapping[str, Any], meta: Mapping[str, str]) -> list[str]:
    told = _strings(linked.get("keywords")) or [
        clean(e.get("content")) for e in tree.iterfind(".//meta[@property='article:tag']")
    ]
    told = told or _strings(meta.get("news_keywords") or meta.get("keywords"))
    parts = (part.strip() for text in told for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part and len(part) < 80))[:40]


def _canonical(tree: Tree, meta: Mapping[str, str]) -> str | None:
    for link in tree.iterfind(".//link[@rel]"):
        if link.get("rel", "").lower() == "canonical" and link.get("href"):
            return str(link.get("href"))
    return meta.get("og:url")


def _image(value: Any) -> list[str]:
    item = value[0] if isinstance(value, list) and value else value
    return _strings(item.get("url") if isinstance(item, dict) else item)


def _strings(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for text in map(clean, items) if text]


def _first(*values: Any) -> str | None:
    for value in values:
        found = (value[0] if value else None) if isinstance(value, list) else value
        if found:
            return str(found)
    return None


def _selected(tree: Tree, selector: str) -> str:
    return next((text for text in map(text_of, select(tree, selector)) if text), "")
