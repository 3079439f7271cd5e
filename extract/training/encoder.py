"""Fine-tunes the encoder on the corpus: one body, a small head for each question asked of it."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the usual name

from extract.encoder.body import WINDOW, dequantized, window_starts
from extract.encoder.heads import DEALS, ENTITIES, ROLES
from extract.encoder.spans import ENTITY_NUMBERS, PAIR_NUMBERS, Pair, Range
from extract.training.base import Base
from extract.training.examples import Example

LAYERS = 10
"""Layers kept of the base's twelve: the upper ones serve sentence similarity, and time."""
FROZEN = 4
"""Lower layers left as they are; what they give is computed once and kept."""

EPOCHS, RATE, BATCH = 8, 1.2e-4, 4
INNER = 128
TAGS = 3
"""Outside, begins, goes on: the tags of names."""
SEED = 20261124


class Layer(nn.Module):
    """One transformer layer, normalized behind its sums (post-LN)."""

    def __init__(self, base: Base, index: int) -> None:
        super().__init__()
        hidden, self.heads = base.hidden, base.heads
        for name, (into, out) in {
            "q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden),
            "fi": (hidden, base.inner), "fo": (base.inner, hidden),
        }.items():  # fmt: skip
            linear = nn.Linear(into, out)
            linear.weight.data = _tensor(base, f"l{index}.{name}.w").view(out, into)
            linear.bias.data = _tensor(base, f"l{index}.{name}.b")
            self.add_module(name, linear)
        for name in ("aln", "oln"):
            self.add_module(name, _norm(base, f"l{index}.{name}"))

    def forward(self, x: Tensor) -> Tensor:
        """Give the states of one window, [1, pieces, hidden]."""
        batch, length, hidden = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, -1).transpose(1, 2)

        mixed = F.scaled_dot_product_attention(split(self.q(x)), split(self.k(x)), split(self.v(x)))
        x = self.aln(x + self.ao(mixed.transpose(1, 2).reshape(batch, length, hidden)))
        return self.oln(x + self.fo(F.gelu(self.fi(x))))


class Head(nn.Module):
    """Answers one question about a vector and a few numbers beside it."""

    def __init__(self, width: int, numbers: int, classes: int) -> None:
        super().__init__()
        self.norm, self.inner = nn.LayerNorm(width), nn.Linear(width + numbers, INNER)
        self.drop, self.outer = nn.Dropout(0.1), nn.Linear(INNER, classes)

    def forward(self, x: Tensor, numbers: Tensor | None = None) -> Tensor:
        """Give the logits, one row an item."""
        x = self.norm(x)
        x = x if numbers is None else torch.cat([x, numbers], 1)
        return self.outer(self.drop(F.relu(self.inner(x))))


@dataclass(slots=True)
class Prepared:
    """An example with its pieces; ``windows`` are the states that the frozen layers give, ``at`` where each begins."""

    example: Example
    offsets: list[Range]
    windows: list[Tensor]
    at: list[int]
    tags: Tensor
    covered: dict[Range, Range] = field(default_factory=dict)

    def pieces(self, place: Range) -> Range:
        """Give the pieces that a range of the text covers, at least one."""
        if place not in self.covered:
            self.covered[place] = self._pieces(place)
        return self.covered[place]

    def _pieces(self, place: Range) -> Range:
        inside = [i for i, (a, b) in enumerate(self.offsets) if b > place[0] and a < place[1]]
        return (inside[0], inside[-1] + 1) if inside else (0, 1)


class Network(nn.Module):
    """The body and its heads."""

    def __init__(self, base: Base, kept: Sequence[int]) -> None:
        super().__init__()
        torch.manual_seed(SEED)
        hidden = base.hidden
        rows = dequantized(base.words[np.asarray(kept)]).reshape(-1, hidden)
        self.words = nn.Embedding.from_pretrained(torch.from_numpy(rows), freeze=True)
        self.places = nn.Parameter(_tensor(base, "emb.pos").view(-1, hidden), requires_grad=False)
        self.kind = nn.Parameter(_tensor(base, "emb.type").view(-1, hidden)[:1], requires_grad=False)
        self.norm = _norm(base, "emb.ln")
        self.layers = nn.ModuleList(Layer(base, i) for i in range(LAYERS))
        for part in (self.norm, *self.layers[:FROZEN]):
            for parameter in part.parameters():
                parameter.requires_grad = False
        self.heads = nn.ModuleDict({
            "names": Head(hidden, 0, TAGS),
            "sums": Head(2 * hidden, 0, len(ROLES)),
            "entities": Head(2 * hidden, ENTITY_NUMBERS, len(ENTITIES)),
            "deal": Head(2 * hidden, 0, len(DEALS)),
            "types": Head(2 * hidden, 0, 2),
            "owners": Head(3 * hidden, PAIR_NUMBERS, 2),
        })  # fmt: skip

    def embedded(self, ids: list[int]) -> Tensor:
        """Give the sum of the embeddings of one window."""
        x = self.words(torch.tensor([ids])) + self.places[: len(ids)] + self.kind
        return self.norm(x)

    def frozen(self, ids: list[int]) -> Tensor:
        """Give what the frozen layers make of one window."""
        with torch.no_grad():
            x = self.embedded(ids)
            for layer in self.layers[:FROZEN]:
                x = layer(x)
        return x

    def states(self, doc: Prepared) -> Tensor:
        """Give the states of all pieces; where windows overlap, their mean."""
        hidden = self.words.embedding_dim
        total, count = torch.zeros(len(doc.offsets), hidden), torch.zeros(len(doc.offsets), 1)
        for x, at in zip(doc.windows, doc.at, strict=True):
            for layer in self.layers[FROZEN:]:
                x = layer(x)
            inner = x[0, 1:-1]
            pad = (0, 0, at, len(doc.offsets) - at - len(inner))
            total, count = total + F.pad(inner, pad), count + F.pad(torch.ones(len(inner), 1), pad)
        return total / count

    def forward(self, doc: Prepared) -> dict[str, Tensor]:
        """Give the logits of every question that the example has items for."""
        states, given = self.states(doc), doc.example
        sums = torch.cat([torch.zeros(1, states.shape[1]), states.cumsum(0)])
        whole = states.mean(0)

        def mean(place: Range) -> Tensor:
            first, last = doc.pieces(place)
            return (sums[last] - sums[first]) / (last - first)

        def alone(places: list[Range]) -> Tensor:
            return torch.stack([torch.cat([mean(place), whole]) for place in places])

        def pairs(found: list[Pair]) -> tuple[Tensor, Tensor]:
            ends = [(mean(pair.one), mean(pair.other)) for pair in found]
            vectors = torch.stack([torch.cat([a, b, a * b]) for a, b in ends])
            return vectors, torch.tensor([pair.numbers for pair in found])

        answers = {"names": self.heads["names"](states)}
        answers["deal"] = self.heads["deal"](torch.cat([whole, states.max(0)[0]])[None])
        if given.sums:
            answers["sums"] = self.heads["sums"](alone([place for place, _ in given.sums]))
        if given.types:
            answers["types"] = self.heads["types"](alone([place for place, _ in given.types]))
        if given.entities:
            pooled = []
            for mentions, _ in given.entities:
                of_mentions = torch.stack([mean(place) for place in mentions])
                pooled.append(torch.cat([of_mentions.max(0)[0], of_mentions.mean(0)]))
            answers["entities"] = self.heads["entities"](torch.stack(pooled), torch.from_numpy(given.numbers))
        if given.owners:
            answers["owners"] = self.heads["owners"](*pairs([pair for pair, _ in given.owners]))
        return answers


WEIGHTS = {"names": 1.0, "sums": 0.25, "entities": 0.125, "deal": 0.3, "types": 0.25, "owners": 0.08}
"""What each question counts, an item; a question with many items an article counts less an item."""


def _loss(doc: Prepared, answers: dict[str, Tensor]) -> Tensor:
    given = doc.example
    labels: dict[str, list[int]] = {
        "deal": [given.deal],
        "sums": [label for _, label in given.sums],
        "types": [label for _, label in given.types],
        "entities": [label for _, label in given.entities],
        "owners": [label for _, label in given.owners],
    }
    loss = WEIGHTS["names"] * F.cross_entropy(answers["names"], doc.tags)
    for name, found in answers.items():
        if name != "names" and any(label >= 0 for label in labels[name]):
            target = torch.tensor(labels[name])
            loss = loss + WEIGHTS[name] * F.cross_entropy(found, target, ignore_index=-100, reduction="sum")
    return loss


def prepare_examples(network: Network, tokenizer: Any, examples: Sequence[Example]) -> list[Prepared]:
    """Cut the texts into pieces and windows, and run the frozen layers over them once."""
    prepared = []
    for given in examples:
        encoded = tokenizer.encode(given.text, add_special_tokens=False)
        at = window_starts(len(encoded.ids))
        windows = [network.frozen([0, *encoded.ids[i : i + WINDOW], 2]) for i in at]
        prepared.append(Prepared(given, encoded.offsets, windows, at, _tags(encoded.offsets, given.names)))
    return prepared


def _tags(offsets: list[Range], names: list[Range]) -> Tensor:
    tags = torch.zeros(len(offsets), dtype=torch.long)
    for start, end in names:
        inside = [i for i, (a, b) in enumerate(offsets) if b > start and a < end and b > a]
        for i in inside:
            tags[i] = 1 if i == inside[0] else 2
    return tags


def fine_tune(
    network: Network,
    variants: Sequence[Sequence[Prepared]],
    epochs: int = EPOCHS,
    rate: float = RATE,
    say: Callable[[str], Any] = sys.stderr.write,
) -> None:
    """Train the upper layers and the heads; the seeds are fixed, so that one machine gives the same weights again.

    ``variants`` are the same articles in several dresses (:mod:`extract.training.augment`); every epoch takes each
    article once, in a dress drawn by chance.
    """
    torch.manual_seed(SEED)
    chance = random.Random(SEED)  # noqa: S311 - an order, not a secret
    body = [p for p in network.layers.parameters() if p.requires_grad]
    heads = list(network.heads.parameters())
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": 10 * rate}], weight_decay=0.01)
    count = len(variants[0])
    steps = epochs * (count // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min((i + 1) / (0.1 * steps), max(0.0, (steps - i) / (0.9 * steps)))
    )
    network.train()
    begun = time.monotonic()
    for epoch in range(epochs):
        order, total = [chance.choice(dresses) for dresses in zip(*variants, strict=True)], 0.0
        chance.shuffle(order)
        for first in range(0, len(order) - BATCH + 1, BATCH):
            for doc in order[first : first + BATCH]:
                loss = _loss(doc, network(doc)) / BATCH
                loss.backward()
                total += loss.item()
            nn.utils.clip_grad_norm_([*body, *heads], 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        say(f"epoch {epoch + 1} of {epochs}: loss {total * BATCH / count:.3f}, {time.monotonic() - begun:.0f} s\n")
    network.eval()


def _tensor(base: Base, name: str) -> Tensor:
    return torch.from_numpy(np.array(base.tensors[name], np.float32))


def _norm(base: Base, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(base.hidden, base.epsilon)
    norm.weight.data, norm.bias.data = _tensor(base, f"{name}.w"), _tensor(base, f"{name}.b")
    return norm
