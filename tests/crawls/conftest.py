"""Whole crawls, from the sources to the committed rows, with an extractor that finds nothing: quick to start."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
for folder in (HERE, HERE.parent / "crawler", HERE.parent / "pipelines"):
    sys.path.insert(0, str(folder))

from crawler_sites import Site  # noqa: E402 - it stands in a folder beside


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def crawl(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Crawl outlets, given by their fields, into ``tmp_path/data``; give the one outlet's figures, or all stats."""

    def run(*outlets: dict[str, Any], settings: dict[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
        order = {"outlets": outlets, "settings": settings or {}, "arguments": arguments, "data": str(tmp_path / "data")}
        done = subprocess.run(
            [sys.executable, "-W", "error", HERE / "whole.py", json.dumps(order)],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        stats = json.loads(done.stdout)
        prefix = f"outlet/{outlets[0]['name']}/"
        figures = {key.removeprefix(prefix): value for key, value in stats.items() if key.startswith(prefix)}
        return figures if len(outlets) == 1 else stats

    return run
