"""The lock of a dataset: one process writes at a time; it is the kernel's, so it goes with its process."""

from __future__ import annotations

import fcntl
import os
from typing import IO

from pipelines.errors import DatasetBusyError, StorageError
from pipelines.places import Place


def take_lock(place: Place) -> IO[str]:
    """Take the lock; closing what is given lets go of it.

    Raises:
        DatasetBusyError: another process holds it.
        StorageError: the folder cannot be written.
    """
    try:
        place.staging.mkdir(parents=True, exist_ok=True)
        lock = (place.state / "lock").open("a+")
    except OSError as error:
        raise StorageError(f"{place.label}: cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        by = f" (process {holder})" if holder else ""
        raise DatasetBusyError(
            f"{place.label}: another crawl holds this dataset{by}; try again when it has ended"
        ) from None
    except OSError as error:
        lock.close()
        raise StorageError(f"{place.label}: cannot be written: {error.strerror}") from error
    return lock


def is_locked(place: Place) -> bool:
    """Tell whether a process holds the lock.

    It is asked by taking the lock, shared, for an instant: there is no other question that a network drive answers too.
    """
    try:
        with (place.state / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
