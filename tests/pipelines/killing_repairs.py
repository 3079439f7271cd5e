"""Repair a damaged dataset again and again, killing it with SIGKILL before another of its lines each time.

``python killing_repairs.py DATA FOLDER FIRST EVERY``: for the ``FIRST`` and each ``EVERY``-th further line that the
repair runs through, ``FOLDER/<line>`` becomes what a kill before this line leaves of a copy of ``DATA``.
"""

from __future__ import annotations

import os
import shutil
import sys
from itertools import count
from pathlib import Path

import killing

from pipelines import ledger, places, store
from pipelines.checking import repair_dataset, repairing


def main(data: Path, folder: Path, first: int, every: int) -> None:
    killing.TRACED = {repairing.__file__, ledger.__file__, store.__file__, places.__file__}
    warm = shutil.copytree(data, folder / "0")
    repair_dataset(warm)  # what it imports need not be imported in each child
    shutil.rmtree(warm)
    for number in count(first, every):
        copy = shutil.copytree(data, folder / str(number))
        child = os.fork()
        if child == 0:
            killing.kill_before_line(number)
            repair_dataset(copy)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise RuntimeError(f"the repair itself fails before line {number}")
            shutil.rmtree(copy)
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
