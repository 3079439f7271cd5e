"""``tourdetable deals``: which deals are asked for, and how they look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extract.showing import money, round_type
from pipelines.places import Place
from tourdetable.render import investors, print_json, wants_json

_NAMED = 4
"""Most investors that a line of the table names."""
_BRIEF = frozenset({"sources", "disagreements"})
"""Columns that only ``--sources`` prints."""


def chosen_deals(
    place: Place,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    company: str | None = None,
    min_amount_eur: int | None = None,
) -> list[dict[str, Any]]:
    """Give the deals of a dataset as plain rows, the latest at the end.

    ``since`` and ``until`` bound the publication of the first report; ``company`` is any name under which a report has
    the raiser, whatever its accents, hyphens and legal form.

    Raises:
        AliasError, DatasetNotFoundError, StorageError: as :func:`pipelines.deriving.current`.
    """
    import pyarrow.compute as pc

    from pipelines.deriving import current

    deals = current(place)["deals"].sort_by([("date", "ascending"), ("first_published_at", "ascending")])
    if since is not None:
        deals = deals.filter(pc.greater_equal(deals["first_published_at"], since))
    if until is not None:
        deals = deals.filter(pc.less(deals["first_published_at"], until))
    if min_amount_eur is not None:
        deals = deals.filter(pc.greater_equal(deals["amount_eur"], min_amount_eur))
    rows: list[dict[str, Any]] = deals.to_pylist()
    return rows if company is None else [row for row in rows if _bears(row, company)]


def _bears(deal: Mapping[str, Any], company: str) -> bool:
    from extract.names.keys import name_key

    return name_key(company) in {name_key(name) for name in (deal["company"], *(s["company"] for s in deal["sources"]))}


def show_deals(deals: Sequence[Mapping[str, Any]], *, sources: bool = False, as_json: bool = False) -> None:
    """Print deals: a table on a terminal, with ``sources`` a paragraph each; a JSON list when piped."""
    if wants_json(as_json):
        print_json([_plain(deal if sources else _brief(deal)) for deal in deals])
        return
    console = Console()
    if not deals:
        console.print("No deal: nothing in the dataset is of this kind.")
    elif sources:
        for deal in deals:
            _print_sources(console, deal)
    else:
        console.print(_table(deals))


def _brief(deal: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in deal.items() if name not in _BRIEF}


def _plain(value: Any) -> Any:
    """Give instants and days as ISO 8601 text."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _table(deals: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title=f"{len(deals)} deals")
    for heading in ("date", "company", "amount", "type", "investors", "articles"):
        table.add_column(heading, justify="right" if heading in {"amount", "articles"} else "left")
    for deal in deals:
        table.add_row(
            str(deal["date"] or "–"),
            f"[bold]{escape(deal['company'])}[/bold]",
            money(deal["amount"], deal["currency"]),
            _kind(deal),
            investors(deal["investors"], _NAMED),
            str(deal["articles"]),
        )
    return table


def _kind(deal: Mapping[str, Any]) -> str:
    kind = round_type(deal["round_type"])
    return f"{kind} (rumour)" if deal["status"] == "rumoured" else kind


def _print_sources(console: Console, deal: Mapping[str, Any]) -> None:
    kind = "" if deal["round_type"] is None else f", {round_type(deal['round_type'])}"
    rumour = ", rumour" if deal["status"] == "rumoured" else ""
    amount = money(deal["amount"], deal["currency"])
    console.print(f"[bold]{escape(deal['company'])}[/bold]: {amount}{kind}, {deal['date'] or 'no date'}{rumour}")
    if deal["investors"]:
        console.print(f"  from {investors(deal['investors'])}")
    if deal["extends"]:
        console.print(f"  extends {deal['extends']}")
    for source in deal["sources"]:
        told = source["published_at"].date() if source["published_at"] else "no date"
        same = " (nearly the text of another)" if source["near_duplicate_of"] else ""
        what = "rumoured " if source["status"] == "rumoured" else ""
        amount = money(source["amount"], source["currency"])
        console.print(f"  {told}  {escape(source['outlet'] or '–')}: {what}{amount}{same}")
        console.print(f"    « {escape((source['evidence'] or '').strip())} »", style="dim")
        if source["url"]:
            console.print(f"    {escape(source['url'])}", style="dim", soft_wrap=True)
    for field, claims in groupby(deal["disagreements"], key=lambda claim: claim["field"]):
        values = [_claim(field, claim) for claim in claims]
        console.print(f"  sources differ on {field.replace('_', ' ')}: {'; '.join(values)}")
    console.print()


def _claim(field: str, claim: Mapping[str, Any]) -> str:
    value = claim["value"]
    if field in {"amount", "valuation"}:
        sum_, currency = value.split(" ")
        value = money(int(sum_), currency)
    elif field == "round_type":
        value = round_type(value)
    articles = "1 article" if claim["articles"] == 1 else f"{claim['articles']} articles"
    return f"{escape(value)} ({articles}{', chosen' if claim['chosen'] else ''})"
