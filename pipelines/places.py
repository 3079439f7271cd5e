"""Where a dataset is: its tables in a folder, and beside them the state that only the writer needs.

Everything that reads or writes parts goes through a :class:`Place`, by names relative to the dataset such as
``rounds/month=2026-10/20261001T100000-5be1c97dc25f.parquet``.
"""

from __future__ import annotations

import errno
import os
import shlex
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from pipelines.errors import DatasetNotFoundError
from pipelines.exchanging import exchange_folders
from pipelines.schema import ALL_TABLES, partition_schema, schema_of

if TYPE_CHECKING:
    import pyarrow.dataset as ds
    import pyarrow.fs as fs
    import pyarrow.parquet as pq
    from scrapy.settings import BaseSettings

STATE = "_state"
"""Folder of the ledger, the lock and the staging area, beside the tables."""
_TRIES, _PAUSE = 5, 0.1
"""How often a table is listed and read where parts vanish, and seconds between."""
T = TypeVar("T")
_NO_LINKS = {errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV}


class Place(ABC):
    """A dataset's place. ``label`` is how messages name it, ``state`` the local folder of the writer's state."""

    label: str
    state: Path
    remote = False
    """True where the state is elsewhere than the tables, so that it may be missing or be of another time."""

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.state / "ledger.sqlite"

    @property
    def staging(self) -> Path:
        """Where parts are written before they are published."""
        return self.state / "staging"

    @abstractmethod
    def filesystem(self) -> fs.FileSystem:
        """Give what pyarrow reads the tables with."""

    @abstractmethod
    def path(self, name: str) -> str:
        """Give a part's or table's path in that filesystem."""

    @abstractmethod
    def exists(self) -> bool:
        """Tell whether a dataset is there at all."""

    def require(self) -> None:
        """Make sure that a dataset is there.

        Raises:
            DatasetNotFoundError: none is.
        """
        if not self.exists():
            told = shlex.quote(self.label)
            raise DatasetNotFoundError(f"{self.label}: no dataset there; `tourdetable crawl --data {told}` makes one")

    @abstractmethod
    def parts(self, table: str, month: str | None = None, batch: str | None = None) -> list[str]:
        """Give the names of a table's parts, sorted: of one ``month`` (YYYY-MM) or one ``batch`` if asked for."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Tell whether a part is there."""

    @abstractmethod
    def publish(self, staged: Path, name: str) -> None:
        """Make a staged file the part of this name, at one stroke; one of the same name gives way to it."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Take a part away; none is no error."""

    @abstractmethod
    def sync(self, names: Iterable[str]) -> None:
        """Make what was published or removed survive a power cut."""

    @abstractmethod
    def exchange(self, table: str, staged: Path, keep: Collection[str]) -> None:
        """Make a table hold exactly the parts in ``staged`` and those of its own that are named in ``keep``.

        ``staged`` is a folder of the staging area with new parts, ``month=YYYY-MM/<name>.parquet``, none of which has
        the name of one that goes: a reader caught in between misses a part and says so, it never sees wrong rows.
        Where a crash came between, it is called again as long as the new parts are in ``staged``. :meth:`sync` makes it
        last. Not for use alone: :meth:`pipelines.store.Store.swap` keeps the ledger in step.

        A folder is exchanged at one stroke, and ``staged`` is then what the table was; a second call with nothing to
        keep takes it back. A place that cannot do so puts the new parts in and takes the old ones away, one by one.

        Raises:
            OSError: refused; in a folder nothing has changed.
        """

    def make_ready(self, staged: Path, keep: Collection[str]) -> None:  # noqa: B027 - a place may have nothing to do
        """Do whatever of an exchange can be done beforehand."""

    def watched(self, table: str) -> list[Path]:
        """Give the folders of this machine in which a table's readers can be seen; none where they cannot."""
        return []

    def owned(self) -> bool:
        """Tell whether the state is that of the dataset as it is now: beside the tables it always is."""
        return True

    def own(self) -> None:  # noqa: B027 - where they are together there is nothing to note
        """Note that the state is the dataset's from now on."""

    def open_part(self, name: str) -> pq.ParquetFile:
        """Open one part to read it by row groups."""
        import pyarrow.parquet as pq

        return pq.ParquetFile(self.path(name), filesystem=self.filesystem())

    def dataset(self, table: str, parts: Collection[str] | None = None) -> ds.Dataset:
        """Give a table, or the named parts of it, as an Arrow dataset in today's schema with the column ``month``.

        What an older part lacks is null.
        """
        import pyarrow.dataset as ds

        schema = schema_of(table)
        for field in partition_schema():
            schema = schema.append(field)
        names = self.parts(table) if parts is None else parts
        return ds.dataset(
            [self.path(name) for name in names],
            schema=schema,
            format="parquet",
            filesystem=self.filesystem(),
            partitioning=ds.partitioning(partition_schema(), flavor="hive"),
        )


class Folder(Place):
    """A dataset in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.label = str(root)
        self.state = root / STATE

    def filesystem(self) -> fs.FileSystem:
        """Give the machine's own."""
        import pyarrow.fs as fs

        return fs.LocalFileSystem()

    def path(self, name: str) -> str:
        """Give its path."""
        return str(self.root / name)

    def exists(self) -> bool:
        """Tell whether any table is there, or the state of a writer."""
        return any((self.root / name).is_dir() for name in (STATE, *ALL_TABLES))

    def parts(self, table: str, month: str | None = None, batch: str | None = None) -> list[str]:
        """Give the names of a table's parts, sorted."""
        found = (self.root / table).glob(f"month={month or '*'}/{batch or '*'}.parquet")
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def has(self, name: str) -> bool:
        """Tell whether a part is there."""
        return (self.root / name).exists()

    def publish(self, staged: Path, name: str) -> None:
        """Rename a staged file into its place."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(target)

    def remove(self, name: str) -> None:
        """Delete a part."""
        (self.root / name).unlink(missing_ok=True)

    def make_ready(self, staged: Path, keep: Collection[str]) -> None:
        """Link into the staged folder the parts that stay, and whatever else somebody has put there; sync it."""
        parts = set(self.parts(staged.name))
        found = (path for path in (self.root / staged.name).rglob("*") if path.is_file())
        names = [path.relative_to(self.root).as_posix() for path in found]
        self._link(staged, [*keep, *(name for name in names if name not in parts)])
        for folder in [*staged.iterdir(), staged, staged.parent]:
            sync_folder(folder)

    def exchange(self, table: str, staged: Path, keep: Collection[str]) -> None:
        """Exchange the table's folder with the staged one."""
        self._link(staged, keep)
        exchange_folders(staged, (self.root / table).resolve())

    def _link(self, staged: Path, keep: Collection[str]) -> None:
        for name in keep:
            _link(self.root / name, staged / name.partition("/")[2])

    def watched(self, table: str) -> list[Path]:
        """Give its folder and those of its months."""
        folder = self.root / table
        return [folder, *folder.glob("month=*/")] if folder.is_dir() else []

    def sync(self, names: Iterable[str]) -> None:
        """Sync the folders of these parts."""
        for folder in {folder for name in names for folder in (self.root / name).parents[:2]} | {self.root}:
            if folder.exists():
                sync_folder(folder)


def place_of(data: str | Path | Place, state: str | Path | None = None) -> Place:
    """Give the place that ``--data`` means: a folder, or a URL such as ``s3://bucket/prefix``.

    ``state`` says where the state of datasets in object stores is kept (:class:`pipelines.buckets.Bucket`).

    Raises:
        PlaceError: the URL names no bucket.

    >>> place_of("data").path("rounds")
    'data/rounds'
    >>> place_of("s3://press/rounds?region=eu-west-3").label
    's3://press/rounds?region=eu-west-3'
    """
    if isinstance(data, Place):
        return data
    if isinstance(data, str) and "://" in data:
        if data.startswith("file://"):
            return Folder(Path(unquote(urlsplit(data).path)))
        from pipelines.buckets import Bucket

        return Bucket(data, state)
    return Folder(Path(data))


def place_in(settings: BaseSettings) -> Place:
    """Give the place that a crawl's settings ``TOURDETABLE_DATA`` and ``TOURDETABLE_STATE`` mean.

    Raises:
        PlaceError: as :func:`place_of`.
    """
    return place_of(settings["TOURDETABLE_DATA"], settings["TOURDETABLE_STATE"])


def undisturbed(read: Callable[[], T]) -> T:
    """Give what ``read`` gives, which lists parts and opens them: once more where one was replaced meanwhile.

    Raises:
        FileNotFoundError: a part is missing each time.
    """
    for _ in range(_TRIES - 1):
        with suppress(FileNotFoundError):
            return read()
        sleep(_PAUSE)
    return read()


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(part: Path, link: Path) -> None:
    """Let a file have a second name, or a copy where the file system has no links; a file that is gone stays gone."""
    if link.exists() or not part.exists():
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.hardlink_to(part)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        half = link.parents[2] / "copy"
        shutil.copyfile(part, half)
        with half.open("rb") as file:
            os.fsync(file.fileno())
        half.replace(link)


def lost(staged: Path) -> FileNotFoundError:
    """Give the error of a staged part that somebody has removed."""
    return FileNotFoundError(errno.ENOENT, f"{staged} has been removed")
