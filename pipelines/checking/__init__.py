"""Examining a whole dataset, and repairing it: parts against their schemas, against each other, against the ledger."""

from __future__ import annotations

from pathlib import Path

from pipelines.checking.findings import Finding, Report
from pipelines.places import Place, place_of

__all__ = ["Finding", "Report", "check_dataset", "repair_dataset"]


def check_dataset(data: str | Path | Place) -> Report:
    """Examine a dataset, to the last page of its last part; takes no lock and writes nothing.

    A crawl may be at work meanwhile: what it has on its way is no finding.

    Raises:
        DatasetNotFoundError: there is none.
        StorageError: it cannot be read, or changes faster than it can be.
    """
    from pipelines.checking.questions import examined

    with examined(_existing(data)) as (_, report):
        return report


def repair_dataset(data: str | Path | Place) -> tuple[Report, Report]:
    """Repair a dataset; give what was found before and what is found now.

    Nothing that can be read is deleted; what is put away lies in ``_state/quarantine/``. It may be killed at any
    moment and be run again.

    Raises:
        DatasetNotFoundError: there is none.
        DatasetBusyError: another process holds it.
        LedgerError, StorageError: it cannot be read or written; what was repaired until then is.
    """
    from pipelines.checking.repairing import repair

    return repair(_existing(data))


def _existing(data: str | Path | Place) -> Place:
    place = place_of(data)
    place.require()
    return place
