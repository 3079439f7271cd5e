"""The spaCy component ``tourdetable_rounds``: sums, names and sentences become rounds."""

from __future__ import annotations

from datetime import date

from spacy.language import Language
from spacy.tokens import Doc

from extract.bounds import sentence_bounds
from extract.language import text_of
from extract.roles.reader import reader
from extract.rounds.assemble import find_rounds
from extract.rounds.view import View

_NEEDS = {"money": "tourdetable_money", "names": "tourdetable_names", "encoded": "tourdetable_encoder"}


class RoundFinder:
    """Sets ``doc._.rounds`` and ``doc._.past_rounds``, and the role of every sum in ``doc._.money``.

    The day of publication, to which *mardi* and *l'an dernier* are relative, is read from ``doc._.published``.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Find the rounds of one document.

        Raises:
            ValueError: a component that has to run before is missing.
        """
        text = text_of(doc)
        for attribute, component in _NEEDS.items():
            if not Doc.has_extension(attribute) or (doc._.get(attribute) is None and text.strip()):
                raise ValueError(f"tourdetable_rounds: add the component {component!r} before it")
        view = View(text, sentence_bounds(text), doc._.money or [], doc._.names or [], doc._.published)
        if not view.sentences or doc._.encoded is None:
            doc._.rounds, doc._.past_rounds = [], []
            return doc
        doc._.rounds, doc._.past_rounds = find_rounds(view, reader().read(view, doc._.encoded))
        return doc


@Language.factory(
    "tourdetable_rounds",
    assigns=["doc._.rounds", "doc._.past_rounds"],
    requires=["doc._.money", "doc._.names", "doc._.encoded"],
)
def make_rounds(nlp: Language, name: str) -> RoundFinder:
    """Make the component for ``nlp.add_pipe("tourdetable_rounds")``, behind money, names and encoder."""
    for attribute in ("rounds", "past_rounds"):
        if not Doc.has_extension(attribute):
            Doc.set_extension(attribute, default=None)
    ensure_published()
    return RoundFinder()


def ensure_published() -> None:
    """Register ``doc._.published``, a :class:`datetime.date` or None."""
    if not Doc.has_extension("published"):
        nothing: date | None = None
        Doc.set_extension("published", default=nothing)
