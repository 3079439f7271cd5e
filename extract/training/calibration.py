"""Fits the scores of rounds and investors on articles that the models were not trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from extract.records import FundingRound
from extract.roles.reader import Reader
from extract.rounds.assemble import find_rounds
from extract.rounds.scores import Calibration, Scores, log_odds
from extract.scoring import compare_key, same_sum
from extract.training.pools import Read


@dataclass(slots=True)
class Recorder:
    """Stands in for a scorer and keeps what it is asked; the order is that of the records that come out."""

    seen: list[tuple[float, ...]] = field(default_factory=list)

    def __call__(self, chances: Sequence[float]) -> float:
        """Keep the chances; a score near their product serves until one is fitted."""
        self.seen.append(tuple(chances))
        return float(np.prod(chances))


def fit_scores(read: Sequence[Read], reader: Reader) -> Scores:
    """Fit both scores on annotated articles that ``reader`` was not trained on."""
    of_rounds, right = Recorder(), []
    recording = replace(reader, scores=Scores(of_rounds, Recorder()))
    for gold, view, encoded in read:
        rounds, _ = find_rounds(view, recording.read(view, encoded))
        right += [round_is_right(found, gold) for found in rounds]
    of_round = _platt(of_rounds.seen, right)
    of_investors, backs = Recorder(), []
    recording = replace(reader, scores=Scores(of_round, of_investors))
    for gold, view, encoded in read:
        rounds, _ = find_rounds(view, recording.read(view, encoded))
        backs += [told for found in rounds for told in investors_right(found, gold)]
    return Scores(of_round, _platt(of_investors.seen, backs))


def round_is_right(found: FundingRound, gold: Mapping[str, Any]) -> bool:
    """Tell whether an article reports a round of this company with this sum."""
    own = None if found.amount is None else (float(found.amount), found.currency)
    return any(
        compare_key(r["company"]) == compare_key(found.company)
        and same_sum(own, None if r["amount"] is None else (float(r["amount"]), r["currency"]))
        for r in gold["rounds"]
    )


def investors_right(found: FundingRound, gold: Mapping[str, Any]) -> list[bool]:
    """Tell of each investor of a round found whether it puts money into a round of that company."""
    backers = {
        compare_key(i["name"])
        for r in gold["rounds"]
        if compare_key(r["company"]) == compare_key(found.company)
        for i in r["investors"]
    }
    return [compare_key(investor.name) in backers for investor in found.investors]


def _platt(seen: Sequence[tuple[float, ...]], right: Sequence[bool]) -> Calibration:
    from sklearn.linear_model import LogisticRegression

    rows = [[log_odds(chance) for chance in chances] for chances in seen]
    fitted = LogisticRegression(C=1.0, max_iter=400).fit(rows, right)
    return Calibration(tuple(map(float, fitted.coef_[0])), float(fitted.intercept_[0]))
