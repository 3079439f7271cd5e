"""Numbers of raisers in the French company register, asked of the open service « Recherche d’entreprises ».

The service (https://recherche-entreprises.api.gouv.fr/docs/) needs no key and lets everybody ask seven times a second;
we ask once a second at most. What it answers is kept beside the ledger, so that no name is asked for twice in a year.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from crawler.settings import USER_AGENT, USER_AGENT_OF
from pipelines.errors import RegisterError, one_line

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.entities.resolver import Resolver

SERVICE = "https://recherche-entreprises.api.gouv.fr"
FILE = "register.sqlite"
"""The answers, in the folder of the dataset's state."""
KEPT = timedelta(days=365)
"""How long a number is good for: a company keeps it all its life, but its name may pass to another."""
MISSED = timedelta(days=30)
"""How long a name that was not found is not asked for again: a young company may come into the register."""
PAUSE = 1.0
"""Seconds between two requests."""
TRIES = 4
LONGEST = 300.0
"""Seconds: a service that wants more of a pause is asked another day."""
_TIMEOUT = 15.0
_ROWS = 25
"""Companies in an answer: the most that the service gives at once."""
_SHORTEST = 3
"""Letters: the service refuses shorter names."""
_COMPANY = "5"
"""First digit of the legal category (Insee, *catégories juridiques*) of commercial companies and cooperatives."""
_HOME = frozenset({"EUR", "USD"})
"""Currencies in which the press gives a French company's rounds."""
_ANSWERS = "CREATE TABLE IF NOT EXISTS answers (name TEXT PRIMARY KEY, day TEXT NOT NULL, siren TEXT, siren_name TEXT)"


@dataclass(frozen=True, slots=True)
class Registered:
    """A company in the register; ``siren`` is its number of nine digits."""

    siren: str
    name: str


class Register:
    """The register with the answers that it gave before.

    ``contact`` is how the service may reach us, as a crawl's; ``service`` is its address, ``state`` the folder that
    keeps its answers; ``pause`` is in seconds.
    """

    def __init__(
        self,
        state: Path,
        *,
        contact: str | None = None,
        service: str = SERVICE,
        pause: float = PAUSE,
        timeout: float = _TIMEOUT,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        import urllib3

        self._service = service.rstrip("/")
        self._pause, self._timeout, self._today = pause, timeout, today
        self._next = 0.0
        agent = USER_AGENT if contact is None else USER_AGENT_OF.format(contact)
        self._http = urllib3.PoolManager(headers={"User-Agent": agent, "Accept": "application/json"}, retries=False)
        self._file = state / FILE
        self._answers = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.close()
        self._http.clear()

    def _opened(self) -> sqlite3.Connection:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._file, timeout=10, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        try:
            connection.execute(_ANSWERS)
        except sqlite3.Error as error:
            connection.close()
            raise self._unusable(error) from error
        return connection

    def _unusable(self, error: OSError | sqlite3.Error) -> RegisterError:
        return RegisterError(f"{self._file}: {error}; make room for it, or remove it to ask the register anew")

    def find(self, name: str, key: str, key_of: Callable[[str], str], *, ask: bool = True) -> Registered | None:
        """Give the one active company of the register whose name has this key; None where there is none, or several.

        Without ``ask`` only what the register answered before counts.

        Raises:
            RegisterError: the service does not answer, or what it answers makes no sense.
        """
        if sum(sign.isalnum() for sign in name) < _SHORTEST:
            return None
        try:
            known, found = self._remembered(name)
            if ask and not known:
                found = matching(self._asked(name), key, key_of)
                self._remember(name, found)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return found

    def _remembered(self, name: str) -> tuple[bool, Registered | None]:
        row = self._answers.execute("SELECT day, siren, siren_name FROM answers WHERE name = ?", [name]).fetchone()
        if row is None:
            return False, None
        day, siren, siren_name = row
        if self._today() - date.fromisoformat(day) > (KEPT if siren else MISSED):
            return False, None
        return True, Registered(siren, siren_name) if siren else None

    def _remember(self, name: str, found: Registered | None) -> None:
        row = [name, self._today().isoformat(), found and found.siren, found and found.name]
        self._answers.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)

    def _asked(self, name: str) -> list[dict[str, Any]]:
        """Ask for a name until there is an answer, longer and longer apart."""
        trouble = ""
        for attempt in range(TRIES):
            self._wait()
            try:
                status, headers, body = self._request(name)
            except OSError as error:
                trouble, asked_pause = one_line(error), None
            else:
                if status == 400:  # a name that it cannot look for
                    return []
                if status == 200 and (results := _results(body)) is not None:
                    return results
                trouble = f"HTTP {status}" if status != 200 else "an answer that is none of its kind"
                asked_pause = pause_asked(headers.get("Retry-After"))
                if status != 200 and status != 429 and status < 500:
                    break
            if asked_pause is not None and asked_pause > LONGEST:
                trouble += f" and wants a pause of {asked_pause:.0f} s"
                break
            backoff = self._pause * 2**attempt
            self._next = time.monotonic() + (max(asked_pause, self._pause) if asked_pause is not None else backoff)
        raise RegisterError(
            f"{self._service}: gives no answer for {name!r} ({trouble}); earlier answers are kept, try again later"
        )

    def _wait(self) -> None:
        left = self._next - time.monotonic()
        if left > 0:
            time.sleep(left)

    def _request(self, name: str) -> tuple[int, Any, bytes]:
        import urllib3

        fields = {"q": name, "etat_administratif": "A", "page": "1", "per_page": str(_ROWS)}
        try:
            answer = self._http.request(
                "GET", f"{self._service}/search", fields=fields, timeout=self._timeout, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise OSError(f"{type(error).__name__}: {error}") from error
        finally:
            self._next = time.monotonic() + self._pause
        return answer.status, answer.headers, answer.data


def _results(body: bytes) -> list[dict[str, Any]] | None:
    """Give the companies of an answer, None where it is none of the service's."""
    try:
        results = json.loads(body)["results"]
    except (ValueError, LookupError, TypeError):
        return None
    return results if isinstance(results, list) and all(isinstance(one, dict) for one in results) else None


def matching(results: list[dict[str, Any]], key: str, key_of: Callable[[str], str]) -> Registered | None:
    """Give the one active commercial company among these that bears a name of this key.

    >>> answer = {
    ...     "siren": "794598813",
    ...     "nom_complet": "DOCTOLIB",
    ...     "etat_administratif": "A",
    ...     "nature_juridique": "5710",
    ... }
    >>> matching([answer], "doctolib", str.casefold)
    Registered(siren='794598813', name='DOCTOLIB')
    """
    found = {}
    for one in results:
        names = list(_names(one))
        sound = re.fullmatch(r"[0-9]{9}", str(one.get("siren"))) and one.get("etat_administratif") == "A"
        commercial = str(one.get("nature_juridique") or _COMPANY).startswith(_COMPANY)
        if sound and commercial and any(key_of(name) == key for name in names):
            found[one["siren"]] = Registered(one["siren"], names[0])
    return next(iter(found.values())) if len(found) == 1 else None


def _names(one: dict[str, Any]) -> Iterator[str]:
    """Give a company's names: its own, what stands before the brackets of the full one, acronym and trade names."""
    seat = one.get("siege") if isinstance(one.get("siege"), dict) else {}
    full = one.get("nom_complet")
    trade = (seat or {}).get("liste_enseignes") or []
    candidates = [
        one.get("nom_raison_sociale"),
        full.partition("(")[0] if isinstance(full, str) else None,
        one.get("sigle"),
        (seat or {}).get("nom_commercial"),
        *(trade if isinstance(trade, list) else [trade]),
    ]
    yield from (" ".join(name.split()) for name in candidates if isinstance(name, str) and name.strip())


def pause_asked(header: str | None, now: datetime | None = None) -> float | None:
    """Give the seconds that ``Retry-After`` asks for (RFC 9110 §10.2.3), None where it asks for nothing readable.

    >>> pause_asked("120"), pause_asked("soon")
    (120.0, None)
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,12}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def plausibly_french(deals: pa.Table, resolver: Resolver) -> set[str]:
    """Give the keys of companies that raise and may be French: in euros or dollars, and known in no other country."""
    found = set()
    for company, currency in zip(deals["company"].to_pylist(), deals["currency"].to_pylist(), strict=True):
        key = resolver.key_of(company or "")
        known = resolver.known(key)
        foreign = known is not None and known.country not in ("", "FR")
        if key and not foreign and (currency is None or currency in _HOME):
            found.add(key)
    return found


def with_sirens(
    entities: pa.Table, french: set[str], register: Register, key_of: Callable[[str], str], *, ask: bool = True
) -> tuple[pa.Table, str | None]:
    """Give the entities with the numbers found, and why the register stopped answering, None if it did not.

    The companies that raise most often are asked for first; once it gives no answer, it is asked no more, and without
    ``ask`` not at all: then only what it answered before counts.
    """
    import pyarrow as pa

    names = dict(zip(entities["key"].to_pylist(), entities["name"].to_pylist(), strict=True))
    raised = dict(zip(entities["key"].to_pylist(), entities["raised"].to_pylist(), strict=True))
    found: dict[str, Registered] = {}
    trouble = None
    for key in sorted(french & names.keys(), key=lambda key: (-raised[key], key)):
        try:
            registered = register.find(names[key], key, key_of, ask=ask and trouble is None)
        except RegisterError as error:
            trouble = trouble or str(error)
        else:
            if registered is not None:
                found[key] = registered
    for column, attribute in (("siren", "siren"), ("siren_name", "name")):
        values = [getattr(found.get(key), attribute, None) for key in names]
        entities = entities.set_column(
            entities.schema.get_field_index(column), entities.schema.field(column), pa.array(values, pa.string())
        )
    return entities, trouble
