"""Figures of an extraction against annotated articles (rules: ``corpus/GUIDE.md``).

Names are compared without case, accents, punctuation, leading article and legal form; sums to within 0.5 %. A round is
found when its company is right; its fields are scored on top of that, so that what a missed or an invented round holds
counts as missed or invented. ``record`` is the strict figure: company, amount with currency, and the whole set of
investors are right.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
Sum = tuple[float, str | None]

FIGURES = (
    "round",
    "amount",
    "investor",
    "lead",
    "valuation",
    "round_type",
    "record",
    "past_round",
    "company",
    "sum",
    "sum_role",
)
"""The figures that come as precision, recall and F1, in the order they are printed."""

_LEGAL_FORM = re.compile(r"[\s,]+(?:sas|sa|sarl|sasu|se|inc|ltd|llc|gmbh|ag|bv|plc|corp)\.?$")
_ARTICLE = re.compile(r"^(?:l'|le |la |les )")
_TOLERANCE = 0.005


class GoldError(ValueError):
    """A gold file cannot be used; the message says which line and why."""


def read_gold(path: Path) -> list[dict[str, Any]]:
    """Read annotated articles, one JSON object a line.

    Raises:
        GoldError: the file cannot be read, is empty, or a line is no annotated article.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise GoldError(f"{path}: cannot be read ({reason}); give a JSON-lines file of annotated articles") from None
    docs = [_gold_line(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not docs:
        raise GoldError(f"{path}: no article in it")
    if len({doc["id"] for doc in docs}) < len(docs):
        raise GoldError(f"{path}: an id stands twice; give every article its own")
    return docs


def _gold_line(line: str, where: str) -> dict[str, Any]:
    try:
        doc = json.loads(line)
    except ValueError as error:
        raise GoldError(f"{where}: not JSON ({error})") from None
    wanted = ("id", "text", "rounds", "past_rounds", "companies", "amounts")
    if not isinstance(doc, dict) or (missing := [name for name in wanted if name not in doc]):
        lack = ", ".join(missing) if isinstance(doc, dict) else "everything: no JSON object"
        raise GoldError(f"{where}: no annotated article, it lacks {lack}")
    return doc


def compare_key(name: str | None) -> str:
    """Give the form in which two names are compared.

    >>> compare_key("L'Épicéa SAS"), compare_key("Épicéa")
    ('epicea', 'epicea')
    """
    plain = unicodedata.normalize("NFKD", name or "").casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("’", "'").strip()
    return re.sub(r"[^0-9a-z]+", "", _LEGAL_FORM.sub("", _ARTICLE.sub("", plain)))


def same_sum(a: Sum | None, b: Sum | None) -> bool:
    """Tell whether two sums agree: the same currency, values within 0.5 %, or both undisclosed."""
    if a is None or b is None:
        return a is b
    return a[1] == b[1] and abs(a[0] - b[0]) <= _TOLERANCE * max(abs(a[0]), abs(b[0]), 1e-9)


@dataclass(slots=True)
class _Tally:
    hit: int = 0
    gold: int = 0
    predicted: int = 0

    def add(self, hit: int, gold: int, predicted: int) -> None:
        self.hit += hit
        self.gold += gold
        self.predicted += predicted

    def figures(self) -> dict[str, float]:
        p = self.hit / self.predicted if self.predicted else 0.0
        r = self.hit / self.gold if self.gold else 0.0
        f1 = 2 * p * r / (p + r) if p + r else 0.0
        return {"p": round(p, 4), "r": round(r, 4), "f1": round(f1, 4), "n": self.gold}


def score(
    gold_docs: Sequence[Record], predicted_docs: Mapping[str, Record], misses: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Score records, by id, against gold articles; ``misses`` receives every round that is not exactly right.

    Gives for each name in :data:`FIGURES` a mapping ``p``, ``r``, ``f1``, ``n`` (gold items); besides
    ``status_accuracy`` of the rounds found, ``quiet_on_no_deal`` (share of articles without a round that got none),
    ``articles`` and ``articles_without_answer``.

    >>> gold = [{"id": "1", "rounds": [], "past_rounds": [], "companies": ["Alpha"], "amounts": []}]
    >>> score(gold, {"1": {"companies": ["ALPHA"]}})["company"]["f1"]
    1.0
    """
    tallies = {name: _Tally() for name in FIGURES}
    statuses: list[bool] = []
    quiet: list[bool] = []
    for doc in gold_docs:
        predicted = predicted_docs.get(doc["id"], {})
        rounds = predicted.get("rounds") or []
        if not doc["rounds"]:
            quiet.append(not rounds)
        for gold_round, found in pairs_of(doc["rounds"], rounds):
            exact = _score_round(tallies, gold_round, found)
            if gold_round is not None and found is not None:
                statuses.append((found.get("status") or "announced") == gold_round["status"])
            if misses is not None and not exact:
                misses.append({"id": doc["id"], "gold": _brief(gold_round), "predicted": _brief(found)})
        _score_rest(tallies, doc, predicted)
    return {
        **{name: tally.figures() for name, tally in tallies.items()},
        "status_accuracy": round(sum(statuses) / len(statuses), 4) if statuses else 0.0,
        "quiet_on_no_deal": round(sum(quiet) / len(quiet), 4) if quiet else None,
        "articles": len(gold_docs),
        "articles_without_answer": sum(doc["id"] not in predicted_docs for doc in gold_docs),
    }


def pairs_of(gold: Sequence[Record], predicted: Sequence[Record]) -> list[tuple[Record | None, Record | None]]:
    """Pair an article's rounds by company; among several of one company, the one whose amount agrees first."""
    left = list(predicted)
    pairs: list[tuple[Record | None, Record | None]] = []
    for wanted in gold:
        same = [found for found in left if compare_key(found.get("company")) == compare_key(wanted["company"])]
        same.sort(key=lambda found: not same_sum(_sum(wanted, "amount"), _sum(found, "amount")))
        if same:
            left.remove(same[0])
        pairs.append((wanted, same[0] if same else None))
    return pairs + [(None, found) for found in left]


def _sum(record: Record | None, name: str) -> Sum | None:
    if record is None or record.get(name) is None:
        return None
    currency = "currency" if name in {"amount", "value"} else f"{name}_currency"
    return float(record[name]), record.get(currency)


def _names(record: Record | None, *, lead: bool = False) -> set[str]:
    investors = (record.get("investors") or []) if record else []
    return {compare_key(i["name"]) for i in investors if i.get("lead") or not lead}


def _score_round(tallies: Mapping[str, _Tally], gold: Record | None, found: Record | None) -> bool:
    both = gold is not None and found is not None
    tallies["round"].add(both, gold is not None, found is not None)
    for name in ("amount", "valuation"):
        wanted, given = _sum(gold, name), _sum(found, name)
        hit = both and wanted is not None and same_sum(wanted, given)
        tallies[name].add(hit, wanted is not None, given is not None)
    kinds = [record.get("round_type") if record else None for record in (gold, found)]
    tallies["round_type"].add(
        both and kinds[0] is not None and kinds[0] == kinds[1], kinds[0] is not None, kinds[1] is not None
    )
    for name in ("investor", "lead"):
        wanted_names, given_names = _names(gold, lead=name == "lead"), _names(found, lead=name == "lead")
        tallies[name].add(len(wanted_names & given_names) if both else 0, len(wanted_names), len(given_names))
    exact = both and same_sum(_sum(gold, "amount"), _sum(found, "amount")) and _names(gold) == _names(found)
    tallies["record"].add(exact, gold is not None, found is not None)
    return exact


def _score_rest(tallies: Mapping[str, _Tally], doc: Record, predicted: Record) -> None:
    past, found_past = doc["past_rounds"], predicted.get("past_rounds") or []
    tallies["past_round"].add(
        _hits(
            past,
            found_past,
            lambda g, p: (
                compare_key(g["company"]) == compare_key(p.get("company"))
                and same_sum(_sum(g, "amount"), _sum(p, "amount"))
            ),
        ),
        len(past),
        len(found_past),
    )
    companies = {compare_key(name) for name in doc["companies"]}
    found_companies = {compare_key(name) for name in predicted.get("companies") or []}
    tallies["company"].add(len(companies & found_companies), len(companies), len(found_companies))
    sums, found_sums = doc["amounts"], predicted.get("amounts") or []

    def same_value(g: Record, p: Record) -> bool:
        return same_sum(_sum(g, "value"), _sum(p, "value"))

    tallies["sum"].add(_hits(sums, found_sums, same_value), len(sums), len(found_sums))
    roles = _hits(sums, found_sums, lambda g, p: same_value(g, p) and g["role"] == p.get("role"))
    tallies["sum_role"].add(roles, len(sums), len(found_sums))


def _hits(gold: Iterable[Record], predicted: Iterable[Record], same: Callable[[Record, Record], bool]) -> int:
    left, hits = list(predicted), 0
    for wanted in gold:
        match = next((found for found in left if same(wanted, found)), None)
        if match is not None:
            left.remove(match)
            hits += 1
    return hits


def _brief(record: Record | None) -> list[Any] | None:
    if record is None:
        return None
    return [record.get("company"), _sum(record, "amount"), sorted(i["name"] for i in record.get("investors") or [])]
