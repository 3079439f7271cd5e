"""Names with small words or a figure inside, believed where the document writes them so more than once."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from extract.names.tokens import Word

_LINKS = frozenset("de du des d' d’ la le les à en au aux to l' l’ sans sur sous".split())
_SPACES = {" ", "\u00a0", "\u202f", "-"}
_UNITS = frozenset(
    """million millions milliard milliards mille euros euro dollars dollar francs m k md mds % ans an mois jours h
    heures km kg m2 ha kw mw salaries personnes collaborateurs clients utilisateurs janvier fevrier mars avril
    mai juin juillet aout septembre octobre novembre decembre""".split()
)
_LETTERS = {"M", "K", "Md", "Mds", "Mrd", "G", "T"}
"""Letters that stand for a unit behind a figure: *2,6 M€* holds no company *6 M*."""
_MOST_LINKS = 2
_SHARE = 0.6
"""Share of a head's mentions that have to go on alike: *Rue du Cuir* always does, *Airbus de Toulouse* once."""


class Compounds:
    """Counts how the capitalized words of a document go on: *Noir de Barèges*, *Back to Bois*, *Bloc 9*.

    >>> from extract.names.tokens import words_of
    >>> words = words_of("Rue du Cuir lève 2 M€. Fondée en 2020, Rue du Cuir vend des selles.")
    >>> Compounds(words).length(words, 0), Compounds(words).length(words, 3)
    (2, 0)
    """

    def __init__(self, words: list[Word]) -> None:
        self._heads: Counter[str] = Counter()
        self._tails: Counter[tuple[str, ...]] = Counter()
        self._led = Counter((w.key, f.key) for w, f in pairwise(words) if _leads(w, f))
        for i, word in enumerate(words):
            if not word.capital:
                continue
            self._heads[word.key] += 1
            length = _tail(words, i)
            if length:
                self._tails[tuple(w.key for w in words[i : i + length + 1])] += 1

    def length(self, words: list[Word], i: int) -> int:
        """Give how many words behind the capitalized word ``i`` belong to its name by the document's own witness."""
        length = _tail(words, i)
        if not length:
            return 0
        count = self._tails[tuple(w.key for w in words[i : i + length + 1])]
        return length if count > 1 and count >= _SHARE * self._heads[words[i].key] else 0

    def led_by_figure(self, words: list[Word], i: int) -> bool:
        """Tell whether the figure ``i`` opens a name by the document's own witness: *24 Carats*."""
        if i + 1 >= len(words) or not _leads(words[i], words[i + 1]):
            return False
        count = self._led[words[i].key, words[i + 1].key]
        return count > 1 and count >= _SHARE * self._heads[words[i + 1].key]


def _leads(word: Word, follows: Word) -> bool:
    return (
        follows.text not in _LETTERS
        and word.text.isdigit()
        and len(word.text) < 4
        and follows.capital
        and follows.gap == " "
    )


def _tail(words: list[Word], i: int) -> int:
    """Give how many words lie up to the figure or the next capital that small words lead to; 0 where none does."""
    after = words[i + 1] if i + 1 < len(words) else None
    if after is None or not _close(after, words[i]):
        return 0
    if after.text.isdigit() and len(after.text) < 4:
        unit = words[i + 2] if i + 2 < len(words) else None
        measured = unit is not None and unit.gap in _SPACES | {""} and unit.folded in _UNITS
        return 0 if measured else 1
    for length in range(1, _MOST_LINKS + 1):
        if i + length + 1 >= len(words):
            return 0
        link, follows = words[i + length], words[i + length + 1]
        if link.folded not in _LINKS or not _close(link, words[i + length - 1]):
            return 0
        if follows.capital and _close(follows, link):
            return length + 1
    return 0


def _close(word: Word, before: Word) -> bool:
    return word.gap in _SPACES or (word.gap == "" and before.elision)
