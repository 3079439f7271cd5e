"""The report of a crawl: a row an outlet in the table ``runs``, with a warning where it gave far less than usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import PipelineError
from tourdetable.expectation import Figure, so_few_articles, so_small_a_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.places import Place
    from pipelines.store import Store
    from tourdetable.crawling import CrawlOutcome, OutletOutcome

Row = Mapping[str, Any]

IMPROBABLE = 0.001
"""What is less probable than that is worth a warning, all windows of a measure taken together."""
MEMORY = 200
"""Runs of an outlet that are its history …"""
_SPAN = timedelta(weeks=6)
"""… or those of so long a time, if that is more …"""
_PARTS = 1000
"""… looked for in so many of the newest parts, which may be of runs of other outlets."""
_CYCLE = timedelta(weeks=1).total_seconds()
"""The press has quiet nights and quiet weekends: no count is judged by a history that has not seen a whole week."""
_NEEDED = (
    "started_at seconds outlet bounded fetched not_article stored saved_requests sources_ok with_date warning error "
    "exit_code"
).split()


def reported(outcome: CrawlOutcome, data: str | Path | Place) -> CrawlOutcome:
    """Give the outcome with its warnings, once its rows are in the dataset ``data``.

    Where they cannot be written the outcome's error says so, unless it tells of something worse already.
    """
    from pipelines.store import Store

    try:
        with Store(data) as store:
            try:
                outcome = _warned(outcome, store)
            except PipelineError as error:  # the row can be written all the same
                outcome = _incomplete(outcome, error)
            store.add_run(rows_of(outcome))
    except PipelineError as error:
        outcome = _incomplete(outcome, error)
    return outcome


def _incomplete(outcome: CrawlOutcome, error: PipelineError) -> CrawlOutcome:
    if outcome.error is not None or outcome.signal is not None:
        return outcome
    return replace(outcome, error=f"no full report of this run: {error}")


def rows_of(outcome: CrawlOutcome) -> list[dict[str, Any]]:
    """Give the rows of ``runs`` that tell of a crawl."""
    from tourdetable import __version__

    return [
        asdict(outlet)
        | {
            "run_id": outcome.run_id,
            "started_at": outcome.started_at,
            "seconds": outcome.seconds,
            "outlet": outlet.name,
            "bounded": outlet.bounded or outlet.limited,
            "causes": [{"cause": cause, "count": count} for cause, count in sorted(outlet.causes.items())],
            "error": outcome.error,
            "exit_code": int(outcome.exit_code),
            "version": __version__,
        }
        for outlet in outcome.outlets
    ]


def _warned(outcome: CrawlOutcome, store: Store) -> CrawlOutcome:
    """Compare each outlet with its history; a run that was bounded or cut short says nothing of it."""
    from pipelines.dataset import recent_runs

    now = [row for row in rows_of(outcome) if _tells(row)]
    if not now or not store.place.parts("runs"):
        return outcome
    past = recent_runs(store.place, [row["outlet"] for row in now], _NEEDED, _PARTS)
    past.sort(key=lambda row: str(row["outlet"]))  # stable: oldest first within an outlet
    histories = {name: _recent(list(rows)) for name, rows in groupby(past, key=lambda row: str(row["outlet"]))}
    warnings = {}
    for row in now:
        history = histories.get(row["outlet"], [])
        last = next((earlier for earlier in reversed(history) if _tells(earlier)), None)
        if last is None:
            continue
        # A crawl that was killed has stored articles and left no row: what is new since then, the ledger knows.
        ended = last["started_at"] + timedelta(seconds=last["seconds"])
        warnings[row["outlet"]] = warning_of(history, {**row, "new": store.ledger.stored_since(row["outlet"], ended)})
    outlets: Sequence[OutletOutcome] = [replace(o, warning=warnings.get(o.name)) for o in outcome.outlets]
    return replace(outcome, outlets=outlets)


def _recent(rows: list[Row]) -> list[Row]:
    begin = rows[-1]["started_at"] - _SPAN
    return [row for place, row in enumerate(rows, MEMORY - len(rows)) if place >= 0 or row["started_at"] >= begin]


def warning_of(history: Sequence[Row], now: Row) -> str | None:
    """Say what of an outlet's run is improbably little after its earlier runs, the oldest first; None where nothing is.

    Measured are new articles in the time since the last run, the share of pages fetched that are articles, and the
    share of articles stored that have a date; each for this run, and for the last 2, 4, 8 … runs as one, since a dead
    feed shows in one run a day but not in one an hour. Earlier runs are put together by as many, so that nights,
    weekends and other bursts count in the over-dispersion of just that length of time. ``now`` is a row as well;
    ``new``, if given, are the articles stored since the last run that told anything.

    A run that was warned of and brought nothing is no history: a dead feed is told as long as it is dead. One that
    brought less is: a lasting change becomes the new normal in time.
    """
    sound = [row for row in history if _tells(row)]
    counts, last = _counts(history, now)
    if found := _improbable(counts, last, so_few_articles, _CYCLE):
        hours = f"{found[0].exposure / 3600:,.0f} hours" if found[0].exposure >= 7200 else "an hour or two"
        return f"{found[0].found:.0f} new articles in {hours} where {found[1]:,.0f} are usual"
    shares = (("fetched", "not_article", "pages are articles"), ("stored", None, "articles have a date"))
    for whole, less, what in shares:
        figures = [
            (row, Figure(row[whole] - row[less] if less else row["with_date"], row[whole]))
            for row in [*sound, now]
            if row[whole]
        ]
        if not now[whole]:
            continue
        known = [figure for row, figure in figures[:-1] if figure.found or not row["warning"]]
        if found := _improbable(known, figures[-1][1], so_small_a_share):
            share = found[1] / found[0].exposure
            return f"{found[0].found:.0f} of {found[0].exposure:.0f} {what} where {share:.0%} are usual"
    return None


def _tells(row: Row) -> bool:
    """Tell whether a run says how much the outlet publishes: it was whole, and a source answered."""
    whole = not row["bounded"] and row["error"] is None and row["exit_code"] < 128
    return whole and bool(row["sources_ok"] or row["saved_requests"])


def _counts(history: Sequence[Row], now: Row) -> tuple[list[Figure], Figure]:
    """Give the new articles in the time since the run before, for each run that tells, and for this one.

    Articles that other runs between two of those have stored belong to that time too.
    """
    figures, last, stored = [], None, 0
    for row in history:
        stored += row["stored"]
        if not _tells(row) or (row["warning"] and not stored):
            continue
        if last is not None:
            figures.append(Figure(stored, (row["started_at"] - last).total_seconds()))
        last, stored = row["started_at"], 0
    since = (now["started_at"] - last).total_seconds() if last is not None else 0.0
    return [figure for figure in figures if figure.exposure > 0], Figure(
        max(stored + now["stored"], now.get("new", 0)), since
    )


def _improbable(
    history: Sequence[Figure],
    now: Figure,
    probability: Callable[[Sequence[Figure], Figure], float],
    span: float = 0.0,
) -> tuple[Figure, float] | None:
    """Give the shortest window up to now with improbably little in it, and what would have been usual there.

    ``span`` is how much exposure the history must have. With so many windows tried, each may be wrong only so much
    less often (Bonferroni's inequality).
    """
    windows = list(_windows(history, now))
    for past, window in windows:
        total = sum(figure.exposure for figure in past)
        if total >= span and window.exposure > 0 and probability(past, window) * len(windows) < IMPROBABLE:
            exposure = min(window.exposure, max(figure.exposure for figure in past)) if span else window.exposure
            return window, sum(figure.found for figure in past) / total * exposure
    return None


def _windows(history: Sequence[Figure], now: Figure) -> Iterator[tuple[list[Figure], Figure]]:
    """Put the last 1, 2, 4 … runs together, and those before them by as many, which are :data:`MEMORY` at most."""
    newest_first = [now, *reversed(history)]
    size = 1
    while len(newest_first) >= 2 * size:
        starts = range(0, len(newest_first) - size + 1, size)
        if len(starts) <= MEMORY + 1:
            blocks = [Figure(*map(sum, zip(*newest_first[at : at + size], strict=True))) for at in starts]
            yield blocks[1:], blocks[0]
        size *= 2
