"""The command line as a whole: help, version, exit codes, pipes, speed of its start, and the Python door."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import typer.main

import tourdetable as package
from tourdetable.cli import app
from tourdetable.exits import Exit

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
HEAVY = ("dateparser", "lxml", "numpy", "pandas", "pyarrow", "scrapy", "spacy", "trafilatura", "twisted")
GOLD = {
    "id": "g1",
    "genre": "round",
    "title": "Alvéole lève 4 millions d’euros",
    "text": "La start-up Alvéole vient de lever 4 millions d’euros auprès de Partech.",
    "published": "2026-03-05",
    "rounds": [
        {
            "company": "Alvéole",
            "amount": 4_000_000,
            "currency": "EUR",
            "round_type": None,
            "status": "announced",
            "date": None,
            "valuation": None,
            "valuation_currency": None,
            "total_raised": None,
            "total_raised_currency": None,
            "investors": [{"name": "Partech", "lead": False}],
        }
    ],
    "past_rounds": [],
    "companies": ["Alvéole", "Partech"],
    "amounts": [{"text": "4 millions d’euros", "value": 4_000_000, "currency": "EUR", "role": "round"}] * 2,
}


@pytest.fixture(scope="module")
def readme(pytestconfig) -> str:
    return (pytestconfig.rootpath / "README.md").read_text(encoding="utf-8")


def test_help_names_every_command_and_each_has_its_own(command):
    whole = command("--help")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert set(COMMANDS) == set(
        "check compact crawl deals demo entities evaluate export extract outlets reextract schema".split()
    )
    for name, found in COMMANDS.items():
        assert re.search(rf"\b{name}\b", whole.stdout)
        own = command(name, "--help")
        assert (own.returncode, own.stderr) == (0, "")
        for parameter in found.params:
            assert parameter.help, f"{name}: {parameter.name}"
            if parameter.param_type_name == "option":
                assert parameter.opts[0] in own.stdout


def test_the_readme_shows_every_command(readme):
    for name in COMMANDS:
        assert f"tourdetable {name}" in readme or f"make {name}" in readme


def test_the_readme_lists_every_exit_code(readme):
    table = re.findall(r"^\| ([\d, ]+) \| \w", readme, re.MULTILINE)
    listed = [int(code) for row in table for code in row.split(", ")]
    assert listed == [*Exit, 130, 143]


def test_version_and_module(tourdetable):
    done = tourdetable("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"tourdetable {package.__version__}\n", "")


def test_nothing_typed_shows_the_help(command):
    done = command()
    assert done.returncode == 2
    assert "Usage" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["crawl", "--help"], ["extract", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words):
    code = (
        "import sys\nfrom tourdetable.cli import main\n"
        f"try:\n    main({words!r})\nfinally:\n"
        f"    sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("words", ["extract --jsonl many.jsonl", "outlets"])
def test_a_reader_that_leaves_is_no_error(tmp_path, words):
    article = {"id": "1", "title": "Alvéole lève 4 M€", "text": "Alvéole lève 4 M€ auprès de Partech."}
    (tmp_path / "many.jsonl").write_text((json.dumps(article) + "\n") * 200, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "tourdetable", *words.split()],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        errors = running.stderr.read()
    assert (running.returncode, errors) == (0, b"")


def test_an_output_that_is_full_is_one_line(tmp_path):
    words = [sys.executable, "-m", "tourdetable", "outlets", "--json"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(words, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "tourdetable: No space left on device\n"


def test_json_is_utf8_whatever_the_locale(tmp_path):
    words = [sys.executable, "-m", "tourdetable", "extract", "-"]
    text = "Alvéole lève 4 millions d’euros auprès de Partech.".encode()
    done = subprocess.run(words, input=text, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Alvéole" in json.loads(done.stdout.decode("utf-8"))["companies"]


def test_evaluate_measures_and_names_the_misses(command, tmp_path):
    missed = {**GOLD, "id": "g2", "title": "Rien", "text": "Il ne s’est rien passé chez Alvéole ni chez Partech."}
    lines = [json.dumps({**doc, "amounts": []}) for doc in (GOLD, missed)]
    (tmp_path / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = command("evaluate", "gold.jsonl", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    figure = json.loads(done.stdout)["round"]
    assert (figure["p"], figure["r"], figure["n"]) == (1.0, 0.5, 2)
    told = command("evaluate", "gold.jsonl", "--misses").stdout.splitlines()
    misses = [json.loads(line) for line in told if line.startswith("{")]
    assert "g2" in {miss["id"] for miss in misses}
    assert any(re.match(r"round +P 1\.000  R 0\.500", line) for line in told)


def test_evaluate_names_the_line_that_is_no_gold(command, tmp_path):
    (tmp_path / "gold.jsonl").write_text(json.dumps(GOLD) + '\n{"id": "g2"}\n', encoding="utf-8")
    done = command("evaluate", "gold.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tourdetable: gold.jsonl:2: ")
    assert len(done.stderr.splitlines()) == 1


def test_what_is_imported_from_the_package():
    assert {name for name in dir(package) if not name.startswith("_")} == set(package.__all__) - {"__version__"}
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="extrait"):
        _ = package.extrait
    text = "La start-up Alvéole vient de lever 4 millions d’euros auprès de Partech et de Bpifrance."
    (found,) = package.extract({"title": "Alvéole lève 4 M€", "text": text}).rounds
    assert (found.company, found.amount, found.investors[0].name) == ("Alvéole", 4_000_000, "Partech")


def test_the_package_extracts_a_file(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("Alvéole lève 4 M€\n\nAlvéole lève 4 millions d’euros auprès de Partech.", encoding="utf-8")
    found = package.extract(str(file))
    assert (found.title, found.rounds[0].amount) == ("Alvéole lève 4 M€", 4_000_000)
