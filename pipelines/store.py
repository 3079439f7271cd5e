"""The store: rows become Parquet files by a protocol that survives ``kill -9`` at any moment.

1. Every part of a batch is written to the staging area and synced to disk.
2. The ledger notes the batch as *prepared*, with its files and pages.
3. The parts are renamed into the tables, the folders synced.
4. The ledger declares the batch *committed* and its pages seen, in one transaction.

A crash before 2 leaves staged files that nothing knows: they are deleted at the next start. A crash after 2 is rolled
forward: what is still staged is renamed in, then 4. A reader never sees a half-written part, since a rename is atomic.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from crawler.urls import canonicalize
from pipelines.errors import DatasetBusy, StorageError
from pipelines.ledger import STATE, Batch, Ledger, Page
from pipelines.rows import Extracted, content_hash, month_of, rows_of
from pipelines.schema import TABLES, schema_of


class Store:
    """A dataset opened for writing; one process at a time.

    Raises:
        DatasetBusy: another process has it open.
        LedgerError: its ledger cannot be read.
        StorageError: the folder cannot be written.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self._staging = data / STATE / "staging"
        try:
            self._staging.mkdir(parents=True, exist_ok=True)
            self._lock = (data / STATE / "lock").open("a+")
        except OSError as error:
            raise StorageError(f"{data}: cannot be written: {error.strerror}") from error
        self._take_lock()
        self._waiting: dict[str, Extracted] = {}
        try:
            self.ledger = Ledger(data)
            self._recover()
        except BaseException:
            self._lock.close()
            raise

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            holder = self._lock.read().strip()
            self._lock.close()
            by = f" (process {holder})" if holder else ""
            raise DatasetBusy(
                f"{self.data}: another crawl holds this dataset{by}; try again when it has ended"
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def _recover(self) -> None:
        """Bring what a crash left behind to an end."""
        for batch in self.ledger.prepared():
            self._publish(batch)
        for leftover in self._staging.iterdir():
            shutil.rmtree(leftover, ignore_errors=True)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """Count the articles that wait for the next flush."""
        return len(self._waiting)

    def add(self, item: Extracted) -> bool:
        """Take an article for the next flush; False where it is stored or waiting already, under whatever address.

        A further address of a stored article is noted, so that it is not fetched again.
        """
        article = item.article
        if article.id in self._waiting:
            return False
        if self.ledger.knows_article(article.id):
            if not self.ledger.knows(article.url):
                self.ledger.remember_alias(_page(item, article.url, is_alias=True))
            return False
        self._waiting[article.id] = item
        return True

    def flush(self) -> int:
        """Commit the waiting articles and give their number.

        Raises:
            StorageError: they could not be written; they wait on, and what was stored before is sound.
        """
        items = list(self._waiting.values())
        if not items:
            return 0
        batch_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}"
        try:
            files = self._stage(items, batch_id)
            batch = Batch(batch_id, files, [page for item in items for page in _pages(item)])
            self.ledger.prepare(batch, datetime.now(UTC))
            self._publish(batch)
        except OSError as error:
            shutil.rmtree(self._staging / batch_id, ignore_errors=True)
            raise StorageError(
                f"{self.data}: {len(items)} articles could not be written: {error.strerror or error}; "
                "what was stored before is sound, the next run fetches these again"
            ) from error
        self._waiting.clear()
        return len(items)

    def _stage(self, items: list[Extracted], batch_id: str) -> list[str]:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in items:
            month = month_of(item.article)
            for table, found in rows_of(item).items():
                rows[f"{table}/month={month}/{batch_id}.parquet"] += found
        files = [name for name, found in sorted(rows.items()) if found]
        for name in files:
            _write_part(self._staging / batch_id / name, rows[name], schema_of(name.partition("/")[0]))
        return files

    def _publish(self, batch: Batch) -> None:
        for name in batch.files:
            staged, target = self._staging / batch.id / name, self.data / name
            if staged.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
        for folder in {folder for name in batch.files for folder in (self.data / name).parents[:2]} | {self.data}:
            _sync_folder(folder)
        self.ledger.commit(batch)
        shutil.rmtree(self._staging / batch.id, ignore_errors=True)

    def close(self) -> None:
        """Commit what waits and let go of the dataset; the lock is released even if that fails."""
        try:
            self.flush()
        finally:
            self.ledger.close()
            self._lock.close()


def _pages(item: Extracted) -> list[Page]:
    own = _page(item, item.article.canonical_url)
    fetched = canonicalize(item.article.url)
    return [own] if fetched == own.url else [own, _page(item, fetched, is_alias=True)]


def _page(item: Extracted, url: str, *, is_alias: bool = False) -> Page:
    article = item.article
    moment = (article.fetched_at or datetime.now(UTC)).isoformat()
    return Page(
        canonicalize(url),
        article.id,
        article.outlet,
        content_hash(article),
        len(item.extraction.rounds),
        moment,
        is_alias,
    )


def _write_part(path: Path, rows: list[dict[str, Any]], schema: Any) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = ["TABLES", "Store"]
