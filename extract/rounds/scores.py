"""Scores that mean something: what the models say of a round's parts, made a probability that the whole is right.

A round's ``score`` is the probability that the article reports a round of this company with this sum (or with none); an
investor's, that it puts money into that round. Fitted on articles that the models were not trained on (Platt, 1999).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-4


class Scorer(Protocol):
    """Makes one probability of several."""

    def __call__(self, chances: Sequence[float]) -> float:
        """Give the probability that all of it is right."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over the log-odds of the parts.

    >>> Calibration((1.0, 0.0), 0.0)([0.8, 0.1])
    0.8
    """

    weights: tuple[float, ...]
    bias: float

    def __call__(self, chances: Sequence[float]) -> float:
        """Give the probability, rounded to hundredths; nothing read from a text is certain."""
        total = self.bias + sum(w * log_odds(c) for w, c in zip(self.weights, chances, strict=True))
        return min(max(round(1 / (1 + math.exp(-total)), 2), 0.01), 0.99)

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """Give the arrays to save."""
        return {f"{prefix}.weights": np.array(self.weights), f"{prefix}.bias": np.array(self.bias)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str) -> Calibration:
        """Read back what :meth:`arrays` gave."""
        return cls(tuple(map(float, arrays[f"{prefix}.weights"])), float(arrays[f"{prefix}.bias"]))


@dataclass(frozen=True, slots=True)
class Scores:
    """The two scorers of a record."""

    round: Scorer
    """Of the document's, the raiser's and the sum's probability."""
    investor: Scorer
    """Of the investor's probability and the round's score."""


def log_odds(chance: float) -> float:
    """Give the log-odds of a probability, never endless."""
    kept = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))
