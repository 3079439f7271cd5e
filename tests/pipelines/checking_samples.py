"""A sound dataset, whose offsets are those of its texts, and ways to damage it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pipeline_samples import funding, item

from extract.records import Investor
from pipelines.checking import Report, check_dataset
from pipelines.rows import Extracted
from pipelines.store import Store

NUMBERS = (1, 2, 3, 4, 5, 6)
"""1 to 3 come in one batch, 4 to 6 in the next; the months of 1 and 4, 2 and 5, 3 and 6 are the same."""


def sane(n: int, **changes: Any) -> Extracted:
    title, first = f"Société {n} lève {n} M€", f"Société {n} lève {n} millions d’euros auprès de Partech."
    text = first + "\n\n" + " ".join(f"mot{n}x{word}" for word in range(60))
    said = {"evidence": first, "start": len(title) + 1, "end": len(title) + 1 + len(first)}
    backer = Investor(name="Partech", key="partech", kind="vc", score=0.9, **said)
    made = item(n, **{"rounds": [funding(n, investors=[backer], **said)], "title": title, "text": text} | changes)
    made.extraction.mentions[0].end = len(f"Société {n}")
    return made


def make(data: Path) -> None:
    with Store(data) as store:
        for n in NUMBERS[:3]:
            store.add(sane(n))
        store.flush()
        for n in NUMBERS[3:]:
            store.add(sane(n))


def parts(data: Path, table: str, n: int) -> list[Path]:
    """Give the parts of a table that hold an article's rows."""
    id_ = sane(n).article.id
    found = sorted((data / table).rglob("*.parquet"))
    return [part for part in found if id_ in pq.ParquetFile(part).read(["article_id"])["article_id"].to_pylist()]


def part(data: Path, table: str, n: int) -> Path:
    (found,) = parts(data, table, n)
    return found


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.ParquetFile(path).read()), path)


def set_values(rows: pa.Table, column: str, values: Iterable[Any]) -> pa.Table:
    at = rows.schema.get_field_index(column)
    return rows.set_column(at, rows.schema.field(at), pa.array(values, rows.schema.field(at).type))


def rows_of(data: Path, table: str) -> list[dict[str, Any]]:
    return [
        row for path in sorted((data / table).rglob("*.parquet")) for row in pq.ParquetFile(path).read().to_pylist()
    ]


def hashes(data: Path) -> dict[str, str]:
    """Give what every file beside the state is, to tell what has been touched."""
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and "_state" not in path.parts
    }


def kinds(report: Report) -> Counter[str]:
    return Counter(found.kind for found in report.findings)


def found_in(data: Path) -> dict[str, int]:
    return dict(kinds(check_dataset(data)))
