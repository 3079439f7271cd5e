"""Text to states: the tokenizer, the embeddings and the transformer, run by onnxruntime on one core."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from extract.encoder.spans import Floats, Range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

WINDOW, STEP = 480, 360
"""Pieces that are read at a time, and how far apart windows begin: what lies in two is the mean of both."""
BLOCK = 32
_OPENS, _CLOSES = 0, 2
"""Indexes of ``<s>`` and ``</s>``."""


class Encoded:
    """The states of a text: ``states`` has one row a piece, ``offsets`` the range of the text that each covers."""

    def __init__(self, states: Floats, offsets: list[Range]) -> None:
        self.states = states
        self.offsets = np.asarray(offsets, np.int64).reshape(-1, 2)
        self.whole: Floats = states.mean(0)
        """The mean of all states."""
        self._sums = np.concatenate([np.zeros_like(states[:1], np.float64), states.cumsum(0, np.float64)])

    def means(self, places: Sequence[Range]) -> Floats:
        """Give the means of the states of some ranges of the text, one row a range; a range has at least one piece."""
        starts, ends = np.asarray(places, np.int64).reshape(-1, 2).T
        first = np.searchsorted(self.offsets[:, 1], starts, side="right")
        last = np.searchsorted(self.offsets[:, 0], ends, side="left")
        none = first >= last
        first[none], last[none] = 0, 1
        return np.asarray((self._sums[last] - self._sums[first]) / (last - first)[:, None], np.float32)


class Body:
    """The tokenizer and the transformer; make one a process (:func:`body`) and keep it."""

    def __init__(self, tokenizer: Any, session: Any, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self._tokenizer, self._session = tokenizer, session
        self._words, self._places = arrays["words"], arrays["places"].astype(np.float32)

    def encode(self, text: str) -> Encoded | None:
        """Give the states of a text; None where it holds nothing but spaces."""
        if not text.strip():
            return None
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        ids: list[int] = encoded.ids
        total = np.zeros((len(ids), self._places.shape[1]), np.float32)
        count = np.zeros((len(ids), 1), np.float32)
        for at in window_starts(len(ids)):
            states = self._window([_OPENS, *ids[at : at + WINDOW], _CLOSES])[1:-1]
            total[at : at + len(states)] += states
            count[at : at + len(states)] += 1
        return Encoded(total / count, encoded.offsets)

    def _window(self, ids: list[int]) -> Floats:
        x = dequantized(self._words[ids]).reshape(len(ids), -1) + self._places[: len(ids)]
        (states,) = self._session.run(None, {"x": x[None]})
        return np.asarray(states[0], np.float32)


def window_starts(length: int) -> list[int]:
    """Give where the windows over ``length`` pieces begin.

    >>> window_starts(300), window_starts(900)
    ([0], [0, 360, 720])
    """
    return [0, *range(STEP, max(length - WINDOW + STEP, 0), STEP)]


def dequantized(raw: npt.NDArray[np.uint8]) -> Floats:
    """Give the values of a run of 4-bit blocks: a float16 scale, then 16 bytes of two values each."""
    blocks = raw.reshape(-1, 2 + BLOCK // 2)
    scales = np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.concatenate([nibbles & 15, nibbles >> 4], 1).astype(np.float32) - 8
    return np.asarray(values * scales, np.float32).reshape(-1)


@cache
def body() -> Body:
    """Load the encoder of the package, once a process."""
    return load_body(resources.files("extract.model"))


def load_body(folder: Traversable) -> Body:
    """Load an encoder; it runs on one core, since crawls run several processes."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        folder.joinpath("encoder.onnx").read_bytes(),
        options,
        providers=["CPUExecutionProvider"],
        # Adding and normalizing in one step was measured slower than one after the other (69 to 61 ms for 4 layers).
        disabled_optimizers=["SkipLayerNormFusion"],
    )
    with folder.joinpath("encoder.npz").open("rb") as file, np.load(file) as arrays:
        held = {name: arrays[name] for name in ("words", "places")}
    return Body(Tokenizer.from_str(folder.joinpath("tokenizer.json").read_text(encoding="utf-8")), session, held)
