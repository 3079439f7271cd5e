"""The rooms import one way: crawler and extract know nobody, pipelines knows both, the face knows all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "crawler": {"crawler"},
    "extract": {"extract"},
    "pipelines": {"crawler", "extract", "pipelines"},
    "tourdetable": {"crawler", "extract", "pipelines", "tourdetable"},
}


def imported_rooms(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found & ALLOWED.keys()


def test_the_reader_of_imports_sees_every_form():
    source = "import crawler.page\nfrom extract import x\ndef f():\n    from pipelines.store import y\nimport os"
    assert imported_rooms(source) == {"crawler", "extract", "pipelines"}


@pytest.mark.parametrize("room", ALLOWED)
def test_imports_go_one_way(room):
    files = sorted((ROOT / room).rglob("*.py"))
    assert len(files) > 3
    wrong = {
        str(file.relative_to(ROOT)): sorted(forbidden)
        for file in files
        if (forbidden := imported_rooms(file.read_text(encoding="utf-8")) - ALLOWED[room])
    }
    assert not wrong


@pytest.mark.parametrize("room", ALLOWED)
def test_modules_stay_readable(room):
    long = {
        str(file.relative_to(ROOT)): lines
        for file in (ROOT / room).rglob("*.py")
        if (lines := file.read_text(encoding="utf-8").count("\n")) > 450
    }
    assert not long
