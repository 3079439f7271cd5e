"""A multinomial logistic regression over sparse named features, as trained and as read back; numpy alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

Features = Mapping[str, float]


@dataclass(slots=True)
class LinearModel:
    """Classes, feature names and weights; a feature that training did not see counts for nothing.

    >>> model = LinearModel(("no", "yes"), {"rain": 0}, np.array([[-1.0, 1.0]]), np.array([0.5, -0.5]))
    >>> model.probabilities([{"rain": 2.0, "wind": 1.0}]).round(2).tolist()
    [[0.05, 0.95]]
    """

    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    weights: NDArray[Any]
    """Shape (features, classes)."""
    bias: NDArray[Any]

    def probabilities(self, rows: Sequence[Features]) -> NDArray[Any]:
        """Give an array of shape (rows, classes)."""
        columns: list[int] = []
        values: list[float] = []
        for row in rows:
            columns += map(self.vocabulary.get, row, repeat(-1))
            values += row.values()
        scores = np.tile(self.bias.astype(np.float64), (len(rows), 1))
        if columns and self.vocabulary:
            known = np.where(np.array(columns) < 0, 0.0, values)
            lengths = np.array([len(row) for row in rows])
            # A row without features has no part here: reduceat would give it the first of the next row.
            filled = np.flatnonzero(lengths)
            starts = (np.cumsum(lengths) - lengths)[filled]
            scores[filled] += np.add.reduceat(self.weights[columns] * known[:, None], starts, axis=0)
        scores -= scores.max(axis=1, keepdims=True)
        odds: NDArray[Any] = np.exp(scores)
        odds /= odds.sum(axis=1, keepdims=True)
        return odds

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """Give the arrays to save; half precision is enough for weights."""
        return {
            f"{prefix}.classes": np.array(self.classes),
            f"{prefix}.features": np.array("\t".join(self.vocabulary)),
            f"{prefix}.weights": self.weights.astype(np.float16),
            f"{prefix}.bias": self.bias.astype(np.float32),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str) -> LinearModel:
        """Read back what :meth:`arrays` gave."""
        names = {name: column for column, name in enumerate(str(arrays[f"{prefix}.features"]).split("\t"))}
        classes = tuple(str(name) for name in arrays[f"{prefix}.classes"])
        return cls(classes, names, arrays[f"{prefix}.weights"].astype(np.float32), arrays[f"{prefix}.bias"])
