"""The frontier's rules: how often a source is asked, when a page is tried again, and an older ledger's upgrade."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_samples import article, item

from crawler.urls import key_of
from pipelines import frontier, ledger
from pipelines.frontier import LEAST, MOST, FoundPage, Visit
from pipelines.ledger import Ledger
from pipelines.places import place_of
from pipelines.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = "https://gazette.example/feed"


@pytest.fixture
def db():
    connection = sqlite3.connect(":memory:")
    for schema in (ledger._SCHEMA, frontier.SCHEMA):
        connection.executescript(schema)
    yield connection
    connection.close()


def visits(db, answers, kind="feed"):
    """Read a source as often as it is due; give the times between."""
    moment, waits = NOW, []
    for answer in answers:
        frontier.note_visit(db, Visit(FEED, "gazette", kind, moment, answer), [])
        due = frontier.source_of(db, FEED).due_at
        waits.append(due - moment)
        moment = max(due, moment + timedelta(minutes=1))
    return waits


def test_a_source_that_does_not_change_is_asked_ever_less_often(db):
    waits = visits(db, ["a"] + [None] * 30)
    assert waits[0] == timedelta(0)
    assert waits[1:] == sorted(waits[1:])
    assert LEAST * 0.9 <= waits[1] < waits[-1] == MOST["feed"] * 0.95


def test_the_same_body_counts_as_unchanged_where_the_server_has_no_validators(db):
    assert visits(db, ["a", "a", "a"])[-1] > timedelta(0)
    assert frontier.source_of(db, FEED).changed_at == NOW


def test_a_source_that_wakes_up_is_asked_at_every_run_again(db):
    visits(db, ["a"] + [None] * 30)
    assert visits(db, [str(n) for n in range(8)])[-1] == timedelta(0)


@given(st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=1, max_size=60), st.sampled_from(sorted(MOST)))
def test_no_source_is_ever_let_be_for_longer_than_its_kind_allows(answers, kind):
    connection = sqlite3.connect(":memory:")
    for schema in (ledger._SCHEMA, frontier.SCHEMA):
        connection.executescript(schema)
    waits = visits(connection, ["first", *answers], kind)
    connection.close()
    assert all(timedelta(0) <= wait <= MOST[kind] for wait in waits)


def test_validators_last_while_the_source_is_the_same(db):
    frontier.note_visit(db, Visit(FEED, "gazette", "feed", NOW, "a", '"1"', "Tue, 24 Nov 2026 12:00:00 GMT"), [])
    frontier.note_visit(db, Visit(FEED, "gazette", "feed", NOW, None), [])
    kept = frontier.source_of(db, FEED)
    assert (kept.etag, kept.last_modified) == ('"1"', "Tue, 24 Nov 2026 12:00:00 GMT")
    frontier.note_visit(db, Visit(FEED, "gazette", "feed", NOW, "b"), [])
    assert frontier.source_of(db, FEED).etag is None  # the old one would be another body's


def test_not_modified_without_a_question_is_no_reading(db):
    frontier.note_visit(db, Visit(FEED, "gazette", "feed", NOW, None), [])
    assert frontier.source_of(db, FEED) is None


@pytest.mark.parametrize(
    ("outcome", "tries"), [("http-404", 3), ("http-410", 1), ("not-article", 1), ("timeout", 12), ("http-503", 12)]
)
def test_a_page_is_tried_again_so_often_and_then_let_be_for_good(db, outcome, tries):
    page, moment = FoundPage(f"{FEED}/1", f"{FEED}/1", "gazette"), NOW
    frontier.note_found(db, [page])
    for _ in range(tries):
        assert frontier.due_pages(db, ["gazette"], moment) == [page]
        frontier.note_outcome(db, page, outcome, moment)
        assert frontier.is_put_off(db, page.url, moment)
        moment += timedelta(days=8)
    assert frontier.due_pages(db, ["gazette"], moment) == [page]
    frontier.note_outcome(db, page, outcome, moment)
    assert frontier.due_pages(db, ["gazette"], moment + timedelta(days=10_000)) == []
    assert frontier.is_put_off(db, page.url, moment + timedelta(days=10_000))


def test_what_is_stored_leaves_the_frontier_and_does_not_come_back(tmp_path):
    page = FoundPage(key_of(article(1).canonical_url), article(1).url, "gazette")
    with Store(tmp_path) as store:
        store.ledger.write([lambda db: frontier.note_found(db, [page])])
        store.add(item(1), found_as=page.url)
        assert store.ledger._db.execute("SELECT COUNT(*) FROM frontier").fetchone() == (1,)
        store.flush()
        store.ledger.write([lambda db: frontier.note_found(db, [page])])
        assert store.ledger._db.execute("SELECT COUNT(*) FROM frontier").fetchone() == (0,)


def test_an_older_ledger_is_brought_up_to_date_in_place(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1))
    path = tmp_path / "_state" / "ledger.sqlite"
    db = sqlite3.connect(path)
    db.executescript(
        "DROP TABLE frontier; DROP TABLE sources; DROP TABLE revisits; DROP TABLE swaps; PRAGMA user_version = 2;"
    )
    db.close()
    upgraded = Ledger(place_of(tmp_path).ledger)
    assert upgraded.knows(article(1).url)
    upgraded.write([lambda db: frontier.note_found(db, [FoundPage(FEED, FEED, "gazette")])])
    upgraded.close()
