"""What the annotation of an article says of each sum and name that our finders find in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from extract.records import Money
from extract.roles.features import Entity
from extract.scoring import compare_key, same_sum

Gold = Mapping[str, Any]


def sum_labels(money: Sequence[Money], gold: Gold) -> list[str | None]:
    """Give each sum's annotated role, None for a sum that is not annotated; equal texts are matched in order."""
    waiting: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for amount in gold["amounts"]:
        waiting[amount["text"]].append(amount)
    return [waiting[sum_.text].pop(0)["role"] if waiting[sum_.text] else None for sum_ in money]


def entity_labels(entities: Sequence[Entity], gold: Gold) -> list[str]:
    """Give each name's role in the article: ``raiser``, ``lead``, ``investor``, ``past`` or ``other``."""
    raisers = {compare_key(r["company"]) for r in gold["rounds"]}
    leads = {compare_key(i["name"]) for r in gold["rounds"] for i in r["investors"] if i.get("lead")}
    backers = {compare_key(i["name"]) for r in gold["rounds"] for i in r["investors"]}
    past = {compare_key(r["company"]) for r in gold["past_rounds"]}
    labels = []
    for entity in entities:
        key = compare_key(entity.name.name)
        label = "raiser" if key in raisers else "lead" if key in leads else "investor" if key in backers else None
        labels.append(label or ("past" if key in past else "other"))
    return labels


def deal_label(gold: Gold) -> str:
    """Tell whether the article reports a round."""
    return "round" if gold["rounds"] else "none"


def owner_labels(sum_: Money, entities: Sequence[Entity], gold: Gold) -> list[str] | None:
    """Tell of each name whether the sum is its round, present or past; None where the annotation does not say."""
    own = (float(sum_.value), sum_.currency)
    told = [r for r in (*gold["rounds"], *gold["past_rounds"]) if r["amount"] is not None]
    keys = {compare_key(r["company"]) for r in told if same_sum(own, (float(r["amount"]), r["currency"]))}
    if not keys:
        return None
    return ["yes" if compare_key(entity.name.name) in keys else "no" for entity in entities]
