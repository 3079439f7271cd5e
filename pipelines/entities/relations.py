"""What the stored articles say of names: acronyms, former names, short forms, each with the sentence that says so.

Two checks that do not depend on each other stand behind each relation: the words between two names (a pattern), and
that both are names (found by the extraction, or bounded by the pattern's own signs) or that the initials fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from extract.bounds import sentence_bounds
from extract.names.gazetteer import lookup
from extract.names.keys import fold, name_key
from extract.names.lexicon import FIRST_NAMES, NOT_NAMES, ORG_TAILS, PLACES
from pipelines.entities import patterns
from pipelines.errors import StorageError, one_line
from pipelines.places import undisturbed

if TYPE_CHECKING:
    from pipelines.places import Place

Kind = Literal["acronym", "former", "short"]
_EVIDENCE = 5
"""Most sentences kept of one relation."""
_COMPANIES = ("company", "investor")
_BATCH = 20_000
_SHORTEST = 3
"""Fewest letters of an acronym whose full name is found by its initials alone."""
_TAKEN = 3
"""Most letters that a word gives to an acronym: *FONSIS*, *Fonds souverain d’investissements stratégiques*."""
_WORDS = 10
"""Most words of a name looked for before its acronym."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an article says it."""

    article_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Relation:
    """``alias`` is an acronym, a former name or a short form of ``name``; ``articles`` is how many say so."""

    kind: Kind
    name: str
    alias: str
    articles: int
    evidence: tuple[Evidence, ...]


class _Cue(NamedTuple):
    """A pattern found in an article, before anything is known of the names around it.

    ``left`` and ``right`` are offsets into ``paragraph``, which begins at ``offset`` of the document text.
    """

    kind: str
    paragraph: str
    offset: int
    left: int
    right: int
    bound: str


class _Found(NamedTuple):
    text: str
    name: str
    start: int
    end: int


@dataclass(slots=True)
class _Said:
    """The sentences that say one relation, and the spelling of it that comes first."""

    name: str
    alias: str
    evidence: set[Evidence] = field(default_factory=set)


def learned_relations(place: Place) -> list[Relation]:
    """Read in all stored articles which names belong together, the most often said first.

    Texts withheld by a reservation are empty and say nothing.

    Raises:
        StorageError: a part of the articles or mentions cannot be read.
    """
    import pyarrow as pa

    try:
        return undisturbed(lambda: _learned(place))
    except (OSError, pa.ArrowException) as error:
        reason = one_line(error)
        raise StorageError(f"{place.label}: what its articles say of names cannot be read ({reason})") from error


def _learned(place: Place) -> list[Relation]:
    cues = _cues(place)
    said: dict[tuple[str, str, str], _Said] = {}
    for article_id, found in _names_of(place, list(cues)):
        for kind, name, alias, cue in _read(cues[article_id], found):
            entry = said.setdefault((kind, name_key(name), name_key(alias)), _Said(name, alias))
            entry.evidence.add(Evidence(article_id, _sentence(cue.paragraph, cue.left)))
            entry.name, entry.alias = min((entry.name, entry.alias), (name, alias))
    relations = [_relation(kind, entry) for (kind, _, _), entry in said.items()]
    return sorted(relations, key=lambda r: (-r.articles, r.kind, name_key(r.name), name_key(r.alias)))


def _relation(kind: Any, entry: _Said) -> Relation:
    evidence = sorted(entry.evidence, key=lambda e: (e.article_id, e.sentence))
    articles = len({e.article_id for e in evidence})
    return Relation(kind, entry.name, entry.alias, articles, tuple(evidence[:_EVIDENCE]))


def _cues(place: Place) -> dict[str, list[_Cue]]:
    """Give what the texts offer, by article; only the paragraphs with a cue stay in memory."""
    import pyarrow.compute as pc

    found: dict[str, list[_Cue]] = {}
    columns = ["article_id", "title", "text"]
    hints = "|".join(re.escape(hint) for hint in patterns.HINTS)
    wanted = f"(?i){hints}|{patterns.BRACKETS}|{patterns.LONG_HINT}"
    for batch in place.dataset("articles").to_batches(columns=columns, batch_size=_BATCH // 10):
        texts = pc.binary_join_element_wise(batch["title"], batch["text"], "\n", null_handling="replace")
        hits = pc.match_substring_regex(texts, wanted)
        for article_id, text in zip(
            batch["article_id"].filter(hits).to_pylist(), texts.filter(hits).to_pylist(), strict=True
        ):
            if cues := list(_cues_in(text)):
                found[article_id] = cues
    return found


def _cues_in(text: str) -> Iterator[_Cue]:
    for line in re.finditer(r"[^\n]+", text):
        paragraph, offset = line[0], line.start()
        for match in patterns.BRACKETED.finditer(paragraph):
            yield _Cue("acronym", paragraph, offset, match.start(), match.start("inside"), match["inside"])
        for match in patterns.LONG.finditer(paragraph):
            yield _Cue("short", paragraph, offset, match.start(), match.start(), "")
        lowered = paragraph.lower()
        if not any(hint in lowered for hint in patterns.HINTS):
            continue
        for kind, pattern in (("former", patterns.FORMER), ("current", patterns.CURRENT)):
            for match in pattern.finditer(paragraph):
                yield _Cue(kind, paragraph, offset, match.start(), match.end(), match.lastgroup or "")


def _names_of(place: Place, articles: list[str]) -> Iterator[tuple[str, list[_Found]]]:
    """Give the companies and investors found in these articles; an article's mentions stand together in one part."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    wanted, labels = pa.array(articles, pa.string()), pa.array(_COMPANIES)
    current, names = None, list[_Found]()
    columns = ["article_id", "text", "name", "start", "end"]
    condition = ds.field("label").isin(labels)
    for batch in place.dataset("mentions").to_batches(columns=columns, filter=condition, batch_size=_BATCH):
        rows = batch.filter(pc.is_in(batch["article_id"], value_set=wanted)).to_pydict()
        for article_id, *values in zip(*(rows[column] for column in columns), strict=True):
            if article_id != current:
                if current is not None:
                    yield current, names
                current, names = article_id, []
            names.append(_Found(*values))
    if current is not None:
        yield current, names


def _read(cues: Iterable[_Cue], found: list[_Found]) -> Iterator[tuple[str, str, str, _Cue]]:
    """Give kind, name, alias of every relation that holds."""
    starts = {name.start: name for name in found}
    ends = {name.end: name for name in found}
    for cue in cues:
        left = ends.get(cue.offset + len(cue.paragraph[: cue.left].rstrip(' »”"')))
        right = starts.get(cue.offset + cue.right)
        pair = None
        if cue.kind == "short":
            pair = _short(right, found)
        elif cue.kind == "acronym":
            pair = _acronym(cue, left, right)
        elif cue.kind == "former":
            pair = _former(cue, left, right)
        elif right is not None:
            pair = _current(cue, left, right)
        if pair is not None and name_key(pair[0]) != name_key(pair[1]) and all(map(_may_be_company, pair)):
            yield "former" if cue.kind == "current" else cue.kind, *pair, cue


def _short(long: _Found | None, found: list[_Found]) -> tuple[str, str] | None:
    """Give the bare name and the long one where the article names both."""
    match = patterns.BARE.fullmatch(long.text) if long is not None else None
    if long is None or match is None:
        return None
    key = name_key(match["group"] or match["site"])
    bare = min((name.text for name in found if name_key(name.text) == key), default=None)
    return (bare, long.text) if bare is not None else None


def _acronym(cue: _Cue, left: _Found | None, right: _Found | None) -> tuple[str, str] | None:
    if right is not None and right.text == cue.bound and right.text.isupper() and (name := _spelled_out(cue)):
        return name, right.text
    if left is None:
        return None
    if patterns.ACRONYM.fullmatch(cue.bound) and initials_fit(cue.bound, left.text):
        return left.text, cue.bound
    if patterns.ACRONYM.fullmatch(left.text) and left.text.isupper() and initials_fit(left.text, cue.bound):
        return cue.bound, left.text
    return None


def _spelled_out(cue: _Cue) -> str | None:
    """Give the words before an acronym found in brackets whose initials it has: the extraction may cut them short."""
    before = cue.paragraph[: cue.left]
    if len(cue.bound) < _SHORTEST:
        return None
    for word in reversed(list(re.finditer(r"\S+", before))[-_WORDS:]):
        # Elided articles stand in the word: *l’Agence*.
        name = re.sub(r"^\w['’]", "", before[word.start() :])
        if re.search(r"[,;:.!?()«»]", name):
            return None
        if name[:1].isupper() and initials_fit(cue.bound, name):
            return name
    return None


def _former(cue: _Cue, left: _Found | None, right: _Found | None) -> tuple[str, str] | None:
    """The name on the right is the former one: it need not be found, since what a company was called is no company."""
    if left is None or (cue.bound == "closed" and _inside_brackets(cue)):
        return None
    looks = patterns.NAME.match(cue.paragraph, cue.right)
    alias = right.text if right is not None else looks[0] if looks else None
    if alias is None:
        return None
    behind = cue.paragraph[cue.right + len(alias) :]
    closed = patterns.CLOSING.match(behind) if cue.bound != "bracket" else re.match(r"\s?[»”\"]?\s?[),;]", behind)
    return (left.name, alias) if closed or (right is not None and not cue.bound) else None


def _current(cue: _Cue, left: _Found | None, right: _Found) -> tuple[str, str] | None:
    """The name on the left is the former one: found, or marked as such (*l’ex-Lunchr, rebaptisé Swile*)."""
    if cue.bound == "closed" and _inside_brackets(cue):
        return None
    alias = left.text if left is not None else _marked(cue.paragraph[: cue.left])
    behind = cue.paragraph[cue.right + len(right.text) :]
    return (right.name, alias) if alias and patterns.GOES_ON.match(behind) else None


def _marked(before: str) -> str | None:
    for match in patterns.NAME.finditer(before, max(0, len(before) - 60)):
        if match.end() == len(before) and patterns.EX.search(before[: match.start()]):
            return match[0]
    return None


def _inside_brackets(cue: _Cue) -> bool:
    """Tell whether a person may be meant: *Stéphanie Delestre (Volubile, ex-Qapa)*."""
    before = cue.paragraph[: cue.left]
    return before.count("(") > before.count(")")


def _may_be_company(name: str) -> bool:
    known = lookup(name)
    if known is not None:
        return known.kind != "person"
    words = fold(name).split()
    if "-".join(words) in PLACES or all(word in NOT_NAMES for word in words):
        return False
    return not (len(words) > 1 and words[0].partition("-")[0] in FIRST_NAMES and words[-1] not in ORG_TAILS)


def initials_fit(acronym: str, name: str) -> bool:
    """Tell whether every word of a name gives its first letters, in order, to the acronym; small words need not.

    >>> initials_fit("CDPQ", "Caisse de dépôt et placement du Québec")
    True
    >>> initials_fit("FONSIS", "Fonds souverain d’investissements stratégiques")
    True
    >>> initials_fit("EIC", "Conseil européen de l’innovation")
    False
    """
    words = re.findall(r"[^\W_]+", fold(name))
    letters = "".join(sign for sign in fold(acronym) if sign.isalnum())
    if sum(word not in patterns.SMALL for word in words) < 2 or len(letters) < 2:
        return False
    ends = {0}
    for word in words:
        taken = {
            end + size
            for end in ends
            for size in range(1, _TAKEN + 1)
            if len(word) >= size and letters[end : end + size] == word[:size]
        }
        ends = taken | ends if word in patterns.SMALL else taken
    return len(letters) in ends


def _sentence(paragraph: str, at: int) -> str:
    for start, end in sentence_bounds(paragraph):
        if at < end:
            return paragraph[start:end]
    return paragraph.strip()
