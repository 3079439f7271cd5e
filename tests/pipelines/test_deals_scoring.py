"""The figures of the joining, and floors under them on the corpus that the rules were made on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from extract.scoring import GoldError
from pipelines.deals.scoring import b_cubed, pairwise, read_deals, score_chain, score_gold

CORPUS = Path(__file__).parents[2] / "corpus"
DEV = CORPUS / "deals-dev.jsonl"
DIGESTS = {
    "deals-dev.jsonl": "1fd3aaae66789fa8e19556bc1f24e3d9c225ab62e412ae04d6cd3f0a271bea89",
    "deals-test.jsonl": "14f52e034a77fd2db25bfadd16a2f917e56f01a4167445b3ad5844b966f94998",
}
ALL_RIGHT = {"p": 1.0, "r": 1.0, "f1": 1.0}
FLOORS = {
    "deals-dev.jsonl": {"pair": (0.98, 0.98), "b_cubed": (0.98, 0.98), "extends": (0.95, 0.95)},
    "deals-test.jsonl": {"pair": (0.98, 0.95), "b_cubed": (0.98, 0.96), "extends": (0.95, 0.92)},
}
"""Lowest precision and recall of joining the gold rounds."""


@pytest.fixture(scope="module")
def docs():
    return read_deals(DEV)


@pytest.mark.parametrize("name", DIGESTS)
def test_the_corpus_is_the_one_the_floors_were_set_on(name):
    assert hashlib.sha256((CORPUS / name).read_bytes()).hexdigest() == DIGESTS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_no_figure_of_the_joining_falls_below_its_floor(name):
    found = score_gold(read_deals(CORPUS / name))
    for figure, (precision, recall) in FLOORS[name].items():
        assert found[figure]["p"] >= precision, figure
        assert found[figure]["r"] >= recall, figure


def test_what_was_extracted_rightly_scores_as_the_gold(docs):
    assert score_chain(docs, {doc["id"]: doc for doc in docs}) == score_gold(docs)


def test_what_was_not_extracted_costs_recall_alone(docs):
    figures = score_chain(docs, {})
    assert figures["pair"]["r"] == figures["b_cubed"]["r"] == 0
    half = {doc["id"]: doc for doc in docs[::2]}
    assert score_chain(docs, half)["pair"]["p"] >= 0.9
    assert score_chain(docs, half)["pair"]["r"] < 0.5


def telling(id_, deal, company="Alvéole", **changes):
    found = {"deal": deal, "extends": None, "company": company, "amount": 3_000_000, "currency": "EUR"}
    found |= {"round_type": None, "status": "announced", "date": None, "valuation": None, "valuation_currency": None}
    found |= {"total_raised": None, "total_raised_currency": None, "investors": []} | changes
    text = f"{company} lève 3 millions d’euros."
    return {"id": id_, "title": text, "text": text, "published": "2026-03-02T08:00:00+01:00", "rounds": [found]}


def test_an_invented_round_costs_precision_where_it_is_joined():
    gold = [telling("a", "d1"), telling("b", "d1"), telling("c", "d2", "Miel")]
    gold[2]["rounds"] = []
    given = {doc["id"]: doc for doc in gold[:2]}
    assert score_chain(gold, given)["pair"] | {"n": 0} == ALL_RIGHT | {"n": 0}
    invented = {"c": telling("c", "")}
    assert score_chain(gold, given | invented)["pair"]["p"] == pytest.approx(1 / 3, abs=1e-4)


def test_a_round_extracted_twice_is_one_telling():
    gold = [telling("a", "d1"), telling("b", "d1")]
    twice = telling("b", "d1")
    twice["rounds"] = [*twice["rounds"], *telling("b", "d1", "Alvéole SA")["rounds"]]
    assert score_chain(gold, {"a": gold[0], "b": twice})["pair"]["p"] == 1


def test_extensions_count_by_pairs_of_tellings():
    second = {"round_type": "extension", "amount": 1_000_000, "extends": "d1"}
    gold = [telling("a", "d1"), telling("b", "d1"), telling("c", "d2", **second), telling("d", "d2", **second)]
    for doc in gold[2:]:
        doc["published"] = "2026-09-02T08:00:00+02:00"
    assert score_gold(gold)["extends"] == ALL_RIGHT | {"n": 4}


def test_figures_of_an_empty_joining_are_nought():
    assert pairwise({1: "a", 2: "a"}, {})["f1"] == b_cubed({1: "a"}, {})["f1"] == 0


def test_only_labelled_files_are_deals(tmp_path):
    file = tmp_path / "gold.jsonl"
    doc = telling("a", "d1")
    other = telling("b", None)
    for docs, labelled in (([doc], True), ([other], False), ([], False)):
        file.write_text("\n".join(map(json.dumps, docs)))
        assert bool(read_deals(file)) is labelled
    file.write_text("\n".join(map(json.dumps, [doc, other])))
    with pytest.raises(GoldError, match='some rounds lack "deal"'):
        read_deals(file)
    del doc["published"]
    file.write_text(json.dumps(doc))
    with pytest.raises(GoldError, match=r"gold\.jsonl:1: no annotated article, it lacks published"):
        read_deals(file)
