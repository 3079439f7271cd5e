"""Articles → rounds with the project's extractor, in this process or in several: FILE PROCESSES."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any

from common import read_lines, report, timed

from extract import Extractor

WARM = 20
BATCH = 16
extractor: Extractor


def start(articles: list[dict[str, Any]], others: Barrier | None = None) -> None:
    """Load the model, read some articles to warm up, and wait until the other processes are as far."""
    global extractor
    extractor = Extractor()
    work(articles)
    if others is not None:
        others.wait()


def work(articles: list[dict[str, Any]]) -> tuple[int, int]:
    """Extract a batch; give how many articles and how many rounds."""
    rounds = [len(found.rounds) for found in extractor.extract_many(articles)]
    return len(rounds), sum(rounds)


def main() -> None:
    """Measure."""
    articles, processes = read_lines(sys.argv[1]), int(sys.argv[2])
    rounds = 0

    def count(done: tuple[int, int]) -> int:
        nonlocal rounds
        rounds += done[1]
        return done[0]

    if processes == 1:
        start(articles[:WARM])
        figures = timed(lambda: count(work(articles)))
    else:
        context = multiprocessing.get_context("spawn")
        batches = [articles[first : first + BATCH] for first in range(0, len(articles), BATCH)]
        ready = (articles[:WARM], context.Barrier(processes))
        with ProcessPoolExecutor(processes, mp_context=context, initializer=start, initargs=ready) as pool:
            list(pool.map(work, [[]] * processes))
            figures = timed(lambda: sum(map(count, pool.map(work, batches))))
    report(figures | {"found": rounds})


if __name__ == "__main__":  # the processes import this module too
    main()
