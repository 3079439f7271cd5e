"""Put sums, raisers and investors together: no round, one, or the several of a roundup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extract.encoder.spans import TypeWord
from extract.records import FundingRound, Investor, Money, PastRound, Role, RoundType
from extract.roles.features import Entity
from extract.roles.reader import Reading, Roles
from extract.rounds import fields, lexicon
from extract.rounds.scores import Scorer
from extract.rounds.segments import Segments
from extract.rounds.view import Sentence, View

_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_AGO = re.compile(
    r"il y a (un|deux|trois|quatre|cinq|six|\d+) ans?|l['’]an (?:dernier|passé)|l['’]année (?:dernière|passée)",
    re.IGNORECASE,
)
_FOUNDED_BY = re.compile(lexicon.FOUNDED_BY, re.IGNORECASE)
_COUNTS = {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6}

DEAL = 0.7
"""Probability from which an article is believed to report a round."""
RAISER = 0.4
"""Probability from which a further name is believed to raise too."""
PLAUSIBLE = 0.2
"""Probability of raising from which a name is believed to raise because a sum is surely a round's and its own."""
SUMLESS = 0.8
"""Probability from which one of several raisers is believed to raise though no sum is its own."""
INVESTOR = 0.45
"""Probability from which a company is believed to invest …"""
PERSON = 0.6
"""… and a person: far more persons are named as founders, partners or managers."""
LEAD = 0.4
"""Share of an investor's probability from which it is believed to lead."""
SUM = 0.25
"""Probability from which the likeliest sum of a raiser is believed to be the round's."""
OWNED = 0.03
"""Probability from which a valuation or a total is believed to be told of the raiser."""
TYPE = 0.5
"""Probability from which a word for a type of round is believed to tell this one's."""


@dataclass(slots=True)
class _Draft:
    """A raiser with what belongs to its round; ``sums``, ``types`` and ``backers`` in order of the text."""

    raiser: Entity
    sure: float
    sums: list[tuple[Money, Roles]] = field(default_factory=list)
    types: list[tuple[TypeWord, float]] = field(default_factory=list)
    backers: list[tuple[Entity, Roles]] = field(default_factory=list)

    @property
    def amount(self) -> tuple[Money, float] | None:
        """The round's own sum: of equal sums the first, of a sum and its conversion the one stated first."""
        totals: dict[tuple[float, str], float] = {}
        first: dict[tuple[float, str], Money] = {}
        for sum_, roles in self.sums:
            same = (sum_.value, sum_.currency)
            first.setdefault(same, sum_)
            totals[same] = 1 - (1 - totals.get(same, 0.0)) * (1 - roles["round"])
        likely = {same: chance for same, chance in totals.items() if chance >= SUM}
        if not likely:
            return None
        best = max(likely, key=lambda same: likely[same])
        told = next(same for same in totals if same == best or (same[1] != best[1] and likely.get(same, 0.0) >= 0.5))
        return first[told], likely[told]


def find_rounds(view: View, reading: Reading) -> tuple[list[FundingRound], list[PastRound]]:
    """Give the rounds that the document reports as news and those that it recalls; sums must have their roles."""
    drafts = _drafts(view, reading) if reading.deal >= DEAL else []
    rounds = [_build(view, draft, reading) for draft in drafts]
    return rounds, _past_rounds(view, reading)


def _drafts(view: View, reading: Reading) -> list[_Draft]:
    """Give the raisers with what is theirs: the likely names, and the owners of sums that are surely rounds."""
    chances = [roles["raiser"] for _, roles in reading.entities]
    for roles, owners in zip(reading.sums, reading.owners, strict=True):
        if owners:
            owner = max(owners, key=lambda i: owners[i])
            if chances[owner] < PLAUSIBLE:
                continue
            chances[owner] = max(chances[owner], min(roles["round"] * owners[owner], 0.99))
    companies = [i for i, (entity, _) in enumerate(reading.entities) if entity.name.kind == "company"]
    raisers = [i for i in companies if chances[i] >= RAISER] or sorted(companies, key=lambda i: -chances[i])[:1]
    drafts = {i: _Draft(reading.entities[i][0], chances[i]) for i in raisers}
    backers = [(e, r) for e, r in reading.entities if r["lead"] + r["investor"] >= _needed(e) and not _founds(view, e)]
    if len(drafts) > 1:
        _share(view, drafts, reading, backers)
    kept = _credible(list(drafts.values()))
    if len(kept) == 1:
        # An article about one raiser: all that is told of a round is told of its own.
        (draft,) = kept
        draft.sums, draft.types = list(zip(view.money, reading.sums, strict=True)), reading.types
        draft.backers = backers
    return sorted(kept, key=lambda draft: draft.raiser.name.start)


def _credible(drafts: list[_Draft]) -> list[_Draft]:
    """Leave out a second raiser without a sum of its own, unless several have one: only roundups name such."""
    told = sum(draft.amount is not None for draft in drafts)
    if len(drafts) == 1 or told > 1:
        return drafts
    return [draft for draft in drafts if draft.amount is not None or draft.sure >= SUMLESS]


def _founds(view: View, entity: Entity) -> bool:
    """Tell whether a person is said to have founded something: *lancée par l'entrepreneur Elon Musk*."""
    if entity.name.kind != "person":
        return False
    for mention in entity.mentions:
        start = view.sentence(mention.start).start
        before, at = "", start
        for name in view.names_in(start, mention.start):
            before += view.text[at : name.start] + "§"
            at = name.end
        if _FOUNDED_BY.search(before + view.text[at : mention.start]):
            return True
    return False


def _needed(entity: Entity) -> float:
    return PERSON if entity.name.kind == "person" else INVESTOR


def _share(view: View, drafts: dict[int, _Draft], reading: Reading, backers: list[tuple[Entity, Roles]]) -> None:
    """Give every raiser of several its own sums, types and investors."""
    segments = Segments(view, [draft.raiser for draft in drafts.values()])
    of_raiser = {draft.raiser.name.name: draft for draft in drafts.values()}
    for sum_, roles, owners in zip(view.money, reading.sums, reading.owners, strict=True):
        own = [i for i in owners if i in drafts]
        if own:
            drafts[max(own, key=lambda i: owners[i])].sums.append((sum_, roles))
        elif (raiser := segments.raiser_at(sum_.start)) is not None:
            of_raiser[raiser.name.name].sums.append((sum_, roles))
    for word, chance in reading.types:
        if (raiser := segments.raiser_at(word.start)) is not None:
            of_raiser[raiser.name.name].types.append((word, chance))
    for entity, roles in backers:
        held = {r.name.name for m in entity.mentions if (r := segments.raiser_at(m.start)) is not None}
        for name in held:
            if entity is not of_raiser[name].raiser:
                of_raiser[name].backers.append((entity, roles))


def _build(view: View, draft: _Draft, reading: Reading) -> FundingRound:
    found = draft.amount
    sum_, sure = found if found else (None, 1.0)
    telling = _telling(view, sum_, draft.raiser)
    valuation, total = (_likeliest(view, draft, reading, role) for role in ("valuation", "total_raised"))
    evidence, begin, end = view.evidence(sum_.start if sum_ else draft.raiser.name.start)
    day = fields.round_day(view, [s for s in telling if not s.title])
    score = reading.scores.round((reading.deal, draft.sure, sure))
    return FundingRound(
        company=draft.raiser.name.name,
        amount=sum_.value if sum_ else None,
        currency=sum_.currency if sum_ else None,
        round_type=_round_type(draft),
        status=fields.status(view, telling),
        date=day[0] if day else None,
        date_precision=day[1] if day else None,
        valuation=valuation.value if valuation else None,
        valuation_currency=valuation.currency if valuation else None,
        total_raised=total.value if total else None,
        total_raised_currency=total.currency if total else None,
        investors=[
            _investor(view, *backer, reading.scores.investor, score)
            for backer in draft.backers
            if backer[0] is not draft.raiser
        ],
        score=score,
        evidence=evidence,
        start=begin,
        end=end,
    )


def _round_type(draft: _Draft) -> RoundType | None:
    likely = [(chance, -word.start, word.round_type) for word, chance in draft.types if chance >= TYPE]
    return max(likely)[2] if likely else None


def _likeliest(view: View, draft: _Draft, reading: Reading, role: Role) -> Money | None:
    """Give the sum that is likeliest this raiser's valuation or total; rivals' are told in the same words."""
    own = next(i for i, (entity, _) in enumerate(reading.entities) if entity is draft.raiser)
    owned = {
        sum_.start: not owners or owners.get(own, 0.0) >= OWNED
        for sum_, owners in zip(view.money, reading.owners, strict=True)
    }
    found = [(roles[role], -s.start, s) for s, roles in draft.sums if s.role == role and owned[s.start]]
    return max(found)[2] if found else None


def _telling(view: View, sum_: Money | None, raiser: Entity) -> list[Sentence]:
    """Give the sentences that hold the round's sum, or name its raiser: they say its type, status and day."""
    if sum_ is None:
        return list({view.sentence(mention.start): None for mention in raiser.mentions})[:2]
    same = [s for s in view.money if (s.value, s.currency) == (sum_.value, sum_.currency) and s.role == "round"]
    return list({view.sentence(found.start): None for found in (*same, sum_)})


def _investor(view: View, entity: Entity, roles: Roles, scorer: Scorer, score: float) -> Investor:
    evidence, start, end = view.evidence(_told_at(view, entity))
    return Investor(
        name=entity.name.name,
        lead=roles["lead"] > LEAD * (roles["lead"] + roles["investor"]),
        key=entity.key,
        kind="person" if entity.name.kind == "person" else entity.name.investor_kind,
        score=scorer((roles["lead"] + roles["investor"], score)),
        evidence=evidence,
        start=start,
        end=end,
    )


def _told_at(view: View, entity: Entity) -> int:
    """Give the mention whose sentence proves most: one with a sum of the round, else the first of the body."""
    body = [m for m in entity.mentions if not view.sentence(m.start).title] or entity.mentions
    for mention in body:
        sentence = view.sentence(mention.start)
        if any(s.role in {"round", "tranche"} for s in view.money_in(sentence.start, sentence.end)):
            return mention.start
    return body[0].start


def _past_rounds(view: View, reading: Reading) -> list[PastRound]:
    found: list[PastRound] = []
    for sum_, owners in zip(view.money, reading.owners, strict=True):
        if sum_.role != "past_round" or not owners:
            continue
        company = reading.entities[max(owners, key=lambda i: owners[i])][0].name
        if any((p.company, p.amount) == (company.name, sum_.value) for p in found):
            continue
        sentence = view.sentence(sum_.start)
        evidence, start, end = view.evidence(sum_.start)
        around = view.text[max(sentence.start, sum_.start - 60) : min(sentence.end, sum_.end + 50)]
        found.append(
            PastRound(
                company=company.name,
                amount=sum_.value,
                currency=sum_.currency,
                round_type=fields.type_named(around),
                year=_year(view, around, view.text[sum_.end : sentence.end]),
                evidence=evidence,
                start=start,
                end=end,
            )
        )
    return found


def _year(view: View, around: str, behind: str) -> int | None:
    if found := _YEAR.search(behind[:50]) or _YEAR.search(around):
        return int(found[1])
    ago = _AGO.search(around)
    if ago is None or view.published is None:
        return None
    count = ago[1]
    return view.published.year - (_COUNTS.get(count.lower()) or int(count) if count else 1)
