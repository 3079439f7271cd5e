"""Two models' odds of the same things put together, so that the outcome is calibrated: a log-linear pool.

The pool of probabilities p and q is softmax(a log p + b log q + c), its few numbers fitted on articles that neither
model was trained on (Genest and Zidek, 1986, on pools; Platt, 1999, on fitting them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Blend:
    """A pool of two models over the same classes.

    >>> even = Blend(1.0, 1.0, np.zeros(2))
    >>> even(np.array([[0.8, 0.2]]), np.array([[0.5, 0.5]])).round(2).tolist()
    [[0.8, 0.2]]
    """

    first: float
    """Weight of the first model's logarithms."""
    second: float
    bias: Array

    def __call__(self, one: Array, other: Array) -> Array:
        """Give the pooled probabilities of two arrays of the same shape (items, classes)."""
        return softmax(self.first * logs(one) + self.second * logs(other) + self.bias)

    def arrays(self, prefix: str) -> dict[str, Array]:
        """Give the arrays to save."""
        return {f"{prefix}.weights": np.array([self.first, self.second]), f"{prefix}.bias": np.asarray(self.bias)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Array], prefix: str) -> Blend:
        """Read back what :meth:`arrays` gave."""
        first, second = map(float, arrays[f"{prefix}.weights"])
        return cls(first, second, arrays[f"{prefix}.bias"].astype(np.float64))


def logs(chances: Array) -> Array:
    """Give logarithms of probabilities, none of them endless."""
    return np.asarray(np.log(np.maximum(chances, _LEAST)))


def softmax(scores: Array) -> Array:
    """Give the probabilities of rows of scores."""
    odds: Array = np.exp(scores - scores.max(1, keepdims=True))
    odds /= odds.sum(1, keepdims=True)
    return odds
