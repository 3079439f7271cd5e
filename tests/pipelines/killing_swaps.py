"""Kill a swap with SIGKILL before every 17th line that it runs through; ``python killing_swaps.py DATA FOLDER``.

``FOLDER/<way>-<line>`` becomes what a kill before that line leaves, where the system exchanges folders at one stroke
(``way`` 0) and where it cannot (1).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Collection, Sequence
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from pipelines import exchanging, ledger, places, swaps
from pipelines.store import Store

TRACED = {swaps.__file__, places.__file__, exchanging.__file__, ledger.__file__}
STEPS = ("mentions", "rounds", "articles")


def staged_swap(store: Store, name: str, tables: Sequence[str] = STEPS) -> dict[str, tuple[Path, Collection[str]]]:
    """Stage the parts of 2026-01 in one; the others are to stay."""
    import pyarrow.parquet as pq

    staged: dict[str, tuple[Path, Collection[str]]] = {}
    for table in tables:
        parts = store.place.parts(table)
        old = [part for part in parts if "month=2026-01" in part]
        folder = store.place.staging / name / table
        (folder / "month=2026-01").mkdir(parents=True)
        rows = store.place.dataset(table, old).to_table().drop_columns("month")
        pq.write_table(rows, folder / "month=2026-01" / f"{name}.parquet", compression="zstd")
        staged[table] = folder, [part for part in parts if part not in old]
    return staged


def scenario(data: Path, number: int | None) -> None:
    with Store(data) as store:
        tables = staged_swap(store, "neu")
        if number is not None:
            kill_before_line(number)
        store.swap(tables, patience=None)
    sys.settrace(None)


def kill_before_line(number: int) -> None:
    run = count(1)

    def on_line(_frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and next(run) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    sys.settrace(lambda frame, _event, _argument: on_line if frame.f_code.co_filename in TRACED else None)


def main(base: Path, folder: Path) -> None:
    scenario(shutil.copytree(base, folder / "warm"), None)  # what it imports need not be imported in each child
    shutil.rmtree(folder / "warm")
    for way in (0, 1):
        if way:
            exchanging._at_one_stroke = lambda _a, _b: False
        for number in count(1, 17):
            data = folder / f"{way}-{number}"
            shutil.copytree(base, data)
            child = os.fork()
            if child == 0:
                scenario(data, number)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if os.WIFEXITED(status):
                if os.WEXITSTATUS(status):
                    raise RuntimeError(f"the scenario itself fails before line {number}")
                shutil.rmtree(data)
                break


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
