"""The spaCy component ``tourdetable_money``: ``doc._.money`` holds the sums of a document."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from extract.language import text_of
from extract.money.elliptic import find_sums


class MoneyFinder:
    """Sets ``doc._.money``, a list of :class:`extract.records.Money` with offsets into ``doc.text``."""

    def __call__(self, doc: Doc) -> Doc:
        """Find the sums of one document."""
        doc._.money = find_sums(text_of(doc))
        return doc


@Language.factory("tourdetable_money", assigns=["doc._.money"])
def make_money(nlp: Language, name: str) -> MoneyFinder:
    """Make the component for ``nlp.add_pipe("tourdetable_money")``; it needs no other component.

    >>> import spacy
    >>> nlp = spacy.blank("fr")
    >>> _ = nlp.add_pipe("tourdetable_money")
    >>> nlp("Alpha lève 3 millions d'euros.")._.money[0].value
    3000000
    """
    if not Doc.has_extension("money"):
        Doc.set_extension("money", default=None)
    return MoneyFinder()
