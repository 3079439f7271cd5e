"""Who signs: persons, without what bylines say around them; the newsroom or agency where no person does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from crawler.page.outline import Block, Box, Outline
from crawler.page.tree import text_of

_BEFORE = re.compile(
    r"^\s*(?:par|by|écrit par|rédigé par|(?:propos )?recueillis? par|publié par|posté par|article (?:de|par)|texte\s*:|"
    r"de (?:notre|nos) (?:correspondant|envoyé)(?:e|es|s)?[^,]*,?|auteure?s?\s*:|(?:une )?enquête de|un texte de|"
    r"chronique de)\s+",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:[|•·(–—\[]|,?\s+(?:avec|with) (?:(?:l['’]|les )?(?:AFP|Reuters|AP|agences?)\b|.{0,20}\bAFP\b)|"
    r"[,\s]\s*(?:journaliste|rédact|correspondant|envoyée?s?\s|cheffe?\b|directeur|directrice|fondat|professeure?|"
    r"maître|chercheu)|"
    r"\bpubliée?\b|\bmise? à jour\b|\bmodifiée?\b|\ble \d|@|https?:|\d{1,2}[/ ]\d|<|\bsuivre\b|\bvoir (?:tous|ses|"
    r"le profil)).*$",
    re.IGNORECASE | re.DOTALL,
)
_WITH = re.compile(r"\s*\((?:avec|with)\s+([^()]*)\)")
_PARTED = re.compile(r"\s*(?:[,;/\n]|\bet\b|&|\band\b)\s+")
_NEVER = re.compile(
    r"https?:|www\.|facebook|twitter|@|^\W*$|\d{2,}|^(?:admin\w*|auteure?s?|authors?|staff|webmaster|invité|posts?)$|"
    r"abonn|newsletter|commentaire|partag|cookie|\bsuivez|lire\b",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"\b(?:AFP|Reuters|AP|ATS|Belga|agences?|agency|presse|press|rédactions?|newsroom|service|bloomberg|magazine|"
    r"média|news|"
    r"info|studio|équipe|team|collectif|conversation|france ?\d|franceinfo|radio|journal|figaro|monde|point|echos|"
    r"gazette|"
    r"entreprise|business|digital|partenaire|tribune)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset("de du des d' la le von van der den di da dos el al ben bin ibn mac".split())


@dataclass(slots=True)
class Signed:
    """Who signs: persons, and else whoever is named."""

    persons: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Give the persons, or the newsroom or agency where there is none."""
        return self.persons or self.others

    def are_within(self, other: Signed) -> bool:
        """Tell whether the other one names all these persons and more, the same however they are written."""
        return {n.casefold() for n in self.persons} < {n.casefold() for n in other.persons}


def signed_by(names: Iterable[str]) -> Signed:
    """Give who signs: no *Par*, no agency beside a person, no address, co-authors apart.

    >>> signed_by(["Par Julie Martin et Paul Petit, avec AFP"]).names
    ['Julie Martin', 'Paul Petit']
    >>> signed_by(["franceinfo avec AFP"]).names
    ['franceinfo avec AFP']
    """
    persons: dict[str, str] = {}
    others: dict[str, str] = {}
    for name in names:
        whole = " ".join((name or "").split())
        whole = _WITH.sub(lambda m: f", {m[1]}" if _is_person(_PARTED.split(m[1])[0]) else "", whole)
        unsigned = _BEFORE.sub("", whole)
        for part in _PARTED.split(_BEHIND.sub("", unsigned)):
            person = part.strip(" ,.;:-–|*")
            if _is_person(person):
                persons.setdefault(person.casefold(), _cased(person))
        if 2 < len(unsigned) < 60 and not _NEVER.search(unsigned):
            others.setdefault(unsigned.casefold(), unsigned.strip(" ,;:-–|"))
    return Signed(list(persons.values()), list(others.values()))


def _is_person(name: str) -> bool:
    """Tell whether a name looks like a person's: two to five words, each with a capital but for particles."""
    words = name.split()
    if not 2 <= len(words) <= 5 or len(name) > 50 or _NEVER.search(name) or _ORGANISATION.search(name):
        return False
    return all(word[0].isupper() or word.casefold() in _PARTICLES or word[:2] in ("d'", "d’") for word in words)


def _cased(name: str) -> str:
    """Give a name that is all capitals in ordinary writing."""
    return name.title() if name.isupper() else name


def shown_authors(outline: Outline, headline: Block | None) -> Signed:
    """Give who signs the article by the page: the byline nearest to the headline, not those of boxes and comments."""
    best: tuple[tuple[int, int], Signed, Box] | None = None
    near = headline.box if headline else None
    for mark in outline.bylines[:200]:
        if outline.is_elsewhere(mark.box):
            continue
        signed = signed_by([text_of(mark.node)[:200]])
        if not signed.names:
            continue
        kin = _kinship(near, mark.box) if near else 0
        rank = (2 * kin + 3 * mark.declared + 3 * bool(signed.persons), -mark.place)
        if best is None or rank > best[0]:
            best = (rank, signed, mark.box)
        elif mark.box is best[2] or mark.box.parent is best[2].parent:
            best[1].persons += [n for n in signed.persons if n not in best[1].persons]
    return best[1] if best else Signed()


def _kinship(one: Box, two: Box) -> int:
    """Give the depth of the nearest box that holds both."""
    a: Box | None = one
    while a is not None and not a.holds(two):
        a = a.parent
    return a.level if a is not None else 0
