"""``tourdetable reextract``: runs it, tells on a terminal how far it is, and how it went."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime

from rich.console import Console

from pipelines.places import Place
from pipelines.reextraction import Reextracted, reextract
from tourdetable.exits import Exit
from tourdetable.render import print_json

_SHOWN = 3
"""Failures that the line on stderr names."""


def run_reextract(
    place: Place,
    *,
    everything: bool = False,
    since: datetime | None = None,
    workers: int = 2,
    patience: float | None = None,
    as_json: bool = False,
) -> int:
    """Extract a dataset's articles anew, print how it went and give the exit code; arguments as in ``reextract``.

    Raises:
        pipelines.errors.PipelineError: there is no dataset, it is in use, or it cannot be read or written.
    """
    with Console(stderr=True).status("Looking for articles …") as status:  # shown on a terminal alone
        done = reextract(
            place,
            everything=everything,
            since=since,
            workers=workers,
            patience=patience,
            tell=status.update,
        )
    if as_json:
        print_json(asdict(done))
    else:
        _print(done, place)
    sys.stdout.flush()
    if complaint := _complaint(done):
        sys.stderr.write(f"tourdetable: {complaint}\n")
    return Exit.PARTLY if complaint else Exit.DONE


def _print(done: Reextracted, place: Place) -> None:
    withheld = f"; {done.withheld} left as they are: a reservation withholds their text" if done.withheld else ""
    sys.stdout.write(
        f"{done.done} articles extracted anew in {place.label}: "
        f"{done.rounds_before} rounds became {done.rounds}{withheld}\n"
    )


def _complaint(done: Reextracted) -> str:
    """Say in one line what was not done; empty where all was."""
    if done.busy:
        return (
            "broken off, for somebody reads there without a pause; what is done stays: "
            "run again later, with more --patience, or with --now"
        )
    if done.failed:
        named = "; ".join(f"{id_} ({reason})" for id_, reason in list(done.failures.items())[:_SHOWN])
        more = f" and {done.failed - _SHOWN} more" if done.failed > _SHOWN else ""
        return f"{done.failed} articles could not be extracted and stay as they were: {named}{more}"
    return ""
