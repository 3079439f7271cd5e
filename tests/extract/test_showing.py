"""Records as notebooks show them: everything of an article escaped, the right words marked in the sentences."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.records import Extraction, FundingRound, Investor, Mention, Money, PastRound
from extract.showing import Mark, day, marked

HOSTILE = "\"'><script>alert(1)</script>&amp;<img src=x onerror=alert(1)>"
TITLE = "Alpha & Cie boucle son tour"
SENTENCE = "La pousse Alpha & Cie lève 3 millions d’euros auprès de Partech, de BPI France et de Gamma <Ventures>."


class Reader(HTMLParser):
    """Reads tags, attributes and marks of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.marks: list[tuple[str, str]] = []
        self.open: list[str] = []
        self._label = ""

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.open.append(tag)
        self._label = dict(attributes).get("class", "") if tag == "mark" else ""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self._label = ""

    def handle_data(self, data):
        if self._label:
            self.marks.append((self._label, data))


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def funding() -> FundingRound:
    start, end = len(TITLE) + 1, len(TITLE) + 1 + len(SENTENCE)
    backers = [
        Investor(name=name, key=key, lead=lead, kind="vc", score=0.9, evidence=SENTENCE, start=start, end=end)
        for name, key, lead in [("Partech", "partech", True), ("Bpifrance", "bpifrance", False)]
    ]
    return FundingRound(
        company="Alpha & Cie",
        amount=3_000_000,
        currency="EUR",
        round_type="series_a",
        valuation=20_000_000,
        valuation_currency="EUR",
        investors=backers,
        score=0.92,
        evidence=SENTENCE,
        start=start,
        end=end,
    )


def extraction() -> Extraction:
    document = f"{TITLE}\n{SENTENCE}"

    def mention(label, text, key, name=None):
        start = document.index(text, len(TITLE))
        return Mention(label=label, text=text, name=name or text, key=key, start=start, end=start + len(text))

    sum_ = document.index("3 millions d’euros")
    return Extraction(
        id="x",
        title=TITLE,
        extractor_version="test",
        rounds=[funding()],
        past_rounds=[PastRound(company="Alpha", amount=500_000, currency="EUR", year=2021)],
        companies=["Alpha & Cie", "Partech"],
        amounts=[Money(text="3 millions d’euros", start=sum_, end=sum_ + 18, value=3e6, currency="EUR", role="round")],
        mentions=[
            Mention(label="company", text="Alpha & Cie", name="Alpha & Cie", key="alphacie", start=0, end=11),
            mention("company", "Alpha & Cie", "alphacie"),
            mention("investor", "Partech", "partech"),
            mention("investor", "BPI France", "bpifrance", "Bpifrance"),
            mention("company", "Gamma <Ventures>", "gammaventures"),
        ],
    )


def test_a_round_alone_marks_its_sum_company_and_investors_by_their_letters():
    page = funding()._repr_html_()
    assert read(page).marks == [("company", "Alpha & Cie"), ("money", "3 millions d’euros"), ("investor", "Partech")]
    assert f'title="characters 28 to {28 + len(SENTENCE)} of title + newline + text"' in page
    assert page.count(">La pousse ") == 1
    text = unescape(re.sub("<[^>]*>", "", page))
    for shown in ("3 M EUR", "Series A", "announced", "score 0.92", "Partech (lead), Bpifrance", "valuation: 20 M EUR"):
        assert shown in text


def test_an_extraction_marks_its_mentions_also_where_the_name_is_spelt_otherwise():
    page = extraction()._repr_html_()
    assert read(page).marks == [
        ("company", "Alpha & Cie"),
        ("money", "3 millions d’euros"),
        ("investor", "Partech"),
        ("investor", "BPI France"),
    ]
    text = unescape(re.sub("<[^>]*>", "", page))
    assert 'title="investor: Bpifrance"' in page
    assert "Alpha 500 k EUR · 2021" in text
    assert "Companies named: Alpha & Cie, Partech" in text


def test_an_investor_told_in_another_sentence_brings_it_along():
    found = funding()
    found.investors[1] = replace(found.investors[1], evidence="Bpifrance suit.", start=200, end=215)
    assert read(found._repr_html_()).marks[-1] == ("investor", "Bpifrance")
    assert read(found.investors[1]._repr_html_()).marks == [("investor", "Bpifrance")]


def test_an_article_without_rounds_says_so():
    page = Extraction(id="x", title="Rien", extractor_version="test")._repr_html_()
    assert "No funding round is reported" in page
    assert read(page).marks == []


_NUMBERS = ("int | None", "int | float | None")


def hostile(record):
    """Give a record whose every text is hostile."""
    changes = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str) or (value is None and field.type not in _NUMBERS):
            changes[field.name] = HOSTILE
        elif isinstance(value, list):
            changes[field.name] = [HOSTILE if isinstance(one, str) else hostile(one) for one in value]
    return replace(record, **changes)


@pytest.mark.parametrize("make", [extraction, funding, lambda: funding().investors[0]])
def test_nothing_of_an_article_becomes_markup(make):
    record = hostile(make())
    reader = read(record._repr_html_())
    assert reader.tags <= {"div", "span", "b", "mark", "ul", "li"}
    assert reader.attributes <= {"class", "style", "title", "lang"}


@given(st.text("a<>&\"' é"), st.lists(st.tuples(st.integers(0, 12), st.integers(1, 5))))
def test_marking_loses_and_adds_no_letter(text, places):
    marks = [Mark(start, start + length, "company", text) for start, length in places if start + length <= len(text)]
    page = marked(text, marks)
    assert unescape(re.sub("<[^>]*>", "", page)) == text
    assert set(read(page).tags) <= {"mark"}
    for label, found in read(page).marks:
        assert label == "company"
        assert found in text


def test_a_day_is_written_as_exactly_as_the_article_states_it():
    found = funding()
    assert day(found) == ""
    assert day(replace(found, date="2026-10-01", date_precision="day")) == "2026-10-01"
    assert day(replace(found, date="2026-10-01", date_precision="month")) == "month of 2026-10-01"


def test_the_repr_of_an_extraction_is_one_short_line():
    assert repr(extraction()) == f"<Extraction 'x' '{TITLE}': Alpha & Cie 3 M EUR; 5 mentions>"
