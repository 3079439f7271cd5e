"""Find the sums of money of a text: the pure function behind the spaCy component."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from extract.money import patterns as p
from extract.money.context import Context
from extract.money.lexicon import AMBIGUOUS, ENGLISH_UNITS
from extract.money.numbers import read_currency, read_number, read_unit, tidy
from extract.records import Money, Qualifier

_LARGE = 1000
_REACH = 160
"""Characters between a sum and the bare number that takes its unit."""
_YEARS = range(1900, 2101)


@dataclass(slots=True)
class _Atom:
    """A number with the unit and currency written beside it; ``taken`` once it is part of a sum."""

    start: int
    end: int
    """End of the whole, currency included."""
    number_end: int
    number: float
    raw: str
    unit: int = 1
    currency: str | None = None
    taken: bool = False

    @property
    def value(self) -> float:
        return self.number * self.unit


def find_money(text: str) -> list[Money]:
    """Find every sum of money in ``text``, in order of appearance and never overlapping.

    ``text[m.start:m.end] == m.text`` for each sum ``m``. Qualifiers (*plus de*) stay outside the span and
    are told by ``qualifier``; a range is one sum with its bounds in ``value`` and ``upper``. A unit or currency
    that is left out (*dont 3 en dette*) is taken from its context.

    >>> [(m.text, m.value, m.currency) for m in find_money("Alpha lève plus de 2,5 M€, dont 1 en dette.")]
    [('2,5 M€', 2500000, 'EUR'), ('1', 1000000, 'EUR')]
    """
    atoms = list(_atoms(text))
    context = Context(text)
    found = _written(text, atoms, context)
    found += _lists_and_moves(text, atoms, found)
    found += _bare_units(text, atoms, found, context)
    found += _bare_numbers(text, atoms, found)
    return sorted(found, key=lambda money: money.start)


def read_money(span: str) -> tuple[float, str] | None:
    """Read one sum back from its own words: its value (a range's lower bound) and currency, None if it has none.

    >>> read_money("6 milliards de dollars")
    (6000000000, 'USD')
    """
    found = find_money(span)
    if len(found) != 1 or found[0].text != span.strip():
        return None
    return found[0].value, found[0].currency


def _atoms(text: str) -> Iterator[_Atom]:
    prefixed = {match.start(): match for match in p.PREFIXED.finditer(text)}
    starts = sorted(prefixed)
    at = 0
    for match in p.AMOUNT.finditer(text):
        # A currency in front of the number wins, unless it closes the sum before it (500 €, 3 millions).
        while starts and starts[0] < match.start():
            lead = prefixed[starts.pop(0)]
            if lead.start() >= at and (atom := _prefixed_atom(lead)):
                at = atom.end
                yield atom
        if match.start() >= at and (atom := _amount_atom(match)):
            at = atom.end
            yield atom


def _prefixed_atom(match: re.Match[str]) -> _Atom | None:
    raw = match["number"]
    # Behind a leading sign the notation is English, where a comma parts thousands.
    number = read_number(raw.replace(",", "") if re.fullmatch(r"\d{1,3},\d{3}", raw) else raw)
    if number is None:
        return None
    word = (match["unit"] or "").lower()
    unit = ENGLISH_UNITS.get(word) or read_unit(match["unit"])
    currency = read_currency(match["currency"])
    return _Atom(match.start(), match.end(), match.end("number"), number, raw, unit, currency)


def _amount_atom(match: re.Match[str]) -> _Atom | None:
    raw = match["number"]
    number = read_number(raw)
    if number is None:
        return None
    written = raw[:1].isdigit()
    currency = read_currency(match["currency"]) if match["currency"] else None
    unit = read_unit(match["unit"] or match["letter"])
    if unit >= 10**6 and re.fullmatch(r"\d{1,3}\.\d{3}", raw):
        number = float(raw)  # 1.250 million: a decimal point before a unit, not a thousands' one
    if match["half"]:
        number += 0.5
    if not written and unit == 1 and (currency is None or number < 2):
        return None
    if currency and match["currency"].strip(" \u00a0\u202f").lower() in AMBIGUOUS and number * unit < _LARGE:
        return None
    return _Atom(match.start(), match.end(), match.end("number"), number, raw, unit, currency)


def _money(text: str, atom: _Atom, currency: str, unit: int | None = None, end: int | None = None) -> Money:
    atom.taken = True
    stop = atom.end if end is None else end
    value = tidy(atom.number * (atom.unit if unit is None else unit))
    return Money(
        text=text[atom.start : stop],
        start=atom.start,
        end=stop,
        value=value,
        currency=currency,
        qualifier=_qualifier(text, atom.start),
    )


def _qualifier(text: str, start: int) -> Qualifier:
    match = p.QUALIFIER.search(text, max(0, start - 40), start)
    if match is None:
        return "exact"
    kinds: tuple[Qualifier, ...] = ("at_least", "at_most", "about")
    return next(kind for kind in kinds if match[kind])


def _written(text: str, atoms: list[_Atom], context: Context) -> list[Money]:
    """Sums with a currency of their own, and the ranges that end in one."""
    found = []
    for i, atom in enumerate(atoms):
        if atom.currency is None or atom.taken:
            continue
        currency = context.settle(atom.currency, text[atom.start : atom.end])
        first = atoms[i - 1] if i else None
        last = atoms[i + 1] if i + 1 < len(atoms) else None
        if last is not None and last.currency and _is_range(text, atom, last):
            found.append(_range(text, atom, last, currency))
        elif first is not None and _is_range(text, first, atom):
            found.append(_range(text, first, atom, currency))
        elif first is not None and _goes_on(text, first, atom):
            found.append(_joined(text, first, atom, currency))
        elif atom.number > 0:
            found.append(_money(text, atom, currency))
    return found


def _is_range(text: str, first: _Atom, last: _Atom) -> bool:
    gap = text[first.end : last.start]
    if first.taken or first.currency not in (None, last.currency) or not p.RANGE_LINK.fullmatch(gap):
        return False
    if first.value * (last.unit if first.unit == 1 and first.number < _LARGE else 1) >= last.value:
        return False
    before = text[max(0, first.start - 40) : first.start]
    link = gap.strip().lower()
    if link in {"et", "ou"}:
        return link == "et" and bool(p.BETWEEN.search(before))
    return not p.MOVED_FROM.search(before)


def _goes_on(text: str, first: _Atom, last: _Atom) -> bool:
    """Tell whether two numbers are one, told by its units: *un million deux cent mille euros*."""
    smaller = first.unit > 1 and last.value < first.unit and not first.taken and first.currency is None
    return smaller and last.unit < first.unit and text[first.end : last.start].strip(" \u00a0\u202f") in {"", "et"}


def _joined(text: str, first: _Atom, last: _Atom, currency: str) -> Money:
    money = _money(text, first, currency, end=last.end)
    last.taken = True
    money.value = tidy(first.value + last.value)
    return money


def _range(text: str, first: _Atom, last: _Atom, currency: str) -> Money:
    unit = first.unit if first.unit > 1 or first.number >= _LARGE else last.unit
    first.taken = last.taken = True
    return Money(
        text=text[first.start : last.end],
        start=first.start,
        end=last.end,
        value=tidy(first.number * unit),
        currency=currency,
        qualifier="range",
        upper=tidy(last.value),
    )


def _lists_and_moves(text: str, atoms: list[_Atom], found: list[Money]) -> list[Money]:
    """Read numbers that share the unit and currency of the sum behind them: *27, 15 et 10 M€*, *de 3 à 11 millions*."""
    more = []
    by_start = {money.start: money for money in found}
    for i in range(len(atoms) - 2, -1, -1):
        atom, behind = atoms[i], atoms[i + 1]
        if atom.taken or atom.currency or _year(atom):
            continue
        gap = text[atom.end : behind.start]
        before = text[max(0, atom.start - 40) : atom.start]
        head = by_start.get(behind.start)
        if head is None and behind.unit > 1 and not behind.taken:
            continue
        if head is None:
            continue
        moved = p.RANGE_LINK.fullmatch(gap) and p.MOVED_FROM.search(before)
        listed = p.LIST_LINK.fullmatch(gap) and (p.BARE_BEFORE.search(before) or before.rstrip().endswith((":", "de")))
        if not (moved or listed) or (listed and atom.raw[:1].isalpha()):
            continue
        unit = atom.unit if atom.unit > 1 or atom.number >= _LARGE else behind.unit
        money = _money(text, atom, head.currency, unit, atom.end if atom.unit > 1 else atom.number_end)
        behind_unit = behind.unit if behind.unit > 1 else unit
        atom.unit = behind_unit if atom.number < _LARGE else atom.unit
        by_start[atom.start] = money
        more.append(money)
    return more


def _bare_units(text: str, atoms: list[_Atom], found: list[Money], context: Context) -> list[Money]:
    """*N millions* without a currency, where nothing says that they are not money."""
    more: list[Money] = []
    for i, atom in enumerate(atoms):
        if atom.taken or atom.currency or atom.unit < 10**6 or p.NOT_MONEY_AFTER.match(text, atom.end):
            continue
        noun = p.AFTER_NOUN.match(text, atom.end)
        if noun and not (p.MONEY_NOUN.match(noun["noun"]) or noun["noun"][:1].isupper()):
            continue
        if not found and not context.money_near(atom.start, atom.end):
            continue
        currency = carried_currency(text, atom.start, found) or context.default
        first = atoms[i - 1] if i else None
        if first is not None and not first.currency and _is_range(text, first, atom):
            more.append(_range(text, first, atom, currency))
        else:
            more.append(_money(text, atom, currency))
            if first is not None and _shares(text, first, atom):
                more.append(_money(text, first, currency, atom.unit, first.number_end))
                second = atoms[i - 2] if i > 1 else None
                if second is not None and _shares(text, second, first):
                    more.append(_money(text, second, currency, atom.unit, second.number_end))
    return more


def _shares(text: str, atom: _Atom, behind: _Atom) -> bool:
    """Tell whether a bare number shares the unit behind it: *tranches de 15, 15 et 10 millions*."""
    if atom.taken or atom.currency or atom.unit > 1 or _year(atom):
        return False
    before = text[max(0, atom.start - 40) : atom.start]
    return bool(
        p.LIST_LINK.fullmatch(text[atom.end : behind.start])
        and re.search(r"(?:respectivement|tranches|volets?|,|\bde|:)\s*(?:de\s*)?$", before)
    )


def _bare_numbers(text: str, atoms: list[_Atom], found: list[Money]) -> list[Money]:
    """Numbers without unit and currency that a cue ties to the sum before them: *dont 3 en dette*."""
    more = []
    known = sorted(found, key=lambda money: money.start)
    ends = [money.end for money in known]
    for atom in atoms:
        if atom.taken or atom.unit > 1 or atom.currency or _year(atom) or not atom.raw[:1].isdigit():
            continue
        at = bisect_right(ends, atom.start) - 1
        if at < 0 or atom.start - ends[at] > _REACH or not p.BARE_AFTER.match(text, atom.end):
            continue
        host = known[at]
        between = text[host.end : atom.start]
        cue = p.BARE_BEFORE.search(text, max(host.end, atom.start - 40), atom.start)
        if cue is None or len(p.SENTENCE_END.findall(between)) > 0 or cue[0].strip() == ",":
            continue
        unit = lent_unit(host, atom.number)
        if unit is not None:
            more.append(_money(text, atom, host.currency, unit, atom.number_end))
    return more


def lent_unit(lender: Money, number: float) -> int | None:
    """Give the unit that a bare number takes from a sum near it, None where it can be none.

    >>> lent_unit(find_money("12 M€")[0], 3), lent_unit(find_money("12 M€")[0], 500_000)
    (1000000, 1)
    """
    if number >= _LARGE:
        return 1
    for unit in (10**9, 10**6, 10**3):
        if lender.value >= unit:
            return unit if number * unit <= 20 * lender.value else None
    return 1


def _year(atom: _Atom) -> bool:
    return bool(p.YEAR.match(atom.raw)) and atom.unit == 1 and atom.currency is None and int(atom.number) in _YEARS


def carried_currency(text: str, position: int, found: list[Money]) -> str | None:
    """Give the currency that a sum without one takes: of its sentence, else of most sums of the text."""
    near = [money for money in found if money.end <= position and not p.SENTENCE_END.search(text, money.end, position)]
    if near:
        return max(near, key=lambda money: money.end).currency
    counts = Counter(money.currency for money in found if len(money.currency) == 3 and money.currency != "BTC")
    return counts.most_common(1)[0][0] if counts else None
