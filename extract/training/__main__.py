"""``python -m extract.training``: rebuild the weights from the corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from extract.roles.reader import MODELS
from extract.scoring import read_gold
from extract.training.roles import train

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "extract" / "model" / "roles.npz"


def main() -> None:
    """Train on ``corpus/train-*.jsonl`` and write the weights into the package."""
    files = sorted((ROOT / "corpus").glob("train-*.jsonl"))
    docs = [doc for file in files for doc in read_gold(file)]
    sys.stdout.write(f"training on {len(docs)} articles of {len(files)} files\n")
    models = train(docs)
    arrays = {key: array for name in MODELS for key, array in getattr(models, name).arrays(name).items()}
    np.savez_compressed(TARGET, **arrays)
    sys.stdout.write(f"wrote {TARGET.relative_to(ROOT)}, {TARGET.stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
