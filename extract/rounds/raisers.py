"""Who raises: the subject of a raising verb, the company behind *pour*, the company an article is about."""

from __future__ import annotations

import re
from collections import Counter

from extract.records import Money, Name
from extract.rounds import lexicon
from extract.rounds.view import Sentence, View

_VERB = re.compile(rf"(?<![\w'’-])(?:{lexicon.RAISE_VERB})(?!\w)", re.IGNORECASE)
_STRONG = re.compile(rf"(?<![\w'’-])(?:{lexicon.STRONG_RAISE})(?!\w)", re.IGNORECASE)
_NOUN = re.compile(rf"(?<!\w)(?:{lexicon.RAISE_NOUN})(?!\w)", re.IGNORECASE)
_INVEST = re.compile(rf"(?<!\w)(?:{lexicon.INVEST_VERB})(?!\w)", re.IGNORECASE)
_INTO = re.compile(
    r"(?:dans|sur|chez|au capital d[eu']|au capital d['’]|pour|à|à la société|en faveur d[eu]|au profit d[eu])"
    r"[\s\u00a0]+(?:la |le |l['’]|les )?(?:[a-zà-ÿ’'-]+ ){0,4}(?:de |d['’])?$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?:levée|tour|augmentation|opération|financement|capital)[^.,;]{0,40} (?:de|d['’]|du)[\s\u00a0]*$", re.IGNORECASE
)
_LABEL = re.compile(r"[\s\u00a0]*(?::|\(|,|–|—|-)[\s\u00a0]*$")
_INVESTOR_KINDS = {"vc", "private_equity", "family_office", "crowdfunding_platform", "accelerator", "bank", "public"}
_FUND_NAME = re.compile(
    r"\b(?:capital|ventures?|partners|partenaires|invest|gestion|business angels|angels)$", re.IGNORECASE
)
_PASSIVE = re.compile(
    r"\b(?:par|auprès d\w*|de la part d\w*|avec)\s*(?:le |la |les |l['’])?(?:[a-zà-ÿ-]+ ){0,3}$", re.IGNORECASE
)


def local_raiser(view: View, sentence: Sentence, sum_: Money | None) -> Name | None:
    """Give the company that raises in this sentence as far as the sentence itself says so."""
    names = [
        n for n in view.names_in(sentence.start, sentence.end) if n.kind == "company" and not view.bracketed(n.start)
    ]
    if not names:
        return None
    return _subject(view, sentence, names, sum_) or _target(view, sentence, names, sum_) or _labelled(view, names, sum_)


def _subject(view: View, sentence: Sentence, names: list[Name], sum_: Money | None) -> Name | None:
    """The company before the nearest raising verb before (or, in titles, around) the sum."""
    limit = sum_.start if sum_ else sentence.end
    verbs = list(_VERB.finditer(view.text, sentence.start, limit))
    for verb in reversed(verbs):
        before = [
            n
            for n in names
            if n.end <= verb.start()
            and not is_backer(n)
            and not _PASSIVE.search(view.text[max(sentence.start, n.start - 40) : n.start])
        ]
        if not before or (sum_ is not None and sum_.start - verb.end() > 110):
            continue
        nearest = before[-1]
        first = before[0]
        apposed = "," in view.text[first.end : nearest.start] and first.start - sentence.start < 60
        return first if apposed and first is not nearest else nearest
    return None


def _target(view: View, sentence: Sentence, names: list[Name], sum_: Money | None) -> Name | None:
    """Give the company behind *dans*, *pour*, *levée de*."""
    for name in names:
        before = view.text[max(sentence.start, name.start - 70) : name.start]
        if is_backer(name):
            continue
        if _OF.search(before):
            return name
        near = sum_ is None or abs(name.start - sum_.end) < 120
        invested = _INVEST.search(view.text, sentence.start, name.start) is not None
        if _INTO.search(before) and near and (invested or (sum_ is not None and 0 <= name.start - sum_.end < 45)):
            return name
    return None


def _labelled(view: View, names: list[Name], sum_: Money | None) -> Name | None:
    """*Alpha (3 M€)*, *Alpha : 3 M€*, *Alpha, 3 M€*: as roundups write it."""
    if sum_ is None:
        return None
    for name in reversed([n for n in names if n.end <= sum_.start]):
        between = view.text[name.end : sum_.start]
        if len(between) < 90 and not is_backer(name) and re.match(r"[\s\u00a0]*[:(,–—]", between):
            return name
        break
    return None


def is_backer(name: Name) -> bool:
    """Tell whether the name is one that invests by trade: it raises for others, not for itself."""
    return name.investor_kind in _INVESTOR_KINDS or bool(_FUND_NAME.search(name.name))


def main_raiser(view: View) -> Name | None:
    """Give the company that the whole article is about, None where no company can be it."""
    points: Counter[str] = Counter()
    best: dict[str, Name] = {}
    companies = [name for name in view.names if name.kind == "company"]
    for order, name in enumerate(companies):
        best.setdefault(name.name, name)
        sentence = view.sentence(name.start)
        points[name.name] += 1
        if sentence.title:
            points[name.name] += 3
        if order == 0:
            points[name.name] += 2
    for sentence in view.sentences:
        sums = [s for s in view.money_in(sentence.start, sentence.end) if s.role in {"round", "tranche"}]
        if not sums and not (_STRONG.search(view.words(sentence)) and _NOUN.search(view.words(sentence))):
            continue
        if view.recalls(sentence) and not sums:
            continue
        raiser = local_raiser(view, sentence, sums[0] if sums else None)
        if raiser is not None:
            points[raiser.name] += 6 if sentence.title else 4
    for label, name in best.items():
        if is_backer(name):
            points[label] -= 6
        elif name.investor_kind:
            points[label] -= 2
    if not points:
        return None
    label, score = max(points.items(), key=lambda item: (item[1], -best[item[0]].start))
    return best[label] if score > 1 else None
