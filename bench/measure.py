"""Processes that are measured: started alike, in turn, on one core or all, with their figures and the memory they took.

For Linux: cores are bound with ``sched_setaffinity``, memory is read from ``/proc``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CHILDREN = Path(__file__).parent / "children"
_EVERY = 0.05
"""Least seconds between two looks at the memory of a tree of processes …"""
_SHARE = 50
"""… and they are as many times as long as a look takes, for it holds up who is looked at."""


class BenchError(Exception):
    """A section cannot be measured; one line says why."""


def python_of(folder: Path | None, *, packages: str = "") -> str:
    """Give the Python of a peers' environment, or ours where there is no folder.

    Raises:
        BenchError: the environment is not there.
    """
    if folder is None:
        return sys.executable
    python = folder.absolute() / "bin" / "python"
    if not python.exists():
        raise BenchError(f"{folder}: no environment{packages and f' with {packages}'}; run `make bench-env`")
    return str(python)


def _environment(*, ours: bool) -> dict[str, str]:
    # One thread each, or a library that takes all cores is measured against one that does not.
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TOURDETABLE"))}
    return kept | single | {"PYTHONHASHSEED": "0"} | ({"PYTHONPATH": str(ROOT)} if ours else {})


def child(script: str, *arguments: object, folder: Path | None = None, one_core: bool = False) -> dict[str, Any]:
    """Run a script of ``bench/children`` and give the figures that it prints as JSON; ``folder`` is its environment.

    Besides them ``tree_mib`` is the peak of memory (PSS) of it and its processes; on one core its own ``peak_mib``.

    Raises:
        BenchError: it failed.
    """
    command = [python_of(folder), str(CHILDREN / script), *map(str, arguments)]
    figures = whole(command, ours=folder is None, one_core=one_core)
    lines = figures.pop("output").strip().splitlines()
    if not lines:
        raise BenchError(f"{script}: printed nothing")
    printed: dict[str, Any] = json.loads(lines[-1])
    return printed | {"tree_mib": printed.get("peak_mib", 0.0) if one_core else figures["tree_mib"]}


def whole(
    command: Sequence[str], *, ours: bool, one_core: bool = False, cwd: Path | None = None, codes: Sequence[int] = (0,)
) -> dict[str, Any]:
    """Run a command to its end: ``wall`` and ``cpu`` seconds of all its processes, ``tree_mib`` and ``output``.

    On one core memory is not looked at: that would take time from it.

    Raises:
        BenchError: it ended with another exit code than ``codes``.
    """
    core = max(os.sched_getaffinity(0))
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own lines
        command,
        cwd=cwd,
        env=_environment(ours=ours),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        preexec_fn=(lambda: os.sched_setaffinity(0, {core})) if one_core else None,
    ) as process:
        complaints: list[str] = []
        listener = threading.Thread(target=lambda: complaints.extend(process.stderr or ()))
        watch = _Watch(process.pid)
        listener.start()
        if not one_core:
            watch.start()
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        listener.join()
    if process.returncode not in codes:
        last = complaints[-1].strip() if complaints else "no message"
        if last.startswith("ModuleNotFoundError"):
            last += f"; run `make {'setup' if ours else 'bench-env'}`"
        raise BenchError(f"{' '.join(Path(part).name for part in command[:3])}: exit {process.returncode}: {last}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "tree_mib": watch.peak, "output": output}


class _Watch(threading.Thread):
    """Looks again and again at the memory of a process and all that it started."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.peak = 0.0

    def run(self) -> None:
        pause = _EVERY
        while not self._over.wait(pause):
            start = time.perf_counter()
            self.peak = max(self.peak, sum(map(_pss, tree_of(self._pid))))
            pause = max(_EVERY, _SHARE * (time.perf_counter() - start))

    def stop(self) -> None:
        """End it; ``peak`` is then in MiB."""
        self._over.set()
        if self.is_alive():
            self.join()


def tree_of(pid: int) -> list[int]:
    """Give a process and all below it that run now."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            pass  # it has just ended
    return found


def _pss(pid: int) -> float:
    """Give MiB of a process, of memory that it shares its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def in_turn(
    contenders: Mapping[str, Callable[[], dict[str, Any]]], passes: int, tell: Callable[[str], None]
) -> dict[str, list[dict[str, Any]]]:
    """Run each contender once a pass, A B C A B C: whatever changes on the machine then meets all of them."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
    for number in range(passes):
        for name, run in contenders.items():
            runs[name].append(run())
            tell(f"pass {number + 1}/{passes}: {name}")
    return runs


def hardware() -> str:
    """Say in a line what machine this is and how busy it was."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        os.uname().machine,
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = ".".join(os.uname().release.split(".")[:2])
    return (
        f"{len(os.sched_getaffinity(0))} cores ({processor}), {memory:.0f} GiB, Linux {kernel}, "
        f"load before the section {os.getloadavg()[0]:.1f}"
    )


def versions(packages: Sequence[str], folder: Path | None = None) -> str:
    """Name the versions of packages in an environment, and of its Python."""
    program = (
        "import sys; from importlib.metadata import version; print('Python', sys.version.split()[0], "
        "*(f', {name} {version(name)}' for name in sys.argv[1:]), sep=' ')"
    )
    command = [python_of(folder), "-c", program, *packages]
    return whole(command, ours=folder is None)["output"].strip().replace(" ,", ",")
