"""The gazetteer of investors: who is known, under which names, of which kind."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from extract.names.keys import name_key
from extract.names.lexicon import PUBLIC_BODIES


@dataclass(frozen=True, slots=True)
class KnownInvestor:
    """One line of ``investors.csv``."""

    name: str
    kind: str
    """``vc``, ``corporate``, ``bank``, ``public`` …, ``person``: the column *kind* of the file."""
    country: str
    """ISO 3166-1 alpha-2 code, empty where it is not known."""


@cache
def known_investors() -> Mapping[str, KnownInvestor]:
    """Give all known investors by the key of every name and alias."""
    found: dict[str, KnownInvestor] = {}
    with resources.files("extract.names").joinpath("investors.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            entry = KnownInvestor(row["name"], row["kind"], row["country"])
            for name in (row["name"], *filter(None, row["aliases"].split("|"))):
                found.setdefault(name_key(name), entry)
    return found


def lookup(name: str) -> KnownInvestor | None:
    """Give the investor known under this name or alias, None if there is none.

    >>> lookup("a16z").name
    'Andreessen Horowitz'
    """
    return known_investors().get(name_key(name))


@cache
def phrases() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Give the names of several words, of investors and public bodies, by their first word's key, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    names = [" ".join(name.split()) for name in PUBLIC_BODIES.split(";")]
    with resources.files("extract.names").joinpath("investors.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names += (row["name"], *filter(None, row["aliases"].split("|")))
    for name in names:
        keys = (name_key(word) for word in name.replace("’", "'").replace("'", "' ").split())
        words = tuple(key for key in keys if key)
        if len(words) > 1:
            found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(entries, key=len, reverse=True)) for first, entries in found.items()}
