"""How French articles tell that a company had, has or will have another name. Data only.

A cue stands between two names that touch it; those of ``FORMER`` have the former name on their right, those of
``CURRENT`` on their left. ``closed`` cues count only where a sign follows the name on the right, for without it the
sentence may go on otherwise: *Verley, ex-Bon Vivant, tient parole* against *Verley, ex-Google chez …*.
"""

from __future__ import annotations

import re

_OF = r"(?:de\s+|d['’]\s?)"
_WAS = (
    r"(?:connue?s?\s+(?:\w+\s+)?sous\s+le\s+nom\s+"
    + _OF
    + r"|appelée?s?\s+|dénommée?s?\s+|nommée?s?\s+|baptisée?s?\s+)"
)
_ONCE = r"(?:anciennement|précédemment|auparavant|autrefois|jadis|naguère|jusqu['’]ici|jusqu['’]alors)"
_NOW = r"(?:désormais|aujourd['’]hui|maintenant|dorénavant)"
_EX = r"(?:l['’]\s?)?ex(?:[-‐‑–]\s?|\s+)"
_QUOTE = r"[«“\"]?\s?"

FORMER = re.compile(
    rf"""\s*\(\s*(?:{_EX}|{_ONCE}\s+{_WAS}?|née?s?\s+(?:sous\s+le\s+nom\s+{_OF})?)(?P<bracket>){_QUOTE}
    |\s*,\s*{_ONCE}\s+{_WAS}{_QUOTE}
    |\s*,\s*(?:{_EX}|{_ONCE}\s+)(?P<closed>){_QUOTE}
    |\s*,?\s+(?:fondée?s?|créée?s?|lancée?s?|née?s?)\s+(?:en\s+\d{{4}}\s+)?sous\s+le\s+nom\s+{_OF}{_QUOTE}
    |\s*,?\s+(?:le\s+|son\s+)?nouveau\s+nom\s+{_OF}{_QUOTE}
    |\s+s['’]appelai(?:t|ent)\s+(?:encore\s+|alors\s+|{_ONCE}\s+)?{_QUOTE}
    """,
    re.VERBOSE | re.IGNORECASE,
)
CURRENT = re.compile(
    rf"""\s*\(\s*(?:devenue?s?\s+(?:depuis\s+)?|rebaptisée?s?\s+(?:depuis\s+)?|renommée?s?\s+|{_NOW}\s+)(?P<bracket>){_QUOTE}
    |\s*,\s*{_NOW}\s+(?P<closed>){_QUOTE}
    |\s*,\s*devenue?s?\s+(?:depuis\s+|entre-temps\s+|en\s+\d{{4}}\s+)?{_QUOTE}
    |\s+(?:devient|deviendra|est\s+devenue?|change\s+de\s+nom\s+(?:et|pour)\s+(?:devient|devenir|s['’]appeler))\s+{_QUOTE}
    |\s*,?\s+(?:se\s+|est\s+|a\s+été\s+|s['’]est\s+)?(?:rebaptise|renomme|rebaptisée?s?|renommée?s?)\s+(?:depuis\s+|en\s+)?{_QUOTE}
    |\s+(?:prend|a\s+pris|prendra)\s+le\s+nom\s+{_OF}{_QUOTE}
    """,
    re.VERBOSE | re.IGNORECASE,
)
HINTS = tuple(
    """ex-|ex‐|ex‑|ex–| ex |(ex |anciennement|précédemment|auparavant|autrefois|jadis|naguère|jusqu'ici|jusqu’ici|jusqu'alors|
    jusqu’alors|sous le nom|nouveau nom|appelai|devenu|devient|deviendra|rebaptis|renomm|change de nom|le nom d|désormais|
    aujourd|maintenant|dorénavant|(né""".replace("\n    ", "").split("|")
)
"""What a paragraph must hold, in small letters, for one of the two to be looked for."""
BRACKETED = re.compile(r"\s\((?P<inside>[^()\n]{2,90})\)")
BRACKETS = r" \([^()\n]{2,90}\)"
"""In RE2's syntax: a bracket that may hold an acronym or its full name."""
ACRONYM = re.compile(r"[A-ZÀ-Ý][A-Za-zÀ-ÿ&.]{1,9}")
EX = re.compile(r"(?:^|[^\w])(?:l['’]\s?)?ex[-‐‑–]\s?$", re.IGNORECASE)
"""What stands before a name that is a former one."""
GOES_ON = re.compile(
    r"\s?[»”\"]?(?:\s?(?:[,;:.!?)]|[–—]|$)|\s+(?:et|pour|dans|en|avec|à|après|lors|grâce|afin)\b|\s+[a-zà-ÿ]+)"
)
CLOSING = re.compile(r"\s?[»”\"]?\s*(?:[,;:.!?)]|[–—]|$)")
NAME = re.compile(
    r"[A-ZÀ-ÝŒŸ0-9][\w&+’'\-]*(?:\.[a-z]{2,4}\b)?(?:\s(?:(?:de|du|des|d['’]|&|et|la|le)\s)?[A-ZÀ-ÝŒŸ0-9][\w&+’'\-]*(?:\.[a-z]{2,4}\b)?){0,4}"
    r"|[a-zà-ÿ][\w-]+\.[a-z]{2,4}\b"
)
"""A name by its looks, where the extraction found none: words with a capital, or an address."""
LONG = re.compile(r"\b[Gg]roupe (?=[A-ZÀ-Ý])|\b\w[\w-]{2,}\.(?:io|ai|com|fr|co|net|tech|app|eu)\b", re.IGNORECASE)
LONG_HINT = r"(?i)\bgroupe [[:alpha:]]|[\pL\d]\.(?:io|ai|com|fr|co|net|tech|app|eu)\b"
"""In RE2's syntax: where a name may stand in its long form."""
BARE = re.compile(r"groupe\s+(?P<group>.{3,})|(?P<site>.{3,}?)\.(?:io|ai|com|fr|co|net|tech|app|eu)", re.IGNORECASE)
"""A name in its long form: *Groupe Seb* is Seb and *Sekoia.io* Sekoia where one article names both."""
SMALL = frozenset("de des du d et la le les l of the and for pour à a au aux en".split())
"""Words that an acronym may leave out."""
