"""Trains the role models: six logistic regressions, each on the out-of-fold answers of the ones before it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from extract.bounds import sentence_bounds
from extract.money.elliptic import find_sums
from extract.names.finder import find_names
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
from extract.roles.reader import RoleModels, hints_of, named
from extract.roles.stream import Stream
from extract.rounds.view import View
from extract.training.labels import deal_label, entity_labels, owner_labels, sum_labels

FOLDS = 5
SEED = 20261101
Rows = list[dict[str, float]]


@dataclass(slots=True)
class Sample:
    """An annotated article with what the finders and rules make of it."""

    gold: Mapping[str, Any]
    view: View
    hints: Hints
    stream: Stream
    entities: list[Entity]


def prepare(docs: Sequence[Mapping[str, Any]], elliptic: LinearModel) -> list[Sample]:
    """Run the finders on annotated articles; articles without a sum and a name have nothing to teach."""
    samples = []
    for doc in docs:
        text = f"{doc['title']}\n{doc['text']}"
        published = date.fromisoformat(doc["published"]) if doc.get("published") else None
        view = View(text, sentence_bounds(text), find_sums(text, elliptic), find_names(text), published)
        if not view.sentences:
            continue
        hints = hints_of(view)
        stream = Stream(view, hints.main.key if hints.main else None)
        samples.append(Sample(doc, view, hints, stream, entities_of(view)))
    return samples


def train(samples: Sequence[Sample], strength: Mapping[str, float] | None = None) -> RoleModels:
    """Train the role models on annotated articles."""
    strength = {"sums": 0.5, "entities": 0.5, "deals": 0.5, "links": 0.5} | dict(strength or {})
    folds = list(range(len(samples)))
    random.Random(SEED).shuffle(folds)  # noqa: S311 – folds, not secrets
    fold_of = [place % FOLDS for place in folds]

    sum_rows = [sum_features(s.view, s.stream, s.hints) for s in samples]
    sum_gold = [sum_labels(s.view.money, s.gold) for s in samples]
    sums, roles = _crossed(sum_rows, sum_gold, fold_of, strength["sums"])
    rows = [entity_features(s.view, s.stream, s.hints, s.entities, r) for s, r in zip(samples, roles, strict=True)]
    labels: list[list[str | None]] = [list(entity_labels(s.entities, s.gold)) for s in samples]
    entities, names = _crossed(rows, labels, fold_of, strength["entities"])
    deal_rows = [
        [document_features(s.view, s.stream, s.hints, r, n)] for s, r, n in zip(samples, roles, names, strict=True)
    ]
    deals, news = _crossed(deal_rows, [[deal_label(s.gold)] for s in samples], fold_of, strength["deals"])
    chances = [answer[0]["round"] for answer in news]
    sum_rows = [
        with_names(s.view, s.hints, row, r, s.entities, n, deal)
        for s, row, r, n, deal in zip(samples, sum_rows, roles, names, chances, strict=True)
    ]
    rows = [
        with_fellows(row, n, fellowships(s.stream, s.entities), deal)
        for s, row, n, deal in zip(samples, rows, names, chances, strict=True)
    ]
    sums_again, roles = _crossed(sum_rows, sum_gold, fold_of, strength["sums"])
    entities_again, names = _crossed(rows, labels, fold_of, strength["entities"])
    pairs = [_pairs(s, r, n) for s, r, n in zip(samples, roles, names, strict=True)]
    links = fit([rows for rows, _ in pairs], [said for _, said in pairs], strength["links"])
    return RoleModels(sums, entities, deals, sums_again, entities_again, links)


def _pairs(
    sample: Sample, roles: list[Mapping[str, float]], names: list[Mapping[str, float]]
) -> tuple[Rows, list[str | None]]:
    """Give the pairs of sums and companies of an article whose annotation says which belong together."""
    rows: Rows = []
    said: list[str | None] = []
    for place, (sum_, role) in enumerate(
        zip(sample.view.money, sum_labels(sample.view.money, sample.gold), strict=True)
    ):
        labels = owner_labels(sum_, sample.entities, sample.gold) if role in {"round", "past_round"} else None
        if labels is None:
            continue
        near = link_candidates(sample.view, sum_, sample.entities, names)
        rows += link_features(
            sample.view, sample.stream, sample.hints, sample.entities, names, place, roles[place], near
        )
        said += [labels[i] for i in near]
    return rows, said


def _crossed(
    rows: list[Rows], labels: Sequence[Sequence[str | None]], fold_of: list[int], strength: float
) -> tuple[LinearModel, list[list[Mapping[str, float]]]]:
    """Fit on all articles; give the model and, for every article, the answers of a model that has not seen it."""
    answers: list[list[Mapping[str, float]]] = [[] for _ in rows]
    for fold in range(FOLDS):
        inside = [i for i, of in enumerate(fold_of) if of != fold]
        model = fit([rows[i] for i in inside], [labels[i] for i in inside], strength)
        for i, of in enumerate(fold_of):
            if of == fold:
                answers[i] = named(model, rows[i])
    return fit(rows, labels, strength), answers


def fit(rows: list[Rows], labels: Sequence[Sequence[str | None]], strength: float) -> LinearModel:
    """Fit one logistic regression; ``rows`` and ``labels`` are grouped by article, a label of None is left out."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    flat = [
        (row, label)
        for found, said in zip(rows, labels, strict=True)
        for row, label in zip(found, said, strict=True)
        if label is not None
    ]
    counts = Counter(name for row, _ in flat for name in row)
    vocabulary = {name: i for i, name in enumerate(sorted(name for name, n in counts.items() if n > 1))}
    indices, values, starts = [], [], [0]
    for row, _ in flat:
        known = [(vocabulary[name], value) for name, value in row.items() if name in vocabulary]
        indices += [column for column, _ in known]
        values += [value for _, value in known]
        starts.append(len(indices))
    matrix = csr_matrix((values, indices, starts), shape=(len(flat), len(vocabulary)))
    fitted = LogisticRegression(C=strength, max_iter=400).fit(matrix, [label for _, label in flat])
    classes = tuple(map(str, fitted.classes_))
    weights, bias = fitted.coef_.T, fitted.intercept_
    if len(classes) == 2:
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return LinearModel(classes, vocabulary, weights, bias)
