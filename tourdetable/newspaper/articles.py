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
