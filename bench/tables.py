"""Medians, ratios, Markdown tables, and the sections of a results file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import median


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Give median, least and greatest of ours ÷ theirs, pass by pass: what slows one pass slows both of its runs.

    >>> median_ratio([10, 20, 30], [5, 5, 10])
    (3.0, 2.0, 4.0)
    """
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return median(ratios), min(ratios), max(ratios)


def times(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Write how many times ours is theirs.

    >>> times([10, 20, 30], [5, 5, 10])
    '3.00 (2.00–4.00)'
    """
    return "{:.2f} ({:.2f}–{:.2f})".format(*median_ratio(ours, theirs))


def figure(values: Sequence[float]) -> str:
    """Write a median with three significant digits or more.

    >>> figure([1234.5]), figure([12.34, 12.36, 99]), figure([0.1234])
    ('1234', '12.4', '0.123')
    """
    middle = median(values)
    return f"{middle:.0f}" if middle >= 100 else f"{middle:.3g}"


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table: the first column is text, the others are figures.

    >>> print(markdown(["who", "s"], [["ours", "1.2"]]), end="")
    | who | s |
    |---|--:|
    | ours | 1.2 |
    """
    lines = [heads, ["---"] + ["--:"] * (len(heads) - 1)]
    head, rule = (" | ".join(lines[0]), "|".join(lines[1]))
    body = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"| {head} |\n|{rule}|\n{body}"


def compared(runs: Mapping[str, Sequence[Mapping[str, float]]], rates: Mapping[str, str], peak: str) -> str:
    """Write a table of contenders, the first of whom are we.

    ``rates`` are figures of which more is better, by key, with their heading; ``peak`` is the key of the memory.
    """
    names = list(runs)
    ours = runs[names[0]]
    heads = ["", *rates.values(), *(f"ours ÷ it, {head}" for head in rates.values()), "peak MiB"]
    rows = []
    for name in names:
        row = [name, *(figure([run[key] for run in runs[name]]) for key in rates)]
        for key in rates:
            theirs = [run[key] for run in runs[name]]
            row.append("" if name == names[0] else times([run[key] for run in ours], theirs))
        rows.append([*row, figure([run[peak] for run in runs[name]])])
    return markdown(heads, rows)


def with_section(document: str, name: str, body: str) -> str:
    """Give the document with this section between its marks, in the place of an earlier one or at the end."""
    opening, closing = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    section = f"{opening}\n{body.strip()}\n{closing}"
    earlier = re.compile(re.escape(opening) + ".*?" + re.escape(closing), re.DOTALL)
    if earlier.search(document):
        return earlier.sub(lambda _: section, document, count=1)
    return f"{document.rstrip()}\n\n{section}\n"
