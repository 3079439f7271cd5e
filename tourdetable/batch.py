"""``extract --jsonl``: many articles in, one JSON record a line out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tourdetable.exits import CommandError, Exit


def extract_lines(path: Path, min_score: float = 0.0) -> Exit:
    """Print one record a line for the articles of a JSON-lines file (``-``: standard input).

    A line that is no article is named on stderr and left out; the rest goes on.

    Raises:
        CommandError: the file cannot be read.
    """
    from extract import Extractor

    faults: list[str] = []
    done = 0
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as lines:
            for record in Extractor(min_score=min_score).extract_many(_articles(lines, str(path), faults)):
                sys.stdout.write(json.dumps(record.to_dict(), ensure_ascii=False) + "\n")
                done += 1
    except FileNotFoundError:
        raise CommandError(f"{path}: no such file", Exit.USAGE) from None
    except IsADirectoryError:
        raise CommandError(f"{path}: a folder; give one file of it", Exit.USAGE) from None
    if faults:
        return Exit.PARTLY if done else Exit.FAILED
    if not done:
        raise CommandError(f"{path}: no article in it; one JSON object a line is expected")
    return Exit.DONE


def _articles(lines: Iterable[bytes], where: str, faults: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            article = json.loads(line)
            fault = _fault(article)
        except (ValueError, RecursionError) as error:
            fault = f"not JSON ({error})"
        if fault:
            faults.append(fault)
            sys.stderr.write(f"tourdetable: {where}:{number}: {fault}; line left out\n")
        else:
            yield article


def _fault(article: Any) -> str | None:
    """Say what keeps this from being an article, if anything."""
    if not isinstance(article, dict):
        return "not a JSON object"
    if not isinstance(article.get("id"), str | int):
        return 'no "id"'
    for name in ("title", "text", "published"):
        if not isinstance(article.get(name), str | None):
            return f'"{name}" is not a string'
    return None
