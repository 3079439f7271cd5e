"""The commands that read and keep a dataset: what they take, and the modules that do it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tourdetable.exits import CommandError, Exit
from tourdetable.options import Data, Json, State


def check(
    data: Data = "data",
    state: State = None,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Mend what can be mended; what cannot be read goes to _state/quarantine."),
    ] = False,
    json_output: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Examine a dataset to its last page: parts, rows, and what the ledger says of them.

    Ends with 0 where it is sound (notes are harmless), with 1 where something is broken, or stays so after --repair.

    Example: tourdetable check --data data --repair
    """
    from tourdetable.arguments import dataset_place
    from tourdetable.checks import run_check

    raise typer.Exit(run_check(dataset_place(data, state), repair=repair, as_json=json_output))


def compact(
    data: Data = "data",
    state: State = None,
    patience: Annotated[
        float,
        typer.Option(metavar="S", min=1, help="Seconds to wait, for each table, for a moment when nobody reads it."),
    ] = 60.0,
    now: Annotated[bool, typer.Option("--now", help="Do not wait: a reader may miss a part and has to ask again.")] = (
        False
    ),
    json_output: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Make few large parts of the dataset's many small ones, in today's schema and sorted by time.

    Example: tourdetable compact --data data
    """
    from tourdetable import arguments
    from tourdetable.compacting import run_compact

    place = arguments.dataset_place(data, state)
    raise typer.Exit(run_compact(place, None if now else patience, as_json=json_output))


def deals(
    data: Data = "data",
    state: State = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only deals first told since then: 7d, 12h, 2w or 2026-10-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only deals first told before then; written like --since.")
    ] = None,
    company: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only deals of this company, under any name its articles give.")
    ] = None,
    min_amount_eur: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Only deals of N euros and more.")
    ] = None,
    sources: Annotated[
        bool, typer.Option("--sources", help="Show what each article says, its sentence, and where they differ.")
    ] = False,
    json_output: Json = False,
) -> None:
    """List the deals: each financing once, with the best value of each field, whatever number of articles tell of it.

    Example: tourdetable deals --data data --since 30d --min-amount-eur 10000000
    """
    from tourdetable import arguments
    from tourdetable.showdeals import chosen_deals, show_deals

    chosen = chosen_deals(
        arguments.dataset_place(data, state),
        since=None if since is None else arguments.parse_since(since),
        until=None if until is None else arguments.parse_since(until, option="--until"),
        company=company,
        min_amount_eur=min_amount_eur,
    )
    show_deals(chosen, sources=sources, as_json=json_output)


def list_entities(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Only this one, by any of its spellings, with its evidence.")
    ] = None,
    data: Data = "data",
    state: State = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only those: company, vc, bank, person …")] = None,
    min_deals: Annotated[
        int, typer.Option(metavar="N", min=0, help="Only those with so many rounds, raised or joined; 0 for all.")
    ] = 1,
    aliases: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            envvar="TOURDETABLE_ALIASES",
            help="CSV file name,alias,relation of your own; default: aliases.csv in the dataset's folder.",
        ),
    ] = None,
    siren: Annotated[
        bool, typer.Option("--siren", help="Ask the French company register for the SIREN of companies that raise.")
    ] = False,
    contact: Annotated[
        str | None,
        typer.Option(
            metavar="WHO",
            envvar="TOURDETABLE_CONTACT",
            help="An address or page by which the register can reach you; it is sent in the User-Agent.",
        ),
    ] = None,
    register: Annotated[
        str,
        typer.Option(metavar="URL", envvar="TOURDETABLE_REGISTER", help="Address of the register's search service."),
    ] = "https://recherche-entreprises.api.gouv.fr",
    json_output: Json = False,
) -> None:
    """List companies and investors, the most active first, each under one name whatever its spellings.

    Example: tourdetable entities a16z --data data
    """
    from tourdetable import arguments
    from tourdetable.showentities import Asking, show_entities

    contact = None if contact is None else arguments.contact(contact)
    asking = Asking(siren, contact, arguments.web_address(register))
    code = show_entities(
        arguments.dataset_place(data, state),
        name,
        kind=kind,
        min_deals=min_deals,
        aliases=aliases,
        asking=asking,
        as_json=json_output,
    )
    raise typer.Exit(code)


def export(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="articles, rounds, mentions, runs, deals or entities.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to: a name that ends in .csv, .xlsx, .parquet or .jsonl.")
    ],
    data: Data = "data",
    state: State = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only what was published since then: 7d, 12h, 2w or 2026-10-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only what was published until then; a day counts to its end.")
    ] = None,
    outlet: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this outlet; may be repeated.")] = None,
    company: Annotated[str | None, typer.Option(metavar="NAME", help="Only this company, in any spelling.")] = None,
    investor: Annotated[str | None, typer.Option(metavar="NAME", help="Only rounds that it takes part in.")] = None,
    min_amount_eur: Annotated[float | None, typer.Option(metavar="N", help="Only rounds of at least N euros.")] = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B", help="Only these columns, in this order.")] = None,
) -> None:
    """Write a table of the dataset to one file, for Excel or any other program.

    Example: tourdetable export rounds --out rounds.xlsx --since 2026-10-01 --columns company,amount_eur,investors
    """
    from pipelines.errors import SelectionError
    from pipelines.exporting import export
    from tourdetable.arguments import bound, dataset_place

    try:
        count = export(
            table,
            out,
            dataset_place(data, state),
            since=bound(since),
            until=bound(until, "--until"),
            outlet=outlet or None,
            company=company,
            investor=investor,
            min_amount_eur=min_amount_eur,
            columns=columns and [name.strip() for name in columns.split(",")],
        )
    except SelectionError as error:
        raise CommandError(f"export: {error}", Exit.USAGE) from error
    typer.echo(f"{out}: {count:,} rows of {table}")


def reextract(
    data: Data = "data",
    state: State = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the articles that this version has extracted already.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only articles published since then: 7d, 12h, 2w or 2026-10-01.")
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that extract.")] = 2,
    patience: Annotated[
        float,
        typer.Option(metavar="S", min=1, help="Seconds to wait, for each month, for a moment when nobody reads."),
    ] = 60.0,
    now: Annotated[bool, typer.Option("--now", help="Do not wait: a reader may miss a part and has to ask again.")] = (
        False
    ),
    json_output: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Extract stored articles anew: those of another version of the extractor, and those that failed.

    Ends with 3 where some articles failed again, or somebody read without a pause; it goes on where it was stopped.

    Example: tourdetable reextract --data data --since 2026-01-01
    """
    from tourdetable import arguments
    from tourdetable.reextracting import run_reextract

    code = run_reextract(
        arguments.dataset_place(data, state),
        everything=everything,
        since=None if since is None else arguments.parse_since(since),
        workers=workers,
        patience=None if now else patience,
        as_json=json_output,
    )
    raise typer.Exit(code)


def schema(
    tables: Annotated[list[str] | None, typer.Argument(metavar="TABLE", help="Of these tables; default: all.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/dataset.md.")] = False,
    json_output: Json = False,
) -> None:
    """Print what the dataset's tables hold: each column with type, unit, meaning and an example.

    Example: tourdetable schema rounds
    """
    from tourdetable import showschema
    from tourdetable.arguments import chosen_tables
    from tourdetable.render import print_json, wants_json

    chosen = chosen_tables(tables or [])
    if markdown:
        typer.echo(showschema.markdown(), nl=False)
    elif wants_json(json_output):
        print_json({table: showschema.columns_of(table) for table in chosen})
    else:
        showschema.print_schema(chosen)
