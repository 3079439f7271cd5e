"""What is read by everybody: articles of the corpus, the press mix, a newspaper's pages, a large newspaper."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from bench.measure import ROOT, BenchError
from tourdetable.newspaper.articles import SECTIONS, PaperArticle, Site, Template, load_articles, load_season
from tourdetable.newspaper.site import site_pages

ORDINARY_FOR_ONE = 9
"""Ordinary articles for one of funding: a tenth of what the tech press prints tells of a round."""
PRESS = ROOT / "corpus" / "press.jsonl"
FUNDING = ROOT / "corpus" / "dev.jsonl"
FIRST_DAY = datetime(2025, 1, 6, 8, tzinfo=UTC)

Lines = list[dict[str, Any]]


def read_lines(path: Path) -> Lines:
    """Read a file of JSON lines.

    Raises:
        BenchError: it is not there.
    """
    if not path.exists():
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        raise BenchError(f"{name}: no such file; it holds the ordinary press articles, lines of id, title and text")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    """Write a file of JSON lines."""
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def funding_articles() -> Lines:
    """Give the articles of the corpus that tell of a round, without their annotation."""
    return [_bare(line) for line in read_lines(FUNDING) if line["rounds"]]


def _bare(line: dict[str, Any]) -> dict[str, Any]:
    return {key: line.get(key) for key in ("id", "title", "text", "published")}


def press_mix(funding: Sequence[dict[str, Any]], ordinary: Sequence[dict[str, Any]], limit: int | None = None) -> Lines:
    """Mix ordinary articles with funding ones, of which there are a tenth; always the same mix of the same articles.

    Raises:
        BenchError: there are not enough of them for one of funding.
    """
    count = min(len(funding), len(ordinary) // ORDINARY_FOR_ONE, (limit or len(funding) * 10) // 10)
    if not count:
        raise BenchError(f"{len(ordinary)} ordinary and {len(funding)} funding articles make no press mix")
    chance = random.Random(1)  # noqa: S311 - no secret
    mixed = chance.sample(list(funding), count) + chance.sample(list(ordinary), count * ORDINARY_FOR_ONE)
    chance.shuffle(mixed)
    return mixed


def newspaper_pages() -> Iterator[dict[str, Any]]:
    """Give the article pages of the bundled newspapers: ``url``, ``html``, and ``text`` that should come out of it."""
    papers = [load_articles(), *load_season().values()]
    for number, articles in enumerate(papers):
        site = Site(f"https://journal-{number}.example", "Le Journal")
        pages = site_pages(articles, site)
        for article in articles:
            optional = [article.title, *article.authors]
            html = pages[article.path][1].decode()
            yield {"url": site.url + article.path, "html": html, "text": article.text, "optional": optional}


def saved_pages(folder: Path) -> Iterator[dict[str, Any]]:
    """Give saved pages: ``gold.jsonl`` names gzipped files of HTML, with their ``url`` and, where known, ``text``."""
    for line in read_lines(folder / "gold.jsonl"):
        html = gzip.decompress((folder / line["file"]).read_bytes()).decode("utf-8", "replace")
        yield {"url": line["url"], "html": html, "text": line["text"], "optional": line.get("optional") or []}


def large_newspaper(count: int, funding: Lines, ordinary: Lines) -> list[PaperArticle]:
    """Give so many articles, a tenth of funding, the latest first; those that come again are changed, each otherwise.

    A change: other numbers, the paragraphs in another order, two of ordinary articles among them.
    """
    chance = random.Random(2)  # noqa: S311 - no secret
    others = [part for line in ordinary for part in line["text"].split("\n\n")]
    templates, sections = get_args(Template), list(SECTIONS)
    made, seen = [], [0, 0]
    for number in range(count):
        kind = int(number % (ORDINARY_FOR_ONE + 1) != 0)
        source = (funding, ordinary)[kind]
        line, again = source[seen[kind] % len(source)], seen[kind] >= len(source)
        seen[kind] += 1
        standfirst, *paragraphs = [part for part in line["text"].split("\n\n") if part.strip()]
        article = PaperArticle(
            slug="",
            section=sections[number % len(sections)],
            title=line["title"],
            chapeau=standfirst,
            paragraphs=tuple(paragraphs or [standfirst]),
            authors=("Julie Armand",),
            published=FIRST_DAY + timedelta(minutes=35 * number),
            template=templates[number % len(templates)],
            gold={},
        )
        made.append(_named(_varied(article, others, chance) if again else article, number))
    return made[::-1]


def _named(article: PaperArticle, number: int) -> PaperArticle:
    slug = "-".join(re.findall(r"[a-z]+", article.title.lower()))[:60].strip("-")
    return replace(article, slug=f"{slug}-{10_000 + number}")


def _varied(article: PaperArticle, others: Sequence[str], chance: random.Random) -> PaperArticle:
    paragraphs = [*article.paragraphs, *chance.sample(others, min(2, len(others)))]
    chance.shuffle(paragraphs)
    shift = chance.randrange(1, 9)
    return replace(
        article,
        title=f"{_renumbered(article.title, shift)} ({chance.randrange(10**6)})",
        paragraphs=tuple(_renumbered(paragraph, shift) for paragraph in paragraphs),
    )


def _renumbered(text: str, shift: int) -> str:
    """Put other leading digits: ``12 millions`` becomes ``42 millions``; years are left."""
    changed = lambda found: str((int(found[0][0]) + shift - 1) % 9 + 1) + found[0][1:]  # noqa: E731
    return re.sub(r"\b[1-9]\d{0,2}\b", changed, text)
