"""The gazetteer's names as entities: an arm that invests is not the group that it belongs to.

For the extraction it is enough that *Orange* and *Orange Ventures* are one investor's names. Here they are two: a
corporate venture arm named on its own is the investor (corpus/GUIDE.md), and its group may raise or be bought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from extract.names.gazetteer import KnownInvestor, known_investors
from extract.names.keys import name_key
from pipelines.entities.relations import initials_fit

_GROUPS = frozenset({"bank", "corporate"})
"""Kinds whose lines may name a group and its arm at once."""
_ARM_ENDINGS = (
    *("alliance", "assetmanagement", "avenir", "capital", "capitalinnovation", "croissance", "development", "fund"),
    *("growth", "growthequity", "innovation", "invest", "investments", "lab", "next", "partners", "seeds", "venture"),
    "ventures",
)
_ARMS = frozenset(
    """ademeinvestissement adeo aliad allianzx amundiprivateequityfunds bdccapital bdmi bold britishpatientcapital
    capitalg eicfund exorseeds exorventures fivearrows fivearrowsgrowthcapital kfwcapital m12 mubadalacapital naspers
    next47 opencnp schroderscapital teachersventuregrowth tikehauacecapital wayra wendellab""".split()
)
"""Arms that their names do not show, and groups beside what they own, by key."""


@cache
def known_groups() -> Mapping[str, tuple[str, ...]]:
    """Give the keys of every known investor's names, the one that stands for all of them first, by that one.

    >>> known_groups()["orangeventures"], known_groups()["orange"]
    (('orangeventures', 'orangedigitalventures'), ('orange',))
    """
    lines: defaultdict[KnownInvestor, list[str]] = defaultdict(list)
    for key, investor in known_investors().items():
        lines[investor].append(key)
    found: dict[str, tuple[str, ...]] = {}
    for investor, keys in lines.items():
        own = name_key(investor.name)
        same = [key for key in keys if key != own and _is_arm(key, investor) == _is_arm(own, investor)]
        others = [key for key in keys if key != own and key not in same]
        groups = [[own, *same]]
        # Names beside an arm's are those of its group; names beside a group's are those of several arms.
        groups += [others] if _is_arm(own, investor) else [[other] for other in others]
        found |= {group[0]: tuple(group) for group in groups if group}
    return found


def _is_arm(key: str, investor: KnownInvestor) -> bool:
    if key in _ARMS:
        return True
    if investor.kind not in _GROUPS:
        return False
    named_so = name_key(investor.name).endswith(_ARM_ENDINGS)
    return key.endswith(_ARM_ENDINGS) or (named_so and initials_fit(key, investor.name))
