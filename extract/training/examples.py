"""Annotated articles as the encoder is trained on them: places with what they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extract.encoder.heads import DEALS, ENTITIES, ROLES
from extract.encoder.spans import (
    Floats,
    Pair,
    Range,
    entity_numbers,
    nearest,
    owners_of,
    ranges,
    type_words,
)
from extract.names.keys import name_key
from extract.records import Money, Name
from extract.roles.features import Entity, entities_of
from extract.rounds.view import View
from extract.scoring import compare_key, same_sum
from extract.training.labels import deal_label, entity_labels, sum_labels

OWNED = {"round": "amount", "past_round": "amount", "valuation": "valuation", "total_raised": "total_raised"}


@dataclass(slots=True)
class Example:
    """One article; a label of -100 is not annotated and teaches nothing."""

    text: str
    sums: list[tuple[Range, int]]
    entities: list[tuple[list[Range], int]]
    numbers: Floats
    deal: int
    types: list[tuple[Range, int]]
    owners: list[tuple[Pair, int]]
    kinds: list[str]
    """Kind of each entity: of the gazetteer, else ``company`` or ``person``."""
    names: list[Range]
    """Every place of the text that names an annotated company or investor (no person)."""


def example(view: View, gold: Mapping[str, Any]) -> Example:
    """Make the example of one article of which the finders have been run."""
    view = _with_gold_names(view, gold)
    entities = entities_of(view)
    roles = sum_labels(view.money, gold)
    labels = entity_labels(entities, gold)
    told = {r["round_type"] for r in gold["rounds"]}
    return Example(
        text=view.text,
        sums=[((m.start, m.end), ROLES.index(r) if r else -100) for m, r in zip(view.money, roles, strict=True)],
        entities=[(ranges(e.mentions), ENTITIES.index(label)) for e, label in zip(entities, labels, strict=True)],
        numbers=entity_numbers(view, entities),
        deal=DEALS.index(deal_label(gold)),
        types=[((w.start, w.end), int(w.round_type in told)) for w in type_words(view.text, view.names)],
        owners=_owners(view, entities, roles, gold),
        kinds=[e.name.investor_kind or e.name.kind for e in entities],
        names=_named(view, entities, gold),
    )


def _with_gold_names(view: View, gold: Mapping[str, Any]) -> View:
    """Add the annotated names that the finder has missed, so that their contexts teach too."""
    have = {compare_key(n.name) for n in view.names}
    taken = [(n.start, n.end) for n in view.names]
    added: list[Name] = []
    persons = {i["name"] for r in gold["rounds"] for i in r["investors"]} - set(gold["companies"])
    for text in sorted({*gold["companies"], *persons}, key=len, reverse=True):
        if compare_key(text) in have:
            continue
        for start, end in _places(view.text, text):
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                kind = "person" if text in persons else "company"
                added.append(
                    Name(text=text, start=start, end=end, name=text, key=name_key(text), kind=kind)  # type: ignore[arg-type]
                )
    if not added:
        return view
    names = sorted([*view.names, *added], key=lambda name: name.start)
    bounds = [(s.start, s.end) for s in view.sentences]
    return View(view.text, bounds, view.money, names, view.published)


def _places(text: str, name: str) -> list[Range]:
    return [m.span() for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]


def _named(view: View, entities: Sequence[Entity], gold: Mapping[str, Any]) -> list[Range]:
    """Give the places of the annotated organizations, the longest first where they overlap."""
    keys = {compare_key(name) for name in gold["companies"]}
    found = [place for name in gold["companies"] for place in _places(view.text, name)]
    for entity in entities:
        if entity.name.kind == "company" and compare_key(entity.name.name) in keys:
            found += ranges(entity.mentions)
    kept: list[Range] = []
    for start, end in sorted(set(found), key=lambda place: place[0] - place[1]):
        if all(end <= a or start >= b for a, b in kept):
            kept.append((start, end))
    return sorted(kept)


def _owners(
    view: View, entities: list[Entity], roles: list[str | None], gold: Mapping[str, Any]
) -> list[tuple[Pair, int]]:
    """Give the pairs of a round's sum, valuation or total with the companies around it."""
    pairs = []
    for sum_, role in zip(view.money, roles, strict=True):
        if role not in OWNED:
            continue
        keys = _owner_keys(sum_, role, gold)
        if not keys and role in {"round", "past_round"}:
            continue
        for i in owners_of(sum_, entities):
            pair = nearest(view, [(sum_.start, sum_.end)], entities[i].mentions)
            pairs.append((pair, int(compare_key(entities[i].name.name) in keys)))
    return pairs


def _owner_keys(sum_: Money, role: str, gold: Mapping[str, Any]) -> set[str]:
    records = gold["past_rounds"] if role == "past_round" else gold["rounds"]
    field = OWNED[role]
    currency = "currency" if field == "amount" else f"{field}_currency"
    own = (float(sum_.value), sum_.currency)
    told = [r for r in records if r[field] is not None and same_sum(own, (float(r[field]), r[currency]))]
    return {compare_key(r["company"]) for r in told}
