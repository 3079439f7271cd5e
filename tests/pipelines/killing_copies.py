"""Do one thing to a dataset again and again, killing it with SIGKILL before another of its lines each time.

``python killing_copies.py WHAT DATA FOLDER FIRST EVERY``: for the ``FIRST`` and each ``EVERY``-th further line that
``WHAT`` (``repair``, ``reextract``) runs through, ``FOLDER/<line>`` becomes what a kill before this line leaves of a
copy of ``DATA``.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import killing
from pipeline_samples import Today

from pipelines import ledger, places, reextraction, store, swaps
from pipelines.checking import repair_dataset, repairing


class InThisProcess:
    """Extracts without workers: quick, and no kill leaves any behind."""

    def __init__(self, *_arguments: Any) -> None:
        self._extractor = Today()

    async def extract(self, articles: Sequence[Mapping[str, Any]]) -> list[Any]:
        return list(self._extractor.extract_many(articles))

    def close(self) -> None:
        pass


def reextract_all(data: Path) -> None:
    reextraction.Workers = InThisProcess  # type: ignore[assignment, misc]
    reextraction.reextract(data, everything=True)


TASKS = {"repair": repair_dataset, "reextract": reextract_all}


def main(what: str, data: Path, folder: Path, first: int, every: int) -> None:
    killing.TRACED = {module.__file__ for module in (repairing, reextraction, ledger, store, swaps, places)}
    warm = shutil.copytree(data, folder / "0")
    TASKS[what](warm)  # what it imports need not be imported in each child
    shutil.rmtree(warm)
    for number in count(first, every):
        copy = shutil.copytree(data, folder / str(number))
        child = os.fork()
        if child == 0:
            killing.kill_before_line(number)
            TASKS[what](copy)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise RuntimeError(f"it fails by itself before line {number}")
            shutil.rmtree(copy)
            return


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
