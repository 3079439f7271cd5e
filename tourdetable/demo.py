"""``tourdetable demo``: the whole job on one machine, in some seconds.

The bundled newspaper is served on loopback, crawled over HTTP like any other outlet, and read back
from the Parquet dataset that the crawl wrote.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tourdetable.exits import CommandError
from tourdetable.render import investors, money, round_type

if TYPE_CHECKING:
    import pandas as pd

_MARKER = ".tourdetable-demo"


def run_demo(data: Path) -> int:
    """Crawl the bundled newspaper into ``data``, made anew, and print what was found; give the exit code.

    Raises:
        CommandError: ``data`` holds something that is not an earlier demo's.
    """
    from pipelines.dataset import load_articles, load_rounds
    from tourdetable.crawling import run_crawl
    from tourdetable.newspaper import Newspaper

    _make_anew(data)
    console = Console()
    with Newspaper() as paper:
        outlet = paper.outlet()
        console.print(f"Crawling the bundled newspaper [bold]{escape(outlet.title)}[/bold] at {paper.url} …")
        outcome = run_crawl([outlet], data, delay=0)
    articles, rounds = load_articles(data), load_rounds(data)
    console.print(_rounds_table(rounds))
    console.print(f"{len(articles)} articles fetched over HTTP, {len(rounds)} funding rounds found.\n")
    console.print(_hints(data), highlight=False, soft_wrap=True)
    if outcome.exit_code:
        console.print(f"[red]The crawl was not flawless: {outcome.outlets[0].trouble() or outcome.error}[/red]")
    return outcome.exit_code


def _make_anew(data: Path) -> None:
    if data.exists() and any(data.iterdir()):
        if not (data / _MARKER).exists():
            raise CommandError(f"{data}: holds files that are not the demo's; give another folder with --data")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / _MARKER).touch()


def _rounds_table(rounds: pd.DataFrame) -> Table:
    table = Table(title="Funding rounds found", title_justify="left", row_styles=["", "dim"])
    for heading in ("company", "amount", "type", "investors", "outlet", "date"):
        table.add_column(
            heading, justify="right" if heading == "amount" else "left", no_wrap=heading in {"amount", "date"}
        )
    for row in rounds.sort_values(["published_at", "round_id"]).to_dict("records"):
        amount = None if row["currency"] is None or row["amount"] != row["amount"] else row["amount"]
        rumour = " (rumoured)" if row["status"] == "rumoured" else ""
        table.add_row(
            escape(row["company"]),
            money(amount, row["currency"]),
            round_type(row["round_type"] if isinstance(row["round_type"], str) else None) + rumour,
            investors(row["investors"]),
            escape(row["outlet"]),
            f"{row['published_at']:%Y-%m-%d}",
        )
    return table


def _hints(data: Path) -> str:
    folder, parts = escape(str(data)), escape(f"{data}/rounds/**/*.parquet")
    return "\n".join(
        (
            f"The dataset:  {folder}/articles, {folder}/rounds, {folder}/mentions (Parquet)",
            f"pandas:       .venv/bin/python -c \"import pandas; print(pandas.read_parquet('{folder}/rounds'))\"",
            f'DuckDB:       .venv/bin/python -c "import duckdb; duckdb.sql(\\"FROM \'{parts}\'\\").show()"',
            "One article:  .venv/bin/tourdetable extract URL   (or an .html or .txt file, or - for standard input)",
        )
    )
