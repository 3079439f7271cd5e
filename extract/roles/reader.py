"""The trained models applied to a document: what each sum and each name is, and whether a round is the news at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from extract.encoder.body import Encoded
from extract.encoder.heads import DEALS, ENTITIES, ROLES, Heads, heads
from extract.encoder.spans import TypeWord
from extract.records import Role
from extract.roles.blend import Blend
from extract.roles.features import (
    Entity,
    Hints,
    document_features,
    entities_of,
    entity_features,
    fellowships,
    sum_features,
    with_fellows,
    with_names,
)
from extract.roles.linear import LinearModel
from extract.roles.links import link_candidates, link_features
from extract.roles.stream import Stream
from extract.rounds.cues import assign_roles
from extract.rounds.investors import find_investors
from extract.rounds.raisers import local_raiser, main_raiser
from extract.rounds.scores import Calibration, Scores
from extract.rounds.view import View

Roles = Mapping[str, float]
MODELS = ("sums", "entities", "deals", "sums_again", "entities_again", "links")
BLENDS = ("sums", "entities", "deals", "links")
LINKED = 0.2
"""Probability of being a round, present or past, from which the company of a sum is sought."""
RAISES = 0.3
"""Probability of raising from which a name is a company's, whatever it looks like."""
UNSEEN = 0.02
"""What the encoder is taken to say of a company too far from the sum to be asked about."""


@dataclass(slots=True)
class Reading:
    """Probabilities of what the parts of a document stand for."""

    sums: list[Roles]
    """Of each sum: probability of each :data:`extract.records.Role`."""
    entities: list[tuple[Entity, Roles]]
    """Of each name: probability of ``raiser``, ``lead``, ``investor``, ``past`` (raised before) and ``other``."""
    deal: float
    """Probability that the document reports a round as its news."""
    owners: list[dict[int, float]]
    """Of each sum: probability that it is told of the entity of this index; only where it may be."""
    types: list[tuple[TypeWord, float]]
    """Every word for a type of round, with the probability that it tells that of a round of the news."""
    scores: Scores


@dataclass(slots=True)
class RoleModels:
    """The linear models; :func:`reader` loads them from the package."""

    sums: LinearModel
    entities: LinearModel
    deals: LinearModel
    sums_again: LinearModel
    entities_again: LinearModel
    links: LinearModel

    def first(self, view: View, found: list[Entity]) -> Opinion:
        """Give what these models alone make of a document."""
        hints = hints_of(view)
        stream = Stream(view, hints.main.key if hints.main else None)
        sum_rows = sum_features(view, stream, hints)
        roles = named(self.sums, sum_rows)
        name_rows = entity_features(view, stream, hints, found, roles)
        names = named(self.entities, name_rows)
        deal = named(self.deals, [document_features(view, stream, hints, roles, names)])[0]["round"]
        # A second look, now that the first has said what stands around.
        name_rows = with_fellows(name_rows, names, fellowships(stream, found), deal)
        roles = named(self.sums_again, with_names(view, hints, sum_rows, roles, found, names, deal))
        names = named(self.entities_again, name_rows)
        return Opinion(view, stream, hints, found, roles, names, deal)

    def owners(self, opinion: Opinion, place: int) -> dict[int, float]:
        """Give of one sum the probability that it belongs to each company near it."""
        role = opinion.roles[place]
        if role["round"] + role["past_round"] < LINKED:
            return {}
        view, found, names = opinion.view, opinion.entities, opinion.names
        candidates = link_candidates(view, view.money[place], found, names)
        rows = link_features(view, opinion.stream, opinion.hints, found, names, place, role, candidates)
        chances = [answer["yes"] for answer in named(self.links, rows)]
        return dict(zip(candidates, chances, strict=True))


@dataclass(slots=True)
class Opinion:
    """What the linear models make of a document, with what they have read it through."""

    view: View
    stream: Stream
    hints: Hints
    entities: list[Entity]
    roles: list[Roles]
    names: list[Roles]
    deal: float


@dataclass(slots=True)
class Reader:
    """The linear models and the encoder's heads, pooled."""

    linear: RoleModels
    heads: Heads
    blends: Mapping[str, Blend]
    """Pools by question: ``sums``, ``entities``, ``deals``, ``links``."""
    scores: Scores

    def read(self, view: View, encoded: Encoded) -> Reading:
        """Read one document; sets the likeliest role on every sum."""
        found = entities_of(view)
        opinion = self.linear.first(view, found)
        odds = self.heads.read(encoded, view, found)
        deal = self._pooled("deals", DEALS, [{"none": 1 - opinion.deal, "round": opinion.deal}], odds.deal)[0]["round"]
        roles = self._pooled("sums", ROLES, opinion.roles, odds.sums)
        names = self._pooled("entities", ENTITIES, opinion.names, odds.entities)
        for sum_, chances in zip(view.money, roles, strict=True):
            sum_.role = max(get_args(Role), key=lambda role: chances.get(role, 0.0))
        for entity, chances in zip(found, names, strict=True):
            if chances["raiser"] >= RAISES:
                _make_company(entity)
        opinion.roles, opinion.names = roles, names
        seen = self.heads.owners(encoded, view, found)
        owners = [self._owners(opinion, place, seen[place]) for place in range(len(roles))]
        return Reading(
            roles,
            list(zip(found, names, strict=True)),
            deal,
            owners,
            odds.types,
            self.scores,
        )

    def _pooled(self, question: str, classes: Sequence[str], one: list[Roles], other: NDArray[Any]) -> list[Roles]:
        if not one:
            return []
        pooled = self.blends[question](table(one, classes), np.exp(other))
        return [dict(zip(classes, map(float, row), strict=True)) for row in pooled]

    def _owners(self, opinion: Opinion, place: int, seen: Mapping[int, float]) -> dict[int, float]:
        role = opinion.roles[place]
        if role["round"] + role["past_round"] + role["valuation"] + role["total_raised"] < LINKED:
            return {}
        linked = self.linear.owners(opinion, place)
        if not linked:
            return dict(seen)
        both = {i: (chance, seen.get(i, UNSEEN)) for i, chance in linked.items()}
        one, other = (np.array([[1 - pair[k], pair[k]] for pair in both.values()]) for k in (0, 1))
        return dict(zip(both, map(float, self.blends["links"](one, other)[:, 1]), strict=True))


def _make_company(entity: Entity) -> None:
    """A name that looks like a person's (*Bob le Loueur*, *Back Market*) is a company's where it raises money."""
    for mention in entity.mentions:
        mention.kind = "company"


def table(rows: Sequence[Roles], classes: Sequence[str]) -> NDArray[Any]:
    """Give probabilities by name as an array of shape (items, classes)."""
    return np.array([[row.get(name, 0.0) for name in classes] for row in rows]).reshape(len(rows), len(classes))


def named(model: LinearModel, rows: list[dict[str, float]]) -> list[Roles]:
    """Give the probabilities of each row by class name."""
    if not rows:
        return []
    return [dict(zip(model.classes, map(float, row), strict=True)) for row in model.probabilities(rows)]


def hints_of(view: View) -> Hints:
    """Give what the rules say of the document."""
    assign_roles(view)
    main = main_raiser(view)
    own = {main.key} if main else set()
    return Hints(
        main,
        find_investors(view, own),
        [sum_.role for sum_ in view.money],
        [local_raiser(view, view.sentence(sum_.start), sum_) for sum_ in view.money],
    )


@cache
def reader() -> Reader:
    """Load all models of the package, once a process."""
    with resources.files("extract.model").joinpath("roles.npz").open("rb") as file, np.load(file) as arrays:
        linear = RoleModels(*(LinearModel.of_arrays(arrays, name) for name in MODELS))
        blends = {name: Blend.of_arrays(arrays, f"blend.{name}") for name in BLENDS}
        scores = Scores(*(Calibration.of_arrays(arrays, f"score.{name}") for name in ("round", "investor")))
    return Reader(linear, heads(), blends, scores)
