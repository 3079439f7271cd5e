"""The command line: what people type, its options, its one-line errors and its exit codes."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from tourdetable import dataset_commands
from tourdetable.exits import CommandError, Exit
from tourdetable.options import Data, Json, State

app = typer.Typer(
    name="tourdetable",
    help="Reads the French tech press and tells, as data, who raised how much from whom.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from tourdetable import __version__

        typer.echo(f"tourdetable {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback where an error ends the command.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Reads the French tech press and tells, as data, who raised how much from whom."""
    # main takes --debug out of the line wherever it stands; here it is only for the help.


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder that the demo makes anew.")] = Path(
        "data/demo"
    ),
) -> None:
    """Start the bundled newspaper on loopback, crawl it and show the rounds found."""
    from tourdetable.demo import run_demo

    raise typer.Exit(run_demo(data))


@app.command()
def crawl(
    context: typer.Context,
    outlets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="OUTLET|URL",
            help="Outlets by name, or any site, feed or sitemap; default: all outlets.",
        ),
    ] = None,
    data: Data = "data",
    state: State = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only articles since then: 7d, 12h, 2w or 2026-10-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only articles published before then; written like --since.")
    ] = None,
    max_articles: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N articles an outlet.")] = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Read every source anew, and try again what was given up; fetch nothing twice."),
    ] = False,
    delay: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            min=0,
            help="Seconds between requests to a host; default polite, 0 for a server of your own.",
        ),
    ] = None,
    tdm: Annotated[
        Literal["obey", "ignore"] | None,
        typer.Option(
            help="EU law (directive 2019/790, art. 4) lets you mine what you may read unless its publisher reserves "
            "it: obey (default) stores of reserved articles the facts with short quotes; ignore stores their text too.",
        ),
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(
            metavar="WHO",
            envvar="TOURDETABLE_CONTACT",
            help="An address or page by which sites can reach you; it is sent in the User-Agent.",
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="For development: keep answers there, ask for none of them again."),
    ] = None,
    log_level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Log on stderr from this level on: DEBUG, INFO, WARNING, ERROR.")
    ] = None,
    metrics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write how it went for Prometheus (node_exporter's textfile collector)."),
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print how it went as JSON.")] = False,
) -> None:
    """Crawl outlets into the dataset, only what is new.

    Example: tourdetable crawl maddyness frenchweb --data data --since 7d
    """
    from tourdetable import arguments
    from tourdetable.crawling import run_crawl
    from tourdetable.metrics import write_metrics
    from tourdetable.render import show_crawl

    if metrics is not None:
        arguments.writable_file("--metrics", metrics)
    place = arguments.dataset_place(data, state)
    outcome = run_crawl(
        arguments.chosen_outlets(outlets or []),
        place,
        since=None if since is None else arguments.parse_since(since),
        until=None if until is None else arguments.parse_since(until, option="--until"),
        max_articles=max_articles,
        full=full,
        delay=delay,
        tdm=tdm,
        contact=None if contact is None else arguments.contact(contact),
        cache=cache,
        log_level=arguments.log_level(log_level or ("ERROR" if context.obj else "CRITICAL")),
    )
    show_crawl(outcome, place.label, as_json=json_output)
    if metrics is not None:
        write_metrics(outcome, metrics)
    raise typer.Exit(outcome.exit_code)


@app.command()
def extract(
    source: Annotated[
        str | None,
        typer.Argument(metavar="URL|FILE|-", help="An article's address, .html or .txt file, or - for stdin."),
    ] = None,
    jsonl: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='Many articles {"id","title","text","published"}, one a line; - for stdin.'),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="OUT", help="Write a page with the finds highlighted.")
    ] = None,
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Leave out rounds that score lower.")] = 0.0,
    json_output: Json = False,
) -> None:
    """Print the funding round of one article, with the sentence that proves it.

    Example: tourdetable extract https://www.example.org/startups/alpha-leve-3-millions/
    """
    if bool(source) == (jsonl is not None):
        raise CommandError("extract: give one URL, file or -, or --jsonl FILE", Exit.USAGE)
    if jsonl is not None and html is not None:
        raise CommandError("extract: --html shows one article; give it without --jsonl", Exit.USAGE)
    if jsonl is not None:
        from tourdetable.batch import extract_lines

        raise typer.Exit(extract_lines(jsonl, min_score))
    from tourdetable.render import show_extraction
    from tourdetable.single import read_article

    article = read_article(str(source))
    # Only now, since spaCy takes its time: what cannot be read should be told at once.
    from extract import Extractor

    extraction = Extractor(min_score=min_score).extract(article)
    if html is not None:
        from tourdetable.htmlview import write_page

        write_page(html, article, extraction)
    show_extraction(extraction, as_json=json_output)


@app.command(name="outlets")
def list_outlets(data: Data = "data", json_output: Json = False) -> None:
    """List the outlets known, with their last crawl and what the dataset holds of them."""
    from crawler.outlets import load_outlets
    from pipelines import outlet_summary
    from tourdetable.arguments import dataset_place
    from tourdetable.render import show_outlets

    show_outlets(load_outlets(), outlet_summary(dataset_place(data)), as_json=json_output)


@app.command()
def evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD.jsonl", help="Annotated articles, one a line (corpus/GUIDE.md).")
    ],
    misses: Annotated[bool, typer.Option("--misses", help="Print every round that is not exactly right.")] = False,
    json_output: Json = False,
) -> None:
    """Measure the extraction on annotated articles; where their rounds carry ``deal`` labels, the joining into deals.

    Example: tourdetable evaluate corpus/dev.jsonl
    """
    from extract import Extractor
    from extract.scoring import GoldError, read_gold, score
    from pipelines.deals.scoring import read_deals, score_chain, score_gold
    from tourdetable.render import show_figures

    try:
        labelled = read_deals(gold)
        if labelled is not None:
            found = {record.id: record.to_dict() for record in Extractor().extract_many(labelled)}
            show_figures(
                {f"joining_{name}": figure for name, figure in score_gold(labelled).items()}
                | {f"chain_{name}": figure for name, figure in score_chain(labelled, found).items()},
                as_json=json_output,
            )
            return
        docs = read_gold(gold)
    except GoldError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    predicted = {record.id: record.to_dict() for record in Extractor().extract_many(docs)}
    missed: list[dict[str, Any]] | None = [] if misses else None
    figures = score(docs, predicted, missed)
    for miss in missed or []:
        typer.echo(json.dumps(miss, ensure_ascii=False))
    show_figures(figures, as_json=json_output)


for _command in (
    dataset_commands.check,
    dataset_commands.compact,
    dataset_commands.deals,
    dataset_commands.export,
    dataset_commands.reextract,
    dataset_commands.schema,
):
    app.command()(_command)
app.command(name="entities")(dataset_commands.list_entities)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with the code of :class:`tourdetable.exits.Exit`."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # Anywhere on the line, since people add it to the end of a command that failed.
    debug = "--debug" in words
    _ready_stdout()
    code = 0
    try:
        code = _run([word for word in words if word != "--debug"], debug)
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # The reader of our output left (head, less): no error, and nothing may be flushed to it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except Exception as error:
        if debug:
            raise
        code, message = explain(error)
        if message:
            typer.echo(f"tourdetable: {message}", err=True)
    sys.exit(code)


def _ready_stdout() -> None:
    if sys.stdout is None:  # closed by who called us
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    elif not sys.stdout.isatty() and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8 whatever the locale (RFC 8259 §8.1)


def _run(words: Sequence[str], debug: bool) -> int:
    try:
        code = app(args=words, prog_name="tourdetable", standalone_mode=False, obj=debug) or 0
    except SystemExit as end:
        # Typer makes its own end of a pipe that broke, with code 1.
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        raise
    sys.stdout.flush()
    return int(code)


def explain(error: Exception) -> tuple[int, str]:
    """Give the exit code and the one line that an error gets; no line where help was shown in its place."""
    from typer import TyperException

    from pipelines.errors import DatasetBusyError, PipelineError, one_line

    if isinstance(error, TyperException):
        message = " ".join(error.format_message().split())
        return Exit.USAGE, message and f"{message} (tourdetable --help)"
    message = one_line(error)
    if isinstance(error, CommandError):
        return error.code, message
    if isinstance(error, DatasetBusyError):
        return Exit.BUSY, message
    if isinstance(error, PipelineError):
        return Exit.FAILED, message
    if isinstance(error, OSError) and error.strerror:
        return Exit.FAILED, f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return Exit.FAILED, f"{type(error).__name__}: {message}; run again with --debug to see where"
