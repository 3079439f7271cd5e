"""The gate: a cheap look that lets articles without any sign of a deal pass by."""

from __future__ import annotations

import re

_SIGN = re.compile(
    r"\b(?:l[eè]v(?:e|er|ent|é|ée|és|ées|ant|erait|eraient)\b|levées?|tours? de (?:table|financement)|"
    r"séries? [a-h]\b|series [a-h]\b|amorçage|augmentation de capital|seed\b|investi\w*|financ\w+|actionna\w+|"
    r"valoris\w+|bouc?l\w+|capital\b|obligations?|ico\b|prêts?\b|souscri\w+|récolt\w+|collect\w+|empoch\w+|"
    r"engrang\w+|décroch\w+|tickets?\b|"
    r"injecte\w*|mise(?:nt)? |réuni\w*|fonds\b|clôtur\w+|closing|apport\w*|confi\w+)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"€|\$|£|euros?|dollars?|francs?|millions?|milliards?|\bM€|\bCHF|dirhams?|dinars?|FCFA|CFA|roupies|yuans|bitcoins?|montant",
    re.IGNORECASE,
)


def has_deal_signs(text: str) -> bool:
    """Tell whether an article may tell of a financing: a word of money and a word of raising, anywhere.

    False lets it pass by: such an article cannot give a round, whatever the rules behind.

    >>> has_deal_signs("Alpha lève 3 millions d'euros."), has_deal_signs("Il pleut sur Brest.")
    (True, False)
    """
    return _MONEY.search(text) is not None and _SIGN.search(text) is not None
