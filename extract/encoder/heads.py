"""What the encoder's states say of a document: odds of sums, names, types and pairs, and names it proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import numpy.typing as npt

from extract.encoder.body import Encoded
from extract.encoder.spans import Floats, Pair, Range, TypeWord, entity_numbers, nearest, owners_of, ranges, type_words
from extract.records import Role
from extract.roles.features import Entity
from extract.rounds.view import View

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

ROLES: tuple[str, ...] = get_args(Role)
ENTITIES = ("raiser", "lead", "investor", "past", "other")
DEALS = ("none", "round")
HEADS = ("names", "sums", "entities", "deal", "types", "owners")
_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Head:
    """One question's answerer: layer norm, a hidden layer with ReLU, logits."""

    scale: Floats
    shift: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Head:
        """Read the head from the arrays that training has written."""
        parts = ("norm.weight", "norm.bias", "inner.weight", "inner.bias", "outer.weight", "outer.bias")
        return cls(*(arrays[f"{name}.{part}"].astype(np.float32) for part in parts))

    def __call__(self, x: Floats, numbers: Floats | None = None) -> Floats:
        """Give the logarithms of the probabilities, one row an item."""
        x = x - x.mean(1, keepdims=True)
        x = x / np.sqrt((x * x).mean(1, keepdims=True) + _EPSILON) * self.scale + self.shift
        if numbers is not None:
            x = np.concatenate([x, numbers], 1)
        logits = np.maximum(x @ self.inner.T + self.inner_bias, 0) @ self.outer.T + self.outer_bias
        top = logits.max(1, keepdims=True)
        return np.asarray(logits - top - np.log(np.exp(logits - top).sum(1, keepdims=True)), np.float32)


@dataclass(slots=True)
class Odds:
    """Logarithms of probabilities, as arrays of one row an item."""

    sums: Floats
    """Of each sum, the roles in the order of :data:`extract.records.Role`."""
    entities: Floats
    """Of each name, :data:`ENTITIES`."""
    deal: Floats
    """Of the document, :data:`DEALS`; one row."""
    types: list[tuple[TypeWord, float]]
    """Every word that names a type of round with the probability that it tells that of a round of the news."""


@dataclass(slots=True)
class Heads:
    """All heads; read them from the package with :func:`heads`."""

    heads: Mapping[str, Head]

    def names(self, encoded: Encoded) -> list[tuple[Range, float]]:
        """Give the places that seem to name an organization, with the mean probability of their pieces."""
        chances = np.exp(self.heads["names"](encoded.states))
        tags = chances.argmax(1)
        found: list[tuple[Range, float]] = []
        at = 0
        while at < len(tags):
            if tags[at] == 0:
                at += 1
                continue
            stop = at + 1
            while stop < len(tags) and tags[stop] == 2:
                stop += 1
            sure = float((1 - chances[at:stop, 0]).mean())
            found.append(((int(encoded.offsets[at, 0]), int(encoded.offsets[stop - 1, 1])), sure))
            at = stop
        return found

    def read(self, encoded: Encoded, view: View, entities: Sequence[Entity]) -> Odds:
        """Answer every question about one document."""
        sums = [(m.start, m.end) for m in view.money]
        words = type_words(view.text, view.names)
        telling = self._alone(encoded, "types", [(w.start, w.end) for w in words])
        top = encoded.states.max(0)
        return Odds(
            sums=self._alone(encoded, "sums", sums),
            entities=self._entities(encoded, view, list(entities)),
            deal=self.heads["deal"](np.concatenate([encoded.whole, top])[None]),
            types=[(word, float(np.exp(row[1]))) for word, row in zip(words, telling, strict=True)],
        )

    def _alone(self, encoded: Encoded, name: str, places: list[Range]) -> Floats:
        if not places:
            return np.zeros((0, len(self.heads[name].outer_bias)), np.float32)
        means = encoded.means(places)
        return self.heads[name](np.hstack([means, np.broadcast_to(encoded.whole, means.shape)]))

    def _entities(self, encoded: Encoded, view: View, entities: list[Entity]) -> Floats:
        if not entities:
            return np.zeros((0, len(ENTITIES)), np.float32)
        pooled = []
        for entity in entities:
            mentions = encoded.means(ranges(entity.mentions))
            pooled.append(np.concatenate([mentions.max(0), mentions.mean(0)]))
        return self.heads["entities"](np.stack(pooled), entity_numbers(view, entities))

    def owners(self, encoded: Encoded, view: View, entities: list[Entity]) -> list[dict[int, float]]:
        """Give of each sum the probability that it is told of the company of each index."""
        asked = [(owners_of(sum_, entities), (sum_.start, sum_.end)) for sum_ in view.money]
        pairs = [nearest(view, [place], entities[i].mentions) for near, place in asked for i in near]
        chances = iter(self._pairs(encoded, pairs))
        return [{i: next(chances) for i in near} for near, _ in asked]

    def _pairs(self, encoded: Encoded, pairs: list[Pair]) -> list[float]:
        if not pairs:
            return []
        ones, others = encoded.means([p.one for p in pairs]), encoded.means([p.other for p in pairs])
        vectors = np.hstack([ones, others, ones * others])
        numbers = np.asarray([pair.numbers for pair in pairs], np.float32)
        return [float(chance) for chance in np.exp(self.heads["owners"](vectors, numbers)[:, 1])]


@cache
def heads() -> Heads:
    """Load the heads of the package, once a process."""
    return load_heads(resources.files("extract.model"))


def load_heads(folder: Traversable) -> Heads:
    """Load the heads that lie beside an encoder."""
    with folder.joinpath("encoder.npz").open("rb") as file, np.load(file) as arrays:
        return Heads({name: Head.of_arrays(arrays, name) for name in HEADS})
