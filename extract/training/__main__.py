"""``python -m extract.training``: rebuild the weights from the corpus; over an hour on two cores.

The first files of the corpus train one set of models, the later ones say how to pool them and how sure they may be;
then training goes on with all articles.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from extract.encoder.body import load_body
from extract.encoder.heads import load_heads
from extract.roles.blend import Blend
from extract.roles.linear import LinearModel
from extract.roles.reader import MODELS, Reader, RoleModels
from extract.rounds.scores import Calibration, Scores
from extract.scoring import read_gold
from extract.training.articles import document, read_articles
from extract.training.augment import NamePool, swapped
from extract.training.base import Vocabulary, read_base
from extract.training.calibration import Recorder, fit_scores
from extract.training.elliptic import train_elliptic
from extract.training.encoder import EPOCHS, RATE, Network, fine_tune, prepare_examples
from extract.training.examples import example
from extract.training.export import write_encoder
from extract.training.gate import train_gate
from extract.training.pools import fit_blends
from extract.training.roles import prepare, train

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "extract" / "model"
FIRST = 9
"""The files up to this number train the models that are judged on the later ones."""
VARIANTS = 3
"""Dresses of every article with other names, beside its own."""
MORE_EPOCHS, MORE_RATE = 3, 5e-5
"""How the encoder goes on, once judged, with all articles."""
SEED = 1
Docs = Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Trained:
    """Everything that one set of articles has trained."""

    gate: LinearModel
    elliptic: LinearModel
    linear: RoleModels
    network: Network


def main() -> None:
    """Train on ``corpus/train-*.jsonl`` and write the weights into the package."""
    files = sorted((ROOT / "corpus").glob("train-*.jsonl"), key=_number)
    first = [doc for file in files if _number(file) <= FIRST for doc in read_gold(file)]
    later = [doc for file in files if _number(file) > FIRST for doc in read_gold(file)]
    say(f"training on {len(first)} articles, judging on {len(later)}, then training on all")
    base, vocabulary = read_base(), Vocabulary.of_texts(document(doc) for doc in (*first, *later))
    part = train_all(first, Network(base, vocabulary.kept), vocabulary)
    with tempfile.TemporaryDirectory() as scratch:
        write_encoder(part.network, base, vocabulary, Path(scratch))
        blends, scores = judge(part, Path(scratch), later)
    whole = train_all([*first, *later], part.network, vocabulary, MORE_EPOCHS, MORE_RATE)
    write_encoder(whole.network, base, vocabulary, MODEL)
    write_roles(whole, blends, scores)
    for name in ("encoder.onnx", "encoder.npz", "tokenizer.json", "roles.npz"):
        say(f"wrote {name}, {(MODEL / name).stat().st_size / 1e6:.1f} MB")


def _number(file: Path) -> int:
    return int(file.stem.partition("-")[2])


def train_all(
    docs: Docs, network: Network, vocabulary: Vocabulary, epochs: int = EPOCHS, rate: float = RATE
) -> Trained:
    """Train the linear models on some articles, and the encoder further on them."""
    docs = list(docs)
    random.Random(SEED).shuffle(docs)  # noqa: S311 - folds, not secrets
    elliptic = train_elliptic(docs)
    samples = prepare(docs, elliptic)
    linear = train(samples)
    examples = [example(sample.view, sample.gold) for sample in samples]
    pool, chance = NamePool(examples), random.Random(SEED)  # noqa: S311 - no secrets
    dresses = [
        examples,
        *([swapped(given, pool, chance) for given in examples] for _ in range(min(VARIANTS, epochs - 1))),
    ]
    variants = [prepare_examples(network, vocabulary.tokenizer(), dress) for dress in dresses]
    fine_tune(network, variants, epochs, rate, say=say)
    return Trained(train_gate(docs), elliptic, linear, network)


def judge(trained: Trained, folder: Path, docs: Docs) -> tuple[dict[str, Blend], Scores]:
    """Fit pools and scores on articles that the models have not seen."""
    heads = load_heads(folder)
    read = list(read_articles(docs, trained.elliptic, load_body(folder), heads))
    blends = fit_blends(read, trained.linear, heads)
    return blends, fit_scores(read, Reader(trained.linear, heads, blends, Scores(Recorder(), Recorder())))


def write_roles(trained: Trained, blends: Mapping[str, Blend], scores: Scores) -> None:
    """Write the linear models, the pools and the scores into the package."""
    arrays = trained.elliptic.arrays("elliptic") | trained.gate.arrays("gate")
    for name in MODELS:
        arrays |= getattr(trained.linear, name).arrays(name)
    for name, blend in blends.items():
        arrays |= blend.arrays(f"blend.{name}")
    for name in ("round", "investor"):
        scorer = getattr(scores, name)
        if isinstance(scorer, Calibration):
            arrays |= scorer.arrays(f"score.{name}")
    np.savez_compressed(MODEL / "roles.npz", **arrays)  # type: ignore[arg-type]


def say(message: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{message.rstrip()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
