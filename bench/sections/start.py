"""From cold: one article in one process, beside spaCy's model loaded and run; and what a mere ``--help`` costs."""

from __future__ import annotations

import sys
import tempfile
from argparse import Namespace
from functools import partial
from pathlib import Path

from bench.inputs import funding_articles
from bench.measure import hardware, in_turn, python_of, versions, whole
from bench.tables import figure, markdown, times

SPACY = "import spacy, sys; print(spacy.load('fr_core_news_md')(open(sys.argv[1], encoding='utf-8').read()).ents)"


def run(options: Namespace) -> str:
    """Measure and write the section."""
    peer, machine = python_of(options.peers, packages="spaCy"), hardware()
    article = funding_articles()[0]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "article.txt"
        path.write_text(f"{article['title']}\n\n{article['text']}", encoding="utf-8")
        ours = [sys.executable, "-m", "tourdetable"]
        contenders = {
            "`tourdetable extract FILE.txt`": partial(whole, [*ours, "extract", str(path)], ours=True),
            "fr_core_news_md loaded and run on it": partial(whole, [peer, "-c", SPACY, str(path)], ours=False),
            "`tourdetable --help`": partial(whole, [*ours, "--help"], ours=True),
            "`python -c pass`": partial(whole, [sys.executable, "-c", "pass"], ours=True),
        }
        runs = in_turn(contenders, options.passes, options.tell)
    first = next(iter(runs))
    rows = []
    for number, (name, found) in enumerate(runs.items()):
        ratios = [
            times([run[key] for run in found], [run[key] for run in runs[first]]) if number == 1 else ""
            for key in ("wall", "cpu")
        ]
        rows.append([name, *(figure([run[key] for run in found]) for key in ("wall", "cpu", "tree_mib")), *ratios])
    return "\n".join(
        [
            f"## From cold\n\n`python -m bench start --passes {options.passes}`: {machine}.",
            f"Ours: {versions(['spacy', 'onnxruntime', 'typer'])}. "
            f"Peer: {versions(['spacy', 'fr-core-news-md'], options.peers)}.",
            "Whole processes, their files in the system's cache. *It ÷ ours* is taken pass by pass: median "
            "(least–greatest); above 1 we are faster.\n",
            markdown(["", "s", "CPU s", "peak MiB", "it ÷ ours, s", "it ÷ ours, CPU s"], rows),
        ]
    )
