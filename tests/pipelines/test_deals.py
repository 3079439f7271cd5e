"""Joining: which reports are one deal, whatever the order of the rows, and which are not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from deal_samples import members, report, table
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_samples import article, funding, item

from extract.names.keys import name_key
from pipelines.deals import deals_in, deals_of
from pipelines.errors import DatasetNotFoundError
from pipelines.schema import schema_of
from pipelines.store import Store

AB = ("Alpha Capital*", "Beta Ventures")
CD = ("Celta Partners", "Delta Fonds")

ONE = {
    "the next days": [report("a", 0), report("b", 4)],
    "a monthly, weeks later": [report("a", 0, backers=AB), report("b", 40)],
    "a portrait that states the day": [report("a", 0), report("b", 150, stated=0)],
    "rounded": [report("a", 0, "Alvéole", 2.5), report("b", 20, "Alvéole", 2)],
    "converted": [report("a", 0), report("b", 1, "Alvéole", 11.8, currency="USD")],
    "undisclosed": [report("a", 0), report("b", 1, "Alvéole", None)],
    "without its debt": [report("a", 0, backers=AB), report("b", 3, "Alvéole", 7.5, backers=AB)],
    "contradicted": [
        report("a", 0, "Alvéole", 12, round_type="series_a", backers=AB),
        report("b", 0, "Alvéole", 14, round_type="series_b", backers=("Beta Ventures*", "Alpha Capital")),
    ],
    "accents, hyphens, legal form": [report("a", 0, "Néo-Alvéole"), report("b", 1, "NeoAlveole SAS")],
    ".io": [report("a", 0, "Alvéole.io"), report("b", 1)],
    "short and full name": [report("a", 0, "Alvéole Énergie", backers=AB), report("b", 8, backers=AB)],
    "last word of the name": [report("a", 0, "Biscuiterie Kerlann"), report("b", 1, "Kerlann")],
    "acronym": [report("a", 0, "Rhône Hydrogène Industries"), report("b", 0, "RHI")],
    "former name": [
        report("a", 0, "Rucher", backers=AB),
        report("b", 2, "Alvéole", evidence="Alvéole (ex-Rucher) lève 10 M€.", backers=AB),
    ],
    "rumour and announcement": [report("a", 0, "Alvéole", 50, status="rumoured"), report("b", 150, "Alvéole", 42)],
    "an extension under the series' name": [
        report("a", 0, "Alvéole", 7, round_type="extension", backers=AB),
        report("b", 1, "Alvéole", 25, round_type="series_a", backers=AB),
    ],
    "an extension of that day, by its own sum and by the whole": [
        report("a", 0, "Alvéole", 7, round_type="extension"),
        report("b", 0, "Alvéole", 25),
    ],
    "a rumour under the full name": [
        report("r", 0, "Alvéole Énergie", 50, status="rumoured"),
        report("a", 40, "Alvéole Énergie", 42, backers=AB),
        *[report(f"b{n}", 40, "Alvéole", 42, backers=AB) for n in range(4)],
    ],
    "a currency misread": [report("a", 0, currency="CAD"), report("b", 1, currency="USD")],
    "said twice in one article": [report("a", 0), report("a", 0, "Alvéole SA", round_id="a-1")],
}
TWO = {
    "a year apart": [report("a", 0, backers=AB), report("b", 365, backers=AB)],
    "seed and series A": [
        report("a", 0, "Alvéole", 2, round_type="seed", backers=AB),
        report("b", 90, "Alvéole", 8, round_type="series_a", backers=AB),
    ],
    "equity, then debt": [
        report("a", 0, backers=AB),
        report("b", 20, "Alvéole", 15, round_type="debt", backers=("Banque Delta",)),
    ],
    "an extension weeks later": [
        report("a", 0, backers=AB, round_type="series_a"),
        report("b", 25, "Alvéole", 13, backers=AB, round_type="extension"),
    ],
    "a sum more, weeks later": [
        report("a", 0, backers=AB),
        report("b", 25, "Alvéole", 3, backers=AB, evidence="Alvéole lève 3 millions d’euros supplémentaires."),
    ],
    "a rumour after an announcement": [report("a", 0), report("b", 60, "Alvéole", 30, status="rumoured")],
    "a rumour of long ago": [report("a", 0, status="rumoured"), report("b", 400)],
    "one name, two companies": [report("a", 0, backers=AB), report("b", 6, "Alvéole", 4, backers=CD)],
    "alike names": [report("a", 0, "Alvéole Santé", backers=AB), report("b", 2, backers=CD)],
    "alike names, nothing to prove it": [report("a", 0, "Alvéole Santé", None), report("b", 0)],
    "a letter more": [report("a", 0, "Pigmé", backers=AB), report("b", 0, "Pigmée", backers=AB)],
    "one sum, one day": [report("a", 0, "Fabriquo", backers=AB), report("b", 0, "Nectarine", backers=AB)],
    "two rounds in one article": [report("a", 0), report("a", 0, "Alvéole", 5, round_id="a-1", round_type="debt")],
}


@pytest.mark.parametrize("told", ONE.values(), ids=ONE)
def test_reports_of_one_financing_are_one_deal(told):
    assert deals_of(table(*told)).num_rows == 1


@pytest.mark.parametrize("told", TWO.values(), ids=TWO)
def test_reports_of_two_financings_are_two_deals(told):
    assert deals_of(table(*told)).num_rows == 2


def test_a_rumour_does_not_chain_two_announcements():
    told = [
        report("r", 0, "Alvéole", 50, status="rumoured"),
        report("a", 60, "Alvéole", 42, round_type="series_b", backers=AB),
        report("b", 100, "Alvéole", 15, round_type="debt", backers=("Banque Delta",)),
        report("c", 101, "Alvéole", 15, round_type="debt", backers=("Banque Delta",)),
    ]
    assert members(deals_of(table(*told))) == ["ar", "bc"]


def test_one_sum_does_not_prove_alike_names_where_other_reports_of_it_tell_other_investors():
    told = [report("a", 0, "Alvéole Santé", backers=AB), report("b", 9, backers=CD), report("c", 9)]
    assert members(deals_of(table(*told))) == ["a", "bc"]


def test_a_public_bank_proves_no_identity():
    told = [report("a", 0, "Nova", 5, backers=("Bpifrance",)), report("b", 2, "Nova Santé", 9, backers=("Bpifrance",))]
    assert deals_of(table(*told)).num_rows == 2


def test_a_resolver_joins_what_names_do_not():
    told = [report("a", 0, "Alvéole"), report("b", 1, "Ruche Verte")]
    assert deals_of(table(*told)).num_rows == 2
    joined = deals_of(table(*told), key_of=lambda name: {"rucheverte": "alveole"}.get(key := name_key(name), key))
    assert joined["company_key"].to_pylist() == ["alveole"]


def test_an_article_without_a_date_or_a_raiser_harms_nothing():
    told = [report("a", published_at=None), report("b", published_at=None, fetched_at=None), report("c", company=None)]
    deals = deals_of(table(*told))
    assert sorted(source["article_id"] for deal in deals.to_pylist() for source in deal["sources"]) == ["a", "b"]


def test_no_rounds_give_no_deals():
    assert deals_of(table()).schema == schema_of("deals")


@pytest.mark.parametrize("number", [100, 400])
def test_a_deal_that_every_outlet_tells_is_one(number):
    """Both below and beyond the size up to which all pairs of a block are compared."""
    told = [report(f"a{n:03}", n % 5, backers=AB if n % 3 else ()) for n in range(number)]
    assert deals_of(table(*told))["articles"].to_pylist() == [number]


def test_the_id_is_of_the_report_fetched_first():
    late, early = report("a", 0, fetched_at=report("", 9)["fetched_at"]), report("b", 3)
    assert deals_of(table(late, early))["deal_id"].to_pylist() == ["b-0"]
    assert deals_of(table(late, early, report("c", 10)))["deal_id"].to_pylist() == ["b-0"]


def test_deals_come_in_the_order_in_which_they_were_first_told():
    told = [report("a", 9, "Alvéole"), report("b", 0, "Miel"), report("c", 12, "Miel"), report("d", 5, "Cire")]
    assert deals_of(table(*told))["company"].to_pylist() == ["Miel", "Cire", "Alvéole"]


REPORTS = st.lists(
    st.builds(
        lambda day, company, amount, status, kind, backers: (day, company, amount, status, kind, backers),
        st.integers(0, 300),
        st.sampled_from(["Alvéole", "Alveole", "Alvéole Santé", "Alvéole.io"]),
        st.sampled_from([None, 2, 2.5, 10, 12, 50]),
        st.sampled_from(["announced", "announced", "rumoured"]),
        st.sampled_from([None, "series_a", "debt", "extension"]),
        st.sets(st.sampled_from([*AB, *CD, "Bpifrance"])).map(sorted),
    ),
    max_size=9,
)


def rows(drawn, prefix):
    return [
        report(f"{prefix}{n}", day, company, amount, status=status, round_type=kind, backers=backers)
        for n, (day, company, amount, status, kind, backers) in enumerate(drawn)
    ]


@settings(deadline=None, max_examples=60)
@given(REPORTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(drawn, random):
    told = rows(drawn, "a")
    deals = deals_of(table(*told))
    random.shuffle(told)
    assert deals_of(table(*told)) == deals


@settings(deadline=None, max_examples=40)
@given(REPORTS, REPORTS)
def test_reports_of_other_companies_change_nothing(drawn, others):
    deals = deals_of(table(*rows(drawn, "a"))).to_pylist()
    noise = [row | {"company": row["company"].replace("Alv", "Ov")} for row in rows(others, "x")]
    both = deals_of(table(*rows(drawn, "a"), *noise)).to_pylist()
    assert [deal for deal in both if deal["deal_id"].startswith("a")] == deals


@settings(deadline=None, max_examples=40)
@given(REPORTS)
def test_every_report_is_in_one_deal_and_each_deal_is_well_formed(drawn):
    deals = deals_of(table(*rows(drawn, "a"))).to_pylist()
    told = [source["round_id"] for deal in deals for source in deal["sources"]]
    assert sorted(told) == [f"a{n}-0" for n in range(len(drawn))]
    by_id = {deal["deal_id"]: deal for deal in deals}
    assert len(by_id) == len(deals)
    for deal in deals:
        assert deal["deal_id"] in {source["round_id"] for source in deal["sources"]}
        assert deal["extends"] is None or by_id[deal["extends"]]["date"] < deal["date"]
        amounts = {source["amount"] for source in deal["sources"]}
        assert deal["amount"] in amounts | {None}
        for field in {claim["field"] for claim in deal["disagreements"]}:
            assert sum(claim["chosen"] for claim in deal["disagreements"] if claim["field"] == field) <= 1


def test_a_dataset_is_joined_with_its_near_duplicates(tmp_path):
    with Store(tmp_path) as store:
        for n in (1, 2):
            store.add(item(n, published_at=article(1).published_at, rounds=[funding(1)]))
        twin = item(3, published_at=article(1).published_at, rounds=[funding(1)])
        twin.near_duplicate_of, twin.similarity = article(1).id, 0.9
        store.add(twin)
        store.flush()
    (deal,) = deals_in(tmp_path).to_pylist()
    assert (deal["articles"], len(deal["sources"])) == (2, 3)


def test_where_no_dataset_is_there_is_an_error(tmp_path):
    with pytest.raises(DatasetNotFoundError, match="no dataset there"):
        deals_in(tmp_path / "missing")


def test_the_first_day_of_all_that_some_pages_give_is_no_trouble():
    row = {"round_id": "a-0", "article_id": "a", "company": "Alpha", "date": date(2026, 1, 1)}
    rows = [row | {"published_at": datetime(1, 1, 1, tzinfo=UTC)}]
    assert deals_of(pa.Table.from_pylist(rows, schema=schema_of("rounds"))).num_rows == 1
