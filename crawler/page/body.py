"""The body: trafilatura finds it, our rules take out what the press puts in between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import trafilatura

from crawler.page.metadata import Metadata, clean
from crawler.page.tree import Tree, select, text_of

_NOISE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:related|read-?also|a-?lire|lire-?aussi|newsletter|nl-|cookie|consent|gdpr|share|social|sharing|breadcrumb|comments?|commentaires?|sidebar|"
    r"most-?read|plus-lus|recommand\w*|suggest\w*|author-bio|bio-auteur|tags?-list|outbrain|taboola|promo|advert\w*|publicite|subscribe|abonnement|sommaire|toc)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOISE_LINE = re.compile(
    r"^(?:(?:à|a) lire (?:aussi|également)|lire (?:aussi|également)|à (?:voir|découvrir|écouter) (?:aussi|également)|voir aussi|sur le même (?:sujet|thème)|temps de lecture|lecture\s*:?\s*\d|"
    r"partager|abonnez-vous|inscrivez-vous|je m['’](?:abonne|inscris)|déjà abonné|il vous reste \d|cet article est réservé|pour aller plus loin|recevez (?:chaque|toute|notre)|newsletter\b|"
    r"suivez-nous|publicité$|crédits? (?:photo|image)|©|photo\s?:|commentaires?$|laisser un commentaire|mots[- ]clés|tags?\s?:|en poursuivant|nous utilisons des cookies|accepter|tout refuser|"
    r"les plus lus|retrouvez (?:tous|toute)|lire plus)",
    re.IGNORECASE,
)
_BLOCKS = frozenset("p h2 h3 h4 h5 li blockquote pre td".split())
_MIN_OWN = 200


def read_body(tree: Tree, linked: Mapping[str, Any], meta: Metadata, selectors: Mapping[str, str]) -> str:
    """Give the body as paragraphs parted by blank lines: subheadings and list items too, boxes and notices left out.

    A standfirst that the page shows outside the body opens the text; the title never does.
    """
    if "text" in selectors:
        lines = [line for element in select(tree, selectors["text"]) for line in _lines(element)]
    else:
        lines = _extracted(tree, selectors)
    lines = _kept(lines, meta.title)
    stated = clean(linked.get("articleBody"))
    if sum(map(len, lines)) < _MIN_OWN and len(stated) > 2 * sum(map(len, lines)) and _agrees(lines, stated):
        lines = [stated]
    standfirst = meta.chapeau if _is_shown(tree, meta.chapeau) else ""
    if standfirst and not any(_same(standfirst, line) for line in lines[:4]) and standfirst != meta.title:
        lines.insert(0, standfirst)
    return "\n\n".join(lines)


def _extracted(tree: Tree, selectors: Mapping[str, str]) -> list[str]:
    copy = deepcopy(tree)
    for element in [
        *copy.iter("nav", "aside", "footer", "form", "button", "figcaption", "script", "style", "template")
    ]:
        if element.getparent() is not None and element.tag != "form":
            element.drop_tree()
    marked = [e for e in copy.iter() if isinstance(e.tag, str) and e.tag not in {"html", "body", "main", "article"}]
    for element in marked:
        words = f"{element.get('class', '')} {element.get('id', '')}"
        if len(words) > 1 and _NOISE_CLASS.search(words) and element.getparent() is not None and _is_small(element):
            element.drop_tree()
    for element in select(copy, selectors["remove"]) if "remove" in selectors else ():
        element.drop_tree()
    text = trafilatura.extract(copy, fast=True, include_comments=False, include_tables=True, output_format="txt") or ""
    return [line.strip().removeprefix("- ").strip() for line in text.split("\n")]


def _is_small(element: Tree) -> bool:
    """A box is noise only if it is small: the whole article may stand in a wrapper with a telling name."""
    return len(text_of(element)) < 1500 or (element.find(".//h1") is None and sum(1 for _ in element.iter("p")) < 4)


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


def _agrees(lines: list[str], stated: str) -> bool:
    return not lines or _bare(lines[0])[:30] in _bare(stated)


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
