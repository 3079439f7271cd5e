"""How long it takes to load a filtered table of many parts, and what compaction makes of that.

``python bench/dataset.py --rounds 1000000 --parts 5000`` makes rounds of 60 months in today's schema, loads some of
them with each reader, compacts, loads again, and prints a Markdown table. Every measure is of a process of its own:
seconds without the imports, and the peak of memory with all (Linux's ``VmHWM``: ``ru_maxrss`` has that of the parent
in it). The files are in the system's cache, for the better of two loads counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.schema import schema_of

MONTHS = 60
FIRST = 2021 * 12
COMPANIES, OUTLETS, FUNDS = 50_000, 12, 400
SINCE = "2025-12-15"
"""About half a month is asked for."""
READERS = {
    "pandas": """
import pandas as pd
def since(): return pd.read_parquet(table, filters=[("published_at", ">=", day), ("outlet", "==", "outlet-3")])
def company(): return pd.read_parquet(table, filters=[("company_key", "==", "societe77")])
""",
    "polars": """
import polars as pl
def since():
    return pl.scan_parquet(table).filter(pl.col("published_at") >= day, pl.col("outlet") == "outlet-3").collect()
def company(): return pl.scan_parquet(table).filter(pl.col("company_key") == "societe77").collect()
""",
    "duckdb": """
import duckdb
duckdb.execute("SET enable_progress_bar = false")  # it goes to standard output
def ask(where, *values):
    found = duckdb.execute(f"SELECT * FROM read_parquet('{table}/**/*.parquet') WHERE {where}", values)
    return found.to_arrow_table()
def since(): return ask("published_at >= ? AND outlet = ?", day, "outlet-3")
def company(): return ask("company_key = ?", "societe77")
""",
    "ours": """
from pipelines.dataset import load_rounds
def since(): return load_rounds(data, since=day, outlet="outlet-3")
def company(): return load_rounds(data, company="Société 77")
""",
}
QUESTIONS = {"since": "since + outlet", "company": "company"}
MEASURE = """
import json, re, sys, time
from datetime import UTC, datetime
data, day = sys.argv[1], datetime.fromisoformat(sys.argv[2]).replace(tzinfo=UTC)
table = data + "/rounds"
{prepare}
start = time.perf_counter()
found = {call}
seconds = time.perf_counter() - start
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]
print(json.dumps([len(found), seconds, int(peak) / 1024]))
"""


def rounds_of(month: int, count: int, chance: np.random.Generator) -> pa.Table:
    """Give a month's rounds in the order of their publication, in the columns of ``rounds``."""
    year, number = divmod(FIRST + month, 12)
    start = int(datetime(year, number + 1, 1, tzinfo=UTC).timestamp()) * 10**6
    moments = pa.array(start + np.sort(chance.integers(0, 28 * 86_400 * 10**6, count)), pa.int64())
    whom = chance.integers(0, COMPANIES, count)
    sums = pa.array(chance.integers(1, 60, count) * 500_000)
    company = _named("Société ", whom)
    ids = pa.array([f"{number:016x}" for number in chance.integers(0, 2**63, count)])
    line = pc.binary_join_element_wise(company, " lève ", pc.cast(sums, pa.string()), " euros", "")
    values = {
        "round_id": pc.binary_join_element_wise(ids, "-0", ""),
        "article_id": ids,
        "outlet": _named("outlet-", chance.integers(0, OUTLETS, count)),
        "url": pc.binary_join_element_wise("https://www.gazette.example/startups/", ids, ""),
        "title": line,
        "published_at": moments.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")),
        "fetched_at": moments.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")),
        "company": company,
        "company_key": _named("societe", whom),
        "amount": sums,
        "currency": _same("EUR", count),
        "amount_eur": sums,
        "eur_rate": _same(1.0, count),
        "round_type": pa.array(["seed", "series_a", "series_b", None]).take(chance.integers(0, 4, count)),
        "status": _same("announced", count),
        "investors": _investors(count, chance),
        "score": pa.array(chance.random(count)),
        "evidence": pc.binary_join_element_wise(line, ", a annoncé mardi l’entreprise, pour recruter et grandir.", ""),
        "start": _same(0, count),
        "end": pc.cast(pc.utf8_length(line), pa.int64()),
        "extractor_version": _same("2026.11.3", count),
    }
    schema = schema_of("rounds")
    columns = [values.get(field.name, pa.nulls(count, field.type)) for field in schema]
    return pa.Table.from_arrays(
        [_cast(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _named(prefix: str, numbers: Any) -> Any:
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(numbers), pa.string()), "")


def _same(value: Any, count: int) -> Any:
    return pa.repeat(value, count)


def _cast(column: Any, kind: Any) -> Any:
    return column if column.type == kind else column.cast(kind)


def _investors(count: int, chance: np.random.Generator) -> Any:
    offsets = np.concatenate([[0], np.cumsum(chance.integers(0, 5, count))]).astype(np.int32)
    many = int(offsets[-1])
    numbers = chance.integers(0, FUNDS, many)
    kind = schema_of("rounds").field("investors").type
    values = {
        "name": _named("Fonds ", numbers),
        "key": _named("fonds ", numbers),
        "lead": pa.array(chance.random(many) < 0.2),
        "kind": _same("vc", many),
        "score": pa.array(chance.random(many)),
        "evidence": _named("Le tour est mené par Fonds ", numbers),
        "start": pa.array(chance.integers(0, 500, many)),
        "end": pa.array(chance.integers(500, 900, many)),
    }
    struct = pa.StructArray.from_arrays(
        [_cast(values[field.name], field.type) for field in kind.value_type], fields=list(kind.value_type)
    )
    return pa.ListArray.from_arrays(pa.array(offsets), struct).cast(kind)


def make(data: Path, rounds: int, parts: int) -> None:
    """Write the rounds into parts as many crawls do."""
    chance = np.random.default_rng(1)
    for month in range(MONTHS):
        year, number = divmod(FIRST + month, 12)
        folder = data / "rounds" / f"month={year}-{number + 1:02}"
        folder.mkdir(parents=True)
        rows = rounds_of(month, _share(rounds, month), chance)
        count = _share(parts, month)
        for part in range(count):
            start, end = len(rows) * part // count, len(rows) * (part + 1) // count
            pq.write_table(rows.slice(start, end - start), folder / f"{part:06}.parquet", compression="zstd")


def _share(whole: int, month: int) -> int:
    return whole * (month + 1) // MONTHS - whole * month // MONTHS


def measured(data: Path, prepare: str, call: str) -> tuple[int, float, float]:
    """Give rows, seconds and MiB of a call in a process of its own."""
    program = MEASURE.format(prepare=prepare, call=call)
    command = [sys.executable, "-c", program, str(data), SINCE]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own lines
    rows, seconds, peak = json.loads(done.stdout)
    return rows, seconds, peak


def loaded(data: Path) -> Iterator[tuple[str, str, tuple[int, float, float]]]:
    """Give question, reader and measure, each the better of two: the first brings the files into memory."""
    for question in QUESTIONS:
        for name, prepare in READERS.items():
            runs = [measured(data, prepare, f"{question}()") for _ in range(2)]
            yield question, name, min(runs, key=lambda run: run[1])


def size_of(data: Path) -> str:
    """Say how many parts there are, and how large all are."""
    sizes = [path.stat().st_size for path in data.glob("rounds/*/*.parquet")]
    return f"{len(sizes)} parts, {sum(sizes) / 2**20:.1f} MiB"


def main() -> None:
    """Make, measure, compact, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        make(data, options.rounds, options.parts)
        before, size = list(loaded(data)), size_of(data)
        compaction = "from pipelines.compaction import compact", "compact(data)"
        _, seconds, peak = measured(data, *compaction)
        after = list(loaded(data))
        done = f"compacted {size_of(data)}, in {seconds:.1f} s, peak {peak:.0f} MiB"
        sys.stdout.write(f"{options.rounds} rounds: {size}; {done}\n\n")
        sys.stdout.write("| filter | reader | rows | s before | s after | MiB before | MiB after |\n")
        sys.stdout.write("|---|---|--:|--:|--:|--:|--:|\n")
        for (question, name, one), (_, _, other) in zip(before, after, strict=True):
            if one[0] != other[0]:
                raise SystemExit(f"{name}: {one[0]} rows before, {other[0]} after")
            figures = f"{one[0]} | {one[1]:.2f} | {other[1]:.2f} | {one[2]:.0f} | {other[2]:.0f}"
            sys.stdout.write(f"| {QUESTIONS[question]} | {name} | {figures} |\n")


if __name__ == "__main__":
    main()
