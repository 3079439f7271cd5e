"""What people type, checked before anything is done: times, addresses, outlets, places."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tourdetable.exits import CommandError, Exit

if TYPE_CHECKING:
    from crawler.outlets import Outlet
    from pipelines.places import Place

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def parse_since(text: str, now: datetime | None = None, *, option: str = "--since") -> datetime:
    """Read ``7d``, ``12h``, ``2w`` (before now) or an ISO day or instant (UTC if it has no zone).

    Raises:
        CommandError: neither of them.

    >>> parse_since("2026-10-01").isoformat()
    '2026-10-01T00:00:00+00:00'
    """
    try:
        if text[-1:] in _UNITS and text[:-1].isdecimal():
            return (now or datetime.now(UTC)) - int(text[:-1]) * _UNITS[text[-1]]
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise CommandError(f"{option} {text}: give 7d, 12h, 2w or a day such as 2026-10-01", Exit.USAGE) from None


def bound(text: str | None, option: str = "--since") -> str | datetime | None:
    """Read a bound as :func:`parse_since` does, but leave an ISO day or instant to whom it is for: a day has an end.

    >>> bound("2026-10-01")
    '2026-10-01'
    """
    relative = text is not None and text[-1:] in _UNITS and text[:-1].isdecimal()
    return parse_since(text, option=option) if text is not None and relative else text


def contact(text: str) -> str:
    """Read how to reach who crawls: one line of ASCII that fits into a header.

    Raises:
        CommandError: it does not.

    >>> contact("https://exemple.fr/robot")
    'https://exemple.fr/robot'
    """
    bare = " ".join(text.split())
    if not bare or len(bare) > 200 or not bare.isascii() or not bare.isprintable() or set(bare) & set("()"):
        raise CommandError(
            f"--contact {text!r}: give a mail address or a page, in plain letters without brackets", Exit.USAGE
        )
    return bare


def web_address(text: str) -> str:
    """Give an absolute http(s) address, its spaces encoded.

    Raises:
        CommandError: it is none.

    >>> web_address("https://www.exemple.fr/a b")
    'https://www.exemple.fr/a%20b'
    """
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        sound = sound and not any(sign.isspace() for sign in parts.netloc)
    except ValueError:  # a port out of range, brackets that do not close
        sound = False
    if not sound:
        raise CommandError(f"{text}: not an http(s) address", Exit.USAGE)
    return "%20".join(text.split())


def chosen_outlets(names: Iterable[str]) -> list[Outlet]:
    """Give the outlets of these names and addresses, each once; all that are known if there is no name.

    Raises:
        CommandError: a name is unknown or an address is none.
    """
    from crawler.outlets import UnknownOutletError, find_outlet, load_outlets

    chosen = []
    for name in dict.fromkeys(names):
        try:
            chosen.append(find_outlet(web_address(name) if "://" in name else name))
        except UnknownOutletError as error:
            raise CommandError(str(error), Exit.USAGE) from error
    return chosen or list(load_outlets().values())


def chosen_tables(names: Iterable[str]) -> list[str]:
    """Give the tables of these names, each once; all if there is no name.

    Raises:
        CommandError: a table is unknown.
    """
    from pipelines.schema import ALL_TABLES

    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in ALL_TABLES:
            raise CommandError(f"{name}: no such table; there are {', '.join(ALL_TABLES)}", Exit.USAGE)
    return chosen or list(ALL_TABLES)


def dataset_place(data: str, state: Path | None = None) -> Place:
    """Give the place of a dataset, a folder or a URL; the dataset need not be there yet.

    Raises:
        CommandError: there is something else in the folder's place, or nothing here knows such a URL.
        StorageError: the object store must be asked for its region, and does not answer.

    >>> dataset_place("data").label
    'data'
    """
    from pipelines.errors import PlaceError
    from pipelines.places import Folder, place_of

    try:
        place = place_of(data, state)
        if place.remote:
            place.filesystem()
    except PlaceError as error:
        raise CommandError(f"--data {error}", Exit.USAGE) from None
    if state is not None and not place.remote:
        raise CommandError("--state: a folder keeps its state inside; give it with an object store's URL", Exit.USAGE)
    if isinstance(place, Folder) and place.root.exists() and not place.root.is_dir():
        raise CommandError(f"--data {data}: not a folder; give the dataset's folder, or a URL", Exit.USAGE)
    return place


def writable_file(option: str, path: Path) -> None:
    """Check that a file can be written, or written anew, at this place.

    Raises:
        CommandError: it cannot: there is something else, or its folder is missing or closed to us.
    """
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise CommandError(f"{option} {path}: not a file; give a file's name", Exit.USAGE)
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        raise CommandError(f"{option} {path}: {path.parent} is no folder that can be written", Exit.USAGE)


def log_level(text: str) -> str:
    """Give the name of a log level in capitals.

    Raises:
        CommandError: it is none.
    """
    if text.upper() not in LOG_LEVELS:
        raise CommandError(f"--log-level {text}: give one of {', '.join(LOG_LEVELS)}", Exit.USAGE)
    return text.upper()
