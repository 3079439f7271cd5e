"""Who puts money in, and who leads: cues before and behind names, enumerations, brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.names.keys import name_key
from extract.records import Investor, Name
from extract.rounds import lexicon
from extract.rounds.view import Sentence, View

_LEAD_BEFORE = re.compile(rf"(?<!\w)(?:{lexicon.LEAD_BEFORE})", re.IGNORECASE)
_PART_BEFORE = re.compile(rf"(?<!\w)(?:{lexicon.TAKE_PART_BEFORE})", re.IGNORECASE)
_LEAD_AFTER = re.compile(rf"[\s,\u00a0(]*(?:{lexicon.LEAD_AFTER})(?!\w)", re.IGNORECASE)
_PART_AFTER = re.compile(rf"[\s,\u00a0]*(?:{lexicon.TAKE_PART_AFTER})(?!\w)", re.IGNORECASE)
_NO_INVESTOR = re.compile(
    rf"(?<!\w)(?:{lexicon.NO_INVESTOR_BEFORE})\s*(?:le |la |les |l['’]|son |sa |ses )?(?:[a-zà-ÿ-]+ ){{0,2}}$",
    re.IGNORECASE,
)
_STOP = re.compile(lexicon.CHAIN_STOP, re.IGNORECASE)
_LINK = re.compile(r",|;|•|\n|/|&|\+|\bet\b|\bainsi que\b|\bpuis\b|\bou\b|\bavec\b|\baux côtés\b", re.IGNORECASE)
_LEAD_ENDS = re.compile(
    r"participation|aux côtés|rejoint|suivi|accompagn|ainsi que|\bavec\b|puis|complét|soutien", re.IGNORECASE
)
_DEAL = re.compile(
    rf"\b(?:{lexicon.RAISE_NOUN}|{lexicon.STRONG_RAISE}|investisse\w+|actionnaires?|capital|pot)", re.IGNORECASE
)
_INVESTOR_KINDS = {"vc", "private_equity", "family_office", "crowdfunding_platform", "accelerator"}
_GAP = 75


@dataclass(slots=True)
class _Found:
    name: Name
    lead: bool
    score: float


def find_investors(view: View, raisers: set[str]) -> list[Investor]:
    """Give whom the cues say to invest, in order of appearance, each once; ``raisers`` are keys that cannot be it."""
    found: dict[str, _Found] = {}
    for sentence in view.sentences:
        if _about_the_past(view, sentence):
            continue
        for item in _in_sentence(view, sentence):
            key = item.name.key
            if key in raisers or name_key(item.name.name) in raisers:
                continue
            before = found.get(key)
            if before is None:
                found[key] = item
            else:
                before.lead = before.lead or item.lead
                before.score = max(before.score, item.score)
    return [_record(view, item) for item in sorted(found.values(), key=lambda item: item.name.start)]


def _about_the_past(view: View, sentence: Sentence) -> bool:
    """Tell whether a sentence only recalls: it has the past's marks, and no sum of this round."""
    sums = view.money_in(sentence.start, sentence.end)
    if any(sum_.role in {"round", "tranche"} for sum_ in sums):
        return False
    recalled = any(sum_.role in {"past_round", "acquisition", "fund"} for sum_ in sums)
    return (recalled and view.recalls(sentence)) or any(sum_.role == "fund" for sum_ in sums)


def _in_sentence(view: View, sentence: Sentence) -> list[_Found]:
    text, left, right = view.text, sentence.start, sentence.end
    names = [name for name in view.names_in(left, right) if not view.bracketed(name.start)]
    deal = bool(_DEAL.search(text, left, right)) or any(
        s.role in {"round", "tranche"} for s in view.money_in(left, right)
    )
    found: list[_Found] = []
    for match in _LEAD_BEFORE.finditer(text, left, right):
        found += _chain(view, names, match.end(), sentence, lead=True, score=0.9)
    for match in _PART_BEFORE.finditer(text, left, right):
        weak = match[0].lower() in lexicon.WEAK_BEFORE
        if weak and not deal:
            continue
        found += _chain(view, names, match.end(), sentence, lead=False, score=0.6 if weak else 0.85)
    found += _subjects(view, names, sentence, deal=deal)
    if deal:
        found += [
            _Found(name, lead=False, score=0.5)
            for name in names
            if name.investor_kind in _INVESTOR_KINDS and not _excluded(view, name, sentence)
        ]
    return found


def _chain(view: View, names: list[Name], at: int, sentence: Sentence, *, lead: bool, score: float) -> list[_Found]:
    """Read an enumeration of names that starts at ``at``."""
    found: list[_Found] = []
    here, leading = at, lead
    for name in names:
        if name.start < at:
            continue
        gap = _without_brackets(view.text[here : name.start])
        if len(gap) > _GAP or _STOP.search(gap) or (found and not _LINK.search(gap) and not _apposed(gap)):
            break
        if found and lead and _LEAD_ENDS.search(gap):
            leading = False
        if not _excluded(view, name, sentence):
            found.append(_Found(name, lead=leading, score=score))
        here = name.end
    return found


def _without_brackets(gap: str) -> str:
    return re.sub(r"\([^()]*\)", "", gap)


def _apposed(gap: str) -> bool:
    """*le fonds américain* between two names of one enumeration."""
    return bool(re.fullmatch(r"[\s\u00a0]*(?:de|du|des|d['’]|le|la|les|l['’])?[\s\u00a0]*", gap, re.IGNORECASE))


def _subjects(view: View, names: list[Name], sentence: Sentence, *, deal: bool) -> list[_Found]:
    """Read the names before a verb that says they lead or take part, and those enumerated before them."""
    text = view.text
    found: list[_Found] = []
    for i, name in enumerate(names):
        end = _past_bracket(view, name.end)
        lead = _LEAD_AFTER.match(text, end, sentence.end)
        part = None if lead or not deal else _PART_AFTER.match(text, end, sentence.end)
        if lead is None and part is None:
            continue
        if _excluded(view, name, sentence):
            continue
        found.append(_Found(name, lead=lead is not None, score=0.85 if lead else 0.7))
        later = name
        for other in reversed(names[:i]):
            gap = _without_brackets(text[other.end : later.start])
            if len(gap) > _GAP or _STOP.search(gap) or not _LINK.search(gap):
                break
            joint = re.fullmatch(
                r"[\s\u00a0]*(?:,|et)[\s\u00a0]*(?:le |la |l['’])?(?:[a-zà-ÿ-]+ ){0,2}", gap, re.IGNORECASE
            )
            if not _excluded(view, other, sentence):
                found.append(_Found(other, lead=lead is not None and joint is not None, score=0.65))
            later = other
    return found


def _past_bracket(view: View, position: int) -> int:
    match = re.compile(r"[\s\u00a0]*\([^()\n]{0,120}\)").match(view.text, position)
    return match.end() if match else position


def _excluded(view: View, name: Name, sentence: Sentence) -> bool:
    before = view.text[max(sentence.start, name.start - 45) : name.start]
    return bool(_NO_INVESTOR.search(before))


def _record(view: View, item: _Found) -> Investor:
    evidence, start, end = view.evidence(item.name.start)
    kind = "person" if item.name.kind == "person" else item.name.investor_kind
    score = min(0.99, item.score + (0.1 if item.name.investor_kind else 0))
    return Investor(
        name=item.name.name,
        lead=item.lead,
        key=item.name.key,
        kind=kind,
        score=round(score, 2),
        evidence=evidence,
        start=start,
        end=end,
    )
