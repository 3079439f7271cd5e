"""``tourdetable demo``: the whole job on one machine, in some seconds.

The bundled newspaper is served on loopback, crawled over HTTP like any other outlet, and read back
from the Parquet dataset that the crawl wrote.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extract.showing import money, round_type
from tourdetable.exits import CommandError
from tourdetable.render import investors

if TYPE_CHECKING:
    import pandas as pd

    from tourdetable.newspaper import PaperArticle

_MARKER = ".tourdetable-demo"
_NARROW = 110
"""Columns; on a narrower terminal two columns of the table go into one."""
_PLAIN_WIDTH = 130
"""Columns of an output that is no terminal."""
_INVESTORS = 5


def run_demo(data: Path) -> int:
    """Crawl the bundled newspaper into ``data``, made anew, and print what was found; give the exit code.

    Raises:
        CommandError: ``data`` cannot be made, or holds something that is not an earlier demo's.
    """
    from pipelines.dataset import load_articles, load_rounds
    from tourdetable.crawling import run_crawl
    from tourdetable.newspaper import Newspaper

    make_anew(data)
    console = _console()
    with Newspaper() as paper:
        outlet = paper.outlet()
        console.print(f"Crawling the bundled newspaper [bold]{escape(outlet.title)}[/bold] at {paper.url} …")
        outcome = run_crawl([outlet], data, delay=0)
    if outcome.signal is not None:
        raise CommandError("interrupted; the next demo starts anew", outcome.exit_code)
    articles, rounds = load_articles(data), load_rounds(data)
    console.print(rounds_table(rounds, narrow=console.width < _NARROW))
    console.print(f"{len(articles)} articles fetched over HTTP, {len(rounds)} funding rounds found.\n")
    console.print(_hints(data, paper.articles), highlight=False, markup=False, soft_wrap=True)
    if outcome.exit_code:
        console.print(f"[red]The crawl was not flawless: {outcome.outlets[0].trouble() or outcome.error}[/red]")
    return outcome.exit_code


def _console() -> Console:
    fixed = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if fixed else _PLAIN_WIDTH)


def make_anew(data: Path) -> None:
    """Make the demo's folder, empty; an earlier demo's is removed, and nothing else.

    Raises:
        CommandError: something else is at this place, or it cannot be written.
    """
    try:
        if data.exists() and (not data.is_dir() or any(data.iterdir())):
            if not (data / _MARKER).exists():
                raise CommandError(f"--data {data}: holds something that is not the demo's; give another folder")
            shutil.rmtree(data)
        data.mkdir(parents=True, exist_ok=True)
        (data / _MARKER).touch()
    except OSError as error:
        raise CommandError(f"--data {data}: cannot be written: {error.strerror}; give another folder") from None


def rounds_table(rounds: pd.DataFrame, *, narrow: bool) -> Table:
    """Set the rounds in a table, the latest last; ``narrow`` puts two columns into one."""
    table = Table(title="Funding rounds found", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    if narrow:
        table.add_column("company", max_width=16)
        table.add_column("amount, type", max_width=14)
        table.add_column("investors")
        table.add_column("outlet, date", no_wrap=True)
    else:
        for heading in ("company", "amount", "type", "investors", "outlet", "date"):
            table.add_column(
                heading,
                justify="right" if heading == "amount" else "left",
                no_wrap=heading in {"amount", "outlet", "date"},
            )
    for row in rounds.sort_values(["published_at", "round_id"]).to_dict("records"):
        company, amount, kind, backers, outlet, day = _cells(row)
        if narrow:
            table.add_row(company, f"{amount}\n{kind}", backers, f"{outlet}\n{day}")
        else:
            table.add_row(company, amount, kind, backers, outlet, day)
    return table


def _cells(row: Mapping[Any, Any]) -> tuple[str, str, str, str, str, str]:
    amount = None if row["currency"] is None or row["amount"] != row["amount"] else row["amount"]
    kind = round_type(row["round_type"] if isinstance(row["round_type"], str) else None)
    if row["status"] == "rumoured":
        kind = "rumoured" if kind == "–" else f"{kind}, rumoured"
    return (
        escape(row["company"]),
        money(amount, row["currency"]),
        kind,
        investors(row["investors"], limit=_INVESTORS),
        escape(row["outlet"]),
        f"{row['published_at']:%Y-%m-%d}",
    )


def _hints(data: Path, articles: tuple[PaperArticle, ...]) -> str:
    """Say where the files are and how to go on; each command works as it is printed, in this folder."""
    from tourdetable.newspaper import DEFAULT_PORT

    python, command = _interpreter(), _command()
    url = f"http://127.0.0.1:{DEFAULT_PORT}{articles[0].path}"
    parts, columns = str(data / "rounds/**/*.parquet").replace("'", "''"), ["company", "amount", "currency", "status"]
    # With pandas' own types a sum that is missing would make all the others fractions.
    arguments = f"{str(data / 'rounds')!r}, columns={columns}, dtype_backend='pyarrow'"
    frame = f"import pandas; print(pandas.read_parquet({arguments}))"
    relation = f"import duckdb; print(duckdb.sql(\"SELECT {', '.join(columns)} FROM '{parts}'\"))"  # noqa: S608 - shown, not run
    return "\n".join(
        (
            f"The dataset:  {data}/articles, {data}/rounds, {data}/mentions (Parquet)",
            f"pandas:       {python} -c {_quoted(frame)}",
            f"DuckDB:       {python} -c {_quoted(relation)}",
            f"One URL:      {python} -m tourdetable.newspaper & {command} extract {url}; kill $!",
        )
    )


def _quoted(code: str) -> str:
    """Quote for a shell with double quotes, which Python code with single ones stays readable in."""
    return '"' + re.sub(r'([\\"$`])', r"\\\1", code) + '"'


def _interpreter() -> str:
    return _from_here(Path(sys.executable))


def _command() -> str:
    script = Path(sys.executable).with_name("tourdetable")
    return _from_here(script) if script.exists() else f"{_interpreter()} -m tourdetable"


def _from_here(program: Path) -> str:
    """Write a program's path relative to this folder where it is within it."""
    here = Path.cwd()
    return shlex.quote(str(program.relative_to(here) if program.is_relative_to(here) else program))
