"""JSON-LD (schema.org): find the one object that describes the article, in whatever shape it comes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

ARTICLE_TYPES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle BackgroundNewsArticle OpinionNewsArticle "
    "ReviewNewsArticle AskPublicNewsArticle TechArticle BlogPosting LiveBlogPosting SocialMediaPosting Report "
    "ScholarlyArticle AdvertiserContentArticle SatiricalArticle Review".split()
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_CONTROL = re.compile(r"\\(?![\"\\/bfnrtu])")
_MAX_OBJECTS = 500


def article_of(objects: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], frozenset[str]]:
    """Give the page's article object, empty if it has none, and the types of all objects.

    Among several articles the one with most to say of itself is the page's; what it leaves out and its twins say
    (some outlets give one for search engines and one for a reader's application) is taken from them.
    """
    types = frozenset(name for item in objects for name in types_of(item))
    found = [item for item in objects if types_of(item) & ARTICLE_TYPES]
    if not found:
        return {}, types
    best = max(found, key=lambda item: sum(bool(item.get(name)) for name in _TELLING))
    twins = [item for item in found if item.get("headline") == best.get("headline")]
    merged = {name: value for item in [*twins, best] for name, value in item.items() if value not in _NOTHING}
    return merged, types


_NOTHING: tuple[object, ...] = (None, "", [], {})
_TELLING = ("headline", "datePublished", "author", "articleBody", "description")


def types_of(item: dict[str, Any]) -> set[str]:
    """Give the types of an object, without their vocabulary's prefix."""
    types = item.get("@type")
    names = types if isinstance(types, list) else [types]
    return {str(name).rpartition("/")[2].rpartition(":")[2] for name in names if name}


def objects_of(scripts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Give the objects of a page's scripts that may be the article's: the top ones, not those of lists within."""
    budget = [_MAX_OBJECTS]
    for script in scripts:
        yield from _walk(_load(script), budget)


def _load(text: str) -> Any:
    """Parse JSON as strictly as it lets us: line breaks in strings, stray backslashes and commas are common."""
    text = text.strip().removeprefix("<!--").removeprefix("//<![CDATA[").strip()
    text = text.removesuffix("-->").removesuffix("//]]>").strip().rstrip(";")
    for mend in (lambda t: t, lambda t: _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(r"\\\\", t))):
        try:
            return json.loads(mend(text), strict=False)
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
            stack.extend(item[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in item)
