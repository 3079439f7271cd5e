"""Run one scenario of the store again and again, killing it with SIGKILL before another of its lines each time.

``python killing.py FOLDER FIRST EVERY``: ``FOLDER/base`` is a dataset with two articles; for the ``FIRST`` and each
``EVERY``-th further line of the store and the ledger that the scenario runs through, ``FOLDER/<line>`` becomes what a
kill before this line leaves.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from pipeline_samples import article, item, run

from pipelines import ledger, store, twins
from pipelines.rows import Extracted
from pipelines.store import Store

TRACED = {store.__file__, ledger.__file__, twins.__file__}
NUMBERS = range(1, 8)
"""The articles: 1 and 2 are in the base, 3 to 5 come in one batch, 6 and 7 in the next."""
AGENCY = " ".join(f"Phrase {n} de la dépêche." for n in range(30))
"""What 2, 4, 5 and 7 print, each with a line of its own."""


def told(n: int) -> Extracted:
    """Give one of the articles."""
    return item(n, text=f"{AGENCY} Par la rédaction {n}.") if n in (2, 4, 5, 7) else item(n)


def scenario(data: Path) -> None:
    with Store(data) as opened:
        for n in (3, 4, 5):
            opened.add(told(n), [f"https://gazette.example/?p={n}"])
        opened.flush()
        opened.add(item(1, url="https://www.gazette.example/ancienne", canonical_url=article(1).canonical_url))
        opened.revise(item(2, title="Corrigé"))
        opened.add_run([run("interrupted")])
        opened.add(told(6))
        opened.add(told(7))


def kill_before_line(number: int) -> None:
    """End this process in the moment before it runs the ``number``-th line of the store and the ledger from now on."""
    run = count(1)

    def on_line(_frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and next(run) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    sys.settrace(lambda frame, _event, _argument: on_line if frame.f_code.co_filename in TRACED else None)


def main(folder: Path, first: int, every: int) -> None:
    warm = shutil.copytree(folder / "base", folder / "warm")
    scenario(warm)  # what it imports need not be imported in each child
    shutil.rmtree(warm)
    for number in count(first, every):
        data = folder / str(number)
        shutil.copytree(folder / "base", data)
        child = os.fork()
        if child == 0:
            kill_before_line(number)
            scenario(data)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise RuntimeError(f"the scenario itself fails before line {number}")
            shutil.rmtree(data)
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
