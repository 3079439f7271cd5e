"""The derived tables, deals and entities: made anew of articles, rounds and mentions once these have changed.

They are made whole, and take the place of the old ones at one stroke (:mod:`pipelines.swaps`). A small dataset gets
them at the end of every crawl. On a large one that would take minutes an hour, so that they wait: making them may take
a twentieth of the time at most. What they were made of, and how long it took, is noted beside the ledger.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from pyarrow import ArrowException

from pipelines.deals import RULES_VERSION as DEAL_RULES
from pipelines.deals import deals_in
from pipelines.entities import Resolver, entities_of, resolver_of
from pipelines.entities.aliases import aliases_for
from pipelines.entities.resolver import RULES_VERSION as ENTITY_RULES
from pipelines.entities.siren import FILE as REGISTER
from pipelines.entities.siren import Register, plausibly_french, with_sirens
from pipelines.errors import DatasetBusyError, LedgerError, RegisterError, StorageError, one_line
from pipelines.places import Place, undisturbed
from pipelines.schema import DERIVED, SCHEMA_VERSION, TABLES, moment_of
from pipelines.store import Store, new_batch_id, write_part

if TYPE_CHECKING:
    import pyarrow as pa

PATIENCE = 10.0
"""Seconds that a crawl waits for readers of the derived tables; if they stay, the next crawl sees to it."""
_LOOK = 2.0
"""Seconds that somebody who looks at them waits for other readers to go."""
_SHARE = 20
"""Making the tables took T seconds: not before 20 T have passed a crawl makes them again."""
_NOTE = "derived.json"


@dataclass(frozen=True, slots=True)
class _Made:
    """What the tables were made of, when, how long it took, and the parts that they then had."""

    of: str
    at: str
    seconds: float
    parts: list[str]

    def is_now(self, place: Place, of: str) -> bool:
        """Tell whether neither what they are made of nor they themselves have changed since."""
        return (self.of, self.parts) == (of, _parts(place))


def derive(place: Place, resolver: Resolver) -> dict[str, pa.Table]:
    """Make deals and entities of a dataset as it is now; nothing is written.

    Numbers that the company register gave before are in; it is not asked.

    Raises:
        StorageError: a part cannot be read.
    """
    deals = deals_in(place, key_of=resolver.key_of)
    entities = entities_of(place, deals, resolver)
    if (place.state / REGISTER).exists():
        # A file of answers that is damaged costs the numbers alone; who asks for them is told.
        with suppress(RegisterError), Register(place.state) as register:
            french = plausibly_french(deals, resolver)
            entities, _ = with_sirens(entities, french, register, resolver.key_of, ask=False)
    return {"deals": deals, "entities": entities}


def is_fresh(place: Place, aliases: Path | None = None) -> bool:
    """Tell whether the derived tables are what :func:`derive` would give now.

    Raises:
        AliasError: the user's file of aliases cannot be read.
    """
    made = _noted(place)
    return made is not None and made.is_now(place, _made_of(place, aliases))


def refresh(
    store: Store, *, patience: float | None = PATIENCE, at_once: bool = False, aliases: Path | None = None
) -> bool:
    """Make the derived tables anew where that is due; False where somebody reads the old ones without a pause.

    ``at_once`` makes them however short a time ago they were made, ``patience`` is as in
    :meth:`pipelines.store.Store.swap`, ``aliases`` as in :func:`pipelines.entities.resolver_of`.

    Raises:
        AliasError: the user's file of aliases cannot be read.
        StorageError: a part cannot be read, or the tables cannot be written; the old ones are as they were.
    """
    place = store.place
    try:
        of, made = _made_of(place, aliases), _noted(place)
        if not place.parts("articles") or (
            made is not None and (made.is_now(place, of) or not (at_once or _is_due(made)))
        ):
            return True
        began = monotonic()
        staged = _staged(place, derive(place, resolver_of(place, aliases)), new_batch_id())
        if not store.swap(staged, patience):
            return False
        _note(place, _Made(of, datetime.now(UTC).isoformat(), round(monotonic() - began, 3), _parts(place)))
    except (OSError, ArrowException) as error:
        reason = one_line(error)
        raise StorageError(f"{place.label}: deals and entities could not be made anew ({reason})") from error
    return True


def current(place: Place, aliases: Path | None = None) -> dict[str, pa.Table]:
    """Give deals and entities as they should be now: the stored ones where these are, else new ones.

    New ones are stored for whoever asks next, unless a crawl holds the dataset, somebody reads the old ones, this place
    cannot be written, its ledger cannot be read, or ``aliases`` are not those of the dataset.

    Raises:
        AliasError, DatasetNotFoundError, StorageError: as :func:`refresh` and :func:`derive`.
    """
    place.require()
    if aliases is None:
        # Whoever only looks at a dataset, one in an object store or a copy of the tables, does not become its writer.
        if not place.remote and place.ledger.exists() and not is_fresh(place):
            with suppress(DatasetBusyError, LedgerError, StorageError), Store(place) as store:
                refresh(store, patience=_LOOK, at_once=True)
        if is_fresh(place):
            return {table: undisturbed(partial(_stored, place, table)) for table in DERIVED}
    return derive(place, resolver_of(place, aliases))


def _stored(place: Place, table: str) -> pa.Table:
    return place.dataset(table).to_table()


def _is_due(made: _Made) -> bool:
    pause = timedelta(seconds=_SHARE * made.seconds)
    return datetime.now(UTC) >= datetime.fromisoformat(made.at) + pause


def _made_of(place: Place, aliases: Path | None) -> str:
    """Give what tells the state of all that the tables are made of: parts, rules, aliases, the register's answers."""
    import pyarrow.fs as fs

    told = [str(SCHEMA_VERSION), DEAL_RULES, ENTITY_RULES, *map(repr, aliases_for(place, aliases))]
    for table in TABLES:
        selector = fs.FileSelector(place.path(table), recursive=True, allow_not_found=True)
        found = place.filesystem().get_file_info(selector)
        told += sorted(f"{info.path} {info.size} {info.mtime_ns}" for info in found if info.is_file)
    if (register := place.state / REGISTER).exists():
        told.append(str(register.stat().st_mtime_ns))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _staged(place: Place, tables: Mapping[str, pa.Table], batch: str) -> dict[str, tuple[Path, list[str]]]:
    """Write the tables to the staging area, a part a month."""
    try:
        return {table: (_written(place, table, rows, batch), []) for table, rows in tables.items()}
    except BaseException:
        shutil.rmtree(place.staging / batch, ignore_errors=True)
        raise


def _written(place: Place, table: str, rows: pa.Table, batch: str) -> Path:
    import pyarrow.compute as pc

    earliest = place.parts("articles")[0].split("/")[1].removeprefix("month=")
    folder = place.staging / batch / table
    months = pc.fill_null(pc.strftime(rows[moment_of(table)], "%Y-%m"), earliest)
    for month in pc.unique(months).to_pylist() or [earliest]:
        write_part(folder / f"month={month}" / f"{batch}.parquet", [rows.filter(pc.equal(months, month))])
    return folder


def _parts(place: Place) -> list[str]:
    return [name for table in DERIVED for name in place.parts(table)]


def _noted(place: Place) -> _Made | None:
    try:
        return _Made(**json.loads((place.state / _NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _note(place: Place, made: _Made) -> None:
    half = place.staging / _NOTE
    half.write_text(json.dumps(asdict(made)), encoding="utf-8")
    half.replace(place.state / _NOTE)
