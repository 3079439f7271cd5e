"""What ``tourdetable check`` prints: a line a finding, counts, and a verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console

from pipelines.checking import Finding, Report, check_dataset, repair_dataset
from pipelines.places import Place
from tourdetable.exits import Exit
from tourdetable.render import print_json


def run_check(place: Place, *, repair: bool = False, as_json: bool = False) -> int:
    """Examine a dataset, and repair it if that is asked for; print what was found and give the exit code.

    Raises:
        pipelines.errors.PipelineError: there is none, it is in use, or it cannot be read.
    """
    with Console(stderr=True).status(f"Reading {place.label} …"):  # shown on a terminal alone
        before, after = repair_dataset(place) if repair else (check_dataset(place),) * 2
    if as_json:
        print_json(_record(place, before, after, repair))
    else:
        _print(place, before, after, repair)
    return Exit.DONE if after.sound else Exit.FAILED


def _record(place: Place, before: Report, after: Report, repair: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "data": place.label,
        "sound": after.sound,
        "repair": repair,
        "parts": after.parts,
        "rows": after.rows,
        "pages": after.pages,
        "findings": _findings(before.findings),
    }
    return record | ({"left": _findings(after.findings)} if repair else {})


def _findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "severity": found.severity,
            "kind": found.kind,
            "where": found.where,
            "count": found.count,
            "detail": found.detail,
            "what": found.what,
            "repair": found.repair,
            "repairable": found.repairable,
        }
        for found in findings
    ]


def _print(place: Place, before: Report, after: Report, repair: bool) -> None:
    mend = "repair" if repair else "--repair"
    for found in before.findings:
        sys.stdout.write(f"{found.severity}: {found.where}: {found.what} ({mend}: {found.repair})\n")
    held = ", ".join(f"{after.rows[table]} {table} in {count} parts" for table, count in after.parts.items() if count)
    pages = "" if after.pages is None else f"; the ledger knows {after.pages} addresses"
    sys.stdout.write(f"{place.label}: {held or 'no rows'}{pages}\n")
    sys.stdout.write(_verdict(before, after, repair) + "\n")
    for found in after.findings if repair and not after.sound else ():
        if found.severity == "error":
            sys.stdout.write(f"left: {found.where}: {found.what}\n")


def _verdict(before: Report, after: Report, repair: bool) -> str:
    notes = len(before.findings) - before.errors
    also = f", {notes} harmless notes" if notes else ""
    if before.sound:
        return f"sound{also}"
    if not repair:
        return f"broken: {before.errors} errors{also}; --repair mends what can be mended"
    return f"repaired: {before.errors} errors{also}" if after.sound else f"not repaired: {after.errors} errors are left"
