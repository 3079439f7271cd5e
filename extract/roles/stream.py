"""A document as a stream of folded tokens in which names and sums are single marks, so that contexts generalize."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from extract.names.keys import fold_word
from extract.records import Name
from extract.rounds.view import View

_TOKEN = re.compile(r"[^\W\d_]+['’]?|\d+(?:[.,\u00a0\u202f]\d+)*|[^\w\s]|\n")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_INVESTS = {"vc", "private_equity", "family_office", "crowdfunding_platform", "accelerator", "bank", "public"}


@dataclass(slots=True)
class Token:
    """One folded word, figure or mark with its half-open range in the document text."""

    text: str
    start: int
    end: int


class Stream:
    """The tokens of a document, in order; ``main`` is the key of the company that the article seems to be about."""

    def __init__(self, view: View, main: str | None) -> None:
        self.tokens: list[Token] = []
        at = 0
        for start, end, mark in sorted(_marks(view, main)):
            if start < at:
                continue
            self._read(view, at, start)
            self.tokens.append(Token(mark, start, end))
            at = end
        self._read(view, at, len(view.text))
        self._starts = [token.start for token in self.tokens]

    def _read(self, view: View, start: int, end: int) -> None:
        for match in _TOKEN.finditer(view.text, start, end):
            self.tokens.append(Token(_folded(match[0], view), match.start(), match.end()))

    def index(self, position: int) -> int:
        """Give the index of the first token that starts at or behind this place."""
        return bisect_left(self._starts, position)

    def between(self, start: int, end: int) -> list[str]:
        """Give the texts of the tokens that start in this range of the document text."""
        return [token.text for token in self.tokens[self.index(start) : self.index(end)]]


def _marks(view: View, main: str | None) -> list[tuple[int, int, str]]:
    marks = [(sum_.start, sum_.end, "<SUM>") for sum_ in view.money]
    return marks + [(name.start, name.end, name_mark(name, main)) for name in view.names]


def name_mark(name: Name, main: str | None) -> str:
    """Give the mark that stands for a name: the article's company, a person, an investor by trade, any other."""
    if name.key == main:
        return "<MAIN>"
    if name.kind == "person":
        return "<PER>"
    return "<INV>" if name.investor_kind in _INVESTS else "<ORG>"


def _folded(word: str, view: View) -> str:
    if not word[0].isdigit():
        return "\n" if word == "\n" else fold_word(word)
    if not _YEAR.match(word):
        return "#" * min(len(word), 4)
    if view.published is None:
        return "<YEAR>"
    behind = view.published.year - int(word)
    return "<PASTYEAR>" if behind > 0 else "<THISYEAR>" if behind == 0 else "<NEXTYEAR>"
