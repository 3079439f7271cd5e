"""``tourdetable entities``: who is named, raises and invests, and why names belong together."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extract.showing import money
from pipelines.deriving import current
from pipelines.entities import Alias, Resolver, resolver_of
from pipelines.entities.siren import SERVICE, Register, plausibly_french, with_sirens
from pipelines.errors import AliasError, RegisterError
from pipelines.places import Place
from tourdetable.exits import CommandError, Exit
from tourdetable.render import print_json, wants_json

if TYPE_CHECKING:
    import pyarrow as pa

_FIGURES = frozenset({"raised", "sum", "invested", "led", "articles"})


@dataclass(frozen=True, slots=True)
class Asking:
    """Whether and how the company register is asked."""

    ask: bool = False
    contact: str | None = None
    service: str = SERVICE


def show_entities(
    place: Place,
    name: str | None = None,
    *,
    kind: str | None = None,
    min_deals: int = 1,
    aliases: Path | None = None,
    asking: Asking = Asking(),
    as_json: bool = False,
) -> Exit:
    """Print the entities of a dataset, the most active first, or the one that ``name`` means with its evidence.

    Raises:
        CommandError: the file of aliases makes no sense, or nobody has this name.
        DatasetNotFoundError: there is no dataset in ``place``.
    """
    trouble = None
    try:
        tables = current(place, aliases)
        # Reading what articles say of names takes its time, and only these two want to know.
        resolver = resolver_of(place, aliases) if name is not None or asking.ask else Resolver()
        if asking.ask:
            trouble = _ask(place, tables, resolver, asking)
            tables = current(place, aliases)
    except AliasError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    rows = tables["entities"].to_pylist()
    if name is None:
        _show_list(_chosen(rows, kind, min_deals), as_json)
    else:
        _show_one(_found(rows, name, resolver, place), resolver, as_json)
    if trouble is None:
        return Exit.DONE
    sys.stdout.flush()
    sys.stderr.write(f"tourdetable: {trouble}\n")
    return Exit.PARTLY


def _ask(place: Place, tables: Mapping[str, pa.Table], resolver: Resolver, asking: Asking) -> str | None:
    """Ask the register, which notes its answers beside the dataset; say why it stopped answering, if it did."""
    try:
        with Register(place.state, contact=asking.contact, service=asking.service) as register:
            french = plausibly_french(tables["deals"], resolver)
            return with_sirens(tables["entities"], french, register, resolver.key_of)[1]
    except RegisterError as error:
        return str(error)


def _chosen(rows: Sequence[dict[str, Any]], kind: str | None, min_deals: int) -> list[dict[str, Any]]:
    kinds = sorted({row["kind"] for row in rows})
    if kind is not None and rows and kind not in kinds:
        raise CommandError(f"--kind {kind}: give one of {', '.join(kinds)}", Exit.USAGE)
    chosen = [row for row in rows if kind in (None, row["kind"]) and row["raised"] + row["invested"] >= min_deals]
    return sorted(chosen, key=lambda row: (-row["raised"] - row["invested"], -row["articles"], row["key"]))


def _found(rows: Sequence[dict[str, Any]], name: str, resolver: Resolver, place: Place) -> dict[str, Any]:
    by_key = {row["key"]: row for row in rows}
    key = resolver.key_of(name)
    if key in by_key:
        return by_key[key]
    near = [by_key[other]["name"] for other in get_close_matches(key, by_key, n=3, cutoff=0.8)]
    hint = f"did you mean {' or '.join(near)}?" if near else "`tourdetable entities --min-deals 0` lists all names"
    raise CommandError(f"{name!r}: no article in {place.label} names it; {hint}")


def _show_list(rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    if wants_json(as_json):
        print_json(rows)
        return
    table = Table(title=f"{len(rows)} companies and investors")
    for heading in ("name", "kind", "country", "raised", "sum", "invested", "led", "articles", "last seen"):
        table.add_column(heading, justify="right" if heading in _FIGURES else "left")
    for row in rows:
        total = money(row["raised_eur"], "EUR") if row["raised_eur"] else "–"
        seen = row["last_seen"].strftime("%Y-%m-%d") if row["last_seen"] else "–"
        figures = (str(row[column]) for column in ("invested", "led", "articles"))
        cells = (row["name"], row["kind"], row["country"] or "–", str(row["raised"]), total, *figures, seen)
        table.add_row(*map(escape, cells))
    Console().print(table)


def _show_one(row: Mapping[str, Any], resolver: Resolver, as_json: bool) -> None:
    reasons = resolver.reasons(row["key"])
    if wants_json(as_json):
        print_json({**row, "reasons": [_reason(reason) for reason in reasons]})
        return
    table = Table(show_header=False)
    table.add_column(style="dim")
    table.add_column()
    told = {
        "name": row["name"],
        "key": row["key"],
        "kind": " ".join(filter(None, (row["kind"], row["country"]))),
        "written": ", ".join(row["names"]),
        "formerly": ", ".join(row["former_names"]),
        "raised": f"{_deals(row['raised'])}, {money(row['raised_eur'], 'EUR')}" if row["raised"] else "",
        "invested": f"{_deals(row['invested'])}, {row['led']} as lead" if row["invested"] else "",
        "articles": f"{row['articles']}, {_day(row['first_seen'])} to {_day(row['last_seen'])}",
        "SIREN": f"{row['siren']} ({row['siren_name']})" if row["siren"] else "",
    }
    for heading, text in told.items():
        if text:
            table.add_row(heading, escape(text))
    console = Console(highlight=False)
    console.print(table)
    for reason in reasons:
        told_by = (
            [reason.source]
            if isinstance(reason, Alias)
            else [f"« {evidence.sentence.strip()} » ({evidence.article_id})" for evidence in reason.evidence]
        )
        kind = reason.relation if isinstance(reason, Alias) else reason.kind
        console.print(f"[dim]{kind}:[/dim] {escape(reason.alias)} → {escape(reason.name)}")
        for line in told_by:
            console.print(f"  {escape(line)}")


def _reason(reason: Any) -> dict[str, Any]:
    """Give a reason with the same names whoever gives it."""
    told = asdict(reason)
    return {"kind": told.pop("relation"), **told} if isinstance(reason, Alias) else told


def _deals(number: int) -> str:
    return f"{number} deal{'s' if number > 1 else ''}"


def _day(moment: Any) -> str:
    return moment.strftime("%Y-%m-%d") if moment else "–"
