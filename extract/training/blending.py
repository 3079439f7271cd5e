"""Fits the pools of the linear models' and the encoder's odds on articles that neither was trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from extract.roles.blend import Blend, logs, softmax

Array = NDArray[Any]
_PRIOR = 0.5
"""Strength of the pull towards no bias: the articles to fit on are few."""


def fit_blend(one: Array, other: Array, labels: Array) -> Blend:
    """Fit a pool by maximum likelihood; ``labels`` are the indexes of the right classes, one an item."""
    from scipy.optimize import minimize

    left, right = logs(one), logs(other)
    classes = one.shape[1]

    def cost(parameters: Array) -> float:
        chances = softmax(parameters[0] * left + parameters[1] * right + parameters[2:])
        told = np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-12))
        return float(-told.sum() + _PRIOR * (parameters[2:] ** 2).sum())

    found = minimize(cost, np.concatenate([[0.5, 0.5], np.zeros(classes)]), method="L-BFGS-B").x
    return Blend(float(found[0]), float(found[1]), np.asarray(found[2:]))


def expected_calibration_error(chances: Array, right: Array, bins: int = 10) -> float:
    """Give the mean gap between stated probability and share that was right, over equally wide bins.

    Guo et al., On Calibration of Modern Neural Networks, 2017.

    >>> round(expected_calibration_error(np.array([0.9, 0.9, 0.1, 0.1]), np.array([1, 1, 0, 0])), 2)
    0.1
    """
    places = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [
        (places == i).mean() * abs(float(chances[places == i].mean()) - float(right[places == i].mean()))
        for i in range(bins)
        if (places == i).any()
    ]
    return float(sum(gaps))
