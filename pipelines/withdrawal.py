"""What is taken back: a batch of which a part is lost, and a state that is no longer that of its dataset."""

from __future__ import annotations

from pathlib import Path

from pipelines.ledger import Batch, Ledger
from pipelines.places import Place


def withdraw(place: Place, ledger: Ledger, batch: Batch) -> None:
    """Take back a prepared batch of which a part is lost; its pages were never seen and are fetched again."""
    for name in batch.files:
        if Path(name).stem == batch.id:  # what a revision was to replace stays as it was
            place.remove(name)
    place.sync(batch.files)
    ledger.forget(batch)


def forget_state(place: Place) -> None:
    """Take back what is half published, and let go of a ledger that does not know what others stored since."""
    if place.ledger.exists():
        ledger = Ledger(place.ledger)
        try:
            for batch in ledger.prepared():
                withdraw(place, ledger, batch)
        finally:
            ledger.close()
        place.ledger.unlink()
