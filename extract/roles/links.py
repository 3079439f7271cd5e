"""Which company a sum belongs to: features of every pair of a sum and a company of the document."""

from __future__ import annotations

from collections.abc import Mapping

from extract.records import Money, Name
from extract.roles.features import Entity, Hints, chain_cues
from extract.roles.stream import Stream
from extract.rounds.view import View

_REACH = 700
"""Characters between a sum and the nearest mention beyond which a company is not considered, unless it leads."""
_STEM = 6
_FEW = 8


def link_candidates(view: View, sum_: Money, entities: list[Entity], names: list[Mapping[str, float]]) -> list[int]:
    """Give the indexes of the companies that a sum may belong to: those near by and the likeliest raisers."""
    leading = sorted(range(len(entities)), key=lambda i: -names[i]["raiser"])[:2]
    found = []
    for i, entity in enumerate(entities):
        if entity.name.kind != "company":
            continue
        near = min(abs(m.start - sum_.start) for m in entity.mentions) < _REACH
        if near or i in leading:
            found.append(i)
    return found


def link_features(
    view: View,
    stream: Stream,
    hints: Hints,
    entities: list[Entity],
    names: list[Mapping[str, float]],
    place: int,
    role: Mapping[str, float],
    candidates: list[int],
) -> list[dict[str, float]]:
    """Give the features of the pairs of the sum at ``place`` with each candidate."""
    sum_ = view.money[place]
    best = max((names[i]["raiser"] for i in candidates), default=0.0)
    past = "past" if role["past_round"] > role["round"] else "now"
    rows = []
    for i in candidates:
        entity, chances = entities[i], names[i]
        row = {
            "raiser": chances["raiser"],
            "raiser share": chances["raiser"] / best if best else 0.0,
            "backer": chances["lead"] + chances["investor"],
            f"past={past}": chances["past"],
            f"best={chances['raiser'] == best}|{past}": 1.0,
            f"kind={entity.name.investor_kind}": 1.0,
        }
        raiser = hints.raisers[place]
        row[f"rule={raiser is not None and raiser.name == entity.name.name}|{past}"] = 1.0
        row[f"rule says={raiser is not None}|main={_is_main(hints, entity)}|{past}"] = 1.0
        row |= _nearest(view, stream, sum_, entity, past)
        rows.append(row)
    return rows


def _is_main(hints: Hints, entity: Entity) -> bool:
    return hints.main is not None and hints.main.name == entity.name.name


def _nearest(view: View, stream: Stream, sum_: Money, entity: Entity, past: str) -> dict[str, float]:
    """How the sum and the company's nearest mentions before and behind it lie to each other."""
    row: dict[str, float] = {}
    before = [m for m in entity.mentions if m.end <= sum_.start]
    behind = [m for m in entity.mentions if m.start >= sum_.end]
    for side, mention in (("before", before[-1] if before else None), ("behind", behind[0] if behind else None)):
        if mention is None:
            row[f"{side}=none"] = 1.0
            continue
        start, end = (mention.end, sum_.start) if side == "before" else (sum_.end, mention.start)
        row |= _between(view, stream, side, mention, start, end)
    for mention in entity.mentions:
        row |= {f"in line:{name}": 1.0 for name in _line_signs(view, sum_, mention)}
    return row


def _between(view: View, stream: Stream, side: str, mention: Name, start: int, end: int) -> dict[str, float]:
    between = view.text[start:end]
    same = view.sentence(mention.start) == view.sentence(start if side == "before" else end)
    where = "sentence" if same else "line" if "\n" not in between else "further"
    others = {n.name for n in view.names_in(start, end) if n.kind == "company" and n.name != mention.name}
    sums = len(view.money_in(start, end))
    row = {
        f"{side}={where}": 1.0,
        f"{side}={where}|distance={min(len(between) // 40, 8)}": 1.0,
        f"{side}={where}|others={min(len(others), 4)}": 1.0,
        f"{side}={where}|sums={min(sums, 3)}": 1.0,
        f"{side}|lines={min(between.count(chr(10)), 4)}": 1.0,
    }
    if same:
        words = stream.between(start, end)
        row |= {f"{side}:{word[:_STEM]}": 1.0 for word in words[:_FEW] + words[-_FEW:]}
        cue = chain_cues(stream, mention)[0]
        row[f"{side}<{cue}"] = 1.0
    return row


def _line_signs(view: View, sum_: Money, mention: Name) -> list[str]:
    """Whether a mention heads the sum's own line, or is all of the short line above it."""
    text = view.text
    start = text.rfind("\n", 0, sum_.start) + 1
    if start <= mention.start < sum_.start:
        earlier = [n for n in view.names_in(start, mention.start) if n.kind == "company"]
        return ["first"] if not earlier else ["later"]
    above = text.rfind("\n", 0, len(text[: max(start - 1, 0)].rstrip("\n"))) + 1
    if above <= mention.start < start and start - above < 90:
        return ["heading"]
    return []
