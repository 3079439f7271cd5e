"""``/.well-known/tdmrep.json``: what a site says of text and data mining, address by address.

W3C Text and Data Mining Reservation Protocol, Final Community Group Report of 10 May 2024, "TDM File on the Origin
Server": https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

PLACE = "/.well-known/tdmrep.json"
VALUES = {"0": False, "1": True}
"""What ``tdm-reservation`` may be; anything else counts as unset, says the protocol."""

_RESERVED = ":/?#[]@!&'()+,;="
"""RFC 3986 §2.2, without ``*`` and ``$``, which have a meaning of their own in a pattern."""
_TRIPLET = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One object of the file."""

    location: str
    """Pattern of paths, percent-encoded in one way, without the ``$`` at its end: ``*`` is any characters."""
    whole: bool
    """True where the path must end with the pattern (``$``); else the pattern is its beginning."""
    reserved: bool | None
    """None where the value is no valid one."""
    policy: str | None = None
    """Address of the terms on which mining is licensed."""

    def covers(self, path: str) -> bool:
        """Tell whether a path (with its query), encoded in the same way, matches; takes time linear in its length."""
        first, *others = self.location.split("*")
        if not path.startswith(first):
            return False
        at, limit = len(first), len(path)
        if self.whole:
            if not others:
                return path == first
            last = others.pop()
            if not path.endswith(last):
                return False
            limit -= len(last)
        for piece in others:
            found = path.find(piece, at, limit)
            if found < 0:
                return False
            at = found + len(piece)
        return at <= limit


def read_rules(content: bytes) -> list[Rule]:
    """Read the rules of a file in their order; none where it is not what the protocol asks for. Nothing raises.

    >>> read_rules(b'[{"location": "/abonnes/*", "tdm-reservation": 1}]')
    [Rule(location='/abonnes/*', whole=False, reserved=True, policy=None)]
    >>> read_rules(b"<html>Page introuvable")
    []
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return []
    return [rule for item in told if (rule := _rule(item))] if isinstance(told, list) else []


def reservation_of(url: str, rules: Iterable[Rule]) -> bool | None:
    """Tell what the rules say of an address: reserved, not reserved, or nothing (None).

    The first rule that matches counts ("the most specific match is the first in sequence").

    >>> rules = read_rules(b'[{"location": "/libre", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]')
    >>> reservation_of("https://a.fr/libre/x", rules), reservation_of("https://a.fr/x", rules)
    (False, True)
    """
    parts = urlsplit(url)
    path = _encoded((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    return next((rule.reserved for rule in rules if rule.covers(path)), None)


def _rule(item: object) -> Rule | None:
    if not isinstance(item, dict):
        return None
    location, value, policy = (item.get(name) for name in ("location", "tdm-reservation", "tdm-policy"))
    if not isinstance(location, str) or not location.startswith(("/", "*")):
        return None
    whole = location.endswith("$")
    return Rule(
        # Within a pattern ``$`` means itself, and is encoded as in addresses.
        _encoded(location.removesuffix("$"), special="*"),
        whole,
        VALUES.get(str(value).strip()) if isinstance(value, int | str) else None,
        policy if isinstance(policy, str) else None,
    )


def _encoded(path: str, special: str = "") -> str:
    """Percent-encode in one way: unreserved characters never, ``*`` and ``$`` always but where they are special."""
    encoded = quote(path, safe=f"%{_RESERVED}{special}", errors="replace")
    return _TRIPLET.sub(_decoded, encoded)


def _decoded(triplet: re.Match[str]) -> str:
    character = chr(int(triplet[1], 16))
    return character if _UNRESERVED.fullmatch(character) else triplet[0].upper()
