"""The spaCy component ``tourdetable_sentences``: sentence starts in press text as scrapers leave it."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from extract.bounds import sentence_bounds
from extract.language import text_of


class SentenceFinder:
    """Sets the sentence starts of a document (``doc.sents``) by rule, without a parser."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark the sentences of one document."""
        starts = [start for start, _ in sentence_bounds(text_of(doc))]
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
