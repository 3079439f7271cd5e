"""What both kinds of model say of articles that neither was trained on: pools are fitted on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extract.encoder.body import Encoded
from extract.encoder.heads import DEALS, ENTITIES, ROLES, Heads
from extract.roles.blend import Blend
from extract.roles.features import entities_of
from extract.roles.reader import BLENDS, UNSEEN, Opinion, RoleModels, table
from extract.rounds.view import View
from extract.training.blending import fit_blend
from extract.training.labels import deal_label, entity_labels, owner_labels, sum_labels

Array = NDArray[Any]
Read = tuple[Mapping[str, Any], View, Encoded]
"""An annotated article with its view, names of the encoder included, and its states."""


class _Pool:
    def __init__(self) -> None:
        self.one: list[Array] = []
        self.other: list[Array] = []
        self.labels: list[int] = []

    def add(self, one: Array, other: Array, label: int) -> None:
        self.one.append(one)
        self.other.append(other)
        self.labels.append(label)


def fit_blends(read: Sequence[Read], linear: RoleModels, heads: Heads) -> dict[str, Blend]:
    """Fit the pools of all questions on articles that neither ``linear`` nor ``heads`` has seen."""
    pools = {name: _Pool() for name in BLENDS}
    for gold, view, encoded in read:
        entities = entities_of(view)
        opinion = linear.first(view, entities)
        odds = heads.read(encoded, view, entities)
        roles = sum_labels(view.money, gold)
        for one, other, role in zip(table(opinion.roles, ROLES), np.exp(odds.sums), roles, strict=True):
            if role is not None:
                pools["sums"].add(one, other, ROLES.index(role))
        labels = entity_labels(entities, gold)
        for one, other, label in zip(table(opinion.names, ENTITIES), np.exp(odds.entities), labels, strict=True):
            pools["entities"].add(one, other, ENTITIES.index(label))
        deal = np.array([1 - opinion.deal, opinion.deal])
        pools["deals"].add(deal, np.exp(odds.deal[0]), DEALS.index(deal_label(gold)))
        _add_links(pools["links"], gold, opinion, heads.owners(encoded, view, entities), linear)
    return {
        name: fit_blend(np.array(pool.one), np.array(pool.other), np.array(pool.labels)) for name, pool in pools.items()
    }


def _add_links(
    pool: _Pool, gold: Mapping[str, Any], opinion: Opinion, owned: list[dict[int, float]], linear: RoleModels
) -> None:
    money, entities = opinion.view.money, opinion.entities
    for place, role in enumerate(sum_labels(money, gold)):
        owners = owner_labels(money[place], entities, gold) if role in {"round", "past_round"} else None
        if owners is None or role is None:
            continue
        opinion.roles[place] = {**opinion.roles[place], role: 1.0}
        for i, chance in linear.owners(opinion, place).items():
            seen = owned[place].get(i, UNSEEN)
            pool.add(np.array([1 - chance, chance]), np.array([1 - seen, seen]), int(owners[i] == "yes"))
