"""Serves a newspaper of the articles in a file (pickled), prints its address, ends with its standard input."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from tourdetable.newspaper.server import Newspaper

if __name__ == "__main__":
    articles = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - we have just written it
    with Newspaper(articles) as paper:
        sys.stdout.write(paper.url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
