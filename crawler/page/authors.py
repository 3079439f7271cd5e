"""Authors: persons, without what bylines say around them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.page.tree import Tree, text_of

_BEFORE = re.compile(
    r"^\s*(?:par|by|écrit par|rédigé par|propos recueillis par|publié par|"
    r"de notre (?:correspondante?|envoyée?)[^,]*,?|auteurs?\s*:)\s+",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:[|•·(–]|,?\s+(?:avec|with) (?:l['’])?(?:AFP|Reuters|AP|agences?)|"
    r",\s*(?:journaliste|rédact|correspondant|envoyé|chef|directeur|fondat)|"
    r"\bpublié\b|\bmis à jour\b|\ble \d|@|https?:|\d{1,2}[/ ]\d|<).*$",
    re.IGNORECASE | re.DOTALL,
)
_PARTED = re.compile(r"\s*(?:,|;|/|\bet\b|&|\band\b)\s+")
_NO_PERSON = re.compile(
    r"https?:|www\.|facebook|twitter|@|^\W*$|\d{2,}|"
    r"^(?:afp|reuters|la rédaction|rédaction|the conversation|admin|redaction|auteur|author|staff|agence|newsroom|"
    r"service|bloomberg)\b|\brédaction\b|abonn|newsletter|commentaire|partag",
    re.IGNORECASE,
)
_BYLINES = (
    ".//*[@rel='author']",
    ".//*[@itemprop='author']//*[@itemprop='name']",
    ".//*[@itemprop='author']",
    ".//*[contains(concat(' ', normalize-space(@class), ' '), ' author ')]",
    ".//*[contains(@class, 'byline')]",
    ".//*[contains(@class, 'author-name') or contains(@class, 'author__name')]",
    ".//*[contains(@class, 'article-author') or contains(@class, 'auteur')]",
)
_OUTSIDE = ("aside", "footer", "nav")


def authors_in(tree: Tree) -> list[str]:
    """Give the authors that the page shows near its article, not those of its sidebar or comments."""
    for path in _BYLINES:
        elements = [e for e in tree.xpath(path) if not _is_outside(e)]
        found = clean_authors(text_of(element)[:200] for element in elements[:4])
        if found:
            return found
    return []


def _is_outside(element: Tree) -> bool:
    for parent in element.iterancestors():
        words = f"{parent.get('class', '')} {parent.get('id', '')}".lower()
        if parent.tag in _OUTSIDE or "comment" in words or "sidebar" in words or "related" in words:
            return True
    return False


def clean_authors(names: Iterable[str]) -> list[str]:
    """Give persons' names, each once: no *Par*, no agency, no address, co-authors apart.

    >>> clean_authors(["Par Julie Martin et Paul Petit, avec AFP"])
    ['Julie Martin', 'Paul Petit']
    """
    found: dict[str, str] = {}
    for name in names:
        bare = _BEHIND.sub("", _BEFORE.sub("", " ".join((name or "").split())))
        for part in _PARTED.split(bare):
            person = part.strip(" ,.;:-–|")
            if 2 < len(person) < 60 and len(person.split()) <= 5 and not _NO_PERSON.search(person):
                found.setdefault(person.casefold(), person)
    return list(found.values())
