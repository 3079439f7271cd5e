"""``extract --jsonl``: many articles in, one JSON record a line out, in the same order."""

from __future__ import annotations

import io
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipelines.errors import one_line
from tourdetable.exits import CommandError, Exit
from tourdetable.single import refusal_of

if TYPE_CHECKING:
    from extract import Extractor

_TOLD = 10
"""Most bad lines that stderr names one by one."""


def extract_lines(path: Path, min_score: float = 0.0) -> Exit:
    """Print one record a line for the articles of a JSON-lines file (``-``: standard input).

    A line that is no article is named on stderr and left out; the rest goes on.

    Raises:
        CommandError: the file cannot be read, or holds no lines of JSON.
    """
    where = "standard input" if str(path) == "-" else str(path)
    with _opened(path) as lines:
        if refusal := refusal_of(lines.peek(1)):
            raise CommandError(f"{where}: {refusal}; one JSON object a line is expected")
        done, faults = _extract(lines, where, min_score)
    if faults > _TOLD:
        sys.stderr.write(f"tourdetable: {where}: {faults - _TOLD} more lines left out\n")
    if faults:
        return Exit.PARTLY if done else Exit.FAILED
    if not done:
        raise CommandError(f"{where}: no article in it; one JSON object a line is expected")
    return Exit.DONE


def _opened(path: Path) -> AbstractContextManager[io.BufferedReader]:
    if str(path) == "-":
        return nullcontext(cast("io.BufferedReader", sys.stdin.buffer))
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise CommandError(f"{path}: no such file", Exit.USAGE) from None
    except IsADirectoryError:
        raise CommandError(f"{path}: a folder; give one file of it", Exit.USAGE) from None
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}") from None


def _extract(lines: io.BufferedReader, where: str, min_score: float) -> tuple[int, int]:
    """Print the records; give how many there are, and how many lines were left out."""
    from extract import Extractor

    extractor = Extractor(min_score=min_score)
    done = faults = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        fault = _extract_line(line, extractor)
        if fault is None:
            done += 1
            continue
        faults += 1
        if faults <= _TOLD:
            sys.stderr.write(f"tourdetable: {where}:{number}: {fault}; line left out\n")
    return done, faults


def _extract_line(line: bytes, extractor: Extractor) -> str | None:
    """Print the record of one line, or say what keeps the line from being an article."""
    try:
        article = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON ({error})"
    if fault := _fault(article):
        return fault
    try:
        record = extractor.extract({name: _storable(value) for name, value in article.items()}).to_dict()
    except Exception as error:  # one article must not end the others
        return f"cannot be extracted ({type(error).__name__}: {one_line(error)})"
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    return None


def _fault(article: Any) -> str | None:
    """Say what keeps this from being an article, if anything."""
    if not isinstance(article, dict):
        return "not a JSON object"
    if not isinstance(article.get("id"), str | int):
        return 'no "id"'
    for name in ("title", "text", "published", "url", "outlet", "language"):
        if not isinstance(article.get(name), str | None):
            return f'"{name}" is not a string'
    return None


def _storable(value: Any) -> Any:
    """Replace a character of which JSON gave only one half: it cannot be printed."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value
