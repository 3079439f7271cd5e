"""The spaCy component ``tourdetable_names``: ``doc._.names`` holds every mention of a company or person."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from extract.language import text_of
from extract.names.candidates import Hint
from extract.names.finder import find_names, no_hint

_PROPER = {"PROPN", "X"}


class NameFinder:
    """Sets ``doc._.names``, a list of :class:`extract.records.Name` with offsets into ``doc.text``.

    Entities and part-of-speech tags of a statistical model are used as hints where the document has them.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Find the names of one document."""
        doc._.names = find_names(text_of(doc), _hint(doc))
        return doc


def _hint(doc: Doc) -> Hint:
    """Make the hints of a model that has run before; none where none has."""
    tagged = doc.has_annotation("POS")
    labels = {index: ent.label_ for ent in doc.ents for index in range(ent.start, ent.end)}
    if not tagged and not labels:
        return no_hint
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
