"""The table ``entities``: who is named, how often and how, who raises and who invests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extract.names.keys import name_key
from pipelines.entities.resolver import RULES_VERSION, Resolver
from pipelines.errors import StorageError, one_line
from pipelines.places import undisturbed
from pipelines.schema import schema_of

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.places import Place

_NAMES = 20
"""Most spellings kept of one entity."""
_BATCH = 131_072
_PIECES = 16
"""Batches whose sums are kept before they are made one."""


@dataclass(slots=True)
class _Part:
    """What an entity has to do with deals."""

    raised: set[str] = field(default_factory=set)
    raised_eur: int = 0
    invested: set[str] = field(default_factory=set)
    led: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    is_person: bool = False


def entities_of(place: Place, deals: pa.Table, resolver: Resolver) -> pa.Table:
    """Make the table ``entities`` of a dataset's mentions and of its deals, ordered by key.

    Companies and investors are in; a person is only where it invests. Mentions are read in batches and summed up there:
    memory grows with the number of different names and articles, not with that of mentions.

    Raises:
        StorageError: a part of the mentions cannot be read.
    """
    import pyarrow as pa

    try:
        named = undisturbed(lambda: _named(place, resolver))
    except (OSError, pa.ArrowException) as error:
        raise StorageError(f"{place.path('mentions')}: cannot be read ({one_line(error)})") from error
    parts = _parts(deals, resolver)
    keys = sorted({key for key, row in named.items() if row["invests"] or row["company"]} | parts.keys())
    rows = [_row(key, named.get(key), parts.get(key, _Part()), resolver) for key in keys]
    return pa.Table.from_pylist(rows, schema=schema_of("entities"))


def _row(key: str, named: dict[str, Any] | None, part: _Part, resolver: Resolver) -> dict[str, Any]:
    named = named or {"names": sorted(part.names), "articles": 0, "first": None, "last": None, "person": False}
    known = resolver.known(key)
    kind = known.kind if known else "person" if named["person"] or part.is_person else "company"
    return {
        "key": key,
        "name": resolver.best_name(key) or _own_name(key, named["names"]),
        "kind": kind,
        "country": (known.country or None) if known else None,
        "names": named["names"],
        "keys": resolver.keys_of(key),
        "former_names": resolver.former_names(key),
        "articles": named["articles"],
        "raised": len(part.raised),
        "raised_eur": part.raised_eur,
        "invested": len(part.invested),
        "led": len(part.led),
        "first_seen": named["first"],
        "last_seen": named["last"],
        "rules_version": RULES_VERSION,
    }


def _own_name(key: str, names: list[str]) -> str:
    """Give the most frequent spelling of the name that gave the key: not an acronym, nor a former name."""
    return next((name for name in names if name_key(name) == key), names[0])


def _parts(deals: pa.Table, resolver: Resolver) -> dict[str, _Part]:
    found: defaultdict[str, _Part] = defaultdict(_Part)
    columns = ["deal_id", "company", "amount_eur", "status", "investors"]
    for batch in deals.select(columns).to_batches(max_chunksize=_BATCH):
        for deal_id, company, amount, status, investors in zip(*batch.to_pydict().values(), strict=True):
            if key := resolver.key_of(company or ""):
                raiser = found[key]
                raiser.names.add(company)
                raiser.raised.add(deal_id)
                raiser.raised_eur += (amount or 0) if status == "announced" else 0
            for investor in investors or []:
                if key := resolver.key_of(investor["name"] or ""):
                    backer = found[key]
                    backer.names.add(investor["name"])
                    backer.invested.add(deal_id)
                    backer.is_person |= investor["kind"] == "person"
                    if investor["lead"]:
                        backer.led.add(deal_id)
    return found


def _named(place: Place, resolver: Resolver) -> dict[str, dict[str, Any]]:
    """Give what mentions say of each key; ``company`` and ``invests`` tell whether any of them is labelled so."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    codes = _Codes(resolver)
    seen = _Sums(["code", "article"], [("company", "max"), ("investor", "max"), ("person", "max"), ("at", "max")])
    printed = _Sums(["code", "text"], [("count", "sum")])
    condition = ds.field("label").isin(["company", "investor", "person"])
    columns = ["label", "text", "name", "article_id", "published_at"]
    for batch in place.dataset("mentions").to_batches(columns=columns, filter=condition, batch_size=_BATCH):
        code = codes.of(batch["name"])
        labels = {label: pc.equal(batch["label"], label).cast(pa.int8()) for label in ("company", "investor", "person")}
        seen.add(pa.table({"code": code, "article": batch["article_id"], **labels, "at": batch["published_at"]}))
        printed.add(pa.table({"code": code, "text": batch["text"], "count": pa.repeat(1, batch.num_rows)}))
    return _gathered(codes.keys, seen.total(), printed.total())


def _gathered(keys: list[str], seen: pa.Table | None, printed: pa.Table | None) -> dict[str, dict[str, Any]]:
    if seen is None or printed is None:
        return {}
    flags = ["company", "investor", "person"]
    sums = [("article", "count"), ("at", "min"), ("at", "max"), *((flag, "max") for flag in flags)]
    total = seen.group_by("code", use_threads=False).aggregate(sums).to_pylist()
    names: defaultdict[int, list[str]] = defaultdict(list)
    ordered = printed.sort_by([("code", "ascending"), ("count", "descending"), ("text", "ascending")])
    for batch in ordered.to_batches():
        for code, text in zip(batch["code"].to_pylist(), batch["text"].to_pylist(), strict=True):
            if len(names[code]) < _NAMES:
                names[code].append(text)
    return {
        keys[row["code"]]: {
            "names": names[row["code"]],
            "articles": row["article_count"],
            "first": row["at_min"],
            "last": row["at_max"],
            "company": bool(row["company_max"]),
            "invests": bool(row["investor_max"]),
            "person": bool(row["person_max"]) and not row["company_max"],
        }
        for row in total
        if keys[row["code"]]
    }


class _Codes:
    """Numbers for entities: a name is resolved once, however often it is printed."""

    def __init__(self, resolver: Resolver) -> None:
        self.keys: list[str] = []
        self._resolver = resolver
        self._of_key: dict[str, int] = {}
        self._of_name: dict[str | None, int] = {}

    def of(self, names: pa.Array) -> pa.Array:
        """Give the number of each name's entity."""
        import pyarrow as pa

        encoded = names.dictionary_encode("encode")
        found = pa.array([self._number(name) for name in encoded.dictionary.to_pylist()], pa.int32())
        return found.take(encoded.indices)

    def _number(self, name: str | None) -> int:
        if name not in self._of_name:
            key = self._resolver.key_of(name or "")
            if key not in self._of_key:
                self._of_key[key] = len(self.keys)
                self.keys.append(key)
            self._of_name[name] = self._of_key[key]
        return self._of_name[name]


class _Sums:
    """Sums of many batches, made one whenever there are enough of them."""

    def __init__(self, by: list[str], sums: list[tuple[str, str]]) -> None:
        self._by, self._sums = by, sums
        self._pieces: list[pa.Table] = []

    def add(self, piece: pa.Table) -> None:
        """Add the rows of one batch."""
        self._pieces.append(self._summed(piece))
        if len(self._pieces) >= _PIECES:
            self._pieces = [self._summed(_joined(self._pieces))]

    def total(self) -> pa.Table | None:
        """Give the sums of all rows, None where there were none."""
        return self._summed(_joined(self._pieces)) if self._pieces else None

    def _summed(self, rows: pa.Table) -> pa.Table:
        found = rows.group_by(self._by, use_threads=False).aggregate(self._sums)
        return found.select([*self._by, *(f"{name}_{how}" for name, how in self._sums)]).rename_columns(
            [*self._by, *(name for name, _ in self._sums)]
        )


def _joined(pieces: list[pa.Table]) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(pieces)
