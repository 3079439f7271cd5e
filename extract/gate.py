"""The gate: a cheap look that lets articles without any sign of a deal pass by.

Sentences with a sum or a word of raising are read as bags of words by a logistic regression that knows which of them
hold the sum of a round.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np

from extract.bounds import sentence_bounds
from extract.names.keys import fold
from extract.roles.linear import LinearModel

_SIGN = re.compile(
    r"\b(?:l[eè]v(?:e|er|ent|é|ée|és|ées|ant|erait|eraient)\b|levées?|tours? (?:de (?:table|financement)|d['’]amor)|"
    r"\w+ tour\b|séries? [a-h]\b|series [a-h]\b|amorçage|seed\b|investi\w*|financ\w+|refinanc\w+|actionna\w+|"
    r"valoris\w+|bouc?l\w+|capital\b|obligations?|ico\b|prêt\w*|souscri\w+|récolt\w+|recueill\w+|collect\w+|empoch\w+|"
    r"engrang\w+|décroch\w+|obt[ie]\w+|reçoi\w+|reçu\w*|tickets?\b|participation\w*|enveloppe|dette|rejoi\w+|entre[nrs]?\w*\b|"
    r"injecte\w*|mis(?:e|es|ent|er|é)?\b|mettent|réuni\w*|fonds\b|clôtur\w+|closing|apport\w*|vers\w+|confi\w+|sédui\w+)",
    re.IGNORECASE,
)
"""What may tell of a deal, or else of many other things."""
_SUM = re.compile(
    r"(?:\d[\d\s.,\u00a0\u202f]{0,20}|"
    r"\b(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|vingt|trente|cent)\s)"
    r"\s?(?:(?:petits?|gros) )?(?:M€|k€|Mds?€?|M\$|MEUR|€|\$|£|(?:euros?|dollars?|francs?|millions?|milliards?|CHF|"
    r"dirhams?|dinars?|FCFA|yuans|roupies|bitcoins?)\b)(?: d['’e]\s?(?:euros?|dollars?|francs?\w*))?",
    re.IGNORECASE,
)
"""A sum of money, roughly; without a bound, a page of figures alone would take time by the square of its length."""
_WORD = re.compile(r"<sum>|[^\W\d_]+|\d+|[€$£%]")
THRESHOLD = 0.05
"""Probability from which a sentence may tell of a round.

Judged in three parts of ``corpus/train-*.jsonl`` by models of the other two, of 1,069 articles with a round, present or
past, none has less than 0.13 in its likeliest sentence. Of 517 others, in ``corpus/deals-*.jsonl`` and the newspapers
of ``season.jsonl``, with a look at which the bound was chosen, 15 have less than it; seven of those name no sum at all.
"""


def has_deal_signs(text: str) -> bool:
    """Tell whether an article may tell of a financing, past or present.

    False lets it pass by: such an article gives no round, whatever the rules behind.

    >>> has_deal_signs("Alpha lève 3 millions d'euros auprès de Partech."), has_deal_signs("Il pleut sur Brest.")
    (True, False)
    """
    found = deal_sentences(text)
    if not found:
        return False
    model = gate()
    chances = model.probabilities([deal_features(text[start:end]) for start, end in found])
    return bool(chances[:, model.classes.index("yes")].max() >= THRESHOLD)


def deal_sentences(text: str) -> list[tuple[int, int]]:
    """Give the places of the sentences that hold a sum or a word that may tell of a deal."""
    return [(a, b) for a, b in sentence_bounds(text) if _SUM.search(text, a, b) or _SIGN.search(text, a, b)]


def deal_features(sentence: str) -> dict[str, float]:
    """Give the folded words of a sentence and its pairs of neighbours; a sum is one word, and so is a figure.

    >>> list(deal_features("Alpha lève 3 M€"))
    ['alpha', 'leve', '<sum>', 'alpha leve', 'leve <sum>']
    """
    words = ["#" if word.isdigit() else word for word in _WORD.findall(fold(_SUM.sub(" <SUM> ", sentence)))]
    return dict.fromkeys([*words, *map(" ".join, pairwise(words))], 1.0)


@cache
def gate() -> LinearModel:
    """Load the model of the package, once a process."""
    with resources.files("extract.model").joinpath("roles.npz").open("rb") as file, np.load(file) as arrays:
        return LinearModel.of_arrays(arrays, "gate")
