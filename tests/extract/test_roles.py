"""The models of roles: features, weights kept and read back, labels for training."""

from __future__ import annotations

import numpy as np
import pytest

from extract.bounds import sentence_bounds
from extract.encoder.body import body
from extract.money.finder import find_money
from extract.names.finder import find_names
from extract.roles.features import entities_of, fellowships
from extract.roles.linear import LinearModel
from extract.roles.reader import hints_of, reader
from extract.roles.stream import Stream
from extract.rounds.view import View
from extract.training.labels import deal_label, entity_labels, owner_labels, sum_labels

TEXT = (
    "Orfane lève 5 millions d’euros\nLa start-up Orfane lève 5 millions d’euros auprès de Partech, Eurazeo et Kima "
    "Ventures. Elle avait réuni 1 million d’euros en 2021. Son rival Brizelle est resté sage."
)
GOLD = {
    "rounds": [
        {
            "company": "Orfane",
            "amount": 5_000_000,
            "currency": "EUR",
            "investors": [{"name": "Partech", "lead": True}, {"name": "Eurazeo", "lead": False}],
        }
    ],
    "past_rounds": [{"company": "Orfane", "amount": 1_000_000, "currency": "EUR"}],
    "amounts": [
        {"text": "5 millions d’euros", "role": "round"},
        {"text": "5 millions d’euros", "role": "round"},
        {"text": "1 million d’euros", "role": "past_round"},
    ],
}


@pytest.fixture(scope="module")
def view():
    return View(TEXT, sentence_bounds(TEXT), find_money(TEXT), find_names(TEXT), None)


def test_every_part_gets_probabilities(view):
    reading = reader().read(view, body().encode(TEXT))
    for chances in (*reading.sums, *(roles for _, roles in reading.entities)):
        assert sum(chances.values()) == pytest.approx(1)
    assert [max(chances, key=chances.get) for chances in reading.sums] == ["round", "round", "past_round"]
    likely = {entity.name.name: max(roles, key=roles.get) for entity, roles in reading.entities}
    assert likely["Orfane"] == "raiser"
    assert likely["Brizelle"] not in {"raiser", "lead", "investor"}
    assert reading.deal > 0.5


def test_owners_of_sums_are_companies_of_the_document(view):
    reading = reader().read(view, body().encode(TEXT))
    for owners in reading.owners:
        best = reading.entities[max(owners, key=owners.get)][0]
        assert best.name.name == "Orfane"


def test_names_become_marks_and_years_tell_past_from_present(view):
    hints = hints_of(view)
    texts = [token.text for token in Stream(view, hints.main.key).tokens]
    assert texts[:3] == ["<MAIN>", "leve", "<SUM>"]
    assert "<INV>" in texts
    assert not any("orfane" in text for text in texts)


def test_an_enumeration_is_one_fellowship(view):
    entities = entities_of(view)
    runs = fellowships(Stream(view, None), entities)
    assert [[entities[i].name.name for i in run] for run in runs] == [["Partech", "Eurazeo", "Kima Ventures"]]


def test_labels_follow_the_annotation(view):
    entities = entities_of(view)
    assert sum_labels(view.money, GOLD) == ["round", "round", "past_round"]
    labels = dict(zip((e.name.name for e in entities), entity_labels(entities, GOLD), strict=True))
    assert labels == {
        "Orfane": "raiser",
        "Partech": "lead",
        "Eurazeo": "investor",
        "Kima Ventures": "other",
        "Brizelle": "other",
    }
    owners = owner_labels(view.money[2], entities, GOLD)
    assert owners == ["yes" if e.name.name == "Orfane" else "no" for e in entities]
    assert owner_labels(view.money[2], entities, {**GOLD, "past_rounds": []}) is None
    assert (deal_label(GOLD), deal_label({"rounds": []})) == ("round", "none")


def test_weights_are_kept_and_read_back():
    model = LinearModel(
        ("no", "yes"), {"a b": 0, "c=é": 1}, np.array([[-1.0, 1.0], [2.0, -2.0]]), np.array([0.1, -0.1])
    )
    kept = LinearModel.of_arrays(model.arrays("m"), "m")
    rows = [{"a b": 1.0}, {"c=é": 0.5, "unseen": 9.0}, {}]
    assert np.allclose(kept.probabilities(rows), model.probabilities(rows), atol=1e-3)
    assert kept.classes == model.classes
