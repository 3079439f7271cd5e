"""Runs of words that may be names: capitals, connectors, the gazetteer's phrases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from extract.names import lexicon
from extract.names.compounds import Compounds
from extract.names.gazetteer import known_investors, phrases
from extract.names.tokens import Word

_INSIDE = {"de", "du", "des", "d'", "d’", "la", "le", "les", "l'", "l’", "et", "of", "the", "pour", "en"}
_VERB = re.compile(
    r"a|est|va|se|s['’]|ne|n['’]|\w{2,}rai(?:en)?t|avait|etait|veut|peut|doit|fait|dit|met|prend|vient|sera|aura"
)
"""What a sentence goes on with behind a name that opens it: a common noun would have an article before it."""
_PREFIXES = ("ex-", "non-", "anti-", "post-", "pro-", "pre-")
"""Written small, what makes a name mean something else: *ex-Twitter* is no company of today; *Pro-Bio* is one."""
_ARTICLES = {"la", "le", "les"}
_SPACES = {" ", "\u00a0", "\u202f", "-", " & ", "&", " + "}

Hint = Callable[[int, int], str | None]
"""What a statistical model says of a span: ``ORG``, ``PER``, ``LOC``, ``PROPN``, ``WORD`` (no proper noun), or None."""


@dataclass(slots=True)
class Candidate:
    """A run of words that may name something; ``first`` and ``last`` are word indexes, both included."""

    first: int
    last: int
    known: bool = False
    """True where the whole is a phrase of the gazetteer."""


class Attested:
    """How each word of a text is written where a capital means something, and whether it occurs in small letters."""

    def __init__(self, words: list[Word]) -> None:
        self._capital = Counter(word.folded for word in words if word.capital and not word.opens)
        self._small = Counter(word.folded for word in words if not word.capital)
        self._pairs = {
            (word.key, follows.key)
            for word, follows in pairwise(words)
            if word.capital and not word.opens and follows.capital and follows.gap == " "
        }

    def capital(self, word: Word) -> bool:
        """Tell whether the word has a capital inside some sentence."""
        return self._capital[word.folded] > 0

    def pair(self, word: Word, follows: Word) -> bool:
        """Tell whether both words stand side by side with capitals inside some sentence."""
        return (word.key, follows.key) in self._pairs

    def small(self, word: Word) -> bool:
        """Tell whether the word occurs without a capital."""
        return self._small[word.folded] > 0


def candidates(words: list[Word], hint: Hint) -> list[Candidate]:
    """Give the runs that may be names, in order, never overlapping."""
    attested = Attested(words)
    compounds = Compounds(words)
    found = []
    i = 0
    while i < len(words):
        candidate = _phrase(words, i, compounds) or (
            _run(words, i, compounds) if _starts(words, i, compounds) else None
        )
        if candidate is None:
            i += 1
            continue
        i = candidate.last + 1
        trimmed = candidate if candidate.known else _trim(words, candidate, attested, hint)
        if trimmed is not None:
            found.append(trimmed)
    return found


def _phrase(words: list[Word], i: int, compounds: Compounds) -> Candidate | None:
    """Match the longest gazetteer name of several words that starts here and is written as a name."""
    if not (words[i].capital or words[i].text[0].isdigit() or words[i].text[0].isupper()):
        return None
    for phrase in phrases().get(words[i].key, ()):
        stop = i + len(phrase)
        run = words[i:stop]
        if tuple(word.key for word in run) != phrase or any("\n" in word.gap or "," in word.gap for word in run[1:]):
            continue
        longer = _run(words, i, compounds) if words[i].capital else None
        if longer is not None and longer.last >= stop:
            return None if _name_goes_on(words, stop, longer.last) else Candidate(i, stop - 1, known=True)
        return Candidate(i, stop - 1, known=True)
    return None


def _name_goes_on(words: list[Word], stop: int, last: int) -> bool:
    return all(words[k].capital for k in range(stop, last + 1))


def _starts(words: list[Word], i: int, compounds: Compounds) -> bool:
    word = words[i]
    if word.text[0].islower() and word.folded.startswith(_PREFIXES):
        return False
    if word.capital or compounds.led_by_figure(words, i):
        return True
    # Else a figure opens a name only before a word that names organizations: 50 Partners.
    follows = words[i + 1] if i + 1 < len(words) else None
    return (
        word.text.isdigit()
        and len(word.text) < 4
        and follows is not None
        and follows.gap == " "
        and follows.capital
        and follows.folded in lexicon.ORG_TAILS
    )


def _run(words: list[Word], i: int, compounds: Compounds) -> Candidate:
    last = i
    article = words[i].folded in _ARTICLES and i + 1 < len(words)
    head = words[i + 1 if article else i].folded in lexicon.ORG_HEADS
    k = i + 1
    while k < len(words) and k - i < 9:
        word = words[k]
        if word.capital and _joined(word, words[k - 1]):
            last = k
            k += 1
            continue
        attested = compounds.length(words, k - 1)
        if attested:
            last = k - 1 + attested
            k = last + 1
            continue
        bridge = _bridge(words, k, head=head)
        if not bridge:
            break
        k += bridge
    return Candidate(i, last)


def _joined(word: Word, before: Word) -> bool:
    return word.gap in _SPACES or (word.gap == "" and before.elision)


def _bridge(words: list[Word], k: int, *, head: bool) -> int:
    """Give how many small words link the run to a next capital: *Caisse des Dépôts*, *L'Oréal*; 0 for none."""
    if words[k].gap not in _SPACES and not words[k - 1].elision:
        return 0
    for length in (1, 2):
        if k + length >= len(words):
            return 0
        links = words[k : k + length]
        follows = words[k + length]
        if any(link.folded not in _INSIDE or "\n" in link.gap for link in links):
            return 0
        if follows.capital and _joined(follows, links[-1]):
            plain = links[0].folded in {"of", "the"}
            return length if plain or (head and links[0].folded not in {"et", "la", "le", "les", "en"}) else 0
    return 0


def _trim(words: list[Word], candidate: Candidate, attested: Attested, hint: Hint) -> Candidate | None:
    """Take off what is no part of the name at its head; None where nothing is left."""
    first, last = candidate.first, candidate.last
    while first <= last and _droppable(words, first, last, attested, hint):
        first += 1
        while first <= last and not words[first].capital:
            first += 1
    while (
        last >= first
        and words[last].folded in lexicon.NOT_NAMES
        and last > first
        and words[last].text.isupper()
        and words[last].folded not in lexicon.ORG_TAILS
    ):
        last -= 1
    if first > last:
        return None
    key = "-".join(word.folded for word in words[first : last + 1])
    if key in lexicon.NOT_NAMES or (first == last and not _names_alone(words, first, attested, hint)):
        return None
    return Candidate(first, last)


def _droppable(words: list[Word], first: int, last: int, attested: Attested, hint: Hint) -> bool:
    word = words[first]
    if first == last or (word.opens and attested.pair(word, words[first + 1])):
        return False
    if word.folded in lexicon.DESCRIPTIONS and (word.opens or word.folded not in lexicon.ORG_HEADS):
        return not (word.folded in lexicon.ORG_HEADS and attested.capital(word))
    if (
        word.folded in lexicon.PLACES
        and word.text.isupper()
        and len(word.text) > 2
        and not words[first + 1].text.isupper()
    ):
        return True  # A label: BÉNIN Kokari lève …
    if word.folded in lexicon.NOT_NAMES:
        return word.opens or (len(word.text) > 1 and word.text.isupper())
    if not word.opens or attested.capital(word) or word.folded in lexicon.ORG_HEADS:
        return False
    return attested.small(word) or hint(word.start, word.end) == "WORD"


def _heads_an_item(after: Word) -> bool:
    """Tell whether what follows an opening word makes it the head of a list item: *Alpha (santé)*, *Alpha : 3 M€*."""
    sign = after.gap.strip()
    return sign == "(" or (sign in {":", "–", "—", "-"} and after.text[0].isdigit())


def _names_alone(words: list[Word], i: int, attested: Attested, hint: Hint) -> bool:
    """Tell whether a single word is a name: its capital must mean something."""
    word = words[i]
    if word.key in known_investors() and not word.opens:
        return True
    if word.folded in lexicon.DESCRIPTIONS or word.folded in lexicon.ORG_HEADS:
        return False
    if len(word.text) == 1 and word.folded != "x":
        return False
    if not word.opens:
        return True
    if word.key in known_investors() or attested.capital(word):
        return True
    if any(c.isupper() or c.isdigit() for c in word.text[1:]) and not word.text.isupper():
        return True
    after = words[i + 1] if i + 1 < len(words) else None
    if after is not None and _heads_an_item(after):
        return True
    said = hint(word.start, word.end)
    if attested.small(word) and said not in {"ORG", "PER"}:
        return False
    if after is not None and after.gap == " " and after.folded in lexicon.RAISING_AFTER:
        return True
    if after is not None and after.gap == " " and _VERB.fullmatch(after.folded) and said != "WORD":
        return True
    return said in {"ORG", "PER", "PROPN", "MISC"} or (
        after is not None and after.gap.startswith(",") and said != "WORD"
    )
