"""The spaCy component ``tourdetable_names``: ``doc._.names`` holds every mention of a company or person."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from extract.names.candidates import Hint, candidates
from extract.names.gazetteer import lookup
from extract.names.keys import name_key
from extract.names.kinds import best_names, entities
from extract.names.tokens import words_of
from extract.records import Name

_PROPER = {"PROPN", "X"}


class NameFinder:
    """Sets ``doc._.names``, a list of :class:`extract.records.Name` with offsets into ``doc.text``.

    Entities and part-of-speech tags of a statistical model are used as hints where the document has them.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Find the names of one document."""
        doc._.names = find_names(doc.text, _hint(doc))
        return doc


def find_names(text: str, hint: Hint | None = None) -> list[Name]:
    """Find every mention of a company or person in ``text``, in order, never overlapping.

    >>> [(n.text, n.kind) for n in find_names("Alpha lève 3 M€ auprès de Partech, selon Julie Martin.")]
    [('Alpha', 'company'), ('Partech', 'company'), ('Julie Martin', 'person')]
    """
    hint = hint or _no_hint
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


def _no_hint(_start: int, _end: int) -> str | None:
    return None


def _hint(doc: Doc) -> Hint:
    """Make the hints of a model that has run before; none where none has."""
    tagged = doc.has_annotation("POS")
    labels = {index: ent.label_ for ent in doc.ents for index in range(ent.start, ent.end)}
    if not tagged and not labels:
        return _no_hint
    at = {token.idx: token for token in doc}

    def hint(start: int, _end: int) -> str | None:
        token = at.get(start)
        if token is None:
            return None
        if token.i in labels:
            return labels[token.i]
        if not tagged:
            return None
        return "PROPN" if token.pos_ in _PROPER else "WORD"

    return hint


@Language.factory("tourdetable_names", assigns=["doc._.names"])
def make_names(nlp: Language, name: str) -> NameFinder:
    """Make the component for ``nlp.add_pipe("tourdetable_names")``; it needs no other component."""
    if not Doc.has_extension("names"):
        Doc.set_extension("names", default=None)
    return NameFinder()
