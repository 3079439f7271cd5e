"""The boxes of a page that are no part of its article, by name, by element, and by what is in them."""

from __future__ import annotations

from collections import Counter, defaultdict

from crawler.page.boxes import APART, ASIDE, BESIDE, BODY, HIDDEN, LINE, NOISE
from crawler.page.lines import is_noise
from crawler.page.outline import HEADINGS, Block, Box, Outline

MOST_APART = 0.8
"""A box named as something else is the article all the same if it holds so much of the page's prose."""
MOST_ASIDE = 0.5
"""The same for ``<aside>``, ``<nav>`` and the like: a ``<nav>`` that is never closed swallows the page."""
MOST_BESIDE = 0.3
"""The same for names that wrappers have too: « share », « newsletter »."""
SHORT_LINE = 200
"""Characters; a line about the article, a date or a byline, is no longer."""
TEASER = 400
"""Characters besides its title that a teaser has at most."""
FURNITURE = 0.3
"""Share of furniture in a box's prose from which on the box is furniture."""
REST = 120
"""Characters of other prose that such a box has at most."""
LISTED = 700
"""Characters of one of several teasers at most."""
_LISTED = 3
"""Boxes alike, each with another page's title, that make a list of teasers."""
_LEAVES = HEADINGS | {"p", "li", "tr"}


def noise_of(outline: Outline, headline: Block | None, said: set[int]) -> set[Box]:
    """Give the boxes that are no part of an article, with all that is in them.

    What holds the headline, or a block that the JSON-LD has too (``said``, places), never is.
    """
    total = outline.boxes[0].weight
    safe: set[Box] = set()
    for block in [*([headline] if headline else []), *(outline.blocks[place] for place in said)]:
        up: Box | None = block.box
        while up is not None and up not in safe:
            safe.add(up)
            up = up.parent
    furniture, listed = _furniture(outline), _listed(outline)
    gone: set[Box] = set()
    for box in outline.boxes:
        if box.parent in gone or (
            box not in safe
            and (
                (box.signs and _is_named_so(box, total))
                or (box.linked and _is_teaser(box, total))
                or (box.titles and listed[(box.parent, box.name)] >= _LISTED and _may_be_listed(box))
                or (box in furniture and _is_furniture(box, furniture[box]))
            )
        ):
            gone.add(box)
    return gone


def _furniture(outline: Outline) -> defaultdict[Box, int]:
    """Give the characters of appeals, pointers and the like in each box."""
    found: defaultdict[Box, int] = defaultdict(int)
    for block in outline.blocks:
        if block.prose and is_noise(block.text):
            up: Box | None = block.box
            while up is not None:
                found[up] += block.prose
                up = up.parent
    return found


def _is_named_so(box: Box, total: int) -> bool:
    signs = box.signs
    if box.tag == "aside" and not signs & (NOISE | HIDDEN) and _is_inset(box):
        return False
    if signs & APART and box.weight <= MOST_APART * total:
        return True
    if signs & (ASIDE | HIDDEN) and box.weight <= MOST_ASIDE * total:
        return True
    if signs & BODY:
        return False
    if signs & BESIDE and box.weight <= MOST_BESIDE * total:
        return True
    return bool(signs & LINE) and box.size < SHORT_LINE


def _is_inset(box: Box) -> bool:
    """Tell whether an ``<aside>`` is a part of the article that is set apart: prose, and no way to elsewhere."""
    return box.weight > 300 and box.titles + box.pointers < 2 and box.linked < 0.2 * box.size


def _is_teaser(box: Box, total: int) -> bool:
    """A teaser is a heading that is a link, with little else; a list of links points elsewhere too."""
    if box.tag in ("ul", "ol", "dl") and box.linked > 0.7 * box.size:
        return box.weight <= MOST_BESIDE * total
    if box.pointers and box.headings <= box.pointers and box.size - box.linked < TEASER * box.pointers:
        return box.tag not in HEADINGS and box.weight <= MOST_BESIDE * total
    return False


def _listed(outline: Outline) -> Counter[tuple[Box | None, str]]:
    """Count the boxes alike, of one parent and one name, that each name another page: teasers without headings."""
    return Counter((box.parent, box.name) for box in outline.boxes if _may_be_listed(box))


def _may_be_listed(box: Box) -> bool:
    return box.titles > 0 and box.size <= LISTED and bool(box.name.strip()) and box.tag not in HEADINGS


def _is_furniture(box: Box, told: int) -> bool:
    return told > FURNITURE * box.weight and box.weight - told < REST and box.tag not in _LEAVES
