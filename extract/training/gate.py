"""Trains the gate: the sentences that tell of a round, against all others that hold a sum or a word of raising."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extract.gate import deal_features, deal_sentences
from extract.roles.linear import LinearModel
from extract.training.elliptic import annotated
from extract.training.roles import fit

STRENGTH = 0.5
TOLD = {"round", "past_round"}


def train_gate(docs: Sequence[Mapping[str, Any]]) -> LinearModel:
    """Train on annotated articles."""
    rows, labels = [], []
    for doc in docs:
        text = f"{doc['title']}\n{doc['text']}"
        found = deal_sentences(text)
        rows.append([deal_features(text[a:b]) for a, b in found])
        labels.append([_label(doc, text, a, b) for a, b in found])
    return fit(rows, labels, STRENGTH)


def _label(doc: Mapping[str, Any], text: str, start: int, end: int) -> str | None:
    """Say whether a sentence holds the sum of a round; None where it may tell of one all the same."""
    roles = {amount["role"] for (a, _), amount in annotated(text, doc["amounts"]).items() if start <= a < end}
    if roles & TOLD:
        return "yes"
    told = [*doc["rounds"], *doc["past_rounds"]]
    if roles & {"valuation", "total_raised"} or any(r["company"] in text[start:end] for r in told):
        return None
    return "no"
