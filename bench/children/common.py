"""What the measured scripts share; the standard library alone, since each runs in an environment of its own."""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any


def read_lines(path: str) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def timed(work: Callable[[], int]) -> dict[str, float]:
    """Give how many items the work says it has done, wall and CPU seconds of this process, items a second."""
    wall, cpu = time.perf_counter(), time.process_time()
    items = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"items": items, "wall": wall, "cpu": cpu, "rate": items / wall}


def report(figures: dict[str, Any]) -> None:
    """Print the figures with the peak of this process's memory (``VmHWM``: ``ru_maxrss`` has the parent's in it)."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    figures["peak_mib"] = int(peak[1]) / 1024 if peak else 0.0
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def read_pages(read: Callable[[str, str], str | None], pages: Sequence[dict[str, Any]], repeats: int) -> None:
    """Read pages with a reader of ``(html, url)`` that gives the body; report rate, failures and mean F1 of the bodies.

    A page that raises, or gives no text, has failed and scores 0.
    """

    def texts() -> Iterable[str]:
        for page in pages:
            try:
                yield read(page["html"], page["url"]) or ""
            except Exception:  # whatever a reader dies of: a page that it does not read
                yield ""

    found = list(texts())  # the first time is to warm up
    figures = timed(lambda: sum(len(list(texts())) for _ in range(repeats)))
    scores = [
        body_f1(text, page["text"], " ".join(page["optional"]))
        for text, page in zip(found, pages, strict=True)
        if page["text"]
    ]
    f1 = sum(scores) / len(scores) if scores else 0.0
    report(figures | {"failed": sum(not text.strip() for text in found), "f1": f1})


def body_f1(found: str, wanted: str, optional: str = "") -> float:
    """Give F1 of the bags of words; optional ones (headline, byline) are neither asked for nor punished."""
    one, other, free = (Counter(_words(text)) for text in (found, wanted, optional))
    common = one & other
    hits, size = sum(common.values()), sum((one - ((one - common) & free)).values())
    return 2 * hits / (size + sum(other.values())) if hits else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text.replace("\xad", "")).lower())
