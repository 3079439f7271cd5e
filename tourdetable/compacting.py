"""``tourdetable compact``: runs the compaction, tells on a terminal how far it is, prints what it did."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from pipelines.compaction import Compacted, compact
from tourdetable.exits import Exit
from tourdetable.render import print_json

_LONG = 2.0
"""Seconds from which on it is told how far it is."""


def run_compact(data: Path, patience: float | None, *, as_json: bool = False) -> Exit:
    """Compact a dataset and print what became of each table; give the exit code.

    Raises:
        PipelineError: there is no dataset, a crawl holds it, or a part cannot be read or written.
    """
    with _progress() as progress:
        done = compact(data, patience, progress.tell)
    if as_json:
        print_json([asdict(table) for table in done])
    else:
        _print(done, data)
    sys.stdout.flush()
    busy = [table.table for table in done if table.busy]
    if busy:
        sys.stderr.write(
            f"tourdetable: {', '.join(busy)}: left as they are, for somebody reads there without a pause; "
            "run again later, with more --patience, or with --now\n"
        )
    return Exit.PARTLY if busy else Exit.DONE


def _print(done: Sequence[Compacted], data: Path) -> None:
    for table in done:
        line = f"{table.table}: {table.parts_before} parts, {_size(table.bytes_before)}"
        if table.written:
            line += f" → {table.parts_after}, {_size(table.bytes_after)}"
        folded = f"; {table.folded} rows that were stored twice folded" if table.folded else ""
        sys.stdout.write(f"{line}{folded}\n")
    before, after = sum(table.parts_before for table in done), sum(table.parts_after for table in done)
    changed = any(table.written for table in done)
    told = f"{before} parts became {after}" if changed else "nothing changed"
    sys.stdout.write(f"{told} in {data}\n")


def _size(size: float) -> str:
    """Write bytes as people do.

    >>> _size(512), _size(128 * 2**20)
    ('512 B', '128.0 MiB')
    """
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.1f} {unit}" if unit != "B" else f"{size} B"
        size /= 1024
    return f"{size:.1f} GiB"


class _Progress:
    """A line on the terminal, once it has taken long."""

    def __init__(self) -> None:
        self._status = Console(stderr=True).status("")
        self._begun = time.monotonic()

    def tell(self, what: str) -> None:
        if time.monotonic() - self._begun > _LONG:
            self._status.update(what)
            self._status.start()

    def stop(self) -> None:
        self._status.stop()


@contextmanager
def _progress() -> Iterator[_Progress]:
    progress = _Progress()
    try:
        yield progress
    finally:
        progress.stop()
