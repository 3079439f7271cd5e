"""The newspaper's articles: written for the project, annotated like the gold articles (``corpus/GUIDE.md``)."""

from __future__ import annotations

import json
from collections.abc import Iterable
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
    """Give the articles of *Le Petit Tour*, the latest first."""
    return _latest_first(map(_article, _lines("articles.jsonl")))


OTHER_PAPERS = {"la-boussole": "La Boussole numérique", "l-estafette": "L’Estafette des start-up"}
"""Two more outlets, by name and title, which tell of the same twelve weeks, often of the same deals."""


@cache
def load_season() -> dict[str, tuple[PaperArticle, ...]]:
    """Give the articles of the two other papers by outlet, the latest first."""
    lines = _lines("season.jsonl")
    return {
        name: _latest_first(_article(line) for line in lines if name.endswith(line["outlet"])) for name in OTHER_PAPERS
    }


def _lines(file: str) -> list[dict[str, Any]]:
    text = resources.files("tourdetable.newspaper").joinpath(file).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _latest_first(articles: Iterable[PaperArticle]) -> tuple[PaperArticle, ...]:
    return tuple(sorted(articles, key=lambda article: article.published, reverse=True))


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
