"""Finds every mention of a company or person in a text."""

from __future__ import annotations

from extract.names.candidates import Hint, candidates
from extract.names.gazetteer import lookup
from extract.names.keys import name_key
from extract.names.kinds import best_names, entities
from extract.names.tokens import words_of
from extract.records import Name


def find_names(text: str, hint: Hint | None = None) -> list[Name]:
    """Find every mention of a company or person in ``text``, in order, never overlapping.

    >>> [(n.text, n.kind) for n in find_names("Alpha lève 3 M€ auprès de Partech, selon Julie Martin.")]
    [('Alpha', 'company'), ('Partech', 'company'), ('Julie Martin', 'person')]
    """
    hint = hint or no_hint
    words = words_of(text)
    gathered = entities(text, words, candidates(words, hint), hint)
    names = best_names(gathered, text)
    found = []
    for entity in gathered.values():
        if entity.kind not in ("company", "person"):
            continue
        best = names[entity.key]
        known = lookup(best) or entity.known
        for mention in entity.mentions:
            found.append(
                Name(
                    text=mention.text,
                    start=mention.start,
                    end=mention.end,
                    name=best,
                    key=name_key(known.name if known else best),
                    kind="person" if entity.kind == "person" else "company",
                    investor_kind=known.kind if known else None,
                )
            )
    return sorted(found, key=lambda name: name.start)


def no_hint(_start: int, _end: int) -> str | None:
    """Say nothing of any word, where no statistical model has looked at the text."""
    return None
