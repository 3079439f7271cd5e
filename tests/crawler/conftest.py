"""Crawls run in processes of their own, since a reactor starts but once; helpers are modules for them to import."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from crawler_sites import Crawl, Site  # noqa: E402 - it stands beside this file


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def other_site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture(scope="session")
def crawls() -> Iterator[subprocess.Popen[str]]:
    """The process that crawls are forks of."""
    command = [sys.executable, "-W", "error", HERE / "crawling.py", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.stdin.close()


@pytest.fixture
def crawl(crawls, tmp_path) -> Callable[..., Crawl]:
    """Crawl outlets, given by their fields, or addresses; ``settings`` are for Scrapy, the rest for the spider."""

    def run(*outlets: Mapping[str, Any] | str, settings: Mapping[str, Any] | None = None, **arguments: Any) -> Crawl:
        out, log = tmp_path / "out.json", tmp_path / "log"
        order = {"outlets": outlets, "settings": settings or {}, "arguments": arguments}
        crawls.stdin.write(json.dumps({**order, "out": str(out), "log": str(log)}) + "\n")
        crawls.stdin.flush()
        code = crawls.stdout.readline().strip()
        told = log.read_text(encoding="utf-8")
        assert code == "0", told
        assert "Traceback" not in told, told
        found = json.loads(out.read_text(encoding="utf-8"))
        return Crawl(found["articles"], found["stats"], told)

    return run
