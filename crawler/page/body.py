"""The body: which boxes of the page hold the article's text, and which blocks in them are no part of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from crawler.page.boxes import APART, BODY
from crawler.page.lines import is_noise, opens_comments, without_pointer
from crawler.page.noise import noise_of
from crawler.page.outline import HEADINGS, Block, Box, Outline

BESIDE = 0.25
"""What counts for a candidate is divided by the share of the page's prose below one element with it and the headline,
but by no less than this: what is alone with the headline is likelier the article."""
NAMED = 1.3
"""Factor for a box whose name or microdata says that it holds the body."""
AS_LONG = 0.6
"""A box beside the main one goes on with the article if its paragraphs are so long, as a share of the main one's."""
AS_LONG_ALIKE = 0.3
"""The same for a box of the same name as the main one."""
PROSE = 0.5
"""And if so much of its text is prose."""
ENOUGH = 600
"""Characters of prose above the heading of the comments that make an article."""
_CLIMB = 6
"""Elements above the main box among whose children more of the article is looked for."""
_SHORT = 200
_MIN_STATED = 200
"""Characters; a shorter body in JSON-LD tells nothing."""


def body_of(outline: Outline, headline: Block | None, title: str, stated: str = "") -> list[Block]:
    """Give the blocks of the body in the page's order.

    ``headline`` is the block that shows the ``title``, ``stated`` the body that the page's JSON-LD gives, if it does.
    """
    said = _said(outline, stated)
    noise = noise_of(outline, headline, said)
    seen = _before_comments([b for b in outline.blocks if b.box not in noise], said)
    behind = [b for b in seen if headline is None or b.place > headline.place]
    if sum(b.prose for b in seen) > 3 * sum(b.prose for b in behind):
        behind = seen  # the headline stands below the text
    main = _main(behind, said, headline)
    if main is None:
        return []
    return clean_blocks(_with_siblings(main, behind, headline, said), title, said)


def _before_comments(blocks: list[Block], said: set[int]) -> list[Block]:
    """Give the blocks up to the heading of the comments, where enough for an article stands above it."""
    total, above = sum(b.prose for b in blocks), 0
    for place, block in enumerate(blocks):
        if (above > ENOUGH or 4 * above > total) and not block.prose and opens_comments(block.text):
            return blocks[:place] + [b for b in blocks[place:] if b.place in said]
        above += block.prose
    return blocks


def headline_of(outline: Outline, title: str) -> Block | None:
    """Give the block that shows the article's title: an ``<h1>`` if there is one that does."""
    wanted = bare(title)
    least, most = min(15, len(wanted)), 2 * len(title) + 40
    best: tuple[int, Block] | None = None
    for block in outline.blocks if wanted else ():
        if not least <= len(block.text) <= most or block.tag == "li" or (block.linked and block.tag not in HEADINGS):
            continue
        shown = bare(block.text)
        if shown != wanted and not (len(shown) > 15 and (wanted.startswith(shown) or shown.startswith(wanted[:80]))):
            continue
        rank = 2 if block.tag == "h1" else int(block.tag in HEADINGS)
        if best is None or rank > best[0]:
            best = (rank, block)
    if best is not None:
        return best[1]
    first = [b for b in outline.blocks if b.tag == "h1" and not b.box.signs & APART]
    return first[0] if len(first) == 1 else None


def bare(text: str) -> str:
    """Give a text's letters and digits alone, to compare by.

    >>> bare("L’été, c'est fini !")
    'l été c est fini'
    """
    return re.sub(r"\W+", " ", text.casefold()).strip()


def _said(outline: Outline, stated: str) -> set[int]:
    """Give the places of the blocks that the JSON-LD's body has too; spaces are often lost in it.

    It is believed only where it agrees with the page: some outlets give the first lines, others another text.
    """
    if len(stated) < _MIN_STATED:
        return set()
    whole = re.sub(r"\W+", "", stated.casefold())
    found = set()
    for block in outline.blocks:
        if len(block.text) > 20:
            probe = re.sub(r"\W+", "", block.text.casefold())
            if probe[:60] in whole and probe[-40:] in whole:
                found.add(block.place)
    prose = sum(outline.blocks[place].prose for place in found)
    return found if prose > len(whole) / 2 else set()


def _main(blocks: Sequence[Block], said: set[int], headline: Block | None) -> Box | None:
    """Give the box in which prose is densest; a paragraph counts for what holds it, and half for what holds that."""
    score: defaultdict[Box, float] = defaultdict(float)
    for block in blocks:
        prose = block.prose * (3 if block.place in said else 1)
        up: Box | None = block.home
        share = 1.0
        while prose and share > 0.1 and up is not None:
            score[up] += prose * share
            up, share = up.parent, share / 2
    if not score:
        return None
    shares = _shares(blocks, headline)
    for box in score:
        if box.signs & BODY or box.itemprop == "articleBody":
            score[box] *= NAMED
        joint: Box | None = box
        while joint is not None and joint not in shares:
            joint = joint.parent
        if joint is not None:
            score[box] /= max(BESIDE, shares[joint])
    return max(score, key=lambda box: score[box])


def _shares(blocks: Sequence[Block], headline: Block | None) -> dict[Box, float]:
    """Give, for each element that holds the headline, the share of the page's prose that it holds.

    One with less than three paragraphs is a header with its standfirst: it says nothing.
    """
    if headline is None:
        return {}
    path, up = [], headline.box.parent
    while up is not None:
        path.append(up)
        up = up.parent
    above = set(path)
    prose: defaultdict[Box, int] = defaultdict(int)
    count: defaultdict[Box, int] = defaultdict(int)
    for block in blocks:
        if block.prose:
            up = block.home
            while up is not None and up not in above:
                up = up.parent
            if up is not None:
                prose[up] += block.prose
                count[up] += 1
    total, so_far, paragraphs = sum(prose.values()), 0, 0
    shares = {}
    for box in path:
        so_far += prose[box]
        paragraphs += count[box]
        shares[box] = so_far / total if paragraphs >= 3 else 1.0
    return shares


def _with_siblings(main: Box, blocks: Sequence[Block], headline: Block | None, said: set[int]) -> list[Block]:
    """Give the blocks of the main box and of those beside it that go on with the article: alike in name or in kind."""
    inside = {b.place for b in blocks if main.holds(b.box)}
    usual = _mean([b for b in blocks if b.place in inside])
    inner = main
    for _ in range(_CLIMB):
        outer = inner.parent
        if outer is None or (headline is not None and inner.holds(headline.box)):
            break
        groups: defaultdict[Box, list[Block]] = defaultdict(list)
        for block in blocks:
            if block.place not in inside and outer.holds(block.box):
                groups[_child(outer, block.box)].append(block)
        for child, group in groups.items():
            if any(b.place in said for b in group) or _goes_on(child, group, inner, usual):
                inside |= {b.place for b in group}
        inner = outer
    return [b for b in blocks if b.place in inside]


def _goes_on(child: Box, group: Sequence[Block], inner: Box, usual: float) -> bool:
    alike = bool(child.name.strip()) and child.name == inner.name
    prose = sum(b.prose for b in group)
    return (
        prose > PROSE * sum(len(b.text) for b in group) and _mean(group) > (AS_LONG_ALIKE if alike else AS_LONG) * usual
    )


def _mean(blocks: Sequence[Block]) -> float:
    prose = [b.prose for b in blocks if b.prose]
    return sum(prose) / len(prose) if prose else 0.0


def _child(outer: Box, box: Box) -> Box:
    """Give the child of a box in which another is, or the box itself."""
    while box is not outer and box.parent is not None and box.parent is not outer:
        box = box.parent
    return box


def clean_blocks(blocks: Iterable[Block], title: str, said: set[int] | None = None) -> list[Block]:
    """Give the blocks without furniture, pointers, what is said twice in a row, and the title if it opens them."""
    kept: list[Block] = []
    wanted = bare(title)
    for block in blocks:
        line = block.text if said and block.place in said else without_pointer(block.text)
        if is_noise(line) or _is_pointer(block) or (kept and line == kept[-1].text):
            continue
        if not kept and bare(line) == wanted:
            continue
        kept.append(block if line == block.text else replace(block, text=line))
    while kept and not kept[-1].prose and (kept[-1].tag in HEADINGS or _is_scrap(kept[-1])):
        kept.pop()
    return kept


def _is_scrap(block: Block) -> bool:
    """Some words in no paragraph, and no sentence: what is left of buttons and labels below an article."""
    return block.tag == "text" and not block.text.endswith((".", "!", "?", "…", "»"))


def _is_pointer(block: Block) -> bool:
    """A paragraph that is one link and no sentence points to another page."""
    return block.linked > 0.8 * len(block.text) and block.tag not in HEADINGS and len(block.text) < _SHORT
