"""Which names are one company or investor, and why: the key of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from extract.names.gazetteer import KnownInvestor, known_investors
from extract.names.keys import name_key
from pipelines.entities.aliases import Alias, aliases_for, letters
from pipelines.entities.known import known_groups
from pipelines.entities.relations import Relation, learned_relations

if TYPE_CHECKING:
    from pipelines.places import Place

RULES_VERSION = "1"
"""Version of the rules by which names are joined."""
_BELIEVED = 2
"""Articles that must say that a known investor has another name now: one may speak of somebody who worked there."""
_USER, _GAZETTEER, _NOBODY = range(3)
"""Who says which name of a group is its key, the strongest first."""


class Resolver:
    """Gives every name the key of its entity; made of the gazetteer, the user's aliases and what articles say.

    The user's lines come first, then the gazetteer's, then the relations that articles tell, the most often told first.
    None of them joins two names that the user calls different, and none but the user's joins two investors that the
    gazetteer knows apart. An acronym or former name that leads to two entities leads to the one that more articles say,
    and to none if there is no such one.

    >>> Resolver().key_of("a16z") == Resolver().key_of("Andreessen Horowitz")
    True
    >>> swile = Resolver(aliases=[Alias("Swile", "Lunchr", "former")])
    >>> swile.key_of("LUNCHR SAS"), swile.former_names("swile")
    ('swile', ['Lunchr'])
    """

    def __init__(self, relations: Iterable[Relation] = (), aliases: Iterable[Alias] = ()) -> None:
        self.aliases = list(aliases)
        self.refused: list[Relation | Alias] = []
        """What would have joined names that must stay apart, or leads to more than one entity."""
        self._used: list[Relation | Alias] = []
        self._groups = _Groups()
        self._written = self._written_keys()
        self._join_aliases()
        self._join_known()
        self._join_learned(relations)
        self._key = self._groups.keys()
        self._members: defaultdict[str, list[str]] = defaultdict(list)
        for bare, key in sorted(self._key.items()):
            self._members[key].append(bare)
        self._said: defaultdict[str, list[Relation | Alias]] = defaultdict(list)
        for said in self._used:
            self._said[self.key_of(said.name)].append(said)

    def key_of(self, name: str) -> str:
        """Give the key of the entity that a name means; empty only for a name without letters and digits."""
        bare = self._bare(name)
        return self._key.get(bare, bare)

    def keys_of(self, key: str) -> list[str]:
        """Give the normalized names that lead to an entity, its own first."""
        return [key, *(bare for bare in self._members.get(key, []) if bare != key)]

    def best_name(self, key: str) -> str | None:
        """Give the name that the user's file or the gazetteer has for an entity, None if neither knows it."""
        for said in self._said.get(key, []):
            if isinstance(said, Alias):
                return next(a.name for a in self.aliases if a.relation != "different" and self._bare(a.name) == key)
        known = self.known(key)
        return known.name if known and self.key_of(known.name) == key else None

    def known(self, key: str) -> KnownInvestor | None:
        """Give the line of the gazetteer that names an entity, or its arm; None if there is none."""
        listed = (self._listed[bare] for bare in self._members.get(key, ()) if bare in self._listed)
        return self._listed.get(key) or next(listed, None)

    def former_names(self, key: str) -> list[str]:
        """Give the names that an entity bore before, one spelling each."""
        found: dict[str, str] = {}
        for said in self._said.get(key, []):
            if (said.relation if isinstance(said, Alias) else said.kind) == "former":
                found.setdefault(self._bare(said.alias), said.alias)
        return [found[bare] for bare in sorted(found)]

    def reasons(self, key: str) -> list[Relation | Alias]:
        """Give the user's lines and the articles' sentences that lead names to an entity."""
        return list(self._said.get(key, []))

    def _bare(self, name: str) -> str:
        return (self._written and self._written.get(letters(name))) or name_key(name)

    def _written_keys(self) -> dict[str, str]:
        """Give the names that the user tells from others that only a legal form or an article parts."""
        written = {}
        for alias in self.aliases:
            if alias.relation == "different" and name_key(alias.name) == name_key(alias.alias):
                written[letters(alias.alias)] = letters(alias.alias)
        return written

    def _join_aliases(self) -> None:
        for alias in self.aliases:
            if alias.relation == "different":
                self._groups.part(self._bare(alias.name), self._bare(alias.alias))
        for alias in self.aliases:
            if alias.relation != "different":
                self._groups.prefer(self._bare(alias.name), _USER)
                joined = self._groups.join(self._bare(alias.name), self._bare(alias.alias))
                (self._used if joined else self.refused).append(alias)

    def _join_known(self) -> None:
        joined: dict[str, str] = {}
        for own, bares in known_groups().items():
            self._groups.prefer(own, _GAZETTEER)
            joined |= {bare: own for bare in bares if self._groups.join(own, bare)}
        # Only now, since the user may have joined two of them.
        for bare, own in joined.items():
            self._groups.know(bare, own)
        self._listed = {bare: known_investors()[bare] for bare in joined}

    def _join_learned(self, relations: Iterable[Relation]) -> None:
        waiting: defaultdict[str, list[Relation]] = defaultdict(list)
        for relation in sorted(relations, key=lambda r: (-r.articles, r.kind, r.name, r.alias)):
            waiting[self._bare(relation.alias)].append(relation)
        # Those that lead to one name first: they may show that two others are one as well.
        for _, told in sorted(waiting.items(), key=lambda item: len({self._bare(r.name) for r in item[1]})):
            best = self._groups.root(self._bare(told[0].name))
            most = {self._groups.root(self._bare(r.name)) for r in told if r.articles == told[0].articles}
            tied = len(most) > 1
            for relation in told:
                fits = not tied and self._groups.root(self._bare(relation.name)) == best
                joined = (
                    fits
                    and not self._is_taken(relation)
                    and self._groups.join(self._bare(relation.name), self._bare(relation.alias))
                )
                (self._used if joined else self.refused).append(relation)
                best = self._groups.root(best)

    def _is_taken(self, relation: Relation) -> bool:
        """Tell whether an alias is a known investor's already and the name is not: somebody else's then.

        An acronym that the investor bears as its own name may be spelled out, and what two articles say of a former
        name is believed.
        """
        alias, name = self._bare(relation.alias), self._bare(relation.name)
        if self._groups.known(alias) in (None, self._groups.known(name)):
            return False
        if relation.kind == "former":
            return relation.articles < _BELIEVED
        return relation.kind == "acronym" and self._groups.known(alias) != alias


class _Groups:
    """Names joined to groups (union-find), with pairs that must stay apart and investors that are known."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._apart: defaultdict[str, set[str]] = defaultdict(set)
        self._known: dict[str, str] = {}
        self._preferred: dict[str, tuple[int, int]] = {}
        self._aliases: set[str] = set()

    def root(self, bare: str) -> str:
        while (above := self._parent.get(bare, bare)) != bare:
            bare = above
        return bare

    def part(self, one: str, other: str) -> None:
        """Keep two names apart for good."""
        self._apart[one].add(other)
        self._apart[other].add(one)

    def prefer(self, bare: str, rank: int) -> None:
        """Make a name its group's key rather than those of a higher rank or named later."""
        self._preferred.setdefault(bare, (rank, len(self._preferred)))

    def known(self, bare: str) -> str | None:
        """Give the known investor in a name's group."""
        return self._known.get(self.root(bare))

    def know(self, bare: str, investor: str) -> None:
        """Note which known investor a name is: a group with two of them only the user may make."""
        self._known.setdefault(self.root(bare), investor)

    def join(self, name: str, alias: str) -> bool:
        """Join the groups of two names, unless they must stay apart; tell whether they are joined now."""
        one, other = self.root(name), self.root(alias)
        if one != other:
            if {self.root(bare) for bare in self._apart[one]} & {other}:
                return False
            known = {self._known[root] for root in (one, other) if root in self._known}
            if len(known) > 1:
                return False
            self._parent[other] = one
            self._apart[one] |= self._apart.pop(other, set())
            if known:
                self._known[one] = known.pop()
        if name != alias:
            self._aliases.add(alias)
        self._parent.setdefault(name, name)
        return True

    def keys(self) -> dict[str, str]:
        """Give every name's key: of its group the name preferred, one that is no alias before one that is."""
        members = defaultdict(list)
        for bare in self._parent.keys() | self._preferred.keys():
            members[self.root(bare)].append(bare)

        def rank(bare: str) -> tuple[int, bool, int, str]:
            tier, order = self._preferred.get(bare, (_NOBODY, 0))
            return tier, bare in self._aliases, order, bare

        return {bare: key for group in members.values() for key in [min(group, key=rank)] for bare in group}


def resolver_of(place: Place, aliases: Path | None = None) -> Resolver:
    """Make the resolver of a dataset: of its articles and of the user's aliases (:mod:`pipelines.entities.aliases`).

    Raises:
        AliasError: the file of aliases cannot be read.
    """
    known = aliases_for(place, aliases)
    return Resolver(learned_relations(place), known)
