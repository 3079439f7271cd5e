"""The store: rows become Parquet files by a protocol that survives ``kill -9`` at any moment.

1. Every part of a batch is written to the staging area and synced to disk.
2. The ledger notes the batch as *prepared*, with its files and pages.
3. The parts are renamed into the tables, the folders synced.
4. The ledger declares the batch *committed* and its pages seen, in one transaction.

A crash or a full disk before 2 leaves staged files that nothing knows: they are deleted, and the articles are written
again or fetched again. After 2 the batch is rolled forward: what is still staged is renamed in, then 4. A reader never
sees a half-written part, since a rename is atomic.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from crawler.urls import canonicalize
from pipelines.dataset import stored_pages
from pipelines.errors import DatasetBusyError, RowError, StorageError
from pipelines.ledger import STATE, Batch, Ledger, Page
from pipelines.rows import Extracted, content_hash, month_of, tables_of, utc
from pipelines.schema import TABLES, schema_of

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class _Held:
    """An article between :meth:`Store.add` and its commit."""

    item: Extracted
    tables: dict[str, pa.Table]
    pages: list[Page]


class Store:
    """A dataset opened for writing; one process at a time, one thread at a time.

    Raises:
        DatasetBusyError: another process has it open.
        LedgerError: its ledger cannot be read.
        StorageError: the folder cannot be written.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self._staging = data / STATE / "staging"
        self._waiting: list[_Held] = []
        self._unfinished: list[tuple[Batch, list[_Held]]] = []
        """Batches that are prepared, and that something (a full disk) kept from being committed."""
        self._addresses: dict[str, _Held] = {}
        """Whatever waits or is unfinished, by each of its addresses."""
        self._committed: list[Extracted] = []
        self._runs: list[pa.Table] = []
        try:
            self._staging.mkdir(parents=True, exist_ok=True)
            self._lock = (data / STATE / "lock").open("a+")
        except OSError as error:
            raise StorageError(f"{data}: cannot be written: {error.strerror}") from error
        try:
            self._take_lock()
            self.ledger = Ledger(data, lambda: stored_pages(data))
            try:
                self._recover()
            except BaseException:
                self.ledger.close()
                raise
        except OSError as error:
            self._lock.close()
            raise StorageError(f"{data}: cannot be written: {error.strerror or error}") from error
        except BaseException:
            self._lock.close()
            raise

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            holder = self._lock.read().strip()
            by = f" (process {holder})" if holder else ""
            raise DatasetBusyError(
                f"{self.data}: another crawl holds this dataset{by}; try again when it has ended"
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def _recover(self) -> None:
        """Bring what a crash left behind to an end."""
        for batch in self.ledger.prepared():
            if all((self._staging / batch.id / name).exists() or (self.data / name).exists() for name in batch.files):
                self._publish(batch)
            else:
                self._withdraw(batch)
        for leftover in self._staging.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """Count the articles that wait for the next flush."""
        return len(self._waiting)

    def add(self, item: Extracted, aliases: Iterable[str] = ()) -> bool:
        """Take an article for the next flush; False where it is stored or waiting already, under whatever address.

        ``aliases`` are further addresses that lead to it. Every address is noted, so that none is fetched again.

        Raises:
            RowError: a value of it cannot be stored.
            LedgerError, StorageError: the ledger cannot be read or written.
        """
        pages = _pages(item, aliases)
        twin = next((self._addresses[page.url] for page in pages if page.url in self._addresses), None)
        if twin is not None:
            self._join(twin, pages)
            return False
        stored = self.ledger.find(item.article.id, [page.url for page in pages])
        if stored is not None:
            new = [page for page in pages if not self.ledger.knows(page.url)]
            if new:
                self.ledger.remember_aliases([replace(page, article_id=stored, is_alias=True) for page in new])
            return False
        held = _Held(item, tables_of(item), pages)
        self._waiting.append(held)
        self._addresses.update((page.url, held) for page in pages)
        return True

    def add_run(self, rows: Sequence[dict[str, Any]]) -> None:
        """Take the rows of one crawl, in the columns of ``runs``, for the next flush.

        Raises:
            RowError: a value does not fit its column.
        """
        import pyarrow as pa

        try:
            self._runs.append(pa.Table.from_pylist(list(rows), schema=schema_of("runs")))
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            raise RowError(f"a run does not fit the dataset's schema: {error}") from error

    def _join(self, twin: _Held, pages: Sequence[Page]) -> None:
        """Note addresses that lead to an article which waits already."""
        known = twin.pages[0].article_id
        for page in pages:
            if page.url not in self._addresses:
                twin.pages.append(replace(page, article_id=known, is_alias=True))
                self._addresses[page.url] = twin

    def flush(self) -> None:
        """Commit the waiting articles and runs.

        Raises:
            StorageError: they could not be written. They wait on, and the next flush, or the next run, takes them up;
                what was stored before is sound.
            LedgerError: the ledger cannot be read.
        """
        try:
            self._settle()
            if self._waiting or self._runs:
                self._prepare()
                self._settle()
        except (OSError, StorageError) as error:
            count = len(self._waiting) + sum(len(held) for _, held in self._unfinished)
            what = f"{count} articles" if count else "the report of a crawl"
            reason = (error.strerror or error) if isinstance(error, OSError) else error
            raise StorageError(
                f"{self.data}: {what} could not be stored: {reason}; what was stored before is sound, "
                "the next crawl takes up the rest"
            ) from error

    def committed(self) -> list[Extracted]:
        """Give, once, the articles that were committed since this was last asked."""
        committed, self._committed = self._committed, []
        return committed

    def _prepare(self) -> None:
        """Write what waits to the staging area and note it: steps 1 and 2."""
        batch_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}"
        held = self._waiting
        try:
            batch = Batch(batch_id, self._stage(held, batch_id), [page for one in held for page in one.pages])
            self.ledger.prepare(batch, datetime.now(UTC))
        except BaseException:
            shutil.rmtree(self._staging / batch_id, ignore_errors=True)
            raise
        self._unfinished.append((batch, held))
        self._waiting, self._runs = [], []

    def _settle(self) -> None:
        """Bring the prepared batches into the tables: steps 3 and 4."""
        while self._unfinished:
            batch, held = self._unfinished[0]
            self._publish(batch)
            self._unfinished.pop(0)
            self._committed += [one.item for one in held]
            for one in held:
                for page in one.pages:
                    self._addresses.pop(page.url, None)

    def _stage(self, held: Sequence[_Held], batch_id: str) -> list[str]:
        parts: dict[str, list[pa.Table]] = defaultdict(list)
        months = [month_of(one.item.article) for one in held]
        for one, month in zip(held, months, strict=True):
            for table, rows in one.tables.items():
                if rows.num_rows:
                    parts[f"{table}/month={month}/{batch_id}.parquet"].append(rows)
        for run in self._runs:
            parts[f"runs/month={run['started_at'][0].as_py():%Y-%m}/{batch_id}.parquet"].append(run)
        for table in TABLES if held else ():
            # A table that has no row yet gets a part without rows: readers find its columns and no missing folder.
            if not any(name.startswith(f"{table}/") for name in parts) and not self._has_parts(table):
                parts[f"{table}/month={min(months)}/{batch_id}.parquet"].append(schema_of(table).empty_table())
        for name, rows in parts.items():
            _write_part(self._staging / batch_id / name, rows)
        for folder in {folder for name in parts for folder in (self._staging / batch_id / name).parents[:4]}:
            _sync_folder(folder)
        # Articles come last: one that is in the table has its rounds and mentions there.
        return sorted(parts, key=lambda name: (name.startswith("articles/"), name))

    def _has_parts(self, table: str) -> bool:
        return any((self.data / table).glob("month=*/*.parquet"))

    def _publish(self, batch: Batch) -> None:
        for name in batch.files:
            staged, target = self._staging / batch.id / name, self.data / name
            if staged.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
            elif not target.exists():
                raise FileNotFoundError(errno.ENOENT, f"{staged} has been removed")
        self._sync(batch)
        self.ledger.commit(batch)
        shutil.rmtree(self._staging / batch.id, ignore_errors=True)

    def _withdraw(self, batch: Batch) -> None:
        """Take back a prepared batch of which a part is lost; its pages were never seen and are fetched again."""
        for name in batch.files:
            (self.data / name).unlink(missing_ok=True)
        self._sync(batch)
        self.ledger.forget(batch)

    def _sync(self, batch: Batch) -> None:
        for folder in {folder for name in batch.files for folder in (self.data / name).parents[:2]} | {self.data}:
            if folder.exists():
                _sync_folder(folder)

    def close(self) -> None:
        """Commit what waits and let go of the dataset; the lock is released even if that fails."""
        try:
            self.flush()
        finally:
            self.ledger.close()
            self._lock.close()


def _pages(item: Extracted, aliases: Iterable[str]) -> list[Page]:
    """Give the article's addresses, its own first."""
    article = item.article
    moment = (utc(article.fetched_at) or datetime.now(UTC)).isoformat()
    own = canonicalize(article.canonical_url)
    addresses = dict.fromkeys([own, canonicalize(article.url), *map(canonicalize, aliases)])
    try:
        id_, digest = article.id, content_hash(article)
        "".join(addresses).encode()
    except UnicodeEncodeError as error:
        raise RowError(f"{article.url!r}: cannot be stored: half a character ({error.reason})") from error
    rounds = len(item.extraction.rounds)
    return [Page(url, id_, article.outlet, digest, rounds, moment, url != own) for url in addresses]


def _write_part(path: Path, tables: Sequence[Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pq.write_table(pa.concat_tables(tables), file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
