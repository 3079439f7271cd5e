"""How time and memory grow with the dataset: the store that writes it, the ledger that knows what is in it."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from functools import partial
from typing import Any

from bench.measure import child, hardware, in_turn, versions
from bench.tables import figure, markdown

SIZES, QUICK, FULL = (1_000, 10_000, 100_000), (200, 1_000), 1_000_000


def run(options: Namespace) -> str:
    """Measure and write the section."""
    machine = hardware()
    sizes = QUICK if options.quick else (*SIZES, FULL) if options.full else SIZES
    asked = QUICK if options.quick else (*SIZES, FULL)
    passes = min(options.passes, 3)
    options.tell("growth: the store")
    stored = in_turn({f"{size:,}": partial(_fresh, "growth_store.py", size) for size in sizes}, passes, options.tell)
    options.tell("growth: the ledger")
    known = in_turn({f"{size:,}": partial(_fresh, "growth_ledger.py", size) for size in asked}, passes, options.tell)
    writing = [
        [
            size,
            figure([run["wall"] / run["items"] * 1000 for run in runs]),
            figure([run["last"] for run in runs]),
            figure([run["peak_mib"] for run in runs]),
        ]
        for size, runs in stored.items()
    ]
    looking = [
        [size, *(figure([run[key] for run in runs]) for key in ("microseconds", "peak_mib"))]
        for size, runs in known.items()
    ]
    return "\n".join(
        [
            f"## Growth\n\n`python -m bench growth --passes {passes}{' --full' * options.full}`: {machine}.",
            f"{versions(['pyarrow', 'numpy'])}. Each size in a process of its own, medians.\n",
            "**Writing articles** of 350 words over four years, one in ten with a round, without "
            "extraction, 200 a commit; "
            "the last 1,000 beside the mean tell whether it gets slower:\n",
            markdown(["articles", "s per 1,000", "s for the last 1,000", "peak MiB"], writing),
            "**Asking for an address** before a request, half of them known, the ledger in the system's cache:\n",
            markdown(["known addresses", "µs a look-up", "peak MiB"], looking),
        ]
    )


def _fresh(script: str, size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return child(script, size, folder, one_core=True)
