"""How probable it is that an outlet yields so little, by its own history: predictive distributions, no thresholds.

A count of new articles is Poisson with a rate that differs from one span of time to the next, a share of pages binomial
with a probability that differs from one run to the next. With Gamma and Beta for what differs, the figure of one run is
negative binomial or beta-binomial (Gelman et al., *Bayesian Data Analysis*, 3rd ed., §2.6, §5.3, §17.2)::

    P(k | e; m, r)    = (r)ₖ / k! · (1 - q)^r · q^k,  q = m·e / (r + m·e)       mean m·e, variance m·e + (m·e)²/r
    P(k | n; p, s)    = C(n, k) · (a)ₖ · (b)ₙ₋ₖ / (s)ₙ,  a = p·s, b = (1 - p)·s  mean n·p

where (x)ₖ = x·(x+1)…(x+k-1). Neither the mean nor the over-dispersion (1/r, 1/s) is known: both are averaged over, each
pair weighted by how well it explains the history (grid approximation, ibid. §3.7). So a history that is short or bursty
gives a wide distribution by itself. Priors: log m, log r and log s even, p as Jeffreys has it (asin √p even).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_COMMON = 2.5
"""Standard deviations. What is less far below the mean of a plain Poisson or binomial need not be looked at closer:
its probability is over 0.0015 there, and over-dispersion only makes it greater."""
_MEANS = 41
_SHAPES: Floats = np.geomspace(0.1, 1000, 41)
"""Gamma shapes r: from bursts as tall as ten means to what no history can tell from Poisson."""
_SIZES: Floats = np.geomspace(1, 2000, 41)
"""Beta sizes s. At less than 1 all-or-nothing would be the rule, which is the very fault to be told."""
_MOST_PAGES = 100
"""No single run says more about a share than so many pages do."""


class Figure(NamedTuple):
    """How many were ``found``: new articles in ``exposure`` seconds, or good ones among ``exposure`` pages."""

    found: float
    exposure: float


def so_few_articles(history: Sequence[Figure], now: Figure) -> float:
    """Give the probability of at most ``now.found`` articles in ``now.exposure`` seconds, 1 where that is common.

    So is everything where no article is known. A pause longer than any in the history is taken as long as the longest
    of those: feeds hold only so many articles.

    >>> daily = [Figure(found, 86_400) for found in (9, 12, 10, 8, 11, 13, 9, 10, 12, 11)]
    >>> so_few_articles(daily, Figure(0, 86_400)) < 0.001 < so_few_articles(daily, Figure(4, 86_400))
    True
    >>> so_few_articles(daily[:2], Figure(0, 86_400)) > 0.001
    True
    """
    counts, exposures = _columns(history)
    if not counts.sum():
        return 1.0
    exposure = min(now.exposure, float(exposures.max()))
    pooled = (counts.sum() + 0.5) / exposures.sum()
    if now.found > pooled * exposure - _COMMON * np.sqrt(pooled * exposure):
        return 1.0
    spread = np.sqrt(1 / (counts.sum() + 0.5) + 1 / len(counts))
    means = (pooled * np.exp(np.linspace(-4, 4, _MEANS // 2) * spread))[:, None]
    shapes = _SHAPES[None, :]
    whole = counts.astype(int)
    rising = _log_rising(_SHAPES, int(whole.max()))
    chance = means[..., None] * exposures / (shapes[..., None] + means[..., None] * exposures)
    fit = rising[:, whole][None] + shapes[..., None] * np.log1p(-chance) + whole * np.log(chance)
    weights = _weights(fit.sum(axis=-1))
    q = means * exposure / (shapes + means * exposure)
    log_p = shapes * np.log1p(-q)
    total = np.exp(log_p)
    for k in range(int(now.found)):
        log_p = log_p + np.log((shapes + k) / (k + 1) * q)
        total = total + np.exp(log_p)
    return float((weights * total).sum())


def so_small_a_share(history: Sequence[Figure], now: Figure) -> float:
    """Give the probability that at most ``now.found`` of ``now.exposure`` pages are good, 1 where that is common.

    >>> so_small_a_share([Figure(20, 20)] * 10, Figure(0, 15)) < 0.001
    True
    >>> so_small_a_share([Figure(20, 20)] * 10, Figure(14, 15)) > 0.001
    True
    """
    counts, sizes = _columns([*history, now])
    part = np.minimum(1, _MOST_PAGES / np.maximum(1, sizes))
    counts, sizes = np.rint(counts * part), np.rint(sizes * part)
    good, n = int(counts[-1]), int(sizes[-1])
    counts, sizes = counts[:-1], sizes[:-1]
    pooled = (counts.sum() + 0.5) / (sizes.sum() + 1)
    if not counts.sum() or good > n * pooled - _COMMON * np.sqrt(n * pooled * (1 - pooled)):
        return 1.0
    # asin √p has a standard error of ½/√n whatever p is; a run is worth one page at the least.
    middle, spread = np.arcsin(np.sqrt(counts.sum() / sizes.sum())), 3 / np.sqrt(len(counts))
    edges = np.linspace(max(0, middle - spread), min(np.pi / 2, middle + spread), _MEANS + 1)
    shares = (np.sin((edges[1:] + edges[:-1]) / 2) ** 2)[:, None]
    a, b = shares * _SIZES, (1 - shares) * _SIZES
    most = max(n, int(sizes.max()))
    rising_a, rising_b, rising_s = (_log_rising(values, most) for values in (a, b, _SIZES))
    pairs, times = np.unique(np.stack([counts, sizes]).astype(int), axis=1, return_counts=True)
    fit = rising_a[..., pairs[0]] + rising_b[..., pairs[1] - pairs[0]] - rising_s[:, pairs[1]][None]
    weights = _weights((fit * times).sum(axis=-1))
    log_p = rising_b[..., n] - rising_s[:, n]
    total = np.exp(log_p)
    for k in range(good):
        log_p = log_p + np.log((n - k) / (k + 1) * (a + k) / (b + n - k - 1))
        total = total + np.exp(log_p)
    return float((weights * total).sum())


def _columns(figures: Sequence[Figure]) -> tuple[Floats, Floats]:
    columns = np.array(figures, dtype=np.float64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]


def _log_rising(x: Floats, most: int) -> Any:
    """Give log (x)ₖ for k = 0 … ``most`` along a new last axis."""
    steps = np.log(x[..., None] + np.arange(most))
    return np.concatenate([np.zeros((*x.shape, 1)), np.cumsum(steps, axis=-1)], axis=-1)


def _weights(log_likelihood: Floats) -> Floats:
    weights: Floats = np.exp(log_likelihood - log_likelihood.max())
    weights /= weights.sum()
    return weights
