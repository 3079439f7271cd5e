"""The user's own file of aliases: what articles do not say, or what was joined and should not be.

A CSV file (RFC 4180) in UTF-8 with a header line and the columns ``name``, ``alias`` and, if wanted, ``relation``::

    name,alias,relation
    Andreessen Horowitz,a16z
    Swile,Lunchr,former
    Alma,Alma Learning,different

``relation`` is ``same`` (also where it is empty: both name one company, by its best name ``name``), ``former``
(``alias`` is what ``name`` was called before) or ``different`` (never join these two, whatever articles, the gazetteer
and other lines say). Case, accents and legal forms do not matter: *Alma* stands for *ALMA SAS* too. Only where both
names of a ``different`` line differ in nothing but a legal form or an article, as *Rothschild* and *Rothschild & Co*,
the alias is taken as it is written. Empty lines and lines that begin with ``#`` are passed over.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extract.names.keys import fold, name_key
from pipelines.errors import AliasError, one_line

if TYPE_CHECKING:
    from pipelines.places import Place

FILE = "aliases.csv"
"""Name of the file that is read from the dataset's folder where no other is given."""
VARIABLE = "TOURDETABLE_ALIASES"
"""Environment variable that names another file."""
RELATIONS = ("same", "former", "different")
_COLUMNS = ("name", "alias", "relation")


@dataclass(frozen=True, slots=True)
class Alias:
    """One line of the file; ``source`` is the file and the line's number, for messages and for tracing."""

    name: str
    alias: str
    relation: str = "same"
    source: str = ""


def letters(name: str) -> str:
    """Give the letters and digits of a name, legal form and article among them, without case and accents.

    >>> letters("Rothschild & Co")
    'rothschildco'
    """
    return "".join(sign for sign in fold(name) if sign.isalnum())


def aliases_for(place: Place, given: Path | None = None) -> list[Alias]:
    """Read the file ``given``, else the one that the environment names, else the one in the dataset's folder, if any.

    Raises:
        AliasError: the file given or named is not there, cannot be read, or a line of it makes no sense.
    """
    if given is None and os.environ.get(VARIABLE):
        given = Path(os.environ[VARIABLE])
    if given is not None:
        return read_aliases(given)
    path = place.path(FILE)
    try:
        with place.filesystem().open_input_stream(path) as stream:
            content = stream.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AliasError(f"{path}: {one_line(error)}; make it a file that can be read") from error
    return _parsed(content, path)


def read_aliases(file: Path) -> list[Alias]:
    """Read a file of aliases.

    Raises:
        AliasError: it cannot be read, or a line of it makes no sense.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise AliasError(f"{file}: {error.strerror}; give a CSV file with the columns name,alias,relation") from error
    return _parsed(content, str(file))


def _parsed(content: bytes, label: str) -> list[Alias]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise AliasError(f"{label}, line {line}: not UTF-8; save the file in that encoding") from error
    rows = _rows(text, label)
    number, header = next(rows, (1, []))
    columns = tuple(cell.casefold() for cell in header)
    if columns not in (_COLUMNS[:2], _COLUMNS):
        raise AliasError(f"{label}, line {number}: expected the header name,alias,relation, got {','.join(header)!r}")
    return [_alias(cells, f"{label}, line {number}") for number, cells in rows]


def _rows(text: str, label: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            bare = [" ".join(cell.split()) for cell in cells]
            if any(bare) and not bare[0].startswith("#"):
                yield reader.line_num, bare
    except csv.Error as error:
        raise AliasError(
            f"{label}, line {reader.line_num}: {error}; put names with a comma or a quote in quotes"
        ) from None


def _alias(cells: list[str], where: str) -> Alias:
    if len(cells) not in (2, 3):
        raise AliasError(
            f"{where}: expected name,alias,relation, got {len(cells)} fields; put names with commas in quotes"
        )
    name, alias, relation = cells[0], cells[1], (cells[2].casefold() if len(cells) == 3 else "") or "same"
    for text in (name, alias):
        if not name_key(text):
            raise AliasError(f"{where}: {text!r} is no name; give letters or digits")
    if relation not in RELATIONS:
        raise AliasError(f"{where}: unknown relation {cells[2]!r}; give same, former or different")
    if (
        relation == "different"
        and name_key(name) == name_key(alias)
        and letters(alias) in (name_key(alias), letters(name))
    ):
        raise AliasError(
            f"{where}: {name!r} and {alias!r} cannot be told apart: case, accents and signs do not count; "
            "write the one with more letters as the alias, or take the line out"
        )
    return Alias(name, alias, relation, where)
