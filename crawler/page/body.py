"""The body: trafilatura finds it, our rules take out what the press puts in between."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import trafilatura

from crawler.page.metadata import Metadata, clean
from crawler.page.tree import Tree, select, text_of

_NOISE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:related|read-?also|a-?lire|lire-?aussi|newsletter|nl-|cookie|consent|gdpr|share|social|sharing|"
    r"breadcrumb|comments?|commentaires?|sidebar|most-?read|plus-lus|recommand\w*|suggest\w*|author-bio|bio-auteur|"
    r"tags?-list|outbrain|taboola|promo|advert\w*|publicite|subscribe|abonnement|sommaire|toc)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOISE_LINE = re.compile(
    r"^(?:(?:publié|paru|posté|modifié|mis à jour)e?s? le \d.{0,40}$|(?:à |a )?lire (?:aussi|également)|"
    r"à (?:voir|découvrir|écouter) (?:aussi|également)|voir aussi|"
    r"sur le même (?:sujet|thème)|temps de lecture|lecture\s*:?\s*\d|partager|abonnez-vous|inscrivez-vous|"
    r"je m['’](?:abonne|inscris)|déjà abonné|il vous reste \d|cet article est réservé|pour aller plus loin|"
    r"recevez (?:chaque|toute|notre)|newsletter\b|suivez-nous|publicité$|crédits? (?:photo|image)|©|photo\s?:|"
    r"commentaires?$|laisser un commentaire|mots[- ]clés|tags?\s?:|en poursuivant|nous utilisons des cookies|accepter|"
    r"tout refuser|les plus lus|retrouvez (?:tous|toute)|lire plus)",
    re.IGNORECASE,
)
_BLOCKS = frozenset("p h2 h3 h4 h5 li blockquote pre td".split())
_NEVER_BODY = ("nav", "aside", "footer", "button", "figcaption", "script", "style", "template")
_NEVER_BOX = frozenset(("html", "body", "main", "article"))
_MIN_OWN = 200
"""Characters; where the page shows less, the body that its JSON-LD states is looked at."""
_MIN_DENSE = 800
"""Characters; a smaller block of paragraphs may be an advertisement for the subscription."""


def read_body(tree: Tree, linked: Mapping[str, Any], meta: Metadata, selectors: Mapping[str, str]) -> str:
    """Give the body as paragraphs parted by blank lines: subheadings and list items too, boxes and notices left out.

    A standfirst that the page shows outside the body opens the text; the title never does.
    """
    if "text" in selectors:
        lines = _kept([line for e in select(tree, selectors["text"]) for line in _lines(e)], meta.title)
    else:
        lines = _found(_without_boxes(tree, selectors), meta.title)
    shown, stated = sum(map(len, lines)), _stated(linked)
    if shown < _MIN_OWN and sum(map(len, stated)) > 2 * shown:
        lines = _kept(stated, meta.title)
    standfirst = meta.chapeau if _is_shown(tree, meta.chapeau) else ""
    if standfirst and not any(_same(standfirst, line) for line in lines[:4]) and standfirst != meta.title:
        lines.insert(0, standfirst)
    return "\n\n".join(lines)


def _without_boxes(tree: Tree, selectors: Mapping[str, str]) -> Tree:
    copy = deepcopy(tree)
    half = _in_paragraphs(copy) / 2
    for element in [*copy.iter(*_NEVER_BODY)]:
        if element.getparent() is None:
            continue
        if _in_paragraphs(element) <= half:
            element.drop_tree()
        else:
            element.drop_tag()  # what holds most paragraphs is no box: a <nav> never closed swallows the page
    gone: set[Tree] = set()
    for element in [e for e in copy.iter() if isinstance(e.tag, str)]:
        if element.getparent() in gone:
            gone.add(element)
        elif element.tag not in _NEVER_BOX and _is_marked(element) and _is_small(element):
            gone.add(element)
            element.drop_tree()
    for element in select(copy, selectors["remove"]) if "remove" in selectors else ():
        if element.getparent() is not None:
            element.drop_tree()
    _drop_head(copy)
    return copy


def _drop_head(tree: Tree) -> None:
    """Take out the headline and what stands beside it above: rubric, breadcrumb, badges."""
    headlines = [*tree.iter("h1")]
    if len(headlines) != 1 or headlines[0].getparent() is None:
        return
    above = [*headlines[0].itersiblings(preceding=True)]
    if sum(_in_paragraphs(e) for e in above if isinstance(e.tag, str)) <= _in_paragraphs(tree) / 10:
        for element in [*above, headlines[0]]:
            element.drop_tree()


def _found(tree: Tree, title: str) -> list[str]:
    """Give what trafilatura finds, or the densest block of paragraphs where it missed that."""
    dense = _kept(_densest(tree), title)
    text = trafilatura.extract(tree, fast=True, include_comments=False, include_tables=True, output_format="txt") or ""
    lines = _in_order(tree, _kept([line.strip().removeprefix("- ").strip() for line in text.split("\n")], title))
    dense_wins = sum(map(len, dense)) > max(_MIN_DENSE, 1.5 * sum(map(len, lines)))
    return dense if dense_wins else _with_headings(tree, lines)


def _with_headings(tree: Tree, lines: list[str]) -> list[str]:
    """Put back the subheadings that trafilatura left out: those right above a paragraph that it kept."""
    places = {_bare(line): place for place, line in enumerate(lines)}
    found = list(lines)
    for heading in [*tree.iter("h2", "h3", "h4")][::-1]:
        below, text = heading.getnext(), text_of(heading)
        place = places.get(_bare(text_of(below))) if below is not None else None
        if place is not None and text and _bare(text) not in places and _kept([text], ""):
            found.insert(place, text)
    return found


def _in_order(tree: Tree, lines: list[str]) -> list[str]:
    """Give the lines in the page's order where each can be placed: trafilatura puts some of them first."""
    whole = _bare(text_of(tree))
    places = [whole.find(_bare(line)[:80]) for line in lines]
    if -1 in places:
        return lines
    return [line for _, line in sorted(zip(places, lines, strict=True), key=lambda pair: pair[0])]


def _densest(tree: Tree) -> list[str]:
    """Give the blocks of the one element that holds most text in paragraphs of its own."""
    weights: Counter[Tree] = Counter()
    for paragraph in tree.iter("p"):
        weights[paragraph.getparent()] += len(text_of(paragraph))
    if not weights:
        return []
    return [text_of(e) for e in weights.most_common(1)[0][0] if isinstance(e.tag, str) and e.tag in _BLOCKS]


def _is_marked(element: Tree) -> bool:
    return _NOISE_CLASS.search(f"{element.get('class', '')} {element.get('id', '')}") is not None


def _is_small(element: Tree) -> bool:
    """A box is noise only if it is small: the whole article may stand in a wrapper with a telling name."""
    return len(text_of(element)) < 1500 or (element.find(".//h1") is None and sum(1 for _ in element.iter("p")) < 4)


def _in_paragraphs(element: Tree) -> int:
    return sum(len(text_of(paragraph)) for paragraph in element.iter("p"))


def _lines(element: Tree) -> list[str]:
    blocks = [e for e in element.iter() if isinstance(e.tag, str) and e.tag in _BLOCKS]
    leaves = [
        e
        for e in blocks
        if not any(child.tag in _BLOCKS for child in e.iterdescendants() if isinstance(child.tag, str))
    ]
    return [text_of(e) for e in leaves] or [text_of(element)]


def _kept(lines: list[str], title: str) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if not line or (_NOISE_LINE.match(line) and len(line) < 250) or line in kept[-1:]:
            continue
        if not kept and _same(line, title):
            continue
        kept.append(line)
    return kept


def _stated(linked: Mapping[str, Any]) -> list[str]:
    """Give the paragraphs of the body that JSON-LD states."""
    body = linked.get("articleBody")
    return [clean(line) for line in body.split("\n")] if isinstance(body, str) else []


def _is_shown(tree: Tree, text: str) -> bool:
    """Tell whether a description stands on the page for readers, not only in its head."""
    if len(text) < 40 or text.endswith(("…", "...")):
        return False
    probe = _bare(text)[:60]
    return any(
        probe in _bare(text_of(e))[:400]
        for e in tree.iter("p", "h2", "div", "span")
        if len(e) < 6 and 40 < len(text_of(e)) < 800
    )


def _same(a: str, b: str) -> bool:
    one, two = _bare(a), _bare(b)
    return bool(one) and bool(two) and (one[:80] == two[:80] or one in two or (len(two) > 60 and two in one))


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
