"""Articles → rounds with the project's extractor, in this process or in several: FILE PROCESSES."""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from common import read_lines, report, timed

from extract import Extractor

WARM = 20
BATCH = 16
extractor: Extractor


def start() -> None:
    """Load the model."""
    global extractor
    extractor = Extractor()


def work(articles: list[dict[str, Any]]) -> tuple[int, int]:
    """Extract a batch; give how many articles and how many rounds."""
    rounds = [len(found.rounds) for found in extractor.extract_many(articles)]
    return len(rounds), sum(rounds)


def warm(articles: list[dict[str, Any]]) -> tuple[int, int]:
    """Extract a batch and rest, so that the other processes get one too."""
    done = work(articles)
    time.sleep(1)
    return done


def main() -> None:
    """Measure."""
    articles, processes = read_lines(sys.argv[1]), int(sys.argv[2])
    rounds = 0

    def count(done: tuple[int, int]) -> int:
        nonlocal rounds
        rounds += done[1]
        return done[0]

    if processes == 1:
        start()
        work(articles[:WARM])
        figures = timed(lambda: count(work(articles)))
    else:
        context = multiprocessing.get_context("spawn")
        batches = [articles[first : first + BATCH] for first in range(0, len(articles), BATCH)]
        with ProcessPoolExecutor(processes, mp_context=context, initializer=start) as pool:
            list(pool.map(warm, [articles[:WARM]] * processes))
            figures = timed(lambda: sum(map(count, pool.map(work, batches))))
    report(figures | {"found": rounds})


if __name__ == "__main__":  # the processes import this module too
    main()
