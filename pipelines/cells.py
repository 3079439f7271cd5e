"""Values as cells of a spreadsheet: readable text that no program takes for a formula."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

SHEET_TEXT = 32_767
"""Characters of a cell, as Excel counts them: UTF-16 code units."""
_CUT = " … [cut]"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What XML 1.0 has no place for, §2.2, and DEL."""
_FORMULA = frozenset("=+-@−")
_LEADING = frozenset("\t\r\n")
_BREAKS = re.compile("([;\t\r\n])")


def as_text(value: Any) -> str:
    """Write a value for a reader: lists parted by semicolons, instants in ISO 8601.

    >>> as_text([{"name": "Partech", "lead": True, "key": "partech"}, {"name": "Bpifrance", "lead": False}])
    'Partech (lead); Bpifrance'
    >>> as_text([{"cause": "http-500", "count": 2}])
    'cause=http-500, count=2'
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(as_text(one) for one in value if one is not None)
    if isinstance(value, Mapping):
        if value.get("name"):
            return f"{value['name']} (lead)" if value.get("lead") else str(value["name"])
        return ", ".join(f"{name}={as_text(one)}" for name, one in value.items() if one not in (None, []))
    return str(value)


def guarded(text: str) -> str:
    """Give text that no spreadsheet takes for a formula when it opens a CSV file, without control characters.

    An apostrophe comes before what begins with ``=``, ``+``, ``-`` or ``@``, also in their full-width and other forms
    and behind white space and invisible characters, and before a leading tab or line break. The same goes for what
    follows a semicolon, tab or line break, at which a program set to another separator than the comma begins a new
    cell, as a French Excel is (OWASP, *CSV injection*).

    >>> guarded("=1+1"), guarded(" ＋33 1 23"), guarded("Alpha - Beta"), guarded("Alpha; @Beta")
    ("'=1+1", "' ＋33 1 23", 'Alpha - Beta', "Alpha;' @Beta")
    """
    text = "".join(f"'{piece}" if _first_sign(piece) in _FORMULA else piece for piece in _BREAKS.split(_clean(text)))
    return f"'{text}" if text[:1] in _LEADING else text


def _clean(text: str) -> str:
    return _CONTROLS.sub("", text)


def _first_sign(text: str) -> str:
    """Give the first character that is seen, in its plain form; empty if there is none."""
    for sign in text:
        if not sign.isspace() and unicodedata.category(sign) not in {"Cf", "Cc", "Mn"}:
            return unicodedata.normalize("NFKC", sign)[:1]
    return ""


def sheet_text(text: str) -> str:
    r"""Give text that fits a cell of an Excel file, which is XML: line breaks as line feeds, what is over cut off.

    >>> sheet_text("a\r\nb\x00")
    'a\nb'
    """
    text = _clean(text).replace("\r\n", "\n").replace("\r", "\n")
    units = text.encode("utf-16-le")
    if len(units) <= 2 * SHEET_TEXT:
        return text
    return units[: 2 * (SHEET_TEXT - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
