"""The spaCy component ``tourdetable_sentences``: sentence starts in press text as scrapers leave it."""

from __future__ import annotations

import re
from bisect import bisect_left

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

_ABBREVIATION = re.compile(
    r"(?:\b(?:m|mm|mme|mlle|dr|me|pr|st|ste|av|bd|cf|env|etc|ex|fig|hab|inc|corp|co|ltd|jr|janv|févr|avr|juil|sept|oct|nov|déc|no|n°|p|vs|art|tél)"
    r"|\b[A-Z])$",
    re.IGNORECASE,
)
_CLOSED = tuple("€$£%)»”")
"""Marks that end a word: a full stop behind them ends the sentence, even without a space after it."""
_END = re.compile(r"(?P<stop>[.!?…]+)(?P<close>[\s\u00a0\u202f]*[»”\"’)\]]*)(?P<gap>\s*)(?=(?P<next>\S))|\n+")


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    r"""Give the half-open ranges of the sentences of ``text``; together they cover all of it but blank ends.

    A line break always ends a sentence; a full stop does not within a number, a name (*Camionnette.com*), behind an
    abbreviation (*M. Dupont*) or an initial. A missing space behind a full stop (*fonds.Elle*) is forgiven.

    >>> ["M. Dupont lève 2.5 M€.Il rit."[a:b] for a, b in sentence_bounds("M. Dupont lève 2.5 M€.Il rit.")]
    ['M. Dupont lève 2.5 M€.', 'Il rit.']
    """
    bounds = []
    start = 0
    for match in _END.finditer(text):
        if match["stop"] and not _ends(text, match):
            continue
        stop = match.end("close") if match["stop"] else match.start()
        if text[start:stop].strip():
            bounds.append(_stripped(text, start, stop))
        start = match.end()
    if text[start:].strip():
        bounds.append(_stripped(text, start, len(text)))
    return bounds


def _ends(text: str, match: re.Match[str]) -> bool:
    follows = match["next"]
    if match["stop"] == ".":
        before = text[max(0, match.start() - 8) : match.start()]
        if _ABBREVIATION.search(before) and not before.endswith("€"):
            return False
        if not match["gap"] and not match["close"]:
            closed = before[-1:] in _CLOSED or (before[-1:].islower() and before[-2:-1].isalpha())
            return follows.isupper() and closed
    return (bool(match["gap"] or match["close"].strip()) and not follows.islower()) or (
        not match["gap"] and follows.isupper()
    )


def _stripped(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    return start, stop


class SentenceFinder:
    """Sets the sentence starts of a document (``doc.sents``) by rule, without a parser."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark the sentences of one document."""
        starts = [start for start, _ in sentence_bounds(doc.text)]
        marks = np.full(len(doc), -1, dtype=np.int64)
        for token in doc:
            at = bisect_left(starts, token.idx)
            inside = at < len(starts) and starts[at] < token.idx + len(token.text) and not token.is_space
            if token.i == 0 or inside:
                marks[token.i] = 1
        # All at once: setting ``token.is_sent_start`` looks through the whole document for each token.
        return doc.from_array(["SENT_START"], marks.astype(np.uint64).reshape(-1, 1))  # type: ignore[arg-type]


@Language.factory("tourdetable_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> SentenceFinder:
    """Make the component for ``nlp.add_pipe("tourdetable_sentences")``; it needs no other component."""
    return SentenceFinder()
