"""What the commands print: Rich tables on a terminal, JSON when piped."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extract.showing import day, money, round_type
from tourdetable.exits import Exit

if TYPE_CHECKING:
    from crawler.outlets import Outlet
    from extract.records import Extraction, FundingRound
    from pipelines.ledger import OutletSummary
    from tourdetable.crawling import CrawlOutcome

_NAMED = 5
"""Most outlets that the line on stderr names."""


def wants_json(as_json: bool) -> bool:
    """Tell whether JSON is asked for: by the option, or by a pipe behind us."""
    return as_json or not sys.stdout.isatty()


def print_json(value: Any) -> None:
    """Print one JSON value, readable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def investors(backers: Iterable[Mapping[str, Any]], limit: int | None = None) -> str:
    """Write investors in one cell, the lead first in bold and marked; what is over ``limit`` is only counted.

    >>> investors([{"name": "Partech", "lead": False}, {"name": "Elaia", "lead": True}])
    '[bold]Elaia (lead)[/bold], Partech'
    """
    ranked = sorted(backers, key=lambda i: not i["lead"])
    shown = [f"[bold]{escape(i['name'])} (lead)[/bold]" if i["lead"] else escape(i["name"]) for i in ranked[:limit]]
    more = f" and {len(ranked) - len(shown)} more" if len(shown) < len(ranked) else ""
    return ", ".join(shown) + more or "–"


def show_extraction(extraction: Extraction, *, as_json: bool = False) -> None:
    """Print what was found in one article: a table with evidence, or the record as JSON."""
    if wants_json(as_json):
        print_json(extraction.to_dict())
        return
    console = Console()
    console.print(f"[bold]{escape(extraction.title) or '(no title)'}[/bold]")
    if not extraction.rounds:
        console.print("No funding round is reported as news in this article.")
    for found in extraction.rounds:
        console.print(_round_table(found))
    for past in extraction.past_rounds:
        year = f" ({past.year})" if past.year else ""
        console.print(f"Earlier: {escape(past.company)}, {money(past.amount, past.currency)}{year}")
    if extraction.companies:
        console.print(f"[dim]Companies named:[/dim] {escape(', '.join(extraction.companies))}")


def _round_table(found: FundingRound) -> Table:
    table = Table(show_header=False, title_justify="left")
    table.add_column(style="dim")
    table.add_column()
    table.add_row("company", f"[bold]{escape(found.company)}[/bold]")
    table.add_row("amount", money(found.amount, found.currency))
    table.add_row("type", round_type(found.round_type))
    table.add_row("status", found.status)
    if found.valuation is not None:
        table.add_row("valuation", money(found.valuation, found.valuation_currency))
    if found.total_raised is not None:
        table.add_row("total raised", money(found.total_raised, found.total_raised_currency))
    if found.date:
        table.add_row("date", day(found))
    table.add_row("investors", investors([asdict(i) for i in found.investors]))
    table.add_row("evidence", f"« {escape(found.evidence.strip())} »")
    table.add_row("score", f"{found.score:.2f}")
    return table


def show_crawl(outcome: CrawlOutcome, data: str | Path, *, as_json: bool = False) -> None:
    """Print how a crawl went: a line an outlet, then what the whole gave; JSON only on demand.

    A crawl in cron is piped as well, and its reader is a person: the plain lines are for them.
    """
    if as_json:
        outlets = [asdict(outlet) for outlet in outcome.outlets]
        told = {"exit_code": int(outcome.exit_code), "error": _complaint(outcome) or None, "run_id": outcome.run_id}
        started = outcome.started_at.isoformat() if outcome.started_at else None
        print_json(told | {"started_at": started, "seconds": outcome.seconds, "outlets": outlets})
    else:
        _print_crawl(outcome, data)
    sys.stdout.flush()  # what went wrong comes after what went well, also where both go to one place
    if message := _complaint(outcome):
        sys.stderr.write(f"tourdetable: {message}\n")


def _print_crawl(outcome: CrawlOutcome, data: str | Path) -> None:
    for outlet in outcome.outlets:
        saved = f", {outlet.saved_requests} requests saved" if outlet.saved_requests else ""
        line = f"{outlet.name}: {outlet.stored} new articles, {outlet.rounds} rounds, {outlet.known} known{saved}"
        sys.stdout.write("; ".join(filter(None, (line, outlet.trouble(), outlet.warning))) + "\n")
    stored = sum(outlet.stored for outlet in outcome.outlets)
    rounds = sum(outlet.rounds for outlet in outcome.outlets)
    sys.stdout.write(f"{stored} articles and {rounds} rounds stored in {data}\n")


def _complaint(outcome: CrawlOutcome) -> str:
    """Say in one line why the exit code is not 0; empty where it is."""
    if outcome.signal is not None:
        return "interrupted; what was fetched is stored, the next run takes up the rest"
    if outcome.error is not None:
        return outcome.error
    warned = [f"{outlet.name} ({outlet.warning})" for outlet in outcome.outlets if outlet.warning]
    troubled = [f"{outlet.name} ({trouble})" for outlet in outcome.outlets if (trouble := outlet.trouble())]
    if warned and not troubled:
        return f"far less than usual: {_named(warned)}; see whether its pages or feeds have changed"
    troubled += warned
    named = _named(troubled)
    if outcome.exit_code == Exit.FAILED:
        return f"nothing usable came back: {named}; check the addresses, or try again later"
    if outcome.exit_code == Exit.PARTLY:
        return f"partly done: {named}; the rest is stored, the next run tries these again"
    return ""


def _named(outlets: Sequence[str]) -> str:
    return ", ".join(outlets[:_NAMED]) + (f" and {len(outlets) - _NAMED} more" if len(outlets) > _NAMED else "")


def show_outlets(outlets: Mapping[str, Outlet], summaries: Iterable[OutletSummary], *, as_json: bool = False) -> None:
    """Print the outlets known and those that the dataset holds, with what it holds of each."""
    held = {summary.outlet: summary for summary in summaries}
    rows = [_outlet_row(name, outlets.get(name), held.get(name)) for name in sorted({*outlets, *held})]
    if wants_json(as_json):
        print_json(rows)
        return
    table = Table(title=f"{len(outlets)} outlets; addresses never checked unless a day is given")
    for heading in ("outlet", "name", "country", "last seen working", "last crawl", "articles", "rounds"):
        table.add_column(heading, justify="right" if heading in {"articles", "rounds"} else "left")
    for row in rows:
        table.add_row(*(escape(str(value)) if value is not None else "–" for value in list(row.values())[:7]))
    Console().print(table)


def _outlet_row(name: str, outlet: Outlet | None, held: OutletSummary | None) -> dict[str, Any]:
    return {
        "outlet": name,
        "title": outlet.title if outlet else name,
        "country": outlet.country if outlet else None,
        "last_seen_working": outlet.last_seen_working if outlet else None,
        "last_crawl": held.last_fetched.strftime("%Y-%m-%d %H:%M") if held and held.last_fetched else None,
        "articles": held.articles if held else 0,
        "rounds": held.rounds if held else 0,
        "home": outlet.home if outlet else None,
    }


def show_figures(figures: Mapping[str, Any], *, as_json: bool = False) -> None:
    """Print an evaluation: precision, recall, F1 and the number of gold items of each figure."""
    if as_json:
        print_json(figures)
        return
    for name, figure in figures.items():
        if isinstance(figure, Mapping):
            line = f"P {figure['p']:.3f}  R {figure['r']:.3f}  F1 {figure['f1']:.3f}  (gold {figure['n']})"
        else:
            line = str(figure)
        sys.stdout.write(f"{name:24} {line}\n")
