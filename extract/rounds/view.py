"""A document as the round finder sees it: sentences, sums and names by place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from extract.records import Money, Name
from extract.rounds import lexicon

_PAST = re.compile(lexicon.PAST_ROUND_WORDS, re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BRACKET = re.compile(r"\([^()\n]{0,200}\)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A half-open range of the document text; ``title`` for the sentences of the title."""

    start: int
    end: int
    title: bool


class View:
    """The document text with what was found in it, each list in order of position."""

    def __init__(
        self, text: str, bounds: list[tuple[int, int]], money: list[Money], names: list[Name], published: date | None
    ) -> None:
        self.text = text
        title_end = text.find("\n")
        self.sentences = [Sentence(start, end, start < title_end) for start, end in bounds]
        self.money = money
        self.names = names
        self.published = published
        self._starts = [sentence.start for sentence in self.sentences]
        self._money_starts = [sum_.start for sum_ in money]
        self._name_starts = [name.start for name in names]

    def sentence(self, position: int) -> Sentence:
        """Give the sentence that holds this place, or the one before it."""
        return self.sentences[self.sentence_index(position)]

    def sentence_index(self, position: int) -> int:
        """Give the place in ``sentences`` of the sentence that holds this place, or of the one before it."""
        return max(0, bisect_right(self._starts, position) - 1)

    def money_range(self, start: int, end: int) -> range:
        """Give the places in ``money`` of the sums that start in this range."""
        return range(bisect_left(self._money_starts, start), bisect_left(self._money_starts, end))

    def money_in(self, start: int, end: int) -> list[Money]:
        """Give the sums that start in this range."""
        found = self.money_range(start, end)
        return self.money[found.start : found.stop]

    def names_in(self, start: int, end: int) -> list[Name]:
        """Give the names that start in this range."""
        return self.names[bisect_left(self._name_starts, start) : bisect_left(self._name_starts, end)]

    def evidence(self, position: int) -> tuple[str, int, int]:
        """Give the sentence at this place, as text with its bounds."""
        found = self.sentence(position)
        return self.text[found.start : found.end], found.start, found.end

    def words(self, sentence: Sentence) -> str:
        """Give the text of a sentence."""
        return self.text[sentence.start : sentence.end]

    @cached_property
    def brackets(self) -> list[tuple[int, int]]:
        """Ranges within round brackets, in order."""
        return [match.span() for match in _BRACKET.finditer(self.text)]

    def bracketed(self, position: int) -> bool:
        """Tell whether this place is within round brackets."""
        at = bisect_right(self.brackets, (position, len(self.text))) - 1
        return at >= 0 and self.brackets[at][0] < position < self.brackets[at][1]

    def recalls(self, sentence: Sentence) -> bool:
        """Tell whether the sentence speaks of what was before: pluperfect, *précédent*, a year before this one."""
        words = self.words(sentence)
        if _PAST.search(words):
            return True
        year = self.published.year if self.published else None
        return year is not None and any(int(found) < year for found in _YEAR.findall(words))
