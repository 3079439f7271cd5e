"""Features of sums, of names and of whole articles, each a mapping from the feature's name to its value."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from extract.names.keys import fold
from extract.records import Investor, Money, Name
from extract.roles.stream import Stream, name_mark
from extract.rounds import lexicon
from extract.rounds.view import Sentence, View

_WINDOW = 12
_LINKS = frozenset(", ; / & + et ainsi que puis ou les la le l' l’ de du des d' d’ ( ) • - – — \n".split(" "))
_STEM = 6
_NEWS = {
    "roundup": re.compile(lexicon.ROUNDUP_TITLE, re.IGNORECASE),
    "fund": re.compile(lexicon.FUND_RAISER, re.IGNORECASE),
    "acquisition": re.compile(lexicon.ACQUISITION_NEWS, re.IGNORECASE),
    "no deal": re.compile(rf"(?<!\w)(?:{lexicon.NO_DEAL})(?!\w)", re.IGNORECASE),
    "raise": re.compile(rf"(?<!\w)(?:{lexicon.STRONG_RAISE}|{lexicon.RAISE_NOUN})(?!\w)", re.IGNORECASE),
}


@dataclass(slots=True)
class Entity:
    """All mentions of one name in a document."""

    key: str
    name: Name
    """The first mention."""
    mentions: list[Name] = field(default_factory=list)


def entities_of(view: View) -> list[Entity]:
    """Gather the names of a document, in order of first mention."""
    found: dict[str, Entity] = {}
    for name in view.names:
        found.setdefault(name.name, Entity(name.key, name)).mentions.append(name)
    return list(found.values())


@dataclass(slots=True)
class Hints:
    """What the rules say of a document, which the models weigh among other signs."""

    main: Name | None
    investors: list[Investor]
    sum_roles: list[str]
    raisers: list[Name | None]
    """For each sum, the company that its own sentence says it is raised by."""


def sum_features(view: View, stream: Stream, hints: Hints) -> list[dict[str, float]]:
    """Give the features of every sum of the document."""
    title_values = {(s.value, s.currency) for s in view.money if view.sentence(s.start).title}
    counts = Counter((s.value, s.currency) for s in view.money)
    largest = max((s.value for s in view.money), default=0)
    rows = []
    for i, sum_ in enumerate(view.money):
        sentence = view.sentence(sum_.start)
        row = _context(stream, sum_.start, sum_.end, sentence)
        same = (sum_.value, sum_.currency)
        row |= _flags(
            title=sentence.title,
            in_title=same in title_values,
            title_has_sum=bool(title_values),
            repeated=counts[same] > 1,
            largest=sum_.value == largest,
            bracketed=view.bracketed(sum_.start),
            first=i == 0,
            second=i == 1,
            last=i == len(view.money) - 1,
        )
        row[f"rule={hints.sum_roles[i]}"] = 1.0
        row[f"rule={hints.sum_roles[i]}|title={same in title_values}"] = 1.0
        row[f"currency={sum_.currency}"] = 1.0
        row[f"qualifier={sum_.qualifier}"] = 1.0
        row[f"size={int(math.log10(max(sum_.value, 1)))}"] = 1.0
        row[f"ratio={_bucket(sum_.value / largest if largest else 0)}"] = 1.0
        row[f"place={_place(view, sentence)}"] = 1.0
        row |= _neighbours(view, i, hints)
        row |= _subject(view, sum_, sentence, hints)
        rows.append(row)
    return rows


def with_names(
    view: View,
    hints: Hints,
    rows: list[dict[str, float]],
    roles: list[Mapping[str, float]],
    entities: list[Entity],
    names: list[Mapping[str, float]],
    deal: float,
) -> list[dict[str, float]]:
    """Give the features of the sums anew, with what the first look made of the sums, the names around and the whole."""
    of_name = {entity.name.name: chances for entity, chances in zip(entities, names, strict=True)}
    refined = []
    for sum_, row, own, rule in zip(view.money, rows, roles, hints.sum_roles, strict=True):
        sentence = view.sentence(sum_.start)
        more = {f"first:{role}": 3 * chance for role, chance in own.items()} | {"deal": deal, "no deal": 1 - deal}
        beside = view.names_in(sentence.start, sentence.end)
        before = [name for name in beside if name.end <= sum_.start]
        behind = [name for name in beside if name.start >= sum_.end]
        for side, name in (
            ("opens", before[0] if before else None),
            ("before", before[-1] if before else None),
            ("behind", behind[0] if behind else None),
        ):
            for role, chance in (of_name[name.name] if name else {"none": 1.0}).items():
                more[f"{side}:{role}"] = chance
                more[f"{side}:{role}|rule={rule}"] = chance
        refined.append(row | more)
    return refined


def with_fellows(
    rows: list[dict[str, float]],
    names: list[Mapping[str, float]],
    runs: list[list[int]],
    deal: float,
) -> list[dict[str, float]]:
    """Give the features of the names anew, with the first look at them and at those of their enumerations."""
    fellows: dict[int, list[int]] = {}
    for run in runs:
        for i in run:
            fellows.setdefault(i, []).extend(k for k in run if k != i)
    best = max((chances["raiser"] for chances in names), default=0.0)
    refined = []
    for i, (row, own) in enumerate(zip(rows, names, strict=True)):
        more = {f"first:{role}": 3 * chance for role, chance in own.items()} | {"deal": deal, "no deal": 1 - deal}
        more["likeliest raiser" if own["raiser"] == best else "not likeliest raiser"] = best
        beside = fellows.get(i, [])
        for role in own if beside else ():
            more[f"fellows:{role}"] = 2 * sum(names[k][role] for k in beside) / len(beside)
        refined.append(row | more)
    return refined


def _flags(**flags: bool) -> dict[str, float]:
    return {name: 1.0 for name, value in flags.items() if value}


def _bucket(ratio: float) -> int:
    return int(ratio * 10) if ratio < 1 else 10


def _place(view: View, sentence: Sentence) -> str:
    index = view.sentence_index(sentence.start)
    return str(index) if index < 4 else f"late{min(9, int(10 * index / len(view.sentences)))}"


def _context(stream: Stream, start: int, end: int, sentence: Sentence) -> dict[str, float]:
    """Words around a span, by place and as bags; the sentence's stems."""
    left = stream.between(max(sentence.start, start - 200), start)[-_WINDOW:]
    right = stream.between(end, min(sentence.end, end + 200))[:_WINDOW]
    left, right = ["<S>", *left], [*right, "</S>"]
    row: dict[str, float] = {}
    for side, words in (("l", left[::-1]), ("r", right)):
        for place, word in enumerate(words[:5], 1):
            row[f"{side}{place}={word}"] = 1.0
        for place in range(3):
            if len(words) > place + 1:
                row[f"{side}{place}2={words[place]} {words[place + 1]}"] = 1.0
        if len(words) > 2:
            row[f"{side}03={words[0]} {words[1]} {words[2]}"] = 1.0
        for word in words[:_WINDOW]:
            row[f"{side}bag={word[:_STEM]}"] = 1.0
    for word in stream.between(sentence.start, sentence.end):
        row[f"bag={word[:_STEM]}"] = 0.5
    return row


def _neighbours(view: View, i: int, hints: Hints) -> dict[str, float]:
    row: dict[str, float] = {}
    sentence = view.sentence(view.money[i].start)
    for side, j in (("before", i - 1), ("after", i + 1)):
        if 0 <= j < len(view.money):
            other = view.money[j]
            near = view.sentence(other.start) == sentence
            row[f"{side}={hints.sum_roles[j]}|{near}"] = 1.0
            if near:
                larger = other.value > view.money[i].value
                row[f"{side}|larger={larger}|same={other.currency == view.money[i].currency}"] = 1.0
    return row


def _subject(view: View, sum_: Money, sentence: Sentence, hints: Hints) -> dict[str, float]:
    """Which names stand before and behind the sum in its sentence."""
    main = hints.main.key if hints.main else None
    names = view.names_in(sentence.start, sentence.end)
    before = [name_mark(n, main) for n in names if n.end <= sum_.start]
    behind = [name_mark(n, main) for n in names if n.start >= sum_.end]
    row = {f"subject={before[0] if before else None}": 1.0, f"nearest={before[-1] if before else None}": 1.0}
    row[f"behind={behind[0] if behind else None}"] = 1.0
    row[f"main={'<MAIN>' in before}{'<MAIN>' in behind}"] = 1.0
    return row


def entity_features(
    view: View, stream: Stream, hints: Hints, entities: list[Entity], roles: list[Mapping[str, float]]
) -> list[dict[str, float]]:
    """Give the features of every entity; ``roles`` are the role probabilities of the sums."""
    order = sorted(entities, key=lambda e: -len(e.mentions))
    rank = {entity.name.name: i for i, entity in enumerate(order)}
    suggested = {investor.name: investor for investor in hints.investors}
    several = min(len({r.name for r, of in zip(hints.raisers, roles, strict=True) if r and of["round"] > 0.4}), 4)
    rows = []
    for place, entity in enumerate(entities):
        row: dict[str, float] = _of_name(entity, hints)
        row |= {f"rank={min(rank[entity.name.name], 5)}": 1.0, f"order={min(place, 6)}": 1.0}
        row[f"mentions={min(len(entity.mentions), 5)}"] = 1.0
        found = suggested.get(entity.name.name)
        row[f"rule={None if found is None else round(found.score, 1)}"] = 1.0
        row[f"rulelead={found is not None and found.lead}"] = 1.0
        if hints.main is not None and entity.name.name == hints.main.name:
            row["rulemain"] = 1.0
        row |= _raised(view, hints, entity, roles, several)
        for mention in entity.mentions:
            for name, value in _of_mention(view, stream, hints, mention, roles).items():
                row[name] = max(value, row.get(name, 0.0))
        rows.append(row)
    return rows


def _raised(
    view: View, hints: Hints, entity: Entity, roles: list[Mapping[str, float]], several: int
) -> dict[str, float]:
    """What the sums stand for that the entity raises by their own sentences; ``several`` names raise so in all."""
    row: dict[str, float] = {}
    for raiser, chances, sum_ in zip(hints.raisers, roles, view.money, strict=True):
        if raiser is None or raiser.name != entity.name.name:
            continue
        for role, chance in chances.items():
            row[f"raises:{role}"] = max(chance, row.get(f"raises:{role}", 0.0))
        row[f"raises|several={several}"] = max(chances["round"], row.get(f"raises|several={several}", 0.0))
        row |= _flags(**{"raises in title": view.sentence(sum_.start).title})
    row[f"several={several}"] = 1.0
    return row


def _of_name(entity: Entity, hints: Hints) -> dict[str, float]:
    words = fold(entity.name.name).split()
    kind = entity.name.investor_kind or entity.name.kind
    row = {f"kind={kind}": 1.0, f"words={min(len(words), 4)}": 1.0}
    row |= {f"tail={words[-1]}": 1.0, f"head={words[0]}": 1.0}
    row |= _flags(caps=entity.name.name.isupper(), small=entity.name.name.islower(), main_known=hints.main is not None)
    return row


def _of_mention(
    view: View, stream: Stream, hints: Hints, mention: Name, roles: list[Mapping[str, float]]
) -> dict[str, float]:
    sentence = view.sentence(mention.start)
    row = {f"m:{name}": value for name, value in _context(stream, mention.start, mention.end, sentence).items()}
    kind = "PER" if mention.kind == "person" else "INV" if mention.investor_kind else "ORG"
    before, behind = chain_cues(stream, mention)
    row[f"chain<={before}"] = row[f"chain<={before}|{kind}"] = 1.0
    row[f"chain>={behind}"] = row[f"chain>={behind}|{kind}"] = 1.0
    for word in before.split():
        row[f"chainbag<={word[:_STEM]}"] = 1.0
    for word in behind.split():
        row[f"chainbag>={word[:_STEM]}"] = 1.0
    row[f"m:place={_place(view, sentence)}"] = 1.0
    row |= _flags(**{"m:title": sentence.title, "m:bracketed": view.bracketed(mention.start)})
    row |= _deal_near(view, sentence, mention, roles) | _in_line(view, mention, roles)
    fellows = view.names_in(sentence.start, sentence.end)
    row[f"m:fellows={min(len(fellows), 6)}"] = 1.0
    row[f"m:investing fellows={min(sum(f.investor_kind is not None for f in fellows if f is not mention), 4)}"] = 1.0
    main = hints.main.key if hints.main else None
    row[f"m:with main={any(f.key == main for f in fellows)}"] = 1.0
    return row


def _deal_near(view: View, sentence: Sentence, mention: Name, roles: list[Mapping[str, float]]) -> dict[str, float]:
    """Role probabilities of the sums in the mention's sentence and in the one before, and of the next sum."""
    row: dict[str, float] = {}
    index = view.sentence_index(sentence.start)
    scopes = {"same": sentence} | ({"previous": view.sentences[index - 1]} if index else {})
    for scope, found in scopes.items():
        for i in view.money_range(found.start, found.end):
            for role, probability in roles[i].items():
                name = f"m:{scope}:{role}"
                row[name] = max(row.get(name, 0.0), probability)
                if scope == "same":
                    side = "before" if view.money[i].start < mention.start else "behind"
                    row[f"{name}:{side}"] = max(row.get(f"{name}:{side}", 0.0), probability)
    return row


def _in_line(view: View, mention: Name, roles: list[Mapping[str, float]]) -> dict[str, float]:
    """Where the mention stands in its paragraph or list item, and whether a round's sum stands there too."""
    start = view.text.rfind("\n", 0, mention.start) + 1
    end = view.text.find("\n", mention.end)
    end = end if end >= 0 else len(view.text)
    names = view.names_in(start, mention.start)
    sums = [roles[i]["round"] for i in view.money_range(start, end)]
    first = not names
    opens = len(view.text[start : mention.start].strip(' \u00a0•*-–—·«"\t0123456789.)')) == 0
    size = "short" if end - start < 80 else "middle" if end - start < 400 else "long"
    row = {f"line:first={first}|opens={opens}|{size}": 1.0}
    if sums:
        row[f"line:round|first={first}|opens={opens}"] = max(sums)
        row[f"line:round|{size}"] = max(sums)
    return row


def chain_cues(stream: Stream, mention: Name) -> tuple[str, str]:
    """Give the words before and behind the enumeration that a name stands in: *auprès de*, *participent*."""
    at = stream.index(mention.start)
    left = at - 1
    while left >= 0 and at - left < 40 and _enumerates(stream, left):
        left -= 1
    right = at + 1
    while right < len(stream.tokens) and right - at < 40 and _enumerates(stream, right):
        right += 1
    before = [token.text for token in stream.tokens[max(0, left - 2) : left + 1]]
    behind = [token.text for token in stream.tokens[right : right + 2]]
    return " ".join(w for w in before if w != "\n"), " ".join(w for w in behind if w != "\n")


def fellowships(stream: Stream, entities: list[Entity]) -> list[list[int]]:
    """Give the enumerations of the document as lists of entity indexes: names parted by nothing but links."""
    at = {stream.index(m.start): i for i, entity in enumerate(entities) for m in entity.mentions}
    found: list[list[int]] = []
    run: list[int] = []
    linked = False
    for index, token in enumerate(stream.tokens):
        if index in at and token.text.startswith("<"):
            run = [*run, at[index]] if linked else [at[index]]
            if len(run) == 2:
                found.append(run)
            elif len(run) > 2:
                found[-1] = run
            linked = True
        elif token.text not in _LINKS or token.text == "\n":
            linked = False
    return found


def _enumerates(stream: Stream, index: int) -> bool:
    text = stream.tokens[index].text
    return text in _LINKS or text in {"<INV>", "<ORG>", "<PER>"}


def document_features(
    view: View,
    stream: Stream,
    hints: Hints,
    roles: list[Mapping[str, float]],
    names: list[Mapping[str, float]],
) -> dict[str, float]:
    """Give the features that tell an article with a round from one without."""
    row: dict[str, float] = {"rulemain": float(hints.main is not None)}
    title = next((s for s in view.sentences if s.title), view.sentences[0])
    words = stream.between(title.start, title.end)
    for word in words:
        row[f"title={word[:_STEM]}"] = 1.0
    for first, second in pairwise(words):
        row[f"title={first} {second}"] = 1.0
    for sentence in view.sentences[:4]:
        for word in stream.between(sentence.start, sentence.end):
            row[f"head={word[:_STEM]}"] = 0.5
    for word in stream.between(0, len(view.text)):
        row[f"all={word[:_STEM]}"] = 0.25
    row |= _strongest("sum", roles) | _strongest("name", names) | _news(view)
    row[f"sums={min(len(view.money), 6)}"] = 1.0
    return row


def _news(view: View) -> dict[str, float]:
    """Which other news than a round the title and the opening tell: a fund, a purchase, a raise that failed."""
    row: dict[str, float] = {}
    for place, sentences in (("title", [s for s in view.sentences if s.title]), ("opening", view.sentences[:3])):
        words = " ".join(view.words(sentence) for sentence in sentences)
        for news, pattern in _NEWS.items():
            if pattern.search(words):
                row[f"{place}:{news}"] = 1.0
    return row


def _strongest(prefix: str, found: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The highest probability of each class and how many items are likely of it."""
    row: dict[str, float] = {}
    for item in found:
        for name, probability in item.items():
            best, count = f"{prefix}:{name}:best", f"{prefix}:{name}:count"
            row[best] = max(row.get(best, 0.0), 3 * probability)
            row[count] = min(row.get(count, 0.0) + probability, 3.0)
    return row
