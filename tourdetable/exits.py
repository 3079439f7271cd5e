"""Exit codes of every command, and the exception that carries one.

75 is ``EX_TEMPFAIL`` of BSD's sysexits.h; 128 + n is how a shell reports an end by signal n.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code says to cron, systemd or a script."""

    DONE = 0
    """All that was asked was done."""
    FAILED = 1
    """Nothing usable came back, or the one outlet asked for failed."""
    USAGE = 2
    """The command was not understood; nothing was done."""
    PARTLY = 3
    """Some outlets, pages or lines failed, or an outlet gave far less than usual; the rest is done and stored."""
    BUSY = 75
    """Another crawl holds the dataset: try again later."""


class CommandError(Exception):
    """Ends a command with one line on stderr (what, where, what to do) and an exit code."""

    def __init__(self, message: str, code: int = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = int(code)
