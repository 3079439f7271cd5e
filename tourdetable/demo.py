"""``tourdetable demo``: the whole job on one machine, in half a minute.

Three bundled newspapers are served on loopback, crawled over HTTP like any other outlets, and read back from the
Parquet dataset that the crawl wrote: the deals of which they tell, each once.
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
_LATEST = 30
"""Most deals that the table shows."""


def run_demo(data: Path) -> int:
    """Crawl the bundled newspapers into ``data``, made anew, and print the latest deals; give the exit code.

    Raises:
        CommandError: ``data`` cannot be made, or holds something that is not an earlier demo's.
    """
    from pipelines.dataset import load_articles, load_deals, load_rounds
    from tourdetable.crawling import run_crawl
    from tourdetable.newspaper import press

    make_anew(data)
    console = _console()
    with press() as papers:
        outlets = [paper.outlet() for paper in papers]
        names = ", ".join(f"[bold]{escape(outlet.title)}[/bold]" for outlet in outlets)
        console.print(f"Crawling {len(papers)} bundled newspapers on this machine: {names} …")
        outcome = run_crawl(outlets, data, delay=0)
    if outcome.signal is not None:
        raise CommandError("interrupted; the next demo starts anew", outcome.exit_code)
    articles, rounds, deals = load_articles(data), load_rounds(data), load_deals(data).sort_values("date")
    console.print(deals_table(deals.tail(_LATEST), len(deals), narrow=console.width < _NARROW))
    console.print(
        f"{len(articles)} articles fetched over HTTP, {len(rounds)} reports of funding rounds found, "
        f"which tell of {len(deals)} deals.\n"
    )
    console.print(_hints(data, papers[0].articles), highlight=False, markup=False, soft_wrap=True)
    if outcome.exit_code:
        troubles = [outlet.trouble() for outlet in outcome.outlets if outlet.trouble()]
        console.print(f"[red]The crawl was not flawless: {(outcome.error or ', '.join(troubles))}[/red]")
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


def deals_table(deals: pd.DataFrame, count: int, *, narrow: bool) -> Table:
    """Set deals in a table, the latest last, of ``count`` in all; ``narrow`` puts two columns into one."""
    table = Table(title=f"The latest {len(deals)} of {count} deals", title_justify="left", box=box.SIMPLE_HEAD)
    if narrow:
        table.add_column("company", max_width=16)
        table.add_column("amount, type", max_width=14)
        table.add_column("investors")
        table.add_column("outlets, date", no_wrap=True)
    else:
        for heading in ("company", "amount", "type", "investors", "outlets", "date"):
            table.add_column(
                heading,
                justify="right" if heading == "amount" else "left",
                no_wrap=heading in {"amount", "date"},
            )
    for row in deals.to_dict("records"):
        company, amount, kind, backers, outlets, day = _cells(row)
        if narrow:
            table.add_row(company, f"{amount}\n{kind}", backers, f"{outlets}\n{day}")
        else:
            table.add_row(company, amount, kind, backers, outlets, day)
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
        "\n".join(map(escape, row["outlets"])),
        f"{row['date']:%Y-%m-%d}",
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
            f"The dataset:  {data}/deals, {data}/rounds, {data}/articles … (Parquet; `{command} schema` explains it)",
            f"Their sources: {command} deals --data {shlex.quote(str(data))} --sources --company Voltarive",
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
