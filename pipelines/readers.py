"""Readers of a table: whether anybody lists its folders or has a part open, and the moment when nobody does.

pandas, Polars and DuckDB list a table, then open each part by its path, with gaps of some 30 ms in which no file is
open. Whoever is between the two when parts change gets an error, so a change waits for a moment without readers. They
are seen by inotify (Linux); elsewhere, and where its watches are used up, nobody is seen. Nor are those on other
machines that share the disk.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

LONGEST, SHORTEST = 0.5, 0.05
"""Seconds without a sign of a reader that are a quiet moment: so many at first, fewer as patience runs out."""
HELD = 5.0
"""Seconds without a sign after which whoever has a part open is taken for one who has read all he wanted."""
_STEP = 0.02
_IN_ACCESS, _IN_CLOSE_WRITE, _IN_CLOSE_NOWRITE, _IN_OPEN = 0x1, 0x8, 0x10, 0x20
_IN_Q_OVERFLOW = 0x4000
_CLOSES = _IN_CLOSE_WRITE | _IN_CLOSE_NOWRITE
_EVENT = struct.Struct("iIII")


class Readers:
    """Whoever reads in these folders, from now on. A context manager."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = [str(folder.resolve()) for folder in folders]
        self._open: Counter[tuple[int, bytes]] = Counter()
        self._queue = _watch(self._folders) if self._folders else None

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._queue is not None:
            os.close(self._queue)
            self._queue = None

    def wait_until_gone(self, patience: float, until: float) -> bool:
        """Wait for a quiet moment, until an instant of the monotonic clock; tell whether there was one.

        ``patience`` is what the whole wait, perhaps in several calls, may take: the span that counts as quiet falls
        with what is left of it.
        """
        if self._queue is None:
            return True
        poll = select.poll()
        poll.register(self._queue, select.POLLIN)
        last = time.monotonic()
        while (now := time.monotonic()) < until:
            span = max(SHORTEST, LONGEST * (until - now) / patience)
            if now - last >= (HELD if self._anything_open(now - last >= span) else span):
                return True
            poll.poll(1000 * _STEP)
            if self.came():
                last = time.monotonic()
        return False

    def came(self) -> bool:
        """Tell whether anybody has listed, opened, read or closed anything since this was last asked."""
        if self._queue is None:
            return False
        came = False
        with suppress(BlockingIOError):
            while events := os.read(self._queue, 2**16):
                came = True
                self._count(events)
        return came

    def _count(self, events: bytes) -> None:
        start = 0
        while start < len(events):
            watch, mask, _, length = _EVENT.unpack_from(events, start)
            start += _EVENT.size + length
            one = watch, events[start - length : start]
            if mask & _IN_Q_OVERFLOW:
                self._open.clear()
            elif mask & _IN_OPEN:
                self._open[one] += 1
            elif mask & _CLOSES:
                self._open[one] -= 1
                if self._open[one] <= 0:  # opened before we looked
                    del self._open[one]

    def _anything_open(self, quiet: bool) -> bool:
        # Equal events in a row are reported as one (inotify(7)), so a count may be too high: before it makes us wait
        # in a quiet moment, the system is asked.
        if self._open and quiet and not _is_open(self._folders):
            self._open.clear()
        return bool(self._open)


def _watch(folders: Iterable[str]) -> int | None:
    """Give a queue of what is done in these folders, None where the system has no such thing to give."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "inotify_init1"):
        return None
    queue: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if queue < 0:
        return None
    for folder in folders:
        if libc.inotify_add_watch(queue, os.fsencode(folder), _IN_OPEN | _IN_ACCESS | _CLOSES) < 0:
            os.close(queue)
            return None
    return queue


def _is_open(folders: Iterable[str]) -> bool:
    """Tell whether a process has a file in these folders open, as far as we may know of it."""
    inside = tuple(folders)
    for handles in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):  # ended, or somebody else's
            for handle in handles.iterdir():
                with suppress(OSError):
                    if str(handle.readlink()).startswith(inside):
                        return True
    return False
