"""The corpus: enough articles, each sound by the rules, a tenth annotated twice with an agreement that is reported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extract.scoring import FIGURES, read_gold, score

CORPUS = Path(__file__).parents[2] / "corpus"
TRAIN = sorted(CORPUS.glob("train-*.jsonl"))
ROLES = {
    "round", "tranche", "valuation", "total_raised", "past_round", "fund", "acquisition", "revenue", "market", "other",
}  # fmt: skip


def faults(doc):
    where = f"{doc['title']}\n{doc['text']}"
    named = [r["company"] for r in doc["rounds"]] + [i["name"] for r in doc["rounds"] for i in r["investors"]]
    yield from (f"not in the text: {name}" for name in (*named, *doc["companies"]) if name not in where)
    yield from (f"no sum of the text: {a['text']}" for a in doc["amounts"] if a["text"] not in where)
    yield from (f"no role: {a['role']}" for a in doc["amounts"] if a["role"] not in ROLES)
    raisers = [r["company"] for r in doc["rounds"]]
    yield from (f"raiser not in companies: {name}" for name in raisers if name not in doc["companies"])
    if doc["genre"] in {"acquisition", "fund", "other"} and doc["rounds"]:
        yield "a round in an article of a genre without"


@pytest.mark.parametrize("file", [*TRAIN, CORPUS / "dev.jsonl", CORPUS / "second.jsonl"], ids=lambda file: file.stem)
def test_every_annotation_stands_in_its_text(file):
    wrong = {doc["id"]: found for doc in read_gold(file) if (found := list(faults(doc)))}
    assert not wrong


def test_there_are_enough_articles_and_none_twice():
    docs = [doc for file in TRAIN for doc in read_gold(file)]
    assert len(docs) >= 700
    assert len({doc["id"] for doc in docs}) == len({doc["text"] for doc in docs}) == len(docs)


@pytest.fixture(scope="module")
def agreement():
    first = {doc["id"]: doc for file in TRAIN for doc in read_gold(file)}
    second = read_gold(CORPUS / "second.jsonl")
    assert len(second) >= len(first) / 10
    assert all(first[doc["id"]]["text"] == doc["text"] for doc in second)
    return score([first[doc["id"]] for doc in second], {doc["id"]: doc for doc in second})


def test_two_readers_agree_as_far_as_the_corpus_says(agreement):
    told = (CORPUS / "README.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"(\w+) (\.\d{3})\b", told))
    for figure in FIGURES:
        assert agreement[figure]["f1"] == pytest.approx(float(said[figure]), abs=0.0006), figure
