"""The newspaper's articles: written for the project, annotated like the gold articles (``corpus/GUIDE.md``)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Literal

Template = Literal["wordpress", "opengraph", "microdata", "bare", "paywalled"]
SECTIONS = {"startups": "Start-up", "business": "Business", "tech": "Tech"}

HEADING, ITEM = "## ", "- "
"""How a paragraph begins that is a subheading, and one that is an item of a list."""


@dataclass(frozen=True, slots=True)
class Site:
    """A newspaper's site: its address without trailing slash, and its name."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class PaperArticle:
    """One article as the newspaper prints it; ``gold`` is its annotation."""

    slug: str
    section: str
    title: str
    chapeau: str
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime
    template: Template
    gold: dict[str, Any]

    @property
    def path(self) -> str:
        """Path of its page."""
        return f"/{self.section}/{self.slug}/"

    @property
    def shown(self) -> tuple[str, ...]:
        """Give the paragraphs that its page shows: a paywalled one stops after the first third."""
        if self.template != "paywalled":
            return self.paragraphs
        return self.paragraphs[: max(1, len(self.paragraphs) // 3)]

    @property
    def hidden(self) -> int:
        """Give the share of the text that its page keeps for subscribers, in per cent."""
        whole = len(self.chapeau) + sum(map(len, self.paragraphs))
        return round(100 * (1 - len(self.text) / whole)) if self.shown != self.paragraphs else 0

    @property
    def text(self) -> str:
        """Give what its page shows below the title, boxes and notices left out; paragraphs apart by a blank line."""
        return "\n\n".join([self.chapeau, *map(plain, self.shown)])


def plain(paragraph: str) -> str:
    """Give a paragraph without the sign of a subheading or list item.

    >>> plain("## À propos"), plain("Alpha lève 3 M€.")
    ('À propos', 'Alpha lève 3 M€.')
    """
    return paragraph.removeprefix(HEADING).removeprefix(ITEM)


@cache
def load_articles() -> tuple[PaperArticle, ...]:
    """Give the articles, the latest first."""
    lines = resources.files("tourdetable.newspaper").joinpath("articles.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(sorted((_article(json.loads(line)) for line in lines), key=lambda a: a.published, reverse=True))


def _article(line: dict[str, Any]) -> PaperArticle:
    return PaperArticle(
        slug=line["slug"],
        section=line["section"],
        title=line["title"],
        chapeau=line["chapeau"],
        paragraphs=tuple(line["text"].split("\n\n")),
        authors=tuple(line["author"]),
        published=datetime.fromisoformat(line["published"]),
        template=line["template"],
        gold=line,
    )
