"""JSON-LD (schema.org): find the one object that describes the article, in whatever shape it comes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from crawler.page.tree import Tree

ARTICLE_TYPES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle BackgroundNewsArticle OpinionNewsArticle "
    "ReviewNewsArticle AskPublicNewsArticle TechArticle BlogPosting LiveBlogPosting SocialMediaPosting Report "
    "ScholarlyArticle AdvertiserContentArticle SatiricalArticle Review".split()
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_MAX_OBJECTS = 500


def article_of(tree: Tree) -> dict[str, Any]:
    """Give the page's article object, empty if it has none; among several the one with most to say of an article."""
    found = [item for item in _objects(tree) if types_of(item) & ARTICLE_TYPES]
    return max(
        found,
        key=lambda item: sum(bool(item.get(name)) for name in ("headline", "datePublished", "author", "articleBody")),
        default={},
    )


def types_of(item: dict[str, Any]) -> set[str]:
    """Give the types of an object, without their vocabulary's prefix."""
    types = item.get("@type")
    names = types if isinstance(types, list) else [types]
    return {str(name).rpartition("/")[2].rpartition(":")[2] for name in names if name}


def _objects(tree: Tree) -> Iterator[dict[str, Any]]:
    for script in tree.iterfind(".//script[@type]"):
        if "ld+json" in (script.get("type") or "").lower():
            parsed = _load(script.text_content())
            yield from _walk(parsed, [_MAX_OBJECTS])


def _load(text: str) -> Any:
    """Parse JSON as strictly as it lets us: line breaks within strings and trailing commas are common."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any, budget: list[int]) -> Iterator[dict[str, Any]]:
    """Give the objects at the top, in arrays, under ``@graph`` and ``mainEntity``; deeper ones are other articles."""
    stack = [value]
    while stack and budget[0] > 0:
        item = stack.pop()
        budget[0] -= 1
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            yield item
            stack.extend(item[name] for name in ("@graph", "mainEntity") if name in item)
