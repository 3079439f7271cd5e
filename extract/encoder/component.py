"""The spaCy component ``tourdetable_encoder``: ``doc._.encoded``, and names that the rules have missed."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from extract.encoder.body import body
from extract.encoder.heads import heads
from extract.encoder.spans import Range
from extract.language import text_of
from extract.names.gazetteer import lookup
from extract.names.keys import name_key
from extract.names.lexicon import NOT_NAMES, PLACES
from extract.records import Name

SURE = 0.8
"""Probability from which a proposed name that crosses none of the rules' is believed …"""
SURE_SMALL = 0.95
"""… one that is written without a capital …"""
SURE_LONGER = 0.85
"""… and one that is longer than the rules' own: *Banque Populaire Grand Ouest* for *Banque Populaire*."""
_SIGNS = r"[\s.,;:?«»“”\"()\[\]–—•-]"
_OPENING = re.compile(rf"{_SIGNS}|(?:d|l)['’]|(?:le|la|les|du|de|des|et)\s")
_CLOSING = re.compile(rf"(?:{_SIGNS}|\s(?:et|de|du|des|la|le|les|d['’]|l['’]|à|au|aux|en|pour|par|sur))$")
_CLASHES = re.compile(r"[\n()«»;:]")
"""What no name holds."""


class EncoderReader:
    """Runs the encoder over a document; sets ``doc._.encoded`` and completes ``doc._.names``."""

    def __call__(self, doc: Doc) -> Doc:
        """Read one document.

        Raises:
            ValueError: the component that finds names has not run before.
        """
        if not Doc.has_extension("names") or doc._.names is None:
            raise ValueError("tourdetable_encoder: add the component 'tourdetable_names' before it")
        text = text_of(doc)
        encoded = body().encode(text)
        doc._.encoded = encoded
        if encoded is not None:
            doc._.names = completed(text, doc._.names, heads().names(encoded))
        return doc


def completed(text: str, names: list[Name], proposed: list[tuple[Range, float]]) -> list[Name]:
    """Give the rules' names with the encoder's among them: those where the rules have none, and longer ones.

    >>> completed("Chez Papa lève 2 M€.", [], [((0, 9), 0.97)])[0].name
    'Chez Papa'
    """
    by_text = {name.text: name for name in names}
    kept = list(names)
    for place, sure in proposed:
        start, end = _trimmed(text, place)
        words = text[start:end]
        capital = any(c.isupper() or c.isdigit() for c in words)
        if sure < (SURE if capital else SURE_SMALL) or len(words) < 2 or _CLASHES.search(words):
            continue
        if name_key(words) in _no_names():
            continue
        crossed = [name for name in kept if name.start < end and name.end > start]
        if crossed and not (sure >= SURE_LONGER and _lengthens(text, start, end, crossed)):
            continue
        kept = [name for name in kept if name not in crossed]
        kept.append(_named(words, start, end, by_text))
    return sorted(kept, key=lambda name: name.start)


@cache
def _no_names() -> frozenset[str]:
    """Keys of places and of words that name nothing, in the spelling of :func:`extract.names.keys.name_key`."""
    return frozenset(name_key(word.replace("-", " ")) for word in PLACES | NOT_NAMES)


def _lengthens(text: str, start: int, end: int, crossed: list[Name]) -> bool:
    """Tell whether a place holds all the names it crosses and more words, as one name would: no label before it."""
    if any(name.kind == "person" or name.start < start or name.end > end for name in crossed):
        return False
    head, tail = text[start : crossed[0].start], text[crossed[-1].end : end]
    label = len(head.strip()) > 2 and head.strip().isupper()
    return not label and (len(crossed) > 1 or any(c.isalnum() for c in head + tail))


def _trimmed(text: str, place: Range) -> Range:
    """Give the whole words of a place, without signs at its ends."""
    start, end = place
    while start < end and start and text[start - 1].isalnum() and text[start].isalnum():
        start += 1
    while match := _OPENING.match(text, start, end):
        start = match.end()
    while match := _CLOSING.search(text, start, end):
        end = match.start()
    while start < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _named(text: str, start: int, end: int, known: dict[str, Name]) -> Name:
    same = known.get(text)
    if same is not None:
        return replace(same, start=start, end=end)
    investor = lookup(text)
    return Name(
        text=text,
        start=start,
        end=end,
        name=text,
        key=name_key(investor.name if investor else text),
        kind="company",
        investor_kind=investor.kind if investor else None,
    )


@Language.factory("tourdetable_encoder", assigns=["doc._.encoded"], requires=["doc._.names"])
def make_encoder(nlp: Language, name: str) -> EncoderReader:
    """Make the component for ``nlp.add_pipe("tourdetable_encoder")``, behind the names."""
    if not Doc.has_extension("encoded"):
        Doc.set_extension("encoded", default=None)
    return EncoderReader()
