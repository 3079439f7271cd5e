"""HTML → article, beside the libraries that read press pages."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.inputs import Lines, newspaper_pages, saved_pages, write_lines
from bench.measure import child, hardware, in_turn, python_of, versions
from bench.tables import figure, markdown, times

READERS = ("trafilatura", "trafilatura, fast", "resiliparse", "readability-lxml", "newspaper4k", "news-please")
PACKAGES = ["trafilatura", "resiliparse", "readability-lxml", "newspaper4k", "news-please"]


def run(options: Namespace) -> str:
    """Measure and write the section."""
    python_of(options.peers, packages="page readers")
    if options.pages is not None:
        python_of(options.fundus, packages="fundus")
    machine = hardware()
    sets = {"Pages of the bundled newspapers": list(newspaper_pages())}
    if options.pages is not None:
        sets["Saved pages of the French press"] = list(saved_pages(options.pages))
    repeats = 1 if options.quick else 5
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        for title, pages in sets.items():
            options.tell(f"pages: {title}")
            write_lines(path, pages)
            runs = in_turn(_contenders(path, repeats, options.peers), options.passes, options.tell)
            parts.append(f"**{title}** ({_said(pages)})\n\n{_table(runs)}")
        if options.pages is not None:
            parts.append(_beside_fundus(path, sets["Saved pages of the French press"], repeats, options))
    return "\n".join(
        [
            f"## Page to article\n\n`python -m bench pages --passes {options.passes}`: {machine}, one core.",
            f"Ours: {versions(['lxml', 'selectolax', 'trafilatura'])}. Peers: {versions(PACKAGES, options.peers)}.",
            "Every page is read once before the clock starts. *ours ÷ it* is taken pass by pass: median "
            "(least–greatest); above 1 we are faster. *Failed* are pages that raise or give no "
            "text; *F1* is of the words "
            "of the body, mean over pages. Resiliparse and readability give text and title, the "
            "others dates and authors "
            "too; ours besides tells whether a page is an article, paywalled, or reserved against mining. The "
            "bundled pages were written for this project, whose reader was made with them at hand: their F1 "
            "flatters ours.\n",
            *parts,
        ]
    )


def _said(pages: Lines) -> str:
    return f"{len(pages)} pages, {sum(len(page['html']) for page in pages) / len(pages) / 1000:.0f} kB on average"


def _contenders(path: Path, repeats: int, peers: Path) -> dict[str, Any]:
    contenders = {"ours": partial(child, "pages_ours.py", path, repeats, one_core=True)}
    for name in READERS:
        contenders[name] = partial(child, "pages_peers.py", path, repeats, name, folder=peers, one_core=True)
    return contenders


def _table(runs: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    rates = {name: [run["rate"] for run in found] for name, found in runs.items()}
    rows = []
    for name, found in runs.items():
        ratio = "" if name == "ours" else times(rates["ours"], rates[name])
        last = found[-1]
        figures = [figure(rates[name]), ratio, f"{last['failed']:.0f}", f"{last['f1']:.3f}"]
        rows.append([name, *figures, figure([run["peak_mib"] for run in found])])
    return markdown(["", "pages/s", "ours ÷ it", "failed", "F1", "peak MiB"], rows)


def _beside_fundus(path: Path, pages: Lines, repeats: int, options: Namespace) -> str:
    hosts = set(child("pages_fundus.py", "hosts", folder=options.fundus)["hosts"])
    own = [page for page in pages if (urlsplit(page["url"]).hostname or "").removeprefix("www.") in hosts]
    if not own:
        return "Fundus reads pages of its own outlets alone; none of the saved ones is."
    options.tell("pages: Fundus's own outlets")
    write_lines(path, own)
    contenders = {
        "ours": partial(child, "pages_ours.py", path, repeats * 5, one_core=True),
        "fundus": partial(child, "pages_fundus.py", path, repeats * 5, folder=options.fundus, one_core=True),
    }
    table = _table(in_turn(contenders, options.passes, options.tell))
    known = versions(["fundus", "lxml"], options.fundus)
    return f"**Those of Fundus's own outlets**, which it has selectors for ({_said(own)}; {known})\n\n{table}"
