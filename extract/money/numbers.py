"""Numbers, units and currencies as French writes them, turned into values."""

from __future__ import annotations

import re
from functools import lru_cache

from text_to_num import text2num

from extract.money import lexicon, patterns

_GROUPED = re.compile(r"\d{1,3}(?:([ \u00a0\u2009\u202f.'’])\d{3})(?:\1\d{3})*(?:,\d{1,2})?$")


def read_number(text: str) -> float | int | None:
    """Give the value of a number in digits or letters, None where it is none.

    A point or apostrophe parts thousands where three digits follow each one and a comma is the decimal
    sign (*1.500.000*, *1'500'000,50*); else point and comma are both decimal signs (*1.5* is 1½, as
    the press writes it), except that *1.500* alone reads as 1500.

    >>> read_number("1 500 000"), read_number("2,5"), read_number("trois cent mille")
    (1500000, 2.5, 300000)
    """
    text = text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ").replace("’", "'")
    if text[:1].isdigit():
        return _digits(text)
    return _letters(text.lower())


def _digits(text: str) -> float | int | None:
    if _GROUPED.match(text):
        text = re.sub(r"[ .']", "", text).replace(",", ".")
    elif text.count(",") > 1:  # English thousands
        text = text.replace(",", "")
    else:
        text = text.replace(",", ".")
    try:
        return tidy(float(text)) if "." in text else int(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _letters(text: str) -> float | int | None:
    if "demi" in text:
        return 0.5
    words = text.replace("'", " ").split()
    for word in words:
        collective = lexicon.COLLECTIVES.get(word) or lexicon.COLLECTIVES.get(word.removesuffix("s"))
        if collective:
            return collective * (read_number(words[0]) or 1 if len(words) > 1 and words[0] in _COUNTS else 1)
    try:
        return int(text2num(text.replace("une", "un"), "fr"))
    except (ValueError, TypeError):
        return None


_COUNTS = {"deux", "trois", "quatre", "cinq"}


def read_unit(text: str | None) -> int:
    """Give the factor of a unit, 1 for none: *millions* → 10⁶, *Md* → 10⁹."""
    if not text:
        return 1
    for pattern, value in patterns.UNIT_VALUES:
        if pattern.match(text):
            return value
    return lexicon.UNIT_LETTERS.get(text, 1)


def read_currency(text: str) -> str | None:
    """Give the ISO 4217 code of a currency sign, code or name: *dollars canadiens* → CAD."""
    text = re.sub(r"^\s*(?:de\s+|d\s?['’]\s?)", "", text).strip()
    if text in lexicon.CURRENCY_CODES:
        return lexicon.CODE_ALIASES.get(text, text)
    for pattern, code in (*patterns.SIGN_VALUES, *patterns.CURRENCY_VALUES):
        if pattern.match(text):
            return code
    return None


def tidy(value: float) -> float | int:
    """Give an int where the value is whole (within the noise of decimal fractions), else a float.

    >>> tidy(2.3 * 10**6), tidy(0.0052)
    (2300000, 0.0052)
    """
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded
