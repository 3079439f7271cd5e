"""Two folders change places at one stroke: whoever looks finds the one or the other, never neither.

Linux has ``renameat2`` with ``RENAME_EXCHANGE`` for it, macOS ``renamex_np`` with ``RENAME_SWAP``. Other systems, and
file systems that refuse, get renames one after the other: for some microseconds there is no folder at the second place.
"""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What a system or file system answers that has no such exchange."""


def exchange_folders(staged: Path, target: Path) -> None:
    """Let two folders of one file system change places; where there is only one, it is moved to the other's.

    A kill between the renames of a system without an exchange leaves ``staged`` whole and no ``target``: calling again
    brings it to its end.

    Raises:
        OSError: refused; both are where they were.
    """
    if not target.exists():
        staged.replace(target)
    elif not staged.exists():
        target.replace(staged)
    elif not _at_one_stroke(os.fsencode(staged), os.fsencode(target)):
        _one_after_the_other(staged, target)


def _at_one_stroke(a: bytes, b: bytes) -> bool:
    """Exchange two folders; False where that cannot be had here."""
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "renameat2"):
        failed = libc.renameat2(_AT_FDCWD, a, _AT_FDCWD, b, _RENAME_EXCHANGE)
    elif hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(a, b, _RENAME_SWAP)
    else:
        return False
    code = ctypes.get_errno()
    if failed and code not in _CANNOT:
        raise OSError(code, os.strerror(code), os.fsdecode(b))
    return not failed


def _one_after_the_other(staged: Path, target: Path) -> None:
    aside = staged.with_name(f"{staged.name}.aside")
    try:
        target.replace(aside)
        staged.replace(target)
    except BaseException:
        if aside.exists() and not target.exists():
            aside.replace(target)
        raise
    aside.replace(staged)
