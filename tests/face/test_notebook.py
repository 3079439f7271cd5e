"""The notebook runs top to bottom on the demo's dataset, and shows what it is to show."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook, timeout=200, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[2])
"""


@pytest.fixture(scope="module")
def source(pytestconfig):
    return pytestconfig.rootpath / "notebooks" / "explorer.ipynb"


@pytest.fixture(scope="module")
def cells(demo, source, tmp_path_factory):
    done = tmp_path_factory.mktemp("notebook") / "explorer.ipynb"
    environment = {
        **os.environ,
        "TOURDETABLE_DATA": str(demo.data),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    run = subprocess.run(
        [sys.executable, "-c", RUN, source, done],
        capture_output=True,
        text=True,
        env=environment,
        timeout=250,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return [cell for cell in json.loads(done.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def outputs(cells, kind: str) -> list[str]:
    return [
        "".join(output["data"][kind]) for cell in cells for output in cell["outputs"] if kind in output.get("data", {})
    ]


def test_it_runs_and_draws_its_charts(cells):
    assert all(output["output_type"] != "error" for cell in cells for output in cell["outputs"])
    charts = outputs(cells, "image/png")
    assert len(charts) == 5
    assert min(map(len, charts)) > 10_000  # an empty chart is far smaller


def test_its_figures_are_those_of_the_dataset(cells, demo):
    summary = outputs(cells, "text/html")[0]
    for table in ("articles", "rounds", "deals"):
        assert f">{len(pd.read_parquet(demo.data / table))}<" in summary
    deals = pd.read_parquet(demo.data / "deals")
    biggest = deals.loc[deals.amount_eur.idxmax()]
    assert any(biggest.company in shown and "<a href=" in shown for shown in outputs(cells, "text/html"))
    (evidence,) = [shown for shown in outputs(cells, "text/html") if "<mark>" in shown and "extractor" in shown]
    assert len(evidence) > 200


def test_the_committed_one_shows_its_charts_and_no_folder_of_ours(source):
    committed = json.loads(source.read_text(encoding="utf-8"))
    cells = [cell for cell in committed["cells"] if cell["cell_type"] == "code"]
    assert len(outputs(cells, "image/png")) == 5
    assert str(source.parent.parent) not in source.read_text(encoding="utf-8")
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
