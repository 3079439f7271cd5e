"""Warnings over simulated years: steady, bursty and weekly outlets stay quiet, dead and changed ones do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tourdetable.expectation import Figure, so_few_articles, so_small_a_share
from tourdetable.report import warning_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
Rate = Callable[[datetime], float]


def steady(_moment: datetime) -> float:
    return 0.5


def rare(_moment: datetime) -> float:
    return 0.01


def weekly(moment: datetime) -> float:
    """Articles an hour of a paper that sleeps at night and on weekends."""
    return 1.2 * (1.0 if 6 <= moment.hour < 22 else 0.05) * (0.15 if moment.weekday() > 4 else 1.0)


def row(moment: datetime, fetched: int, articles: int, dated: int) -> dict[str, Any]:
    figures = {"fetched": fetched, "not_article": fetched - articles, "stored": articles, "with_date": dated}
    whole = {"bounded": False, "warning": None, "error": None, "exit_code": 0, "sources_ok": 1, "saved_requests": 0}
    return {"started_at": moment, "seconds": 60.0, **figures, **whole}


def healthy(rate: Rate, step: timedelta, runs: int, bursts: float = 0.0, seed: int = 1) -> list[dict[str, Any]]:
    """Simulate the runs of an outlet, nine pages of ten articles; ``bursts`` is the over-dispersion, 1/r."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(runs):
        moment = MONDAY + number * step
        hours = [rate(moment + hour * HOUR) for hour in range(round(step / HOUR))]
        burst = random.gamma(1 / bursts) * bursts if bursts else 1.0
        fetched = int(random.poisson(sum(hours) * burst))
        articles = int(random.binomial(fetched, random.beta(18, 2)))
        rows.append(row(moment, fetched, articles, int(random.binomial(articles, 0.97))))
    return rows


def warnings_over(history: list[dict[str, Any]], runs: list[dict[str, Any]]) -> Iterator[str | None]:
    """Judge one run after the other, each with all before it."""
    known = list(history)
    for now in runs:
        warning = warning_of(known, now)
        known.append(now | {"warning": warning})
        yield warning


def dead(history: list[dict[str, Any]], runs: int, step: timedelta = DAY) -> list[dict[str, Any]]:
    last = history[-1]["started_at"]
    return [row(last + n * step, 0, 0, 0) for n in range(1, runs + 1)]


def test_healthy_outlets_are_hardly_ever_warned_of():
    told = []
    for seed in range(4):
        told += warnings_over([], healthy(steady, DAY, 120, seed=seed))
        told += warnings_over([], healthy(steady, DAY, 120, bursts=0.5, seed=seed))
        told += warnings_over([], healthy(weekly, DAY, 120, seed=seed))
        told += warnings_over([], healthy(weekly, 4 * HOUR, 120, bursts=0.3, seed=seed))
        told += warnings_over([], healthy(rare, DAY, 60, seed=seed))
    assert len(told) > 2000
    assert sum(warning is not None for warning in told) < 0.01 * len(told)


@pytest.mark.parametrize(
    ("rate", "step", "runs", "bursts", "patience"),
    [
        (steady, DAY, 60, 0.0, 1),
        (weekly, DAY, 60, 0.0, 5),
        (steady, DAY, 60, 0.5, 8),
        (steady, HOUR, 200, 0.0, 32),
    ],
)
def test_a_dead_outlet_is_told_and_told_again(rate, step, runs, bursts, patience):
    history = healthy(rate, step, runs, bursts)
    told = list(warnings_over(history, dead(history, patience + 20, step)))
    assert all(told[patience:])
    assert told[patience].startswith(("0 new articles in ", "1 new articles in "))


def test_a_lower_level_becomes_usual():
    history = healthy(steady, DAY, 60)
    fewer = [now | {"started_at": now["started_at"] + 60 * DAY} for now in healthy(lambda _: 0.1, DAY, 80)]
    told = list(warnings_over(history, fewer))
    assert any(told[:5])
    assert not any(told[60:])


@pytest.mark.parametrize("runs", range(1, 8))
def test_a_short_history_says_nothing(runs):
    history = healthy(steady, DAY, runs)
    assert list(warnings_over(history, dead(history, 1))) == [None]


def test_a_history_without_a_whole_week_knows_no_weekend():
    history = [row(MONDAY + n * HOUR, 3, 3, 3) for n in range(5 * 24)]  # until Saturday
    assert not any(warnings_over(history, dead(history, 47, HOUR)))


def test_a_long_pause_is_no_warning():
    # The feed holds 30 articles, however long nobody has looked.
    history = healthy(steady, DAY, 60)
    assert warning_of(history, row(history[-1]["started_at"] + 30 * DAY, 30, 28, 28)) is None


def test_an_article_that_a_bounded_run_took_is_not_missed():
    history = [row(MONDAY + n * DAY, 12, 12, 12) for n in range(30)]
    history.append(row(history[-1]["started_at"] + DAY - HOUR, 12, 12, 12) | {"bounded": True})
    assert warning_of(history, row(history[-1]["started_at"] + HOUR, 0, 0, 0)) is None


@pytest.mark.parametrize("found", [0, 2, 5])
def test_with_a_long_history_the_count_is_negative_binomial(found):
    random = np.random.default_rng(7)
    history = [Figure(int(random.poisson(random.gamma(8) * 30 / 8)), 1.0) for _ in range(2000)]
    exact = stats.nbinom.cdf(found, 8, 8 / 38)
    assert so_few_articles(history, Figure(found, 1.0)) == pytest.approx(exact, rel=0.4)


@pytest.mark.parametrize("found", [8, 10, 13])
def test_with_a_long_history_the_share_is_beta_binomial(found):
    random = np.random.default_rng(7)
    history = [Figure(int(random.binomial(20, random.beta(27, 3))), 20) for _ in range(20_000)]
    exact = stats.betabinom.cdf(found, 20, 27, 3)
    assert so_small_a_share(history, Figure(found, 20)) == pytest.approx(exact, rel=0.4)


def test_probabilities_hold_for_great_numbers():
    assert 0.0 <= so_few_articles([Figure(50_000, 10.0)] * 9, Figure(45_000, 10.0)) <= 1.0
    assert so_small_a_share([Figure(100_000, 100_000)] * 9, Figure(0, 100_000)) < 1e-4
    assert so_few_articles([], Figure(0, 0.0)) == so_small_a_share([], Figure(0, 3)) == 1.0
