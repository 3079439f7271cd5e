"""A dataset in an object store (S3, Google Cloud Storage, Azure …): its tables there, the writer's state here.

An object is there whole or not at all, so that a part is published by one upload; what was uploaded before a crash is
uploaded once more, the same bytes under the same name. The ledger and the staging area stay in a local folder, and the
object ``_state/owner.json`` says in whose: a second writer with a state of its own would store every article again.

Object stores have no rename and no lock. Two writers that open a new dataset within the same moment may both believe it
theirs, since pyarrow has no conditional write; the later one prevails, and the other is stopped some seconds later.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import socket
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from pipelines.errors import DatasetBusyError, PipelineError, PlaceError, StorageError, UnreachableError
from pipelines.places import STATE, Place
from pipelines.schema import ALL_TABLES

if TYPE_CHECKING:
    import pyarrow.fs as fs
    import pyarrow.parquet as pq

OWNER = f"{STATE}/owner.json"
STATE_VARIABLE = "TOURDETABLE_STATE"
"""Environment variable: the folder with the state of datasets in object stores."""
TAKE_OVER_VARIABLE = "TOURDETABLE_TAKE_OVER"
"""Environment variable: the ``id`` of the owner whose dataset is to be taken over."""
CONNECT_SECONDS = 5
SILENT_SECONDS = 15
"""How long a connection may bring nothing."""
ATTEMPTS = 4
"""Of every request to S3, with pauses that grow to some seconds."""
GCS_SECONDS = 60
"""How long a request to Google Cloud Storage is tried; of itself pyarrow tries for a quarter of an hour."""
OWNER_SECONDS = 10
"""How old the last look at the owner may be when a part is uploaded."""
_S3_OPTIONS = ("region", "scheme", "endpoint_override", "tls_ca_file_path")
_BUCKET = re.compile(r"[\w.-]+(:\d+)?", re.ASCII)
_DENIED = re.compile(
    r"ACCESS_DENIED|INVALID_ACCESS_KEY|SIGNATURE_DOES_NOT_MATCH|TOKEN|PERMISSION_DENIED|Credentials|\b40[13]\b"
)
_NO_BUCKET = re.compile(r"NO_SUCH_BUCKET|bucket does not exist|ContainerNotFound")
_FOR_NOW = re.compile(
    r"NETWORK_CONNECTION|TransportException|INTERNAL_FAILURE|SERVICE_UNAVAILABLE|SLOW_DOWN|THROTTLING|REQUEST_TIMEOUT|UNAVAILABLE"
    r"|HTTP response code: 5\d\d|\b(429|50[0234])\b"
)
_DETAIL = re.compile(r"curlCode: \d+, ([^;]+)")


class Bucket(Place):
    """A dataset under a URL that pyarrow knows (``s3://``, ``gs://``, ``abfs://``), or else fsspec.

    Credentials, region and endpoint come from the usual variables and files (``AWS_ACCESS_KEY_ID``, ``AWS_REGION``,
    ``AWS_ENDPOINT_URL`` …); for S3 ``?region=``, ``scheme=``, ``endpoint_override=`` and ``tls_ca_file_path=`` too.
    ``state`` is the folder in which each dataset's state has a folder of its own: by default that in
    ``TOURDETABLE_STATE``, else the user's (XDG Base Directory Specification).

    Raises:
        PlaceError: the URL names no bucket.
    """

    remote = True

    def __init__(self, url: str, state: str | Path | None = None) -> None:
        parts = urlsplit(url)
        user, _, bucket = parts.netloc.rpartition("@")
        if not _BUCKET.fullmatch(bucket):
            raise PlaceError(f"{parts.scheme}://…: names no bucket; give {parts.scheme}://bucket/prefix")
        self._url = url
        self._owned_at = -math.inf
        self._bucket, self._prefix = bucket, unquote(parts.path).strip("/")
        self._query = dict(parse_qsl(parts.query))
        container = f"{user}@" if user and ":" not in user and parts.scheme.startswith("abfs") else ""
        address = f"{parts.scheme}://{container}{bucket}/{self._prefix}".rstrip("/")
        shown = urlencode({name: self._query[name] for name in _S3_OPTIONS if name in self._query}, safe=":/")
        self.label = f"{address}?{shown}" if shown else address
        self.state = _states(state) / _state_name(address, self._endpoint)

    @property
    def _endpoint(self) -> str | None:
        given = self._query.get("endpoint_override")
        return given or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")

    @cached_property
    def _opened(self) -> tuple[fs.FileSystem, str]:
        """The filesystem, and the dataset's path in it."""
        import pyarrow.fs as fs

        scheme = urlsplit(self._url).scheme
        if scheme in {"s3", "s3a"}:
            return self._s3(), f"{self._bucket}/{self._prefix}".rstrip("/")
        if scheme not in {"abfs", "abfss", "gcs", "gs"}:
            opened, path = self._by_fsspec()
            return opened, path.rstrip("/")
        url = self._url
        if scheme.startswith("g") and "retry_limit_seconds" not in self._query:
            url += f"{'&' if self._query else '?'}retry_limit_seconds={GCS_SECONDS}"
        try:
            with self._told():
                opened, path = fs.FileSystem.from_uri(url)
        except StorageError:
            # What it says may quote the URL, with a password in it.
            raise PlaceError(f"{self.label}: pyarrow does not understand this URL") from None
        return opened, path.rstrip("/")

    def _s3(self) -> fs.FileSystem:
        # Not by from_uri: it knows neither timeouts nor how often to try.
        import pyarrow.fs as fs

        if unknown := sorted(set(self._query) - set(_S3_OPTIONS)):
            raise PlaceError(f"{self.label}: unknown option {unknown[0]}; known are {', '.join(_S3_OPTIONS)}")
        user, _, _ = urlsplit(self._url).netloc.rpartition("@")
        key, _, secret = user.partition(":")
        options: dict[str, Any] = self._query | {"endpoint_override": self._endpoint}
        if not options.get("region") and not self._endpoint and not _region_is_set():
            with self._told():
                options["region"] = fs.resolve_s3_region(self._bucket)
        return fs.S3FileSystem(
            access_key=unquote(key) or None,
            secret_key=unquote(secret) or None,
            allow_delayed_open=True,  # a small part is one PUT
            connect_timeout=CONNECT_SECONDS,
            request_timeout=SILENT_SECONDS,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
            **options,
        )

    def _by_fsspec(self) -> tuple[fs.FileSystem, str]:
        import pyarrow.fs as fs

        scheme = urlsplit(self._url).scheme
        try:
            from fsspec.core import url_to_fs

            opened, path = url_to_fs(self._url)
        except (ImportError, ValueError) as error:
            raise PlaceError(
                f"{scheme}://…: neither pyarrow nor fsspec opens this; give a folder or s3://bucket/prefix, "
                f"or install fsspec with what it needs for {scheme}"
            ) from error
        return fs.PyFileSystem(fs.FSSpecHandler(opened)), path

    def filesystem(self) -> fs.FileSystem:
        """Give the object store's.

        Raises:
            PlaceError: nothing here knows the URL.
        """
        return self._opened[0]

    def path(self, name: str) -> str:
        """Give bucket, prefix and name."""
        return f"{self._opened[1]}/{name}"

    def exists(self) -> bool:
        """Tell whether any table is there, or an owner.

        Raises:
            StorageError: there is no such bucket, or it cannot be read.
        """
        import pyarrow.fs as fs

        store, base = self._opened
        with self._told():
            found = store.get_file_info(fs.FileSelector(base, allow_not_found=True))
            if any(info.base_name in {STATE, *ALL_TABLES} for info in found):
                return True
            if not found and store.get_file_info(base.lstrip("/").split("/")[0]).type == fs.FileType.NotFound:
                raise OSError("NO_SUCH_BUCKET")  # listed like an empty one
        return False

    def parts(self, table: str, month: str | None = None, batch: str | None = None) -> list[str]:
        """Give the names of a table's parts, sorted."""
        import pyarrow.fs as fs

        folder = f"{table}/month={month}" if month else table
        ending = f"/{batch}.parquet" if batch else ".parquet"
        with self._told():
            selector = fs.FileSelector(self.path(folder), recursive=True, allow_not_found=True)
            found = [info.path for info in self.filesystem().get_file_info(selector) if info.is_file]
        names = [path.removeprefix(self.path("")) for path in found if path.endswith(ending)]
        return sorted(name for name in names if name.startswith(f"{table}/month=") and name.count("/") == 2)

    def has(self, name: str) -> bool:
        """Tell whether a part is there."""
        with self._told():
            return bool(self.filesystem().get_file_info(self.path(name)).is_file)

    def open_part(self, name: str) -> pq.ParquetFile:
        """Open one part to read it by row groups."""
        import pyarrow as pa

        with self._told():
            try:
                return super().open_part(name)
            except pa.ArrowInvalid as error:
                broken = error
        raise broken  # of the part, not of the store

    def publish(self, staged: Path, name: str) -> None:
        """Upload a staged file, which goes once it is there.

        Raises:
            DatasetBusyError: somebody has taken the dataset over.
            StorageError: it could not be uploaded.
        """
        self._upload(staged, name)
        staged.unlink()

    def remove(self, name: str) -> None:
        """Delete a part."""
        with self._told():
            try:
                self.filesystem().delete_file(self.path(name))
            except FileNotFoundError:
                return

    def exchange(self, table: str, staged: Path, keep: Collection[str]) -> None:
        """Upload the staged parts, then delete what is neither new nor kept; ``staged`` stays as it is.

        In between, readers see rows twice, never none; one who has listed the old parts fails to open them.

        Raises:
            DatasetBusyError: somebody has taken the dataset over.
            StorageError: it was not brought to its end; calling again does that.
        """
        new = {f"{table}/{part.relative_to(staged).as_posix()}": part for part in staged.glob("month=*/*.parquet")}
        for name, part in new.items():
            self._upload(part, name)
        for name in self.parts(table):
            if name not in new and name not in keep:
                self.remove(name)

    def sync(self, names: Iterable[str]) -> None:
        """Do nothing: what an object store acknowledges it keeps."""

    def owned(self) -> bool:
        """Tell whether the state here is the dataset's; if not, :meth:`own` makes it that.

        Raises:
            DatasetBusyError: it is another's, and nobody said that it is to be taken over.
            StorageError: it cannot be read.
        """
        # Asked for before it is opened: without credentials, Azure's driver ends the process at an opening.
        owner = self._owner() if self.has(OWNER) else None
        if owner is None:
            return False
        if owner["id"] == self._own_id():
            return True
        if owner["id"] != os.environ.get(TAKE_OVER_VARIABLE):
            raise self._busy(owner)
        return False

    def own(self) -> None:
        """Note on both sides that the state here is the dataset's.

        Raises:
            DatasetBusyError: somebody else did so in the same moment.
            StorageError: it cannot be written.
        """
        since = datetime.now(UTC).isoformat(timespec="seconds")
        told = {"id": uuid.uuid4().hex, "host": socket.gethostname(), "state": str(self.state.absolute())}
        note = json.dumps(told | {"since": since}, indent=1).encode()
        # First here: a crash in between leaves a dataset without owner, or one whose former owner is to be named again.
        with (self.state / "owner.json").open("wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        with self._told():
            self._put(OWNER, note)
        self._check_owner()

    def _check_owner(self) -> None:
        owner = self._owner()
        if owner is None:
            raise DatasetBusyError(f"{self.label}: {OWNER} has gone since this began; run again to make it anew")
        if owner["id"] != self._own_id():
            raise self._busy(owner)
        self._owned_at = time.monotonic()

    def _busy(self, owner: dict[str, str]) -> DatasetBusyError:
        return DatasetBusyError(
            f"{self.label}: belongs to {owner.get('host')}, which keeps its state in {owner.get('state')} since "
            f"{owner.get('since')}; if nothing runs there any more, take it over: run again with "
            f"{TAKE_OVER_VARIABLE}={owner['id']}"
        )

    def _owner(self) -> dict[str, str] | None:
        try:
            with self._told(), self.filesystem().open_input_stream(self.path(OWNER)) as file:
                told = json.loads(file.read())
                return {"id": str(told["id"])} | {name: str(value) for name, value in told.items()}
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StorageError(f"{self.label}: {OWNER} is damaged; delete it if nobody writes there") from error

    def _own_id(self) -> str | None:
        try:
            return str(json.loads((self.state / "owner.json").read_bytes())["id"])
        except (OSError, ValueError, KeyError, TypeError):
            return None  # none of ours, or cut off by a power cut

    def _upload(self, staged: Path, name: str) -> None:
        import pyarrow as pa

        if time.monotonic() - self._owned_at > OWNER_SECONDS:
            self._check_owner()
        with self._told(), pa.memory_map(str(staged)) as source:
            self._put(name, source.read_buffer())

    def _put(self, name: str, content: Any) -> None:
        with self.filesystem().open_output_stream(self.path(name)) as sink:
            sink.write(content)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the object store answers into one line; only that a file is missing is let through."""
        import pyarrow as pa

        try:
            yield
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowException) as error:
            raise self._error_of(error) from error

    def _error_of(self, error: Exception) -> PipelineError:
        reason = str(error).partition("\n")[0]
        if _NO_BUCKET.search(reason):
            return StorageError(f"{self.label}: there is no such bucket; create it, or see to address and endpoint")
        if _DENIED.search(reason):
            return StorageError(
                f"{self.label}: access denied; see to the credentials (for S3 AWS_ACCESS_KEY_ID … or a profile) and to "
                "the rights to list, read, write and delete there"
            )
        if _FOR_NOW.search(reason):
            detail = _DETAIL.search(reason)
            why = f" ({detail[1].strip()})" if detail else ""
            return UnreachableError(
                f"{self.label}: cannot be reached{why}; see to the network and the endpoint, then run again"
            )
        return StorageError(f"{self.label}: {reason.split(' (Request ID')[0]}")


def _states(given: str | Path | None) -> Path:
    if told := given or os.environ.get(STATE_VARIABLE):
        return Path(told)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "tourdetable"


def _state_name(address: str, endpoint: str | None) -> str:
    """Give a name for a dataset that can be read, and that no other has."""
    readable = re.sub(r"\W+", "-", address.partition("://")[2], flags=re.ASCII).strip("-")
    digest = hashlib.sha256(f"{address} {endpoint}".encode()).hexdigest()
    return f"{readable[:60]}-{digest[:10]}"


def _region_is_set() -> bool:
    return any(os.environ.get(name) for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"))
