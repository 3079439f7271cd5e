"""The whole job: a newspaper's site → Parquet, beside Scrapy alone and Scrapy as people write it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bench.inputs import funding_articles, large_newspaper, read_lines
from bench.measure import CHILDREN, ROOT, BenchError, hardware, in_turn, python_of, versions, whole
from bench.tables import figure, markdown, times

ARTICLES, QUICK = 5_000, 200


def run(options: Namespace) -> str:
    """Measure and write the section."""
    python_of(options.peers, packages="Scrapy")
    machine = hardware()
    wanted = QUICK if options.quick else ARTICLES
    articles = large_newspaper(wanted, funding_articles(), read_lines(options.press))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "articles.pickle").write_bytes(pickle.dumps(articles))
        with _served(folder / "articles.pickle") as site:
            sitemap = f"{site}/sitemap_index.xml"
            fresh = (folder / f"run-{number}" for number in count())
            scrapy = partial(_scrapy, sitemap, options.peers, fresh)
            contenders: dict[str, Callable[[], dict[str, Any]]] = {
                "ours": lambda: _ours(sitemap, next(fresh)),
                "Scrapy alone, HTML stored as JSON lines": partial(scrapy, "html"),
                "Scrapy, trafilatura, fr_core_news_md, one page at a time": partial(scrapy, "entities"),
            }
            runs = in_turn(contenders, options.passes, options.tell)
    rates = {name: [run["items"] / run["wall"] for run in found] for name, found in runs.items()}
    rows = []
    for name, found in runs.items():
        ratio = "" if name == "ours" else times(rates["ours"], rates[name])
        figures = [figure([run[key] for run in found]) for key in ("wall", "cpu", "tree_mib")]
        rows.append([name, str(found[-1]["items"]), figure(rates[name]), ratio, *figures])
    return "\n".join(
        [
            f"## The whole job\n\n`python -m bench job --passes {options.passes}`: {machine}.",
            f"Ours: {versions(['scrapy', 'spacy', 'pyarrow'])}. "
            f"Peers: {versions(['scrapy', 'spacy', 'trafilatura', 'pyarrow'], options.peers)}.",
            f"A newspaper of {wanted} articles, a tenth of them of funding, is served by a process "
            "of its own on the same "
            "machine. All read the same sitemap, obey robots.txt, and make one request at a time "
            "without delay. Time is "
            "that of the whole process with its start; memory the peak of all its processes (PSS). "
            "*ours ÷ it* is taken "
            "pass by pass: median (least–greatest); above 1 we are faster. What comes out is not "
            "the same: ours commits "
            "articles, rounds with their investors, and deals; the second stores HTML; the third "
            "text, names and sums.\n",
            markdown(["", "pages", "pages/s", "ours ÷ it", "s", "CPU s", "peak MiB"], rows),
        ]
    )


@contextmanager
def _served(articles: Path) -> Iterator[str]:
    command = [sys.executable, str(CHILDREN / "serve.py"), str(articles)]
    with subprocess.Popen(  # noqa: S603 - our own lines
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
    ) as server:
        url = server.stdout.readline().strip() if server.stdout else ""
        if not url:
            raise BenchError("job: the newspaper was not served")
        try:
            yield url
        finally:
            if server.stdin:
                server.stdin.close()


def _ours(sitemap: str, data: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tourdetable", "crawl", sitemap, "--data", str(data), "--delay", "0", "--json"]
    figures = whole(command, ours=True, cwd=data.parent)
    outcome = json.loads(figures.pop("output"))
    return figures | {"items": sum(outlet["stored"] for outlet in outcome["outlets"])}


def _scrapy(sitemap: str, peers: Path, fresh: Iterator[Path], kind: str) -> dict[str, Any]:
    folder = next(fresh)
    folder.mkdir()
    command = [python_of(peers), str(CHILDREN / "job_scrapy.py"), sitemap, str(folder), kind]
    figures = whole(command, ours=False, cwd=folder)
    return figures | json.loads(figures.pop("output").splitlines()[-1])
