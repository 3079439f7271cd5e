"""Which candidate names a company, which a person, which nothing that counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extract.names import lexicon
from extract.names.candidates import Candidate, Hint
from extract.names.gazetteer import KnownInvestor, lookup
from extract.names.keys import fold, name_key
from extract.names.tokens import Word

_GENTILE = re.compile(r".{3,}(?:ais|aise|ois|oise|ien|ienne|iens|iennes|ains?|aines?|ard|arde)$")


@dataclass(slots=True)
class Mention:
    """A candidate with what is around it."""

    candidate: Candidate
    text: str
    start: int
    end: int
    tokens: tuple[str, ...]
    before: str
    after: str
    after_gap: str
    opens: bool


@dataclass(slots=True)
class Entity:
    """All mentions of one name in a document."""

    key: str
    mentions: list[Mention] = field(default_factory=list)
    known: KnownInvestor | None = None
    kind: str | None = None
    """``company``, ``person`` or None for what does not count."""

    @property
    def text(self) -> str:
        """The name as first printed, a form that is not all capitals preferred."""
        texts = [mention.text for mention in self.mentions]
        return next((text for text in texts if not (text.isupper() and len(text) > 4)), texts[0])

    @property
    def tokens(self) -> tuple[str, ...]:
        """The folded words of the first mention."""
        return self.mentions[0].tokens


def entities(text: str, words: list[Word], found: list[Candidate], hint: Hint) -> dict[str, Entity]:
    """Gather the candidates by key and give each its kind."""
    gathered: dict[str, Entity] = {}
    for candidate in found:
        mention = _mention(text, words, candidate)
        key = name_key(mention.text)
        if key:
            gathered.setdefault(key, Entity(key)).mentions.append(mention)
    for entity in gathered.values():
        entity.known = lookup(entity.text)
        entity.kind = _kind(entity, hint)
    _parts_of_persons(gathered)
    return gathered


def _mention(text: str, words: list[Word], candidate: Candidate) -> Mention:
    start, end = words[candidate.first].start, words[candidate.last].end
    before = words[candidate.first - 1] if candidate.first else None
    after = words[candidate.last + 1] if candidate.last + 1 < len(words) else None
    inner = words[candidate.first : candidate.last + 1]
    return Mention(
        candidate=candidate,
        text=text[start:end],
        start=start,
        end=end,
        tokens=tuple(word.folded for word in inner if not word.elision),
        before=before.folded if before and not set(words[candidate.first].gap) & set(".\n") else "",
        after=after.folded if after and "\n" not in after.gap and "." not in after.gap else "",
        after_gap=after.gap if after else "",
        opens=words[candidate.first].opens,
    )


def _kind(entity: Entity, hint: Hint) -> str | None:
    if entity.known is not None:
        return "person" if entity.known.kind == "person" else "company"
    tokens = entity.tokens
    joined = "-".join(tokens)
    if joined in lexicon.PLACES or joined in lexicon.NOT_NAMES or all(t in lexicon.NOT_NAMES for t in tokens):
        named = any(m.before in lexicon.NAME_BEFORE for m in entity.mentions)
        return "company" if named and joined in lexicon.PLACES else None
    said = [hint(m.start, m.end) for m in entity.mentions]
    if _is_person(entity, said):
        return "person"
    if len(tokens) == 1 and _is_place_or_people(entity, said):
        return None
    return "company"


def _is_person(entity: Entity, said: list[str | None]) -> bool:
    tokens = entity.tokens
    if len(tokens) == 1:
        speaks = any(
            (m.after in lexicon.PERSON_AFTER and not m.opens)
            or m.before in {"m", "mme", "monsieur", "madame", "me", "dr"}
            for m in entity.mentions
        )
        if tokens[0] not in lexicon.FIRST_NAMES:
            return speaks and all(s == "PER" for s in said)
        company = any(m.before in lexicon.NAME_BEFORE or m.after in lexicon.RAISING_AFTER for m in entity.mentions)
        return speaks or not (company or len(entity.mentions) > 1)
    if tokens[-1] in lexicon.ORG_TAILS or tokens[0] in lexicon.ORG_HEADS or "&" in entity.text:
        return False
    shape = 2 <= len(tokens) <= 4 and not any(c.isdigit() for c in entity.text)
    first = tokens[0].partition("-")[0]
    if shape and first in lexicon.FIRST_NAMES and not entity.text.isupper():
        return not any(m.before in lexicon.NAME_BEFORE for m in entity.mentions)
    if not shape or entity.text.isupper() or any(m.before in lexicon.NAME_BEFORE for m in entity.mentions):
        return False
    title = any(m.before in lexicon.PERSON_BEFORE - lexicon.NAME_BEFORE for m in entity.mentions)
    speaks = any(m.after in lexicon.PERSON_AFTER and m.before != "" for m in entity.mentions)
    apposed = any(m.after_gap.startswith(",") and m.after in lexicon.PERSON_ROLES for m in entity.mentions)
    return title or speaks or apposed or sum(s == "PER" for s in said) * 2 > len(said)


def _is_place_or_people(entity: Entity, said: list[str | None]) -> bool:
    if all(m.before in lexicon.PLACE_BEFORE for m in entity.mentions) and "LOC" in said:
        return True
    people = _GENTILE.match(entity.tokens[0]) and not entity.text.isupper()
    return bool(people) and all(
        m.before in {"le", "la", "les", "l'", "un", "une", "des", "au", "du", "aux"} for m in entity.mentions
    )


def _parts_of_persons(gathered: dict[str, Entity]) -> None:
    """A first or last name alone is a mention of the person named in full."""
    parts: dict[str, str] = {}
    for entity in gathered.values():
        if entity.kind == "person" and len(entity.tokens) > 1:
            for part in (entity.tokens[0], entity.tokens[-1]):
                parts.setdefault(part, entity.key)
    for entity in gathered.values():
        if len(entity.tokens) == 1 and entity.known is None and entity.tokens[0] in parts and entity.kind != "person":
            company = any(m.before in lexicon.NAME_BEFORE or m.after in lexicon.RAISING_AFTER for m in entity.mentions)
            if not company:
                entity.kind = "person"


def best_names(gathered: dict[str, Entity], text: str) -> dict[str, str]:
    """Give for every company's and person's key the best name: short forms and acronyms lead to the full one."""
    names = {entity.key: entity.text for entity in gathered.values() if entity.kind}
    for entity in gathered.values():
        if entity.kind is None:
            continue
        longer = [other for other in gathered.values() if other.kind == entity.kind and _is_short_for(entity, other)]
        if entity.kind == "person" and len(entity.tokens) == 1:
            longer = [
                o
                for o in gathered.values()
                if o.kind == "person" and len(o.tokens) > 1 and entity.tokens[0] in (o.tokens[0], o.tokens[-1])
            ]
        if len({other.key for other in longer}) == 1:
            names[entity.key] = longer[0].text
    for key, acronym in _acronyms(gathered, text):
        names[acronym] = names[key]
    return names


def _is_short_for(short: Entity, long: Entity) -> bool:
    if len(short.tokens) >= len(long.tokens) or long.tokens[: len(short.tokens)] != short.tokens:
        return False
    if short.known and long.known:
        return short.known == long.known
    return short.known is None or long.tokens[len(short.tokens)] in lexicon.ORG_TAILS


def _acronyms(gathered: dict[str, Entity], text: str) -> list[tuple[str, str]]:
    """Pairs (full name's key, acronym's key) where the acronym stands in brackets behind the name."""
    pairs = []
    companies = [entity for entity in gathered.values() if entity.kind == "company"]
    for short in companies:
        if not (short.text.isupper() and 2 <= len(short.text) <= 6):
            continue
        for mention in short.mentions:
            if text[mention.start - 1 : mention.start] != "(":
                continue
            for long in companies:
                initials = "".join(
                    word[0]
                    for word in re.findall(r"\w+", fold(long.text))
                    if word not in {"de", "des", "du", "d", "et", "la", "l", "of"}
                )
                if (
                    long is not short
                    and initials == short.tokens[0]
                    and any(0 < mention.start - m.end < 4 for m in long.mentions)
                ):
                    pairs.append((long.key, short.key))
    return pairs
