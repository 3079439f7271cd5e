"""French for the pipeline, without the four seconds that spaCy's own takes to load.

Loading ``spacy.lang.fr`` compiles a regular expression of some 270 alternatives for words that keep their hyphens and
apostrophes. Our components read the text itself and need tokens only for sentences and spans, so a plain rule does.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from spacy.language import BaseDefaults, Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab
from thinc.api import Config

_TOKEN = re.compile(r"([^\W\d_]+['’](?=\w)|\w+(?:[.,'’&\u00ad-]\w+)*|\s+|[^\w\s])( ?)")
"""An elided word (*l'*, *qu’*), a word or figure with what joins its parts, a run of spaces, or a single sign."""
_TEXT = "tourdetable.text"


class PressTokenizer(DummyTokenizer):
    """Cuts text into words, figures and signs; nothing is lost: ``doc.text`` is the text.

    >>> [token.text for token in PressTokenizer(Vocab())("L'Oréal lève 3,5 M€ (peut-être).")]
    ["L'", 'Oréal', 'lève', '3,5', 'M', '€', '(', 'peut-être', ')', '.']
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Make a document of tokens alone."""
        found = _TOKEN.findall(text)
        doc = Doc(self.vocab, words=[word for word, _ in found], spaces=[bool(space) for _, space in found])
        doc.user_data[_TEXT] = text
        return doc


def text_of(doc: Doc) -> str:
    """Give ``doc.text``, which spaCy puts together anew from its tokens at every look."""
    text: str = doc.user_data.get(_TEXT, "")
    # Documents put together or cut from others (``Doc.from_docs``, ``span.as_doc``) may bring the text of one of those.
    whole = len(doc) > 0 and doc[-1].idx + len(doc[-1].text_with_ws) == len(text)
    return text if whole else doc.text


@registry.tokenizers("tourdetable.PressTokenizer.v1")  # type: ignore[untyped-decorator]
def make_tokenizer() -> Callable[[Language], PressTokenizer]:
    """Give what makes the tokenizer, for the name that a saved pipeline's configuration holds."""
    return lambda nlp: PressTokenizer(nlp.vocab)


class _Defaults(BaseDefaults):
    config = Config({"nlp": {"tokenizer": {"@tokenizers": "tourdetable.PressTokenizer.v1"}}})


class PressFrench(Language):  # type: ignore[no-untyped-call]
    """An empty pipeline for French press text; a saved one is loaded by spaCy as French with this tokenizer."""

    lang = "fr"
    Defaults = _Defaults
