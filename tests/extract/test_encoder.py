"""The encoder: pieces and windows, names it proposes, pools of odds, and scores that mean something."""

from __future__ import annotations

import random
import subprocess
import sys
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.bounds import sentence_bounds
from extract.encoder.body import STEP, WINDOW, Encoded, body, window_starts
from extract.encoder.component import completed
from extract.encoder.heads import heads
from extract.encoder.spans import nearest, type_words
from extract.money.finder import find_money
from extract.names.finder import find_names
from extract.roles.blend import Blend
from extract.roles.features import entities_of
from extract.rounds.scores import Calibration
from extract.rounds.view import View
from extract.training.augment import NamePool, swapped
from extract.training.blending import expected_calibration_error, fit_blend
from extract.training.examples import example

TEXT = (
    "Orfane lève 5 millions d’euros en série A\nLa start-up Orfane lève 5 millions d’euros auprès de Partech et de la "
    "Banque Populaire Grand Ouest. Elle avait réuni 1 million d’euros en amorçage en 2021."
)


def view_of(text):
    return View(text, sentence_bounds(text), find_money(text), find_names(text), None)


@given(st.integers(1, 5000))
def test_windows_cover_every_piece(length):
    starts = window_starts(length)
    covered = {i for at in starts for i in range(at, min(at + WINDOW, length))}
    assert covered == set(range(length))
    assert all(b - a == STEP for a, b in pairwise(starts))


def test_states_are_one_row_a_piece_with_their_places():
    encoded = body().encode(TEXT)
    assert len(encoded.states) == len(encoded.offsets)
    inside = (encoded.offsets[:, 1] > 0) & (encoded.offsets[:, 0] < 6)
    covered = encoded.offsets[inside]
    assert TEXT[covered[0, 0] : covered[-1, 1]].strip() == "Orfane"
    assert encoded.means([(0, 6), (7, 12)])[0] == pytest.approx(encoded.states[inside].mean(0), abs=1e-4)


@pytest.mark.parametrize("text", ["", " ", "\n\u00a0\n"])
def test_a_text_of_spaces_has_no_states(text):
    assert body().encode(text) is None


def test_a_long_text_is_read_in_windows_and_each_place_once():
    encoded = body().encode(f"{TEXT}\n\n" * 40)
    assert len(encoded.states) == len(encoded.offsets) > 2 * WINDOW
    assert np.isfinite(encoded.states).all()
    assert (np.diff(encoded.offsets[:, 0]) >= 0).all()


def test_a_place_between_pieces_still_has_a_state():
    encoded = Encoded(np.array([[1.0], [2.0]], np.float32), [(0, 3), (3, 6)])
    assert encoded.means([(9, 12), (4, 5)]).tolist() == [[1.0], [2.0]]


def test_proposed_names_fill_gaps_and_lengthen_what_the_rules_have_cut():
    names = find_names("Partech et Banque Populaire Grand Ouest suivent wiwi.")
    text = "Partech et Banque Populaire Grand Ouest suivent wiwi."
    found = completed(text, names, [((0, 7), 0.99), ((10, 39), 0.95), ((47, 52), 0.97), ((40, 47), 0.3)])
    assert [n.text for n in found] == ["Partech", "Banque Populaire Grand Ouest", "wiwi"]
    assert found[0].investor_kind == "vc"
    assert all(text[n.start : n.end] == n.text for n in found)


def test_an_unsure_proposal_changes_nothing():
    names = find_names(TEXT)
    assert completed(TEXT, names, [((place, place + 9), 0.5) for place in range(0, 90, 10)]) == names


def test_types_of_rounds_are_found_where_they_stand():
    words = type_words("Après un pré-amorçage, Alpha boucle une série B et un prêt relais.")
    assert [w.round_type for w in words] == ["pre_seed", "series_b", "bridge"]


def test_the_nearest_mention_is_sought_in_the_line_first():
    text = "Titre\nAlpha lève 2 M€.\nBêta (santé) lève, après Alpha, 3 M€."
    view = view_of(text)
    alpha = next(e for e in entities_of(view) if e.name.name == "Alpha")
    three = view.money[-1]
    pair = nearest(view, [(three.start, three.end)], alpha.mentions)
    assert text[slice(*pair.other)] == "Alpha"
    assert pair.other[0] > text.index("Bêta")


def test_every_question_is_answered_for_every_item():
    view = view_of(TEXT)
    odds = heads().read(body().encode(TEXT), view, entities_of(view))
    assert np.exp(odds.sums).sum(1) == pytest.approx(np.ones(len(view.money)))
    assert np.exp(odds.entities).sum(1) == pytest.approx(np.ones(len(entities_of(view))))
    assert len(heads().owners(body().encode(TEXT), view, entities_of(view))) == len(view.money)
    assert {word.round_type for word, _ in odds.types} == {"series_a", "seed"}
    sure = {word.round_type: chance for word, chance in odds.types}
    assert sure["series_a"] > sure["seed"]


def test_a_pool_follows_the_better_of_two_models():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 600)
    noise = rng.dirichlet([1, 1, 1], 600)
    knows = np.eye(3)[labels] * 0.7 + 0.1
    wrong = rng.random(600) < 0.2
    knows[wrong] = np.roll(knows[wrong], 1, axis=1)
    pool = fit_blend(noise, knows, labels)
    assert pool.second > 5 * abs(pool.first)
    chances = pool(noise, knows).max(1)
    assert expected_calibration_error(chances, pool(noise, knows).argmax(1) == labels) < 0.05


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2), st.floats(-3, 3))
def test_scores_are_probabilities_that_are_never_sure(chances, bias):
    assert 0.01 <= Calibration((1.0, 0.5), bias)(chances) <= 0.99


@given(st.floats(0.02, 0.97), st.floats(0.001, 0.02))
def test_a_surer_part_never_lowers_the_score(chance, more):
    calibration = Calibration((0.8, 0.3), -0.5)
    assert calibration((chance + more, 0.5)) >= calibration((chance, 0.5))


def test_pools_are_kept_and_read_back():
    pool = Blend(0.4, 0.6, np.array([0.1, -0.1]))
    back = Blend.of_arrays(pool.arrays("x"), "x")
    assert (back.first, back.second, back.bias.tolist()) == (0.4, 0.6, [0.1, -0.1])


GOLD = {
    "rounds": [
        {
            "company": "Orfane", "amount": 5_000_000, "currency": "EUR", "round_type": "series_a", "valuation": None,
            "valuation_currency": None, "total_raised": None, "total_raised_currency": None,
            "investors": [{"name": "Partech", "lead": False}, {"name": "Banque Populaire Grand Ouest", "lead": False}],
        }
    ],
    "past_rounds": [{"company": "Orfane", "amount": 1_000_000, "currency": "EUR"}],
    "companies": ["Orfane", "Partech", "Banque Populaire Grand Ouest"],
    "amounts": [
        {"text": "5 millions d’euros", "role": "round"},
        {"text": "5 millions d’euros", "role": "round"},
        {"text": "1 million d’euros", "role": "past_round"},
    ],
}  # fmt: skip


def test_swapping_names_keeps_what_every_place_stands_for():
    plain = example(view_of(TEXT), GOLD)
    pool = NamePool([plain])
    for seed in range(20):
        other = swapped(plain, pool, random.Random(seed))
        assert [other.text[slice(*place)] for place, _ in other.sums] == [
            TEXT[slice(*place)] for place, _ in plain.sums
        ]
        assert [other.text[slice(*place)] for place, _ in other.types] == ["série A", "amorçage"]
        for mentions, _ in other.entities:
            assert len({other.text[slice(*place)] for place in mentions}) == 1
        assert len(other.names) == len(plain.names)


def test_the_weights_are_small_and_nothing_but_onnxruntime_runs_them():
    folder = resources.files("extract.model")
    assert sum(len(f.read_bytes()) for f in folder.iterdir() if f.is_file()) < 60e6
    code = (
        "import sys; sys.modules |= {'torch': None, 'sklearn': None, 'onnx': None}; import extract; "
        "print(extract.Extractor().extract({'id': '1', 'title': 'Alpha lève 3 M€', 'text': 'Alpha lève 3 M€ auprès de "
        "Partech.'}).rounds[0].company)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Alpha"
