"""What a crawl's figures come to: its exit code and the one line on stderr."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tourdetable.crawling import CrawlOutcome, error_of, outlet_outcome
from tourdetable.exits import Exit
from tourdetable.render import show_crawl

FIGURES = {
    "new": {"sources_ok": 1, "found": 2, "fetched": 2, "stored": 2, "rounds": 1},
    "known": {"sources_ok": 1, "known": 3},
    "twin": {"sources_ok": 1, "found": 1, "fetched": 1, "duplicate": 1},
    "hurt": {"sources_ok": 1, "found": 3, "stored": 2, "failed": 1, "failed/http-500": 1},
    "half": {"sources_ok": 1, "sources_failed": 1, "stored": 1, "failed/timeout": 1},
    "gone": {"sources_failed": 2, "failed/dns": 2},
    "shop": {"sources_ok": 1, "found": 4, "fetched": 4, "not_article": 4},
    "mute": {"sources_ok": 1},
}


def outcome_of(*names: str, bounded: bool = False, **whole: object) -> CrawlOutcome:
    stats = {f"outlet/{name}/{figure}": count for name in names for figure, count in FIGURES[name].items()}
    return CrawlOutcome([outlet_outcome(name, stats, bounded=bounded) for name in names], **whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "code", "told"),
    [
        (["new"], Exit.DONE, ""),
        (["known", "twin"], Exit.DONE, ""),
        (["gone"], Exit.FAILED, "nothing usable came back: gone (2 × dns); check the addresses"),
        (["shop"], Exit.FAILED, "shop (none of 4 pages is an article)"),
        (["mute"], Exit.FAILED, "mute (no article found)"),
        (["new", "gone"], Exit.PARTLY, "partly done: gone (2 × dns); the rest is stored"),
        (["known", "mute"], Exit.PARTLY, "mute (no article found)"),
        (["hurt"], Exit.PARTLY, "hurt (1 × http-500)"),
        (["half", "new"], Exit.PARTLY, "half (1 × timeout)"),
    ],
)
def test_the_code_and_the_line_tell_how_it_went(capsys, names, code, told):
    outcome = outcome_of(*names)
    assert outcome.exit_code == code
    show_crawl(outcome, Path("D"))
    output, errors = capsys.readouterr()
    assert told in errors
    assert len(errors.splitlines()) == (0 if code == Exit.DONE else 1)
    assert len(output.splitlines()) == len(names) + 1


def test_a_span_of_time_may_be_empty():
    assert outcome_of("mute", bounded=True).exit_code == Exit.DONE
    assert outcome_of("gone", bounded=True).exit_code == Exit.FAILED


def test_a_signal_comes_before_all_else(capsys):
    outcome = outcome_of("gone", signal=signal.SIGHUP, error="stopped early: shutdown")
    assert outcome.exit_code == 129
    show_crawl(outcome, Path("D"))
    assert capsys.readouterr().err.startswith("tourdetable: interrupted; ")


def test_a_crawl_that_stopped_early_is_partly_done_if_it_stored_anything(capsys):
    stats = {"finish_reason": "storage", "storage/error": "D: the disk is full"}
    assert outcome_of("new", error=error_of(stats)).exit_code == Exit.PARTLY
    outcome = outcome_of("gone", error=error_of(stats))
    assert outcome.exit_code == Exit.FAILED
    show_crawl(outcome, Path("D"))
    assert capsys.readouterr().err == "tourdetable: D: the disk is full\n"


@pytest.mark.parametrize(
    ("stats", "told"),
    [
        ({"finish_reason": "finished"}, None),
        ({"finish_reason": "closespider_timeout"}, "stopped early: closespider_timeout"),
        ({"finish_reason": "finished", "spider_exceptions/count": 2}, "a fault of ours kept 2 page(s) from being read"),
        ({"finish_reason": "finished", "item_errors": 1}, "a fault of ours kept 1 page(s) from being read"),
    ],
)
def test_our_own_faults_are_told(stats, told):
    error = error_of(stats)
    assert error is None if told is None else error is not None and error.startswith(told)


def test_of_many_failed_outlets_some_are_named(capsys):
    stats = {f"outlet/o{n}/failed/dns": 1 for n in range(9)}
    show_crawl(CrawlOutcome([outlet_outcome(f"o{n}", stats) for n in range(9)]), Path("D"))
    errors = capsys.readouterr().err
    assert "o4 (1 × dns) and 4 more" in errors
    assert "o5" not in errors
