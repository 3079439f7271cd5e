"""Comparison keys of names: equal across case, accents, punctuation, leading article and legal form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FOLD = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "’": "'"})
_ARTICLE = re.compile(r"^(?:l'|(?:le|la|les) )(?=.)")
_LEGAL = re.compile(
    r"(?:[\s,]+(?:s\.?a\.?s\.?u?|s\.?a|s\.?a\.?r\.?l|s\.?c\.?a|scop|scic|snc|eurl|s\.?e|inc|ltd|limited|llc|llp|"
    r"gmbh(?: & co\.? kg(?:aa)?)?|kgaa|ag|b\.?v|n\.?v|plc|pty|pte|corp|corporation|s\.?r\.?l|s\.?p\.?a|oy|ab|co)\.?)+$"
)
_PLUS = re.compile(r"(?<=[^\W_])\+")
"""The sign that is part of a name: Canal+ is Canal Plus and not Canal."""


@lru_cache(maxsize=16384)
def name_key(name: str) -> str:
    """Give the key under which spellings of one name are equal; empty only for a name without letters and digits.

    >>> name_key("L'Oréal S.A.") == name_key("l’oreal")
    True
    >>> name_key("Crédit Agricole")
    'creditagricole'
    """
    folded = _PLUS.sub("plus", fold(name))
    bare = _LEGAL.sub("", _ARTICLE.sub("", folded))
    return "".join(c for c in bare if c.isalnum()) or "".join(c for c in folded if c.isalnum())


@lru_cache(maxsize=32768)
def fold_word(word: str) -> str:
    """Give :func:`fold` of one word; the words of a language come again and again."""
    return fold(word)


def fold(text: str) -> str:
    """Give ``text`` without case and accents, ligatures parted and apostrophes straight."""
    if text.isascii():
        return text.casefold().strip()
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_FOLD)
    return "".join(c for c in unicodedata.normalize("NFKD", decomposed) if not unicodedata.combining(c)).strip()
