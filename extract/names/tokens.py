"""Words of a text as far as names are concerned: case, elision, place in the sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.names.keys import fold_word, name_key

_ELISION = r"(?:[dlnsjmtcDLNSJMTC]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu)['’](?=\w)"
_WORD = r"[^\W_]+(?:(?:['’&+-]|\.(?=[a-z0-9]))[^\W_]+)*(?:\+(?!\d)|!(?=[ ,]?[a-zà-ÿ]))?"
_TOKEN = re.compile(rf"{_ELISION}|{_WORD}")
_OPENERS = " \t\u00a0\u202f«»\"“”'‘’()[]•*–—-·#>"
_STOPS = ".!?…:\n"
_DOMAIN = re.compile(
    r"[a-z0-9-]+\.(?:com|fr|io|ai|co|tech|app|net|org|be|ch|eu|dev|shop|bio|ma|tn|sn|ci|ca|taxi|xyz|me|tv)$"
)
_MIXED = re.compile(r"(?=.*[a-z])(?=.*\d)[a-z0-9]{2,}$")
_TITLE_LENGTH = 300
_MEASURE = re.compile(r"\d+(?:er|ère|re|e|è|ème|h\d*|d|g|k|m|x|km|kg|mw|gw|kwh|ans?)$", re.IGNORECASE)


@dataclass(slots=True)
class Word:
    """One word; ``key`` is its name key, ``opens`` tells that a sentence, title or list item starts with it."""

    text: str
    start: int
    end: int
    key: str
    folded: str
    elision: bool
    capital: bool
    opens: bool
    gap: str
    """What stands between the word before and this one."""


def words_of(text: str) -> list[Word]:
    """Cut a text into words.

    >>> [(w.text, w.capital, w.opens) for w in words_of("Selon l'Oréal, n8n lève.")]
    [('Selon', True, True), ("l'", False, False), ('Oréal', True, False), ('n8n', True, False), ('lève', False, False)]
    """
    words: list[Word] = []
    end = 0
    for match in _TOKEN.finditer(text):
        word, gap = match[0], text[end : match.start()]
        elision = word[-1] in "'’"
        words.append(
            Word(
                text=word,
                start=match.start(),
                end=match.end(),
                key=name_key(word),
                folded=fold_word(word),
                elision=elision,
                capital=not elision and is_capital(word),
                opens=_opens(gap, first=not words),
                gap=gap,
            )
        )
        end = match.end()
    _mark_shouted(text, words)
    return words


def is_capital(word: str) -> bool:
    """Tell whether a word is written as names are: a capital, a domain (*le.taxi*), letters with digits (*n8n*)."""
    if word[0].isupper():
        return True
    if word[0].isdigit():
        return any(c.isalpha() for c in word) and not _MEASURE.match(word)
    return any(c.isupper() for c in word[1:]) or bool(_DOMAIN.match(word) or _MIXED.match(word))


def _opens(gap: str, *, first: bool) -> bool:
    if first:
        return True
    bare = gap.rstrip(_OPENERS)
    return bool(bare) and bare[-1] in _STOPS and gap != "."


def _mark_shouted(text: str, words: list[Word]) -> None:
    """Let no capital speak where all words have one: title case and lines in capitals."""
    at = index = 0
    for line in text.split("\n"):
        stop, first = at + len(line), index
        while index < len(words) and words[index].start < stop:
            index += 1
        inside = words[first:index] if len(line) < _TITLE_LENGTH else []
        long = [word for word in inside if len(word.text) > 3 and word.text[0].isalpha()]
        if len(long) > 3 and sum(word.text[0].isupper() for word in long) > 0.7 * len(long):
            for word in inside:
                word.opens = word.opens or line.isupper() or not any(c.isupper() for c in word.text[1:])
        at = stop + 1
