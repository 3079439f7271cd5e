"""Title, authors, dates and the rest: JSON-LD first, then OpenGraph and meta, microdata, and what the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.page.authors import shown_authors, signed_by
from crawler.page.body import bare, headline_of
from crawler.page.dates import publication_of
from crawler.page.head import Head, clean
from crawler.page.outline import Block, Outline
from crawler.page.tree import Tree, select, text_of

_SEPARATOR = re.compile(r"\s+[|–—·»:-]\s+")
_MAX_TITLE = 400


@dataclass(slots=True)
class Metadata:
    """What a page says of its article besides the body."""

    title: str = ""
    chapeau: str = ""
    authors: list[str] = field(default_factory=list)
    published: datetime | None = None
    modified: datetime | None = None
    is_dated: bool = False
    """Whether the page declares its date, and does not only show one."""
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    image: str | None = None
    headline: Block | None = None
    """The block that shows the title."""


def read_metadata(
    tree: Tree, head: Head, outline: Outline, url: str, *, timezone: str, selectors: Mapping[str, str]
) -> Metadata:
    """Read the metadata of a page; ``selectors`` are the outlet's own, ``timezone`` that of dates without one."""
    title = _title(tree, head, selectors)
    headline = headline_of(outline, title)
    published, modified, declared = publication_of(
        tree, head, outline, headline, url, timezone=timezone, selectors=selectors
    )
    return Metadata(
        title=title,
        chapeau=_chapeau(tree, head, selectors),
        authors=_authors(tree, head, outline, headline, selectors),
        published=published,
        modified=modified,
        is_dated=declared,
        section=next(_strings(head.article.get("articleSection")), None) or head.metas.get("article:section") or None,
        tags=_tags(head),
        image=_image(head.article.get("image")) or head.metas.get("og:image") or None,
        headline=headline,
    )


def _title(tree: Tree, head: Head, selectors: Mapping[str, str]) -> str:
    if "title" in selectors and (chosen := _selected(tree, selectors["title"])):
        return chosen[:_MAX_TITLE]
    declared = clean(head.article.get("headline")) or clean(head.article.get("name"))
    told = declared or head.metas.get("og:title") or head.title
    shown = [text for text in map(text_of, tree.css("h1")) if text]
    for heading in shown:
        # A declared title may be cut (schema.org asks for 110 characters) or dressed up for search; readers see the h1.
        if _same_start(heading, told) or (len(shown) == 1 and _tells_the_same(heading, told)):
            return heading[:_MAX_TITLE]
    if not told and shown:
        return shown[0][:_MAX_TITLE]
    return _without_site(told, head.metas.get("og:site_name", ""))[:_MAX_TITLE]


def _same_start(shown: str, told: str) -> bool:
    a, b = bare(shown), bare(told.rstrip("…."))
    return bool(b) and (a.startswith(b[:100]) or (b.startswith(a[:100]) and len(a) > 20))


def _tells_the_same(shown: str, told: str) -> bool:
    """Tell whether two titles share many words; the site's own name, often a heading too, has too few."""
    one, two = set(bare(shown).split()), set(bare(told).split())
    return len(one) > 2 and len(one & two) >= 0.4 * min(len(one), len(two))


def _without_site(title: str, site: str) -> str:
    parts = _SEPARATOR.split(title)
    while len(parts) > 1 and (
        (site and bare(parts[-1]) == bare(site)) or len(parts[-1].split()) <= 3 < len(parts[0].split())
    ):
        title = title[: title.rfind(parts.pop())].rstrip(" |–—·»:-")
    return title


def _chapeau(tree: Tree, head: Head, selectors: Mapping[str, str]) -> str:
    if "chapeau" in selectors and (chosen := _selected(tree, selectors["chapeau"])):
        return chosen
    described = clean(head.article.get("description"))
    return described or head.metas.get("og:description") or head.metas.get("description") or ""


def _authors(
    tree: Tree, head: Head, outline: Outline, headline: Block | None, selectors: Mapping[str, str]
) -> list[str]:
    if "authors" in selectors:
        return signed_by(text_of(element) for element in select(tree, selectors["authors"])).names
    declared = signed_by(_names(head.article.get("author")))
    told = signed_by(head.authors)
    shown = shown_authors(outline, headline)
    if declared.others and not declared.persons and _is_displayed(declared.others[0], outline):
        return declared.others  # a newsroom signs, whoever is named beside it
    for found in (declared, told, shown):
        if not found.persons:
            continue
        # Co-authors are often missing from what is declared: believe the byline that has the declared ones and more.
        if found.are_within(shown) and len(shown.persons) <= 5:
            return shown.persons
        return found.persons
    return declared.names or shown.names or told.names


def _is_displayed(name: str, outline: Outline) -> bool:
    return any(bare(text_of(mark.node)[:100]) == bare(name) for mark in outline.bylines[:50])


def _names(author: Any) -> Iterator[str]:
    for item in author if isinstance(author, list) else [author]:
        if isinstance(item, str):
            yield clean(item)
        elif isinstance(item, dict):
            name = item.get("name")
            yield from (clean(part) for part in (name if isinstance(name, list) else [name]))


def _tags(head: Head) -> list[str]:
    told = list(_strings(head.article.get("keywords"))) or head.tags
    told = told or list(_strings(head.metas.get("news_keywords") or head.metas.get("keywords")))
    parts = (part.strip() for text in told for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part and len(part) < 80))[:40]


def _image(value: Any) -> str | None:
    item = value[0] if isinstance(value, list) and value else value
    return next(_strings(item.get("url") if isinstance(item, dict) else item), None)


def _strings(value: Any) -> Iterator[str]:
    items = value if isinstance(value, list) else [value]
    yield from (text for text in map(clean, items) if text)


def _selected(tree: Tree, selector: str) -> str:
    return next((text for text in map(text_of, select(tree, selector)) if text), "")
