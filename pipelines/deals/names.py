"""Which names may be one name: accents, hyphens, ``.io``, legal and group forms, a short and a full form, an acronym.

A key of :func:`extract.names.keys.name_key` is the same across accents, hyphens and legal forms already. What is here
is weaker: names that are *alike* may still be two companies (*Nova* and *Nova Énergie*), so that a deal joins them only
where sums or investors and the time agree (:mod:`pipelines.deals.agreement`). Names that differ by a letter
(*Pigmé*, *Pigmée*) are not alike: in the press that is more often another company than a misprint.
"""

from __future__ import annotations

import re
from functools import lru_cache

from extract.names.keys import fold

_DOMAIN = re.compile(r"\.(?:ai|app|bio|co|com|eu|fr|io|net|org|tech)\b")
_WORD = re.compile(r"[a-z0-9]+")
_SMALL = frozenset("au aux d de des du en et l la le les of the sa sas sasu sarl se inc ltd gmbh ag corp plc".split())
_EMPTY = _SMALL | frozenset("groupe group societe holding compagnie laboratoire laboratoires".split())
"""Words that tell no company from another: articles, prepositions, group and legal forms."""
_ACRONYM = range(3, 7)
"""Words of a name that people shorten to its initials."""
_ALONE = 4
"""Letters of a name's end that may stand for the whole (*Biscuiterie Kerlann*, *Kerlann*)."""
_FORMER = re.compile(
    r"\b(?:[Ee]x[-‑ ]|[Aa]nciennement |[Aa]utrefois |[Pp]récédemment |[Nn]aguère )"
    r"((?:[A-ZÀ-Ý0-9][\w’'.&-]*)(?: [A-ZÀ-Ý][\w’'.&-]*)*)"
)


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """Give the words of a name that tell it from others, folded.

    >>> words_of("Groupe Hélianthe-Énergie SAS"), words_of("Baldaquin.io")
    (('helianthe', 'energie'), ('baldaquin',))
    """
    words = _WORD.findall(_DOMAIN.sub(" ", fold(name)))
    return tuple(word for word in words if word not in _EMPTY) or tuple(words)


@lru_cache(maxsize=65536)
def acronym_of(name: str) -> str:
    """Give the initials of a name of three words or more, else nothing.

    >>> acronym_of("Rhône Hydrogène Industries"), acronym_of("Rhône Hydrogène")
    ('rhi', '')
    """
    words = [word for word in _WORD.findall(fold(name)) if word not in _SMALL]
    return "".join(word[0] for word in words) if len(words) in _ACRONYM else ""


@lru_cache(maxsize=65536)
def stems_of(name: str) -> frozenset[str]:
    """Give what alike names have in common: the first word, the last, the name in one word, the acronym.

    >>> sorted(stems_of("Rhône Hydrogène Industries"))
    ['industries', 'rhi', 'rhone', 'rhonehydrogeneindustries']
    >>> stems_of("Rhône Hydrogène") & stems_of("Rhône Hydrogène Industries")
    frozenset({'rhone'})
    """
    words = words_of(name)
    return frozenset(filter(None, (words[0], words[-1], "".join(words), acronym_of(name)))) if words else frozenset()


@lru_cache(maxsize=65536)
def alike(a: str, b: str) -> bool:
    """Tell whether two names may be one: equal in one word, one the other's beginning, end or acronym.

    >>> alike("Hélianthe", "Hélianthe Énergie"), alike("RHI", "Rhône Hydrogène Industries")
    (True, True)
    >>> alike("Baldaquin.io", "baldaquin"), alike("Pigmé", "Pigmée"), alike("Nova Santé", "Nova Énergie")
    (True, False, False)
    """
    mine, other = words_of(a), words_of(b)
    if not mine or not other:
        return False
    short, long = sorted((mine, other), key=len)
    if long[: len(short)] == short or "".join(short) == "".join(long):
        return True
    if long[-len(short) :] == short and len("".join(short)) >= _ALONE:
        return True
    return len(short) == 1 and short[0] in {acronym_of(a), acronym_of(b)}


def former_names(text: str) -> tuple[str, ...]:
    """Give the names that a sentence says somebody bore before.

    >>> former_names("Alvéole (ex-Ruche Verte), anciennement Miel, lève 3 M€")
    ('Ruche Verte', 'Miel')
    """
    return tuple(found.rstrip(".,’'") for found in _FORMER.findall(text))
