"""The figures themselves: what counts as right, and gold files that are none."""

from __future__ import annotations

import json

import pytest

from extract.scoring import GoldError, compare_key, read_gold, same_sum, score


def deal(company="Alpha", amount=3_000_000, currency="EUR", investors=(), **fields):
    nothing = dict.fromkeys(("round_type", "date", "valuation", "valuation_currency"))
    backers = [{"name": name, "lead": lead} for name, lead in investors]
    return {
        **nothing,
        "company": company,
        "amount": amount,
        "currency": currency,
        "status": "announced",
        "investors": backers,
        **fields,
    }


def article(*rounds, **fields):
    return {"id": "a", "rounds": list(rounds), "past_rounds": [], "companies": [], "amounts": [], **fields}


def figures(gold, predicted):
    return score([gold], {"a": predicted})


def test_a_perfect_answer_is_one_everywhere():
    gold = article(
        deal(
            investors=[("Partech", True), ("Kima", False)], round_type="seed", valuation=9e6, valuation_currency="EUR"
        ),
        companies=["Alpha", "Partech"],
        amounts=[{"text": "3 M€", "value": 3e6, "currency": "EUR", "role": "round"}],
        past_rounds=[{"company": "Alpha", "amount": 1e6, "currency": "EUR", "round_type": None, "year": 2020}],
    )
    found = figures(gold, gold)
    assert {name: figure["f1"] for name, figure in found.items() if isinstance(figure, dict)} == dict.fromkeys(
        ("round", "amount", "investor", "lead", "valuation", "round_type", "record", "past_round", "company", "sum",
         "sum_role"), 1.0
    )  # fmt: skip
    assert (found["status_accuracy"], found["quiet_on_no_deal"], found["articles_without_answer"]) == (1.0, None, 0)


def test_what_an_invented_round_holds_is_invented():
    found = figures(article(), article(deal(investors=[("Partech", True)])))
    assert found["quiet_on_no_deal"] == 0.0
    for name in ("round", "amount", "investor", "lead", "record"):
        assert (found[name]["p"], found[name]["n"]) == (0.0, 0)


def test_a_missed_investor_spoils_the_record_alone():
    gold = article(deal(investors=[("Partech", False), ("Kima", False)]))
    found = figures(gold, article(deal(investors=[("Partech", False)])))
    assert (found["round"]["f1"], found["amount"]["f1"], found["record"]["f1"]) == (1.0, 1.0, 0.0)
    assert (found["investor"]["p"], found["investor"]["r"]) == (1.0, 0.5)


def test_two_rounds_of_one_company_are_paired_by_amount():
    gold = article(deal(amount=1e6), deal(amount=5e6))
    assert figures(gold, article(deal(amount=5e6), deal(amount=1e6)))["record"]["f1"] == 1.0


def test_sums_agree_to_half_a_percent_in_one_currency():
    assert same_sum((1000.0, "EUR"), (1004.0, "EUR"))
    assert not same_sum((1000.0, "EUR"), (1006.0, "EUR"))
    assert not same_sum((1000.0, "EUR"), (1000.0, "USD"))
    assert same_sum(None, None)
    assert not same_sum(None, (0.0, "EUR"))


@pytest.mark.parametrize("name", ["Épicéa", "EPICEA SAS", "L’Épicéa", "l'epicea, Inc."])
def test_names_are_compared_without_dress(name):
    assert compare_key(name) == "epicea"


BAD = {
    "empty": ("", "no article"),
    "not json": ("{", ":1: not JSON"),
    "a list": ("[]", "no JSON object"),
    "not annotated": ('{"id": "a", "text": "b"}', "rounds"),
    "twice": (f"{json.dumps(article(text=''))}\n{json.dumps(article(text=''))}", "twice"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_gold_file_that_is_none_is_named(tmp_path, case):
    content, reason = BAD[case]
    path = tmp_path / "gold.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GoldError, match=reason) as error:
        read_gold(path)
    assert str(path) in str(error.value)


def test_a_missing_or_binary_gold_file_is_named(tmp_path):
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe")
    for name in ("absent.jsonl", "b.jsonl"):
        with pytest.raises(GoldError, match=name):
            read_gold(tmp_path / name)
