"""From the blocks of a page to the text of its article, by the outlet's selectors, our rules, or what else there is."""

from __future__ import annotations

import re
from collections.abc import Mapping

import trafilatura

from crawler.page.authors import signed_by
from crawler.page.body import bare, body_of, clean_blocks
from crawler.page.head import Head, clean
from crawler.page.metadata import Metadata
from crawler.page.outline import Block, Box, Outline, outline_of
from crawler.page.tree import Tree, select

MIN_SHOWN = 250
"""Characters; where we find less on a page that says it is an article, its JSON-LD and trafilatura are asked."""
_MAX_STATED = 200_000
_BIOGRAPHY = 600
"""Characters; what is said of an author at the end is no longer."""
_PROFESSION = re.compile(
    r"^.{3,60}?\s*(?:,|\(|:|–|-|est|is|has|a (?:travaillé|rejoint|fondé|écrit)|couvre|covers|collabore|écrit|"
    r"dirige|travaille)"
    r".*?(?:journalis|rédact|editor|report|writer|profess|chercheu|directeur|directrice|fondat|auteur|spécialis|"
    r"correspond|"
    r"consultant|économiste|avocat|enseign|maître|docteur|doctorant|essayiste|présiden|chronique|blog)",
    re.IGNORECASE,
)
_SIGNATURE = 120
"""Characters; a line at the end that signs is no longer."""
_STANDFIRST = 40
"""Characters; a shorter description is a label."""


def read_body(tree: Tree, head: Head, outline: Outline, meta: Metadata, selectors: Mapping[str, str]) -> list[Block]:
    """Give the blocks of the article's body, subheadings, list items, quotes and table rows among them."""
    if "text" in selectors and (chosen := select(tree, selectors["text"])):
        return clean_blocks(outline_of(tree, within=chosen).blocks, meta.title)
    stated = head.article.get("articleBody")
    stated = stated[:_MAX_STATED] if isinstance(stated, str) else ""
    blocks = _without_biography(body_of(outline, meta.headline, meta.title, stated), meta.authors)
    shown = sum(len(b.text) for b in blocks)
    if shown < MIN_SHOWN and 2 * shown < len(stated):
        return clean_blocks(_blocks_of(stated), meta.title)
    claims = head.article or meta.is_dated or head.metas.get("og:type", "").lower() == "article"
    if shown < MIN_SHOWN and claims and outline.boxes[0].weight > 2 * shown:
        found = trafilatura.extract(tree.html or "", fast=True, include_comments=False) or ""
        if len(found) > 2 * shown:
            return clean_blocks(_blocks_of(found), meta.title)
    return blocks


def _without_biography(blocks: list[Block], authors: list[str]) -> list[Block]:
    """Take off the end what is said of the author: « Julie Martin est journaliste… »."""
    names = tuple(author for author in authors if " " in author)
    kept = list(blocks)
    while len(kept) > 2 and names and _is_biography(kept[-1].text, names):
        kept.pop()
    return kept


def _is_biography(line: str, names: tuple[str, ...]) -> bool:
    return len(line) < _BIOGRAPHY and line.startswith(names) and _PROFESSION.search(line[:150]) is not None


def _blocks_of(text: str) -> list[Block]:
    """Make blocks of a text whose paragraphs are lines."""
    page = Box("body", "", None, 0, 0)
    lines = [line for line in map(clean, text.splitlines()) if line]
    return [Block(line, page, 0, "p", page, place, len(line)) for place, line in enumerate(lines)]


def signature_of(blocks: list[Block]) -> tuple[list[Block], list[str]]:
    """Give the body without the name that signs it at its end, and that name: « Julie Martin » in a line of its own."""
    line = blocks[-1].text if len(blocks) > 2 else ""
    if not line or len(line) > _SIGNATURE or line.endswith((".", "!", "?", ":")):
        return blocks, []
    persons = signed_by([line]).persons
    if not persons or not re.match(rf"\W*(?:par )?{re.escape(persons[0])}", line, re.IGNORECASE):
        return blocks, []
    return blocks[:-1], persons


def text_of_body(blocks: list[Block], outline: Outline, meta: Metadata) -> str:
    """Give the text: paragraphs parted by blank lines, opened by the standfirst where the page shows one above."""
    lines = [block.text for block in blocks]
    standfirst = meta.chapeau
    if len(standfirst) >= _STANDFIRST and not standfirst.endswith(("…", "...")) and standfirst != meta.title:
        probe = bare(standfirst)
        if not any(_same(probe, bare(line)) for line in lines[:4]) and _is_shown(probe, outline, blocks):
            lines.insert(0, standfirst)
    return "\n\n".join(lines)


def _is_shown(probe: str, outline: Outline, blocks: list[Block]) -> bool:
    """Tell whether a description stands on the page for readers above the body, not only in its head."""
    first = blocks[0].place if blocks else len(outline.blocks)
    return any(
        probe[:60] in bare(block.text)[:400]
        for block in outline.blocks[: first + 1]
        if _STANDFIRST <= len(block.text) < 800
    )


def _same(one: str, two: str) -> bool:
    return bool(two) and (one[:80] == two[:80] or one in two or (len(two) > 60 and two in one))
