"""``python -m extract.training.report``: the figures of the model card.

Each kind of model alone and both, on whole and on damaged text, and how well the scores are calibrated.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from extract.encoder.body import body
from extract.encoder.heads import heads
from extract.gate import has_deal_signs
from extract.money.elliptic import elliptic_model
from extract.roles.blend import Blend
from extract.roles.reader import Reader, reader
from extract.rounds.assemble import find_rounds
from extract.scoring import FIGURES, read_gold, score
from extract.training.articles import read_articles
from extract.training.blending import expected_calibration_error
from extract.training.calibration import investors_right, round_is_right
from extract.training.damage import damaged

DEV = Path(__file__).parents[2] / "corpus" / "dev.jsonl"
SHOWN = tuple(figure for figure in FIGURES if figure != "sum")
Docs = Sequence[Mapping[str, Any]]
Scored = list[tuple[float, bool]]


def main() -> None:
    """Print one table, in Markdown."""
    docs = read_gold(DEV)
    chance = random.Random(1)  # noqa: S311 - no secret
    worse = [damaged(doc, chance) for doc in docs]
    both = reader()
    kinds = {"linear alone": _alone(both, 1.0, 0.0), "encoder alone": _alone(both, 0.0, 1.0), "both, pooled": both}
    out = sys.stdout.write
    out(f"| models | text | {' | '.join(SHOWN)} | quiet |\n|{'---|' * (len(SHOWN) + 3)}\n")
    for name, made in kinds.items():
        for text, given in (("whole", docs), ("damaged", worse)):
            records, _ = _read(given, made)
            figures = score(given, records)
            cells = " | ".join(f"{figures[figure]['f1']:.3f}" for figure in SHOWN)
            out(f"| {name} | {text} | {cells} | {figures['quiet_on_no_deal']:.3f} |\n")
    _, (rounds, investors) = _read(docs, both)
    out(f"\nexpected calibration error: rounds {_error(rounds):.3f}, investors {_error(investors):.3f}\n")


def _alone(both: Reader, first: float, second: float) -> Reader:
    """Give the reader with pools that hear one kind of model only."""
    deaf = {name: Blend(first, second, np.zeros_like(pool.bias)) for name, pool in both.blends.items()}
    return replace(both, blends=deaf)


def _read(docs: Docs, made: Reader) -> tuple[dict[str, dict[str, Any]], tuple[Scored, Scored]]:
    """Give the records of annotated articles, and the scores of rounds and investors with whether they are right."""
    records: dict[str, dict[str, Any]] = {}
    rounds: Scored = []
    investors: Scored = []
    for doc, view, encoded in read_articles(docs, elliptic_model(), body(), heads()):
        found, past = find_rounds(view, made.read(view, encoded)) if has_deal_signs(view.text) else ([], [])
        records[doc["id"]] = {
            "rounds": [asdict(one) for one in found],
            "past_rounds": [asdict(one) for one in past],
            "companies": [name.name for name in view.names if name.kind == "company"],
            "amounts": [asdict(sum_) for sum_ in view.money],
        }
        for one in found:
            rounds.append((one.score, round_is_right(one, doc)))
            right = investors_right(one, doc)
            investors += list(zip([i.score for i in one.investors], right, strict=True))
    return records, (rounds, investors)


def _error(pairs: Scored) -> float:
    chances, right = (np.array(column, float) for column in zip(*pairs, strict=True))
    return expected_calibration_error(chances, right)


if __name__ == "__main__":
    main()
