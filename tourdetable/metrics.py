"""The figures of a crawl for Prometheus, in the text exposition format 0.0.4.

Meant for node_exporter's textfile collector, which reads ``*.prom`` in its folder. A crawl that could not open the
dataset leaves the file as it was: alert on the age of ``tourdetable_run_timestamp_seconds`` too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tourdetable.crawling import CrawlOutcome, OutletOutcome

_FIGURES = {
    "found": "Addresses of articles found.",
    "fetched": "Pages fetched as articles.",
    "stored": "New articles stored.",
    "known": "Addresses whose article is stored already.",
    "duplicate": "Articles fetched that are stored already.",
    "not_article": "Pages fetched that are no article.",
    "failed": "Pages that failed.",
    "rounds": "Funding rounds found.",
    "requests": "Requests sent.",
    "bytes": "Bytes of bodies received.",
    "saved_requests": "Requests answered 304.",
    "sources_ok": "Sources read.",
    "sources_failed": "Sources that failed.",
    "with_date": "Articles stored that have a date.",
    "with_author": "Articles stored that name an author.",
    "with_text_median": "Median length of the texts stored, in characters.",
}


def write_metrics(outcome: CrawlOutcome, path: Path) -> None:
    """Write the figures of a crawl to a file; who reads it meanwhile sees the old ones or the new.

    Raises:
        OSError: it cannot be written; the old figures are still there.
    """
    # Not *.prom, which the collector would read half-written.
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False
    ) as file:
        try:
            file.write("\n".join(lines_of(outcome)) + "\n")
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)  # the collector is another user
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise


def lines_of(outcome: CrawlOutcome) -> Iterator[str]:
    """Give the lines of the file; every figure is of the last run, and so a gauge."""
    ended = outcome.started_at.timestamp() + outcome.seconds if outcome.started_at else 0.0
    yield from _head("run_timestamp_seconds", "Unix time at which the last crawl ended.")
    yield f"tourdetable_run_timestamp_seconds {ended:.3f}"
    yield from _head("run_duration_seconds", "How long it took.")
    yield f"tourdetable_run_duration_seconds {outcome.seconds:.3f}"
    yield from _head("run_exit_code", "Its exit code: 0 done, 3 partly, 1 failed, 128 and more interrupted.")
    yield f"tourdetable_run_exit_code {int(outcome.exit_code)}"
    for name, meaning in _FIGURES.items():
        yield from _head(f"outlet_{name}", meaning)
        for outlet in outcome.outlets:
            if (value := getattr(outlet, name)) is not None:
                yield f"tourdetable_outlet_{name}{{{_label(outlet)}}} {value}"
    yield from _head("outlet_warning", "1 where the outlet gave far less than its history says.")
    for outlet in outcome.outlets:
        yield f"tourdetable_outlet_warning{{{_label(outlet)}}} {int(outlet.warning is not None)}"
    yield from _head("outlet_failures", "Pages and sources that failed, by cause.")
    for outlet in outcome.outlets:
        for cause, count in sorted(outlet.causes.items()):
            yield f'tourdetable_outlet_failures{{{_label(outlet)},cause="{escaped(cause)}"}} {count}'


def escaped(label: str) -> str:
    r"""Escape the value of a label as the format asks: backslash, quote and line feed.

    >>> escaped('a "b" \\ c')
    'a \\"b\\" \\\\ c'
    """
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _head(name: str, meaning: str) -> Iterator[str]:
    yield f"# HELP tourdetable_{name} {meaning}"
    yield f"# TYPE tourdetable_{name} gauge"


def _label(outlet: OutletOutcome) -> str:
    return f'outlet="{escaped(outlet.name)}"'
