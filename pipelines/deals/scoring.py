"""Figures of the joining against articles whose rounds carry the label of their deal.

What is joined are *tellings*, one (article, round) each. Pairwise: of all pairs of tellings that are joined, how many
are of one deal (precision); of all pairs of one deal, how many are joined (recall). B³ (Bagga and Baldwin, 1998): for
each telling, how much of what it is joined with is of its deal, and how much of its deal it is joined with, averaged.
``extends``: of all pairs of deals that are told to be parent and extension, how many tellings say so rightly, a pair of
tellings (one of each deal) at a time.

A gold round has no sentence of its own: it gets the first of the text that names the raiser and holds a figure.

The whole chain: a round extracted stands for the gold round of the same article and company, the one whose sum agrees
first. A gold round that was not found is joined with nothing, which costs recall; a round extracted that is not in the
gold counts as a telling of a deal of its own, which costs precision wherever it is joined with another article's.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.names.gazetteer import lookup
from extract.names.keys import name_key
from extract.scoring import GoldError, pairs_of
from pipelines.rates import rate_of
from pipelines.rows import whole

if TYPE_CHECKING:
    import pyarrow as pa

_SENTENCES = re.compile(r"(?<=[.!?»])\s+(?=[A-ZÀ-Ý«])|\n+")
Record = Mapping[str, Any]


def read_deals(path: Path) -> list[dict[str, Any]] | None:
    """Read annotated articles whose rounds carry ``deal``; None where they carry none, or the file is no gold at all.

    Raises:
        GoldError: some rounds carry it, others do not.
    """
    try:
        docs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        rounds = [found for doc in docs for found in doc["rounds"]]
        labelled = [isinstance(found.get("deal"), str) for found in rounds]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # extract.scoring.read_gold says what is wrong with it
    if not any(labelled):
        return None
    if not all(labelled):
        raise GoldError(f'{path}: some rounds lack "deal"; give every round the label of its deal')
    for number, doc in enumerate(docs, 1):
        if missing := [name for name in ("id", "published", "title", "text") if not isinstance(doc.get(name), str)]:
            raise GoldError(f"{path}:{number}: no annotated article, it lacks {', '.join(missing)}")
    return docs


def rounds_table(docs: Sequence[Record], rounds: Mapping[str, Sequence[Record]]) -> pa.Table:
    """Give rounds, by the ids of their articles, as rows of the table ``rounds``; each was fetched when published."""
    import pyarrow as pa

    from pipelines.schema import schema_of

    rows = [_row(doc, found, place) for doc in docs for place, found in enumerate(rounds.get(doc["id"], ()))]
    return pa.Table.from_pylist(rows, schema=schema_of("rounds"))


def _row(doc: Record, found: Record, place: int) -> dict[str, Any]:
    moment = datetime.fromisoformat(doc["published"])
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    day = datetime.fromisoformat(found["date"]).date() if found.get("date") else None
    rate = rate_of(found["currency"], day or moment.date()) if found["amount"] is not None else None
    backers = [
        {
            "key": name_key(backer["name"]),
            "kind": known.kind if (known := lookup(backer["name"])) else None,
            "score": 1.0,
        }
        | backer
        for backer in found["investors"]
    ]
    return {
        "score": 1.0,
        "evidence": _sentence(doc["text"], found["company"]),
        "date_precision": "day" if day else None,
        **found,
        "round_id": f"{doc['id']}-{place}",
        "article_id": doc["id"],
        "outlet": doc.get("outlet"),
        "url": doc.get("url"),
        "title": doc["title"],
        "published_at": moment,
        "fetched_at": moment,
        "company_key": name_key(found["company"]),
        "amount": whole(found["amount"]),
        "amount_eur": whole(rate.euros(found["amount"])) if rate else None,
        "eur_rate": rate.units if rate else None,
        "eur_rate_date": rate.day if rate else None,
        "date": day,
        "investors": backers,
    }


def _sentence(text: str, company: str) -> str:
    """Give the first sentence that names a company and holds a figure, else the first that names it."""
    naming = [sentence for sentence in _SENTENCES.split(text) if company in sentence]
    return next((sentence for sentence in naming if any(sign.isdigit() for sign in sentence)), "".join(naming[:1]))


def score_gold(docs: Sequence[Record]) -> dict[str, dict[str, float]]:
    """Join the gold rounds, and give the figures of the joining alone."""
    gold = {doc["id"]: doc["rounds"] for doc in docs}
    return _score(docs, _joined(rounds_table(docs, gold)), {(id_, n): n for id_ in gold for n in range(len(gold[id_]))})


def score_chain(docs: Sequence[Record], predicted: Mapping[str, Record]) -> dict[str, dict[str, float]]:
    """Join the rounds extracted, records by id, and give the figures of the whole chain."""
    found = {doc["id"]: list(predicted.get(doc["id"], {}).get("rounds") or ()) for doc in docs}
    places = {}
    for doc in docs:
        for wanted, got in pairs_of(doc["rounds"], found[doc["id"]]):
            if wanted is not None and got is not None:
                gold_place = next(n for n, one in enumerate(doc["rounds"]) if one is wanted)
                places[doc["id"], gold_place] = next(n for n, one in enumerate(found[doc["id"]]) if one is got)
    return _score(docs, _joined(rounds_table(docs, found)), places)


Telling = tuple[str, int]


def _joined(rounds: pa.Table) -> dict[str, tuple[str, str | None]]:
    """Give by round_id the deal_id and the deal that it extends."""
    from pipelines.deals import deals_of

    deals = deals_of(rounds).select(["deal_id", "extends", "sources"]).to_pylist()
    return {source["round_id"]: (deal["deal_id"], deal["extends"]) for deal in deals for source in deal["sources"]}


def _score(
    docs: Sequence[Record], joined: Mapping[str, tuple[str, str | None]], places: Mapping[Telling, int]
) -> dict[str, dict[str, float]]:
    gold: dict[Hashable, Hashable] = {}
    given: dict[Hashable, Hashable] = {}
    parents: set[tuple[Hashable, Hashable]] = set()
    given_parents: set[tuple[Hashable, Hashable]] = set()
    for doc in docs:
        for n, wanted in enumerate(doc["rounds"]):
            gold[doc["id"], n] = wanted["deal"]
            if wanted["extends"]:
                parents.add((wanted["deal"], wanted["extends"]))
    standing = {f"{id_}-{got}": (id_, n) for (id_, n), got in places.items()}
    told = {(standing[id_][0], deal) for id_, (deal, _) in joined.items() if id_ in standing}
    for round_id, (deal, extends) in joined.items():
        # What an article tells twice, and what is joined as that, is one telling.
        if round_id in standing or (round_id.rpartition("-")[0], deal) not in told:
            given[standing.get(round_id, round_id)] = deal
        if extends:
            given_parents.add((deal, extends))
    return {
        "pair": pairwise(gold, given),
        "b_cubed": b_cubed(gold, given),
        "extends": _figures(_links(gold, parents), _links(given, given_parents)),
    }


def pairwise(gold: Mapping[Hashable, Hashable], given: Mapping[Hashable, Hashable]) -> dict[str, float]:
    """Give precision, recall and F1 over pairs of tellings, whose deals both mappings give.

    >>> pairwise({1: "a", 2: "a", 3: "b"}, {1: "x", 2: "x", 3: "x"})
    {'p': 0.3333, 'r': 1.0, 'f1': 0.5, 'n': 1}
    """
    return _figures(_together(gold), _together(given))


def b_cubed(gold: Mapping[Hashable, Hashable], given: Mapping[Hashable, Hashable]) -> dict[str, float]:
    """Give precision, recall and F1 of B³; a telling that one mapping lacks counts as 0 there.

    >>> b_cubed({1: "a", 2: "a", 3: "b"}, {1: "x", 2: "x", 3: "x"})
    {'p': 0.5556, 'r': 1.0, 'f1': 0.7143, 'n': 3}
    """

    def mean(mine: Mapping[Hashable, Hashable], other: Mapping[Hashable, Hashable]) -> float:
        sizes = Counter(mine.values())
        both = Counter((mine[telling], other[telling]) for telling in mine if telling in other)
        return sum(count * count / sizes[deal] for (deal, _), count in both.items()) / len(mine) if mine else 0.0

    p, r = mean(given, gold), mean(gold, given)
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0, "n": len(gold)}


def _members(deals: Mapping[Hashable, Hashable]) -> dict[Hashable, list[Hashable]]:
    members: defaultdict[Hashable, list[Hashable]] = defaultdict(list)
    for telling, deal in deals.items():
        members[deal].append(telling)
    return members


def _together(deals: Mapping[Hashable, Hashable]) -> set[frozenset[Hashable]]:
    return {frozenset(pair) for told in _members(deals).values() for pair in combinations(told, 2)}


def _links(
    deals: Mapping[Hashable, Hashable], parents: Iterable[tuple[Hashable, Hashable]]
) -> set[tuple[Hashable, Hashable]]:
    members = _members(deals)
    return {pair for child, parent in parents for pair in product(members[child], members.get(parent, ()))}


def _figures(gold: set[Any], given: set[Any]) -> dict[str, float]:
    hit = len(gold & given)
    p, r = (hit / len(given) if given else 0.0), (hit / len(gold) if gold else 0.0)
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(f1, 4), "n": len(gold)}
