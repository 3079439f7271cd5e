"""One walk over a page: its text in blocks, the boxes they stand in, and the places where bylines and dates may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crawler.page.boxes import APART, ASIDE, BYLINE, HIDDEN, NOISE, Sign, signs_of
from crawler.page.tree import Node, Tree

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr".split()
)
_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed video audio canvas button select textarea input "
    "figcaption head link meta img picture source map noembed noframes frameset datalist dialog title".split()
)
_LEAVES = frozenset(
    "p h1 h2 h3 h4 h5 h6 li ul ol dl dt dd blockquote pre table thead tbody tfoot tr td th caption".split()
)
_TEXTS = HEADINGS | {"p", "li", "tr"}
_ASIDES = frozenset(("nav", "aside", "footer", "figure", "form"))
_ROLES = frozenset(("navigation", "complementary", "contentinfo", "banner", "search", "dialog", "alertdialog"))
_WORTH = "p, h1, time, article, [itemprop], [rel]"
"""A box of navigation without any of these holds nothing that could be the article's."""
_LABEL = re.compile(r"(?:à |a )?(?:lire|voir)\s+(?:aussi|également)", re.IGNORECASE)
_LABEL_BEFORE = re.compile(rf"(?:(?<=[\W_])|^){_LABEL.pattern}\s*[:–>»►→|-]*\s*$", re.IGNORECASE)
_ENDS = (".", "!", "?", "…", "»", '"', "”", ":", ";")
MAX_NODES = 80_000
"""Elements and texts that are looked at; no press page has as many."""
MAX_DEPTH = 500
"""Elements within one another; what lies deeper is left out."""


@dataclass(slots=True, eq=False)
class Box:
    """A block-level element. ``weight`` is the prose in it, in characters, ``linked`` what of its text is in links."""

    tag: str
    name: str
    """Class, id and role, as they are written."""
    parent: Box | None = field(repr=False)
    level: int
    signs: Sign
    itemprop: str = ""
    size: int = 0
    linked: int = 0
    weight: int = 0
    headings: int = 0
    pointers: int = 0
    """Headings that are links, or links that hold headings: what a teaser has."""
    titles: int = 0
    """Blocks that are one link of some length, whatever their element: titles of other pages."""

    def holds(self, other: Box) -> bool:
        """Tell whether the other one is this one or in it."""
        inner: Box | None = other
        while inner is not None and inner.level > self.level:
            inner = inner.parent
        return inner is self


@dataclass(slots=True, eq=False)
class Block:
    """A paragraph, heading, list item, table row or any other run of text that is displayed apart."""

    text: str
    box: Box
    linked: int
    """Characters in links."""
    tag: str
    """``p``, ``h1``… ``h6``, ``li``, ``tr``, or ``text`` for what stands in no such element."""
    home: Box
    """The nearest box that is more than a paragraph, list or table."""
    place: int = 0
    prose: int = 0
    """Characters of running text: none for headings, links, labels and other scraps."""


def _prose_of(text: str, tag: str, linked: int) -> int:
    bare = len(text) - linked
    if tag in HEADINGS or bare < 25 or (linked > bare and len(text) < 200):
        return 0
    if bare >= 100 or text.endswith(_ENDS):
        return bare
    return bare // 2 if tag in ("p", "li") else 0


@dataclass(slots=True, eq=False)
class Mark:
    """An element that may tell the author or the date, and where it stands."""

    node: Node
    box: Box
    place: int
    """Number of blocks before it."""
    before: str
    """What its line says before it."""
    declared: bool = False
    """Marked up as what it is: microdata's ``author``, a link's ``rel``."""


@dataclass(slots=True)
class Outline:
    """What one walk finds."""

    blocks: list[Block] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    bylines: list[Mark] = field(default_factory=list)
    times: list[Mark] = field(default_factory=list)
    """``<time>`` elements and microdata's dates."""

    def is_elsewhere(self, inner: Box) -> bool:
        """Tell whether a box stands in one that is no part of the article: a sidebar's, a comment's.

        A box that holds most of the page is no such box, whatever its name.
        """
        box: Box | None = inner
        most = self.boxes[0].weight / 2 if self.boxes else 0
        while box is not None:
            if box.signs & (APART | HIDDEN) or box.tag in ("aside", "footer", "nav"):
                return box.weight <= most
            box = box.parent
        return False


def outline_of(tree: Tree, *, within: Sequence[Node] = (), without: Sequence[Node] = ()) -> Outline:
    """Walk over the body once, in document order and without recursion; or over the elements ``within`` it alone."""
    walker = _Walker(frozenset(node.mem_id for node in without))
    for root in within or ([tree.body] if tree.body is not None else []):
        walker.walk(root)
    walker.sum_up()
    return walker.found


class _Walker:
    def __init__(self, skipped: frozenset[int]) -> None:
        self._passed_over = skipped
        self.found = Outline()
        self.box = Box("body", "", None, 0, 0)
        self.found.boxes.append(self.box)
        self._text: list[str] = []
        self._linked = 0
        self._links = 0
        self._anchors: list[int] = []
        self._spans: list[tuple[int, int]] = []
        self._nodes = 0

    def walk(self, root: Node) -> None:
        path: list[str] = []  # tags of the open elements
        text = self._text
        node: Node | None = root.first_child
        while node is not None and self._nodes < MAX_NODES:
            self._nodes += 1
            tag = node.tag or "-"
            if tag == "-text":
                content = node.text_content or ""
                if not content.isspace():
                    text.append(content)
                    if self._links:
                        self._linked += len(content.strip())
                elif text:
                    text.append(" ")
            elif tag not in _SKIPPED and tag[0] != "-" and self._enter(node, tag):
                child = node.first_child
                if child is not None and len(path) < MAX_DEPTH:
                    path.append(tag)
                    node = child
                    continue
                self._leave(tag)
            after = node.next
            while after is None and path:
                self._leave(path.pop())
                node = node.parent
                if node is None:
                    break
                after = node.next
            node = after
        self._flush()

    def _enter(self, node: Node, tag: str) -> bool:
        """Open an element; tell whether what is in it is to be walked over."""
        if self._passed_over and node.mem_id in self._passed_over:
            return False
        attributes = node.attributes
        if tag in _INLINE:
            return self._enter_inline(node, tag, attributes)
        if tag == "br":
            self._break()
            return False
        if not attributes:
            return self._open(node, tag, "", "", ASIDE if tag in _ASIDES else 0)
        name, signs = self._look(node, tag, attributes)
        style = attributes.get("style")
        if tag in _ASIDES or attributes.get("role") in _ROLES:
            signs |= ASIDE
        if "hidden" in attributes or attributes.get("aria-hidden") == "true" or _is_not_displayed(style):
            signs |= HIDDEN
        return self._open(node, tag, name, attributes.get("itemprop") or "", signs)

    def _enter_inline(self, node: Node, tag: str, attributes: dict[str, str | None]) -> bool:
        signs = self._look(node, tag, attributes)[1] if attributes else 0
        if tag != "a":
            return not signs & NOISE and "hidden" not in attributes
        if "href" not in attributes:
            self._anchors.append(-1)  # a place to jump to, not a link
            return True
        self._anchors.append(len(self._text))
        self._links += 1
        if self.box.tag in HEADINGS:
            self.box.pointers += 1
        return True

    def _look(self, node: Node, tag: str, attributes: dict[str, str | None]) -> tuple[str, Sign]:
        """Give an element's names and what they say; note it if it may tell the author or the date."""
        named, known = attributes.get("class"), attributes.get("id")
        name = f"{named or ''} {known or ''}" if named or known else ""
        signs = signs_of(name) if name else 0
        itemprop, rel = attributes.get("itemprop"), attributes.get("rel")
        if itemprop or rel or signs & BYLINE or tag == "time":
            declared = itemprop == "author" or "author" in (rel or "")
            mark = Mark(node, self.box, len(self.found.blocks), "".join(self._text[-4:])[-60:], declared)
            if declared or signs & BYLINE:
                self.found.bylines.append(mark)
            if tag == "time" or itemprop in ("datePublished", "dateModified"):
                self.found.times.append(mark)
        return name, signs

    def _open(self, node: Node, tag: str, name: str, itemprop: str, signs: Sign) -> bool:
        parent = self.box
        if self._text:
            if tag in ("td", "th") and parent.tag == "tr":
                self._text.append(" | ")
            else:
                self._flush()
        box = Box(tag, name, parent, parent.level + 1, signs, itemprop)
        self.found.boxes.append(box)
        if tag in HEADINGS and self._links:
            box.pointers += 1
        if signs & (APART | ASIDE) and tag not in _LEAVES and node.css_first(_WORTH) is None:
            # A menu, a row of buttons: no paragraph, no headline. Its size is all that is asked of it.
            box.size = box.linked = len(node.text(strip=True))
            return False
        self.box = box
        return True

    def _leave(self, tag: str) -> None:
        if tag in _INLINE:
            if tag == "a":
                start = self._anchors.pop()
                self._links -= start >= 0
                if 0 <= start < len(self._text):
                    self._spans.append((start, len(self._text)))
            return
        box = self.box
        if tag in ("td", "th") and box.tag == tag and box.parent is not None and box.parent.tag == "tr":
            self.box = box.parent  # the row goes on
            return
        if self._text:
            self._flush()
        if box.parent is not None:
            self.box = box.parent

    def _break(self) -> None:
        """Part a paragraph at a ``<br>`` that ends a sentence, or at two of them."""
        text = "".join(self._text[-3:]).rstrip(" \t\r")
        if text.endswith(("\n", *_ENDS)) and len(text) > 1:
            self._flush()
        elif text:
            self._text.append("\n")

    def _flush(self) -> None:
        """End a block."""
        pieces, linked, spans = self._text[:], self._linked, self._spans
        self._text.clear()
        self._linked, self._spans = 0, []
        text = "".join(pieces)
        if spans and linked < len(text) and _LABEL.search(text):
            for part, part_linked in _without_pointers(pieces, spans):
                self._add_block(part, part_linked)
        else:
            self._add_block(text, linked)

    def _add_block(self, text: str, linked: int) -> None:
        text = " ".join(text.split()).strip(" |")
        if not text:
            return
        box = home = self.box
        tag = box.tag if box.tag in _TEXTS else ""
        while home.tag in _LEAVES and home.parent is not None:
            if not tag and home.tag in _TEXTS and home.tag != "p":
                tag = home.tag
            home = home.parent
        size = len(text)
        tag, linked = tag or "text", min(linked, size)
        prose = _prose_of(text, tag, linked)
        self.found.blocks.append(Block(text, box, linked, tag, home, len(self.found.blocks), prose))
        box.size += size
        box.linked += linked
        box.weight += prose
        box.headings += tag in HEADINGS
        box.titles += linked > 25 and linked > 0.9 * size and tag != "p"

    def sum_up(self) -> None:
        """Add to each box what is in the boxes within it: children come behind their parents."""
        for box in reversed(self.found.boxes):
            parent = box.parent
            if parent is not None:
                parent.size += box.size
                parent.linked += box.linked
                parent.weight += box.weight
                parent.headings += box.headings
                parent.titles += box.titles
                parent.pointers += min(box.pointers, box.headings) if box.tag in HEADINGS else box.pointers


def _is_not_displayed(style: str | None) -> bool:
    return style is not None and "none" in style and "display:none" in style.replace(" ", "")


def _without_pointers(pieces: list[str], spans: list[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """Part a block at the pointers glued into it: links that say « À lire aussi », or that follow those words.

    Gives each part with the characters of its links; the pointers and their labels are left out.
    """
    start, linked = 0, 0
    for first, last in spans:
        inside, before = "".join(pieces[first:last]), "".join(pieces[start:first])
        label = _LABEL_BEFORE.search(before)
        if label is None and not _LABEL.match(inside.strip()):
            linked += len(inside.strip())
            continue
        yield before[: label.start()] if label else before, linked
        start, linked = last, 0
    yield "".join(pieces[start:]), linked
