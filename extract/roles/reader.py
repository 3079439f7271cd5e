"""The trained models applied to a document: what each sum and each name is, and whether a round is the news at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import get_args

import numpy as np

from extract.records import Role
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
from extract.rounds.view import View

Roles = Mapping[str, float]
MODELS = ("sums", "entities", "deals", "sums_again", "entities_again", "links")
LINKED = 0.2
"""Probability of being a round, present or past, from which the company of a sum is sought."""


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
    """Of each sum: probability that it belongs to the entity of this index; only for likely and past rounds."""


@dataclass(slots=True)
class RoleModels:
    """The models; read them from the package with :func:`role_models`."""

    sums: LinearModel
    entities: LinearModel
    deals: LinearModel
    sums_again: LinearModel
    entities_again: LinearModel
    links: LinearModel

    def read(self, view: View) -> Reading:
        """Read one document; sets the likeliest role on every sum."""
        hints = hints_of(view)
        stream = Stream(view, hints.main.key if hints.main else None)
        found = entities_of(view)
        sum_rows = sum_features(view, stream, hints)
        roles = named(self.sums, sum_rows)
        name_rows = entity_features(view, stream, hints, found, roles)
        names = named(self.entities, name_rows)
        deals = named(self.deals, [document_features(view, stream, hints, roles, names)])
        deal = deals[0]["round"]
        # A second look, now that the first has said what stands around.
        name_rows = with_fellows(name_rows, names, fellowships(stream, found), deal)
        roles = named(self.sums_again, with_names(view, hints, sum_rows, roles, found, names, deal))
        names = named(self.entities_again, name_rows)
        for sum_, chances in zip(view.money, roles, strict=True):
            sum_.role = max(get_args(Role), key=lambda role: chances.get(role, 0.0))
        owners = [self._owners(view, stream, hints, found, names, place, roles[place]) for place in range(len(roles))]
        return Reading(roles, list(zip(found, names, strict=True)), deal, owners)

    def _owners(
        self, view: View, stream: Stream, hints: Hints, found: list[Entity], names: list[Roles], place: int, role: Roles
    ) -> dict[int, float]:
        if role["round"] + role["past_round"] < LINKED:
            return {}
        candidates = link_candidates(view, view.money[place], found, names)
        rows = link_features(view, stream, hints, found, names, place, role, candidates)
        chances = [answer["yes"] for answer in named(self.links, rows)]
        return dict(zip(candidates, chances, strict=True))


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
def role_models() -> RoleModels:
    """Load the models of the package, once a process."""
    with resources.files("extract.model").joinpath("roles.npz").open("rb") as file, np.load(file) as arrays:
        held = dict(arrays)
    return RoleModels(*(LinearModel.of_arrays(held, name) for name in MODELS))
