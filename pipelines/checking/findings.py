"""What can be wrong with a dataset, and what a repair does about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "note"]

_AWAY = "is moved to _state/quarantine; what it alone held is fetched again"
_NOT_OURS = "is left alone"


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be wrong: ``what`` of ``{count}`` and ``{detail}``, and what ``--repair`` does about it."""

    severity: Severity
    what: str
    repair: str
    repairable: bool = True


KINDS: dict[str, Kind] = {
    "ledger-missing": Kind("note", "is not there", "is made of the articles, as the next crawl would do"),
    "ledger-older": Kind("note", "was written by an earlier version ({detail})", "is upgraded, as by the next crawl"),
    "ledger-later": Kind(
        "error", "was written by a later version ({detail})", "nothing: update the program", repairable=False
    ),
    "ledger-broken": Kind(
        "error",
        "cannot be read: {detail}",
        "is moved to _state/quarantine and made anew of the articles; what it alone knew is lost: redirected "
        "addresses, pages found and not fetched, when pages are tried again, what sources were like",
    ),
    "batch-unfinished": Kind("note", "was on its way when a crash came", "is brought to its end, as by the next crawl"),
    "staging-leftover": Kind("note", "was left behind by a crash", "is removed, as by the next crawl"),
    "table-unknown": Kind("note", "is no table of this version", _NOT_OURS, repairable=False),
    "part-unreadable": Kind("error", "cannot be read: {detail}", _AWAY),
    "part-foreign": Kind("error", "is no part of a table", _AWAY),
    "part-schema": Kind(
        "error",
        "has not the table's schema: {detail}",
        "is written anew in it, or goes to _state/quarantine if it cannot be; there a copy is kept",
    ),
    "part-later": Kind(
        "error", "was written by a later version: {detail}", "nothing: update the program", repairable=False
    ),
    "part-older": Kind(
        "note", "was written by an earlier version: it lacks {detail}, which reads as null", _NOT_OURS, repairable=False
    ),
    "row-month": Kind("error", "{count} rows are of another month", "are moved to their month"),
    "row-doubled": Kind(
        "error", "{count} rows are there twice: {detail}", "one of each stays; a copy of the part is kept in quarantine"
    ),
    "row-orphan": Kind(
        "error",
        "{count} rows belong to no stored article: {detail}",
        "are taken out; a copy of the part is kept in quarantine",
    ),
    "rounds-count": Kind(
        "error",
        "{count} articles have not the number of rounds that they say: {detail}",
        "are corrected; where rounds are lost, extraction_error says so and `tourdetable reextract` finds them",
    ),
    "evidence": Kind(
        "error",
        "{count} articles do not hold the words at the offsets noted: {detail}",
        "extraction_error says so, and `tourdetable reextract` does them again",
    ),
    "page-lost": Kind(
        "error",
        "{count} articles are noted as stored and are in no part: {detail}",
        "are forgotten, and the next crawl fetches them again",
    ),
    "article-unknown": Kind(
        "error", "{count} articles are stored that the ledger does not know: {detail}", "are noted as stored"
    ),
    "index-unknown": Kind(
        "error",
        "{count} entries of the near-duplicate index are of articles that are not stored: {detail}",
        "are taken out",
    ),
    "summary": Kind(
        "note", "{count} articles have another number of rounds than their rows say: {detail}", "are noted anew"
    ),
    "batch-hint": Kind(
        "note", "{count} articles are noted in parts that are not there; corrections find them slowly", "are noted anew"
    ),
}
"""Every kind of finding. A note is harmless; an error is data that is lost, doubled, wrong or in the way of readers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: its kind, where (a part, a table, the ledger), how often, and a reason or examples."""

    kind: str
    where: str
    count: int = 1
    detail: str = ""

    @property
    def severity(self) -> Severity:
        """``error`` or ``note``."""
        return KINDS[self.kind].severity

    @property
    def what(self) -> str:
        """What is wrong, in words that go on from ``where``."""
        return KINDS[self.kind].what.format(count=self.count, detail=self.detail)

    @property
    def repair(self) -> str:
        """What ``--repair`` does about it."""
        return KINDS[self.kind].repair

    @property
    def repairable(self) -> bool:
        """True where it does something."""
        return KINDS[self.kind].repairable


@dataclass(frozen=True, slots=True)
class Report:
    """What an examination of a dataset gave; ``rows`` and ``parts`` are counts by table."""

    findings: Sequence[Finding]
    parts: dict[str, int]
    rows: dict[str, int]
    pages: int | None
    """Addresses that the ledger knows, None where it could not be asked."""

    @property
    def errors(self) -> int:
        """Number of findings that are no mere notes."""
        return sum(found.severity == "error" for found in self.findings)

    @property
    def sound(self) -> bool:
        """True where nothing is wrong; notes are harmless."""
        return not self.errors
