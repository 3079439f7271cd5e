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

import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from crawler.urls import key_of, numbers_in
from pipelines import swaps, twins
from pipelines.dataset import stored_pages, stored_signatures
from pipelines.errors import RowError, StorageError, UnreachableError
from pipelines.frontier import forget_found
from pipelines.ledger import Batch, Ledger, Page
from pipelines.locking import take_lock
from pipelines.places import Place, lost, place_of, sync_folder
from pipelines.revisions import later_parts
from pipelines.rows import Extracted, content_hash, month_of, tables_of, utc
from pipelines.schema import TABLES, empty_table, schema_of
from pipelines.withdrawal import forget_state, withdraw

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class _Held:
    """An article between :meth:`Store.add` and its commit."""

    item: Extracted
    tables: dict[str, pa.Table]
    pages: list[Page]
    signature: twins.Signature | None
    found_as: list[str]
    revises: bool = False
    """True for a later state of an article that is stored."""

    @property
    def id(self) -> str:
        return self.pages[0].article_id


class Store:
    """A dataset opened for writing; one process at a time, one thread at a time.

    A ``lock`` that is held already (:func:`pipelines.locking.take_lock`) becomes the store's, and goes with it.

    Raises:
        DatasetBusyError: another process has it open.
        LedgerError: its ledger cannot be read.
        StorageError: the folder cannot be written.
    """

    def __init__(self, data: str | Path | Place, lock: IO[str] | None = None) -> None:
        self.place = place_of(data)
        self._staging = self.place.staging
        self._waiting: list[_Held] = []
        self._unfinished: list[tuple[Batch, list[_Held]]] = []
        """Batches that are prepared, and that something (a full disk) kept from being committed."""
        self._addresses: dict[str, _Held] = {}
        """Whatever waits or is unfinished, by each of its addresses."""
        self._committed: list[Extracted] = []
        self._corrections: list[_Held] = []
        """Later states of stored articles, until the next flush."""
        self._revised: list[Extracted] = []
        self._runs: list[pa.Table] = []
        self._lock = take_lock(self.place) if lock is None else lock
        try:
            if not self.place.owned():
                forget_state(self.place)
                self.place.own()
            self.ledger = Ledger(
                self.place.ledger, lambda: stored_pages(self.place), lambda: stored_signatures(self.place)
            )
            try:
                self._recover()
            except BaseException:
                self.ledger.close()
                raise
        except OSError as error:
            self._lock.close()
            raise StorageError(f"{self.place.label}: cannot be written: {error.strerror or error}") from error
        except BaseException:
            self._lock.close()
            raise

    def _recover(self) -> None:
        """Bring what a crash left behind to an end."""
        swaps.finish(self.place, self.ledger)
        for batch in self.ledger.prepared():
            if all((self._staging / batch.id / name).exists() or self.place.has(name) for name in batch.files):
                self._publish(batch)
            else:
                withdraw(self.place, self.ledger, batch)
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

    @property
    def settled(self) -> bool:
        """True where nothing waits: all that was given is in the tables."""
        return not (self._waiting or self._unfinished or self._corrections or self._runs)

    def __len__(self) -> int:
        """Count the articles that wait for the next flush."""
        return len(self._waiting)

    def add(self, item: Extracted, aliases: Iterable[str] = (), found_as: str | None = None) -> bool:
        """Take an article for the next flush; False where it is stored or waiting already, under whatever address.

        ``aliases`` are further addresses that lead to it. Every address is noted, so that none is fetched again.
        ``found_as`` is the one under which it stands on the frontier: it is taken off once the article is committed.

        Raises:
            RowError: a value of it cannot be stored.
            LedgerError, StorageError: the ledger cannot be read or written.
        """
        pages, found = _pages(item, aliases), [found_as] if found_as is not None else []
        twin = next((self._addresses[page.url] for page in pages if page.url in self._addresses), None)
        if twin is not None:
            self._join(twin, pages)
            twin.found_as += found
            return False
        stored = self.ledger.find(item.article.id, [page.url for page in pages])
        if stored is not None:
            self._note_aliases(stored, pages)
            self._take_off(found)
            return False
        signature = twins.signature_of(item.article.text)
        alike = self._nearly_same(signature)
        if (same := self._under_another_slug(pages, alike)) is not None:
            self._note_aliases(same, pages)
            self._take_off(found)
            return False
        if alike:
            item = replace(item, near_duplicate_of=alike[0][0], similarity=alike[0][1])
        held = _Held(item, tables_of(item), pages, signature, found)
        self._waiting.append(held)
        self._addresses.update((page.url, held) for page in pages)
        return True

    def _held(self) -> Iterator[_Held]:
        """Give whatever waits or is unfinished, the earliest first."""
        for _, some in self._unfinished:
            yield from some
        yield from self._waiting

    def _nearly_same(self, signature: twins.Signature | None) -> list[tuple[str, float]]:
        """Give the articles that are nearly the same, with their similarity, the earliest first."""
        if signature is None:
            return []
        held = [
            (one.id, twins.similarity(signature, one.signature)) for one in self._held() if one.signature is not None
        ]
        return self.ledger.nearly_same(signature) + [one for one in held if one[1] >= twins.THRESHOLD]

    def _under_another_slug(self, pages: Sequence[Page], alike: Iterable[tuple[str, float]]) -> str | None:
        """Give the id of the article that this one is, told by its outlet, a number in its address and its content."""
        numbers = _numbers(page.url for page in pages)
        if not numbers:
            return None
        outlet, digest = pages[0].outlet, pages[0].content_hash
        identical = [article_id for article_id, similarity in alike if similarity >= twins.IDENTICAL]
        for held in self._held():
            known = held.pages[0]
            same = known.outlet == outlet and (known.content_hash == digest or held.id in identical)
            if same and numbers & _numbers(page.url for page in held.pages):
                return held.id
        for article_id in [*self.ledger.with_content(outlet, digest), *identical]:
            if numbers & _numbers(self.ledger.pages_of(article_id, outlet)):
                return article_id
        return None

    def _note_aliases(self, article_id: str, pages: Sequence[Page]) -> None:
        """Note addresses that lead to an article which is stored or waits."""
        twin = next((held for held in self._held() if held.id == article_id), None)
        if twin is not None:
            self._join(twin, pages)
            return
        new = [page for page in pages if not self.ledger.knows(page.url)]
        if new:
            self.ledger.remember_aliases([replace(page, article_id=article_id, is_alias=True) for page in new])

    def _take_off(self, found: list[str]) -> None:
        """Take addresses off the frontier that led to what is stored already."""
        if found:
            self.ledger.write([lambda db: forget_found(db, found)])

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
        for page in pages:
            if page.url not in self._addresses:
                twin.pages.append(replace(page, article_id=twin.id, is_alias=True))
                self._addresses[page.url] = twin

    def revise(self, item: Extracted) -> bool:
        """Take a later state of an article for the next flush, where it takes the place of the earlier one.

        False where the article is not stored under this id: then it is none of ours to revise.

        Raises:
            RowError: a value of it cannot be stored.
            LedgerError, StorageError: the ledger cannot be read or written.
        """
        pages = _pages(item, ())
        if self.ledger.find(item.article.id, ()) is None:
            return False
        self._corrections.append(_Held(item, tables_of(item), pages, None, [], revises=True))
        return True

    def flush(self) -> None:
        """Commit the waiting articles and runs.

        Raises:
            StorageError: they could not be written. They wait on, and the next flush, or the next run, takes them up;
                what was stored before is sound. An ``UnreachableError`` where that may soon be over.
            LedgerError: the ledger cannot be read.
        """
        swaps.finish(self.place, self.ledger)  # one that failed midway would take away what comes in now
        try:
            self._settle()
            if self._waiting or self._runs:
                self._prepare()
                self._settle()
            while self._corrections:
                self._correct(self._corrections[0])
                self._corrections.pop(0)
                self._settle()
        except (OSError, StorageError) as error:
            unfinished = sum(len(held) for _, held in self._unfinished)
            count = len(self._waiting) + len(self._corrections) + unfinished
            what = f"{count} articles" if count else "the report of a crawl"
            reason = (error.strerror or error) if isinstance(error, OSError) else error
            kind = UnreachableError if isinstance(error, UnreachableError) else StorageError
            raise kind(
                f"{self.place.label}: {what} could not be stored: {reason}; what was stored before is sound, "
                "the next crawl takes up the rest"
            ) from error

    def committed(self) -> list[Extracted]:
        """Give, once, the articles that were committed since this was last asked."""
        committed, self._committed = self._committed, []
        return committed

    def revised(self) -> list[Extracted]:
        """Give, once, the later states that were committed since this was last asked."""
        revised, self._revised = self._revised, []
        return revised

    def _correct(self, held: _Held) -> None:
        """Write the parts in which an article's later state takes the place of the earlier one: steps 1 and 2."""
        batch_id = new_batch_id()
        try:
            later = later_parts(self.place, held.id, self.ledger.batch_of(held.id), held.tables, batch_id)
            self._write_staged(batch_id, {name: [rows] for name, rows in later.items()})
            batch = Batch(batch_id, list(later), held.pages)
            self.ledger.prepare(batch, datetime.now(UTC))
        except BaseException:
            shutil.rmtree(self._staging / batch_id, ignore_errors=True)
            raise
        # Like any other it is brought to its end before a later one touches the same part.
        self._unfinished.append((batch, [held]))

    def rewrite(self, parts: Mapping[str, pa.Table], batch_id: str) -> None:
        """Give parts, by name, these rows, in this order and by the protocol of a batch; the ledger's pages stay.

        A part that is new bears the name of the batch (:func:`new_batch_id`).

        Raises:
            StorageError: they could not be written; what is prepared is brought to its end at the next start.
            LedgerError: the ledger cannot be read.
        """
        try:
            self._write_staged(batch_id, {name: [rows] for name, rows in parts.items()})
            batch = Batch(batch_id, list(parts), [])
            self.ledger.prepare(batch, datetime.now(UTC))
            self._publish(batch)
        except OSError as error:
            raise StorageError(f"{self.place.label}: cannot be written: {error.strerror or error}") from error

    def _prepare(self) -> None:
        """Write what waits to the staging area and note it: steps 1 and 2."""
        batch_id = new_batch_id()
        held = self._waiting
        try:
            files, pages = self._stage(held, batch_id), [page for one in held for page in one.pages]
            signed = [(one.id, one.signature.tobytes()) for one in held if one.signature is not None]
            batch = Batch(batch_id, files, pages, signed)
            self.ledger.prepare(batch, datetime.now(UTC))
        except BaseException:
            shutil.rmtree(self._staging / batch_id, ignore_errors=True)
            raise
        self._unfinished.append((batch, held))
        self._waiting, self._runs = [], []

    def swap(self, tables: swaps.Tables, patience: float | None = None) -> bool:
        """Let tables hold other parts, all of them at once (:mod:`pipelines.swaps`); tell whether it was done.

        Each table comes with a folder ``<id>/<table>`` of the staging area that holds its new parts, written and
        synced, as ``month=YYYY-MM/<name>.parquet`` with names that are new to the table (:func:`new_batch_id`), and
        with the names of those of its parts that stay. Whatever else it holds goes. The ledger learns which part holds
        an article. The staged folders are gone afterwards, whether it was done or not.

        ``patience`` is how many seconds a moment is awaited when nobody reads these tables; False where there was none,
        and nothing has changed. None exchanges at once, whoever reads.

        Raises:
            ValueError: no new part for a table, a new part's name is taken, or a part to keep is not there.
            RuntimeError: articles wait: :meth:`flush` before the tables are read for a swap.
            StorageError: it could not be done; nothing has changed, or the next flush or opening brings it to its end.
        """
        if not self.settled:
            raise RuntimeError("a swap with articles waiting: flush before the tables are read")
        swaps.finish(self.place, self.ledger)
        return swaps.swap(self.place, self.ledger, new_batch_id(), tables, patience)

    def _settle(self) -> None:
        """Bring the prepared batches into the tables: steps 3 and 4."""
        while self._unfinished:
            batch, held = self._unfinished[0]
            self._publish(batch, [address for one in held for address in one.found_as])
            self._unfinished.pop(0)
            for one in held:
                (self._revised if one.revises else self._committed).append(one.item)
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
            if not any(name.startswith(f"{table}/") for name in parts) and not self.place.parts(table):
                parts[f"{table}/month={min(months)}/{batch_id}.parquet"].append(empty_table(table))
        self._write_staged(batch_id, parts)
        # Articles come last: one that is in the table has its rounds and mentions there.
        return sorted(parts, key=lambda name: (name.startswith("articles/"), name))

    def _write_staged(self, batch_id: str, parts: Mapping[str, Sequence[pa.Table]]) -> None:
        for name, rows in parts.items():
            write_part(self._staging / batch_id / name, rows)
        for folder in {folder for name in parts for folder in (self._staging / batch_id / name).parents[:4]}:
            sync_folder(folder)

    def _publish(self, batch: Batch, found: Iterable[str] = ()) -> None:
        for name in batch.files:
            staged = self._staging / batch.id / name
            if staged.exists():
                self.place.publish(staged, name)
            elif not self.place.has(name):
                raise lost(staged)
        self.place.sync(batch.files)
        self.ledger.commit(batch, found)
        shutil.rmtree(self._staging / batch.id, ignore_errors=True)

    def close(self) -> None:
        """Commit what waits and let go of the dataset; the lock is released even if that fails."""
        try:
            self.flush()
        finally:
            self.ledger.close()
            self._lock.close()


def new_batch_id() -> str:
    """Give the name of a batch and its parts: the instant, so that they sort, and a random number."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}"


def _pages(item: Extracted, aliases: Iterable[str]) -> list[Page]:
    """Give the article's addresses, its own first."""
    article = item.article
    moment = (utc(article.fetched_at) or datetime.now(UTC)).isoformat()
    own = key_of(article.canonical_url)
    addresses = dict.fromkeys([own, key_of(article.url), *map(key_of, aliases)])
    try:
        id_, digest = article.id, content_hash(article)
        "".join(addresses).encode()
    except UnicodeEncodeError as error:
        raise RowError(f"{article.url!r}: cannot be stored: half a character ({error.reason})") from error
    rounds = len(item.extraction.rounds)
    return [Page(url, id_, article.outlet, digest, rounds, moment, url != own) for url in addresses]


def _numbers(urls: Iterable[str]) -> set[str]:
    return {number for url in urls for number in numbers_in(url)}


def write_part(path: Path, tables: Sequence[Any]) -> None:
    """Write rows in a table's schema to a file of their own, synced to disk."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pq.write_table(pa.concat_tables(tables), file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
