"""The best value of each field, what is kept of those that lost, and the parents of extensions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from deal_samples import START, report, table

from pipelines.deals import deals_of

AB = ("Alpha Capital*", "Beta Ventures")


def one(*told: Any, **options: Any) -> dict[str, Any]:
    (deal,) = deals_of(table(*told), **options).to_pylist()
    return deal


def differ(deal: dict[str, Any], field: str) -> list[tuple[str, int, bool]]:
    return [(c["value"], c["articles"], c["chosen"]) for c in deal["disagreements"] if c["field"] == field]


AMOUNTS = {
    "announced over rumoured": (["50 EUR?", "50 EUR?", "42 EUR"], "42 EUR"),
    "majority": (["14 EUR", "12 EUR", "12 EUR"], "12 EUR"),
    "the first of equals": (["12 EUR", "14 EUR"], "12 EUR"),
    "exact over rounded": (["2 EUR", "2 EUR", "2.5 EUR"], "2.5 EUR"),
    "own currency by majority": (["21.5 USD", "20 EUR", "20 EUR"], "20 EUR"),
    "own currency by roundness": (["34.6 EUR", "30 GBP"], "30 GBP"),
    "disclosed by one": (["", "3 EUR"], "3 EUR"),
    "a rumour's sum is not filled in": (["9 EUR?", ""], None),
}
"""What reports tell in millions, a rumour with a question mark, and the best of it."""


@pytest.mark.parametrize(("told", "best"), AMOUNTS.values(), ids=AMOUNTS)
def test_the_best_amount(told, best):
    reports = []
    for n, text in enumerate(told):
        millions, _, currency = text.rstrip("?").partition(" ")
        status = "rumoured" if text.endswith("?") else "announced"
        amount = float(millions) if millions else None
        reports.append(report(f"a{n}", n, "Alvéole", amount, currency=currency, status=status, backers=AB))
    deal = one(*reports)
    assert (deal["amount"] and f"{deal['amount'] / 1e6:g} {deal['currency']}") == best


def test_amount_and_rate_come_from_one_report():
    pounds = report("a", 0, "Alvéole", 30, currency="GBP", amount_eur=34_000_000, eur_rate=0.88)
    deal = one(pounds, report("b", 0, "Alvéole", 34.1))
    assert [deal[name] for name in ("amount", "amount_eur", "eur_rate")] == [30_000_000, 34_000_000, 0.88]


def test_an_outlet_corrects_itself():
    told = [
        report("a", 0, "Alvéole", 14, outlet="gazette", backers=AB),
        report("b", 1, "Alvéole", 14, backers=AB),
        report("c", 2, "Alvéole", 12, backers=AB),
        report("d", 3, "Alvéole", 12, outlet="gazette", backers=AB),
    ]
    assert one(*told)["amount"] == 12_000_000


def test_near_duplicates_are_one_voice():
    told = [report(id_, 0, "Alvéole", 14, backers=AB) for id_ in "abc"]
    told += [report(id_, 1, "Alvéole", 12, backers=AB) for id_ in "de"]
    assert one(*told)["amount"] == 14_000_000
    deal = one(*told, near_duplicates={"b": "a", "c": "b"})
    assert (deal["amount"], deal["articles"], len(deal["sources"])) == (12_000_000, 3, 5)
    assert differ(deal, "amount") == [("12000000 EUR", 2, True), ("14000000 EUR", 1, False)]
    assert [source["near_duplicate_of"] for source in deal["sources"]] == [None, "a", "a", None, None]


def test_a_surer_extraction_weighs_more():
    told = [report("a", 0, "Alvéole", 14, score=0.3, backers=AB), report("b", 1, "Alvéole", 12, backers=AB)]
    assert one(*told)["amount"] == 12_000_000


def test_a_stated_day_goes_before_publication_and_a_day_before_a_month():
    assert (one(report("a", 4))["date"], one(report("a", 4))["date_stated"]) == (date(2026, 3, 6), False)
    month = report("b", 5, stated=-1, date_precision="month")
    assert one(report("a", 4), month)["date"] == date(2026, 3, 1)
    deal = one(report("a", 4), month, report("c", 6, stated=3))
    assert (deal["date"], deal["date_stated"]) == (date(2026, 3, 5), True)


def test_without_a_stated_day_it_is_that_of_the_first_announcement():
    deal = one(report("r", 0, status="rumoured"), report("a", 30), report("b", 31))
    assert (deal["date"], deal["status"]) == (date(2026, 4, 1), "announced")
    assert (deal["rumoured_at"], deal["announced_at"]) == (START, report("", 30)["published_at"])
    assert differ(deal, "status") == [("announced", 2, True), ("rumoured", 1, False)]


def test_a_rumour_alone_is_a_rumour():
    deal = one(report("r", 0, status="rumoured", backers=("Alpha Capital",)))
    assert (deal["status"], deal["announced_at"], deal["date"]) == ("rumoured", None, date(2026, 3, 2))
    assert [investor["name"] for investor in deal["investors"]] == ["Alpha Capital"]


def test_investors_are_the_union_of_the_announcements():
    told = [
        report("r", 0, status="rumoured", backers=("Omega", "Beta Ventures")),
        report("a", 9, backers=("Beta Ventures", "Alpha Capital*")),
        report("b", 9, backers=("Beta Ventures", "Gamma")),
    ]
    found = [(i["name"], i["lead"], i["articles"]) for i in one(*told)["investors"]]
    assert found == [("Alpha Capital", True, 1), ("Beta Ventures", False, 2), ("Gamma", False, 1)]


def test_who_leads_is_told_by_half_of_those_who_name_a_lead():
    told = [report(f"a{n}", 0, backers=("Alpha Capital*", "Beta Ventures")) for n in range(3)]
    told.append(report("b", 0, backers=("Alpha Capital", "Beta Ventures*")))
    deal = one(*told)
    assert [(i["name"], i["lead"]) for i in deal["investors"]] == [("Alpha Capital", True), ("Beta Ventures", False)]
    assert differ(deal, "lead") == [("Alpha Capital", 3, True), ("Beta Ventures", 1, False)]


def test_the_name_printed_most_is_the_best_and_of_equals_the_longest():
    told = [report("a", 0, "Alvéole Énergie", backers=AB), report("b", 0, "Alvéole", backers=AB)]
    assert (one(*told)["company"], one(*told)["company_key"]) == ("Alvéole Énergie", "alveoleenergie")
    deal = one(*told, report("c", 0, "Alvéole", backers=AB))
    assert deal["company"] == "Alvéole"
    assert differ(deal, "company") == [("Alvéole", 2, True), ("Alvéole Énergie", 1, False)]


def test_what_all_say_or_one_alone_says_is_no_disagreement():
    told = [report("a", 0, round_type="series_a", valuation=90_000_000, valuation_currency="EUR"), report("b", 1)]
    deal = one(*told)
    assert (deal["round_type"], deal["valuation"], deal["disagreements"]) == ("series_a", 90_000_000, [])


def test_the_score_is_that_of_one_source_being_right():
    assert one(report("a", 0, score=0.5), report("b", 0, score=0.8))["score"] == pytest.approx(0.9)


def test_sources_say_what_their_articles_say():
    told = report("a", 0, backers=AB, start=3, end=40)
    (source,) = one(told)["sources"]
    assert source["investors"] == ["Alpha Capital", "Beta Ventures"]
    assert source["leads"] == ["Alpha Capital"]
    for name in ("round_id", "outlet", "url", "title", "published_at", "amount", "evidence", "start", "end", "score"):
        assert source[name] == told[name]


def extends(*told: Any) -> dict[str, str | None]:
    return {deal["deal_id"]: deal["extends"] for deal in deals_of(table(*told)).to_pylist()}


PARENTS = {
    "an extension by its type": ({"round_type": "extension"}, "a-0"),
    "by its sentence": ({"evidence": "Alvéole ajoute 5 millions d’euros, une rallonge de sa série A."}, "a-0"),
    "one series twice": ({"round_type": "series_a", "backers": ("Beta Ventures",)}, "a-0"),
    "one series of two companies": ({"round_type": "series_a", "backers": ("Celta Partners",)}, None),
    "the next series": ({"round_type": "series_b", "backers": ("Beta Ventures",)}, None),
}


@pytest.mark.parametrize(("later", "parent"), PARENTS.values(), ids=PARENTS)
def test_an_extension_has_its_parent(later, parent):
    first = report("a", 0, round_type="series_a", backers=AB)
    debt = report("d", 100, "Alvéole", 4, round_type="debt", backers=("Banque Delta",))
    assert extends(first, debt, report("b", 230, "Alvéole", 5, **later))["b-0"] == parent


def test_an_extension_of_an_extension_has_the_round_itself_as_parent():
    told = [report("a", 0, round_type="series_a")]
    told += [report(f"b{n}", 130 * n, "Alvéole", 3, round_type="extension") for n in (1, 2)]
    assert extends(*told) == {"a-0": None, "b1-0": "a-0", "b2-0": "a-0"}


def test_an_extension_whose_round_nobody_told_has_none():
    assert extends(report("r", 0, status="rumoured"), report("b", 250, round_type="extension")) == {
        "r-0": None,
        "b-0": None,
    }
