"""Records as people read them: sums and round types in words, and the HTML cards that notebooks show.

The HTML has no style sheet and no script, so that it looks the same wherever a notebook is opened, and colours that
let the page's own shine through, so that it suits light and dark. Whatever comes from an article is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from extract.names.keys import name_key

if TYPE_CHECKING:
    from extract.records import Extraction, FundingRound, Investor, PastRound

WORDS = {"money": "sum", "company": "company", "investor": "investor", "person": "person"}
"""What a reader is told of a label."""
_TYPES = {"pre_seed": "pre-seed", "ipo": "IPO", "ico": "ICO"}
_UNITS = ((10**9, "bn"), (10**6, "M"), (10**3, "k"))
_MARK = "color:inherit;border-radius:.25em;padding:.05em .25em;background:rgba({},.3)"
_STYLES = {
    "money": _MARK.format("240,160,0"),
    "company": _MARK.format("60,130,246"),
    "investor": _MARK.format("40,170,80"),
}
_CARD = (
    "border:1px solid rgba(128,128,128,.45);border-radius:.5em;padding:.6em 1em;margin:.5em 0;max-width:56em;"
    "line-height:1.5;font-family:system-ui,sans-serif;text-align:left"
)
_FAINT = "opacity:.75"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to highlight; ``title`` is what pointing at it tells."""

    start: int
    end: int
    label: str
    title: str


def money(value: float | None, currency: str | None) -> str:
    """Write a sum short enough for a table cell.

    >>> money(12_500_000, "EUR")
    '12.5 M EUR'
    >>> money(None, None)
    'undisclosed'
    """
    if value is None:
        return "undisclosed"
    for unit, sign in _UNITS:
        if value >= unit:
            return f"{value / unit:.4g} {sign} {currency}"
    return f"{value:g} {currency}"


def round_type(name: str | None) -> str:
    """Write a round type as people do.

    >>> round_type("series_a"), round_type("pre_seed"), round_type(None)
    ('Series A', 'pre-seed', '–')
    """
    if not name:
        return "–"
    if name.startswith("series_"):
        return f"Series {name[-1].upper()}"
    return _TYPES.get(name, name.replace("_", " "))


def day(found: FundingRound) -> str:
    """Write the day of a round as exactly as the article states it, empty where it does not."""
    if not found.date:
        return ""
    return found.date if found.date_precision in {"day", None} else f"{found.date_precision} of {found.date}"


def marked(text: str, marks: Iterable[Mark], styles: Mapping[str, str] | None = None) -> str:
    """Give text as HTML with each place in a ``<mark>`` of its label's class; one inside another is told by the outer.

    >>> marked("A & B", [Mark(4, 5, "company", "B")])
    'A &amp; <mark class="company" title="B">B</mark>'
    """
    pieces, at = [], 0
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if mark.start < at:
            continue
        style = f' style="{styles[mark.label]}"' if styles else ""
        pieces.append(escape(text[at : mark.start]))
        pieces.append(f'<mark class="{escape(mark.label)}"{style} title="{escape(mark.title)}">')
        pieces.append(f"{escape(text[mark.start : mark.end])}</mark>")
        at = mark.end
    pieces.append(escape(text[at:]))
    return "".join(pieces)


def extraction_card(found: Extraction) -> str:
    """Give the HTML of all that was found in one article."""
    rounds = [_card(one, found) for one in found.rounds]
    past = [f"<li>{_past(one)}</li>" for one in found.past_rounds]
    return (
        f'<div lang="en" style="font-family:system-ui,sans-serif;text-align:left"><div><b>{escape(found.title)}</b>'
        f"{_line(found.outlet, found.published)}</div>"
        + ("".join(rounds) or "<p>No funding round is reported as news in this article.</p>")
        + (f'<div>Earlier rounds<ul style="margin:.2em 0">{"".join(past)}</ul></div>' if past else "")
        + (f"<div>Companies named: {escape(', '.join(found.companies))}</div>" if found.companies else "")
        + "</div>"
    )


def round_card(found: FundingRound) -> str:
    """Give the HTML of one round."""
    return _card(found, None)


def investor_card(found: Investor) -> str:
    """Give the HTML of one investor with the sentence that names it."""
    marks = list(_searched(found.evidence, {found.name: "investor"}))
    return (
        f'<div lang="en" style="{_CARD}">{_investor(found)}{_line(f"score {found.score:.2f}")}'
        f"{_sentence(found.evidence, found.start, found.end, marks)}</div>"
    )


def _card(found: FundingRound, whole: Extraction | None) -> str:
    facts = [round_type(found.round_type) if found.round_type else None, found.status, day(found)]
    total = None if found.total_raised is None else money(found.total_raised, found.total_raised_currency)
    value = None if found.valuation is None else money(found.valuation, found.valuation_currency)
    ranked = sorted(found.investors, key=lambda one: not one.lead)
    rows = [
        ("investors", ", ".join(map(_investor, ranked))),
        ("valuation", escape(value or "")),
        ("total raised", escape(total or "")),
    ]
    told = [(one.start, one.end, one.evidence) for one in found.investors]
    sentences = sorted({place for place in [(found.start, found.end, found.evidence), *told] if place[2]})
    return (
        f'<div lang="en" style="{_CARD}"><div><b style="font-size:1.15em">{escape(found.company)}</b> '
        f"<b>{escape(money(found.amount, found.currency))}</b>{_line(*facts, f'score {found.score:.2f}')}</div>"
        + "".join(f'<div><span style="{_FAINT}">{name}:</span> {cell}</div>' for name, cell in rows if cell)
        + "".join(_sentence(text, start, end, _marks(found, whole, text, start)) for start, end, text in sentences)
        + "</div>"
    )


def _line(*facts: str | None) -> str:
    """Give what is known of some facts, to stand behind a name."""
    return "".join(f' <span style="{_FAINT}">· {escape(str(fact))}</span>' for fact in facts if fact)


def _investor(found: Investor) -> str:
    name = f"<b>{escape(found.name)}</b> (lead)" if found.lead else escape(found.name)
    return f'<span title="{escape(found.kind or "investor")}, score {found.score:.2f}">{name}</span>'


def _past(found: PastRound) -> str:
    return f"{escape(found.company)} <b>{escape(money(found.amount, found.currency))}</b>{_line(_year(found))}"


def _year(found: PastRound) -> str | None:
    return None if found.year is None else str(found.year)


def _sentence(text: str, start: int, end: int, marks: Iterable[Mark]) -> str:
    where = f"characters {start} to {end} of title + newline + text"
    return (
        f'<div lang="fr" title="{escape(where)}" style="margin:.4em 0 0;padding-left:.7em;'
        f'border-left:.2em solid rgba(128,128,128,.45)">{marked(text, marks, _STYLES)}</div>'
    )


def _marks(found: FundingRound, whole: Extraction | None, text: str, start: int) -> list[Mark]:
    """Find a round's sum, company and investors in a sentence: by its article's mentions, or else by their names."""
    if whole is None:
        names = {one.name: "investor" for one in found.investors} | {found.company: "company"}
        return [*_sums(text, found), *_searched(text, names)]
    keys = {one.key: "investor" for one in found.investors} | {name_key(found.company): "company"}
    marks = [
        Mark(one.start, one.end, "money", money(one.value, one.currency))
        for one in whole.amounts
        if (one.value, one.currency) == (found.amount, found.currency)
    ]
    marks += [Mark(one.start, one.end, keys[one.key], one.name) for one in whole.mentions if one.key in keys]
    return [
        Mark(one.start - start, one.end - start, one.label, f"{WORDS[one.label]}: {one.title}")
        for one in marks
        if start <= one.start and one.end <= start + len(text)
    ]


def _sums(text: str, found: FundingRound) -> Iterator[Mark]:
    from extract.money import find_money

    for one in find_money(text) if found.amount is not None else ():
        if (one.value, one.currency) == (found.amount, found.currency):
            yield Mark(one.start, one.end, "money", f"{WORDS['money']}: {money(one.value, one.currency)}")


def _searched(text: str, labels: Mapping[str, str]) -> Iterator[Mark]:
    """Find names by their letters, whatever their case."""
    for name, label in labels.items():
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) if name.strip() else ():
            yield Mark(*match.span(), label, f"{WORDS[label]}: {name}")
