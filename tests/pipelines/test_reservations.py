"""Articles reserved against mining: facts and short quotes are stored, their text is not, unless that is ignored."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_samples import TABLES, article, item, read_all
from test_steps import crawl, start

from extract import Extractor
from extract.records import Extraction, FundingRound, Money, PastRound
from pipelines.reservations import MAX_QUOTE, shown
from pipelines.rows import Extracted, content_hash, rows_of
from pipelines.store import Store

PADDING = "comme l’annonce dans un communiqué détaillé la direction de cette jeune entreprise industrielle lyonnaise"
TEXT = (
    f"Fondée à Lyon en 2019, {PADDING}, la start-up Brizelle vient de lever 12 millions d’euros auprès de Partech, "
    f"{PADDING}, qui avait mené le tour précédent, {PADDING}.\n\n"
    "Brizelle avait déjà levé 3 millions d’euros en 2021. Elle emploie trente personnes."
)


@pytest.fixture(scope="module")
def source():
    given = article(
        1, title="Brizelle voit plus grand", text=TEXT, chapeau="La start-up lyonnaise accélère.", tdm_reserved=True
    )
    return Extracted(given, Extractor().extract({"id": given.id, "title": given.title, "text": given.text}))


def withheld(source):
    return Extracted(source.article, source.extraction, withheld=True)


def test_facts_stay_and_the_text_does_not(source, tmp_path):
    with Store(tmp_path) as store:
        store.add(withheld(source))
    whole, kept = rows_of(source), {table: read_all(tmp_path, table)["polars"] for table in TABLES}
    (row,) = kept["articles"]
    assert (row["text"], row["chapeau"], row["tdm_reserved"]) == ("", "", True)
    assert (row["title"], row["content_hash"]) == (source.article.title, content_hash(source.article))
    assert (row["rounds"], row["companies"]) == (1, source.extraction.companies)
    assert [(past["company"], past["amount"]) for past in row["past_rounds"]] == [("Brizelle", 3_000_000)]
    (found,), (before,) = kept["rounds"], whole["rounds"]
    for name in ("company", "amount", "currency", "amount_eur", "status", "score"):
        assert found[name] == before[name], name
    assert [investor["name"] for investor in found["investors"]] == ["Partech"]
    places = [(mention["text"], mention["start"], mention["end"]) for mention in kept["mentions"]]
    assert sorted(places) == sorted((m.text, m.start, m.end) for m in source.extraction.mentions)


def test_quotes_are_short_cut_at_words_and_hold_the_fact(source):
    document = f"{source.article.title}\n{TEXT}"
    (found,) = rows_of(withheld(source))["rounds"]
    assert len(source.extraction.rounds[0].evidence) > MAX_QUOTE
    for quoted, facts in ((found, ("Brizelle", "12 millions d’euros")), (found["investors"][0], ("Partech",))):
        quote = quoted["evidence"]
        assert len(quote) <= MAX_QUOTE
        assert quote == f"… {document[quoted['start'] : quoted['end']]} …"
        assert all(fact in quote for fact in facts)
        assert document[quoted["start"] - 1] == document[quoted["end"]] == " "


def test_what_is_short_already_stays_as_it_is(source):
    (past,) = rows_of(withheld(source))["articles"][0]["past_rounds"]
    assert past["evidence"] == "Brizelle avait déjà levé 3 millions d’euros en 2021."
    assert rows_of(item(1))["rounds"] == rows_of(withheld(item(1)))["rounds"]


def test_the_rows_are_whole_where_nothing_is_withheld(source):
    rows = rows_of(source)
    assert (rows["articles"][0]["text"], rows["articles"][0]["tdm_reserved"]) == (TEXT, True)
    assert rows["rounds"][0]["evidence"] == source.extraction.rounds[0].evidence
    assert shown(source) is source


@given(st.data())
def test_any_sentence_gives_a_quote_of_it(data):
    sentence = data.draw(st.text("ab \u00a0\n’", min_size=1, max_size=700))
    place = st.integers(0, len(sentence))
    low, high = sorted((data.draw(place), data.draw(place)))
    sum_ = Money(text="…", start=10 + low, end=10 + high, value=5, currency="EUR")
    told = {"company": "A", "amount": 5, "currency": "EUR", "evidence": sentence, "start": 10}
    extraction = Extraction(id="1", title="T", extractor_version="t", amounts=[sum_])
    extraction.rounds = [FundingRound(**told, end=10 + len(sentence))]
    extraction.past_rounds = [PastRound(**told, end=10 + len(sentence))]
    kept = shown(Extracted(article(1), extraction, withheld=True)).extraction
    for quoted in (*kept.rounds, *kept.past_rounds):
        begin, end = quoted.start - 10, quoted.end - 10
        assert len(quoted.evidence) <= MAX_QUOTE
        assert quoted.evidence.removeprefix("… ").removesuffix(" …") == sentence[begin:end]
        assert high - low > MAX_QUOTE - 4 or begin <= low <= high <= end


@pytest.mark.parametrize(("setting", "texts"), [("obey", {"", "Libre."}), ("ignore", {"Réservé.", "Libre."})])
def test_whole_crawls_under_both_settings(tmp_path, setting, texts):
    options = {"numbers": [1, 2], "texts": {"1": "Réservé.", "2": "Libre."}, "reserved": [1]}
    settings = {"TOURDETABLE_TDM": setting, "FEEDS": {"items.jsonl": {"format": "jsonlines"}}}
    crawl(tmp_path, settings=settings, **options)
    articles = pd.read_parquet(tmp_path / "D" / "articles").sort_values("title")
    assert set(articles.text) == texts
    assert articles.tdm_reserved.tolist() == [True, False]
    whole = [article(1, text="Réservé."), article(2, text="Libre.")]
    assert articles.content_hash.tolist() == [content_hash(one) for one in whole]
    exported = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {told["article"]["text"] for told in exported} == texts


def test_a_setting_that_is_none_is_told(tmp_path):
    process = start(tmp_path, numbers=[1], settings={"TOURDETABLE_TDM": "perhaps"})
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ValueError: TOURDETABLE_TDM: expected obey or ignore, got 'perhaps'" in errors
    assert not (tmp_path / "D").exists()
