"""The report of a crawl: its rows in the dataset, its warnings, its metrics file."""

from __future__ import annotations

import json
import re
import stat
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

import tourdetable as package
from crawler.outlets import find_outlet
from pipelines.store import Store
from tourdetable.crawling import CrawlOutcome, outlet_outcome
from tourdetable.exits import Exit
from tourdetable.metrics import write_metrics
from tourdetable.render import show_crawl
from tourdetable.report import reported, rows_of

MORNING = datetime(2026, 11, 2, 6, tzinfo=UTC)
BODY = (
    "La start-up Orfane vient de lever 3 millions d’euros auprès de Bpifrance. Fondée en 2019, elle emploie une "
    "trentaine de personnes dans ses bureaux et ne compte pas s’arrêter là. Ses clients se trouvent surtout dans "
    "l’industrie, où les besoins de modernisation restent immenses, dit-elle."
)
PAGE = f"""<!doctype html><html lang=fr><head><title>Orfane lève 3 M€</title><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-05-12T09:30:00+02:00"></head>
<body><article><h1>Orfane lève 3 M€</h1><p>{BODY}</p><p>{BODY[::-1]}</p></article></body></html>"""


@pytest.fixture
def fil(site) -> str:
    """The address of a feed with one article that is there, one that fails and one that is none."""
    links = [
        site.add("/2026/05/orfane-leve-3-millions-deuros/", PAGE),
        site.add("/2026/05/brizelle-leve-2-millions-deuros/", "panne", status=410),
        site.add("/2026/05/nos-articles-sur-les-levees/", "<title>Archives</title><a href='/'>Accueil</a>"),
    ]
    items = "".join(f"<item><title>Un article</title><link>{link}</link></item>" for link in links)
    return site.add("/fil.xml", f"<rss version='2.0'><channel>{items}</channel></rss>", kind="application/rss+xml")


def runs(data) -> list[dict[str, object]]:
    frame = package.load_runs(data)
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def outcome_of(name: str = "gazette", started_at: datetime = MORNING, **changes: object) -> CrawlOutcome:
    """A crawl of one outlet that went well; ``changes`` are figures of the outlet or of the crawl."""
    whole = {key: changes.pop(key) for key in ("signal", "error") if key in changes}
    bounds = {key: changes.pop(key) for key in ("bounded", "limited") if key in changes}
    figures = {"sources_ok": 1, "found": 12, "fetched": 12, "stored": 12, "with_date": 12} | changes
    stats = {f"outlet/{name}/{figure}": value for figure, value in figures.items()}
    outlet = outlet_outcome(name, stats, **bounds)  # type: ignore[arg-type]
    return CrawlOutcome([outlet], run_id=f"{started_at}", started_at=started_at, seconds=60.0, **whole)  # type: ignore[arg-type]


def past(data, days: int, name: str = "gazette", until: datetime = MORNING, **changes: object) -> None:
    """Have an outlet crawled once a day, with 12 articles a day unless told otherwise."""
    with Store(data) as store:
        for day in range(days, 0, -1):
            store.add_run(rows_of(outcome_of(name, until - timedelta(days=day), **changes)))


def test_a_crawl_leaves_a_row_with_all_its_figures(tourdetable, site, fil, tmp_path):
    before = datetime.now(UTC)
    done = tourdetable("crawl", fil, "--data", "D", "--delay", 0, "--json", "--metrics", "crawl.prom")
    assert done.returncode == 3
    (row,) = runs(tmp_path / "D")
    told = json.loads(done.stdout)
    assert (row["run_id"], row["started_at"].isoformat()) == (told["run_id"], told["started_at"])
    assert before < row["started_at"] < row["started_at"] + timedelta(seconds=row["seconds"]) < datetime.now(UTC)
    expected = {
        "found": 3,
        "fetched": 2,
        "stored": 1,
        "known": 0,
        "duplicate": 0,
        "not_article": 1,
        "failed": 1,
        "rounds": 1,
        "requests": 4,
        "bytes": sum(len(site.pages[path][2]) for path in site.pages),
        "saved_requests": 0,
        "sources_ok": 1,
        "sources_failed": 0,
        "with_date": 1,
        "with_author": 0,
        "with_text_median": len(package.load_articles(tmp_path / "D").text[0]),
        "warning": None,
    }
    (outlet,) = told["outlets"]
    assert {name: outlet[name] for name in expected} == expected
    assert {name: row[name] for name in expected} == expected
    assert (list(row["causes"]), row["exit_code"], row["bounded"]) == ([{"cause": "http-410", "count": 1}], 3, False)
    assert (row["version"], row["error"], row["outlet"]) == (package.__version__, None, outlet["name"])
    metrics = (tmp_path / "crawl.prom").read_text().splitlines()
    assert f'tourdetable_outlet_stored{{outlet="{outlet["name"]}"}} 1' in metrics
    assert "tourdetable_run_exit_code 3" in metrics

    again = tourdetable("crawl", fil, "--data", "D", "--delay", 0, "--max-articles", 1)
    assert again.stdout.splitlines()[0] == f"{outlet['name']}: 0 new articles, 0 rounds, 1 known"
    _, second = runs(tmp_path / "D")
    assert (second["known"], second["bounded"]) == (1, True)
    assert second["with_text_median"] is None


def test_an_outlet_that_gives_far_less_than_its_history_says(tourdetable, fil, tmp_path):
    name = find_outlet(fil).name
    past(tmp_path / "D", 20, name, datetime.now(UTC))
    done = tourdetable("crawl", fil, "--data", "D", "--delay", 0)
    assert done.returncode == 3
    warning = "1 new articles in 24 hours where 12 are usual"
    assert done.stdout.splitlines()[0].endswith(f"; 1 × http-410; {warning}")
    assert f"{name} ({warning})" in done.stderr
    assert runs(tmp_path / "D")[-1]["warning"] == warning


def test_without_a_dataset_there_is_no_row(tourdetable, fil, tmp_path):
    with Store(tmp_path / "D"):
        done = tourdetable("crawl", fil, "--data", "D", "--delay", 0, "--metrics", "crawl.prom")
    assert done.returncode == 75
    assert runs(tmp_path / "D") == []
    assert not (tmp_path / "crawl.prom").exists()


def test_a_report_that_cannot_be_written_is_told(tmp_path):
    with Store(tmp_path):
        told = reported(outcome_of(), tmp_path)
        assert reported(outcome_of(signal=15), tmp_path).exit_code == 143
        assert reported(outcome_of(error="the disk is full"), tmp_path).error == "the disk is full"
    assert told.error.startswith(f"no full report of this run: {tmp_path}: another crawl holds this dataset")
    assert told.exit_code == Exit.PARTLY
    assert runs(tmp_path) == []


def test_a_history_that_cannot_be_read_keeps_no_row_from_being_written(tmp_path):
    past(tmp_path, 1)
    next((tmp_path / "runs").rglob("*.parquet")).write_bytes(b"broken")
    told = reported(outcome_of(), tmp_path)
    assert "what earlier crawls brought cannot be read" in told.error
    newest = max((tmp_path / "runs").rglob("*.parquet"), key=lambda part: part.stat().st_mtime_ns)
    (row,) = pq.ParquetFile(newest).read(["error", "exit_code"]).to_pylist()
    assert row == {"error": told.error, "exit_code": told.exit_code}


def test_what_is_far_less_than_usual_is_a_warning_and_code_3(tmp_path, capsys):
    past(tmp_path, 20)
    told = reported(outcome_of(stored=0, with_date=0, fetched=0, known=30), tmp_path)
    assert (told.exit_code, runs(tmp_path)[-1]["exit_code"]) == (Exit.PARTLY, 3)
    show_crawl(told, tmp_path)
    output, errors = capsys.readouterr()
    said = "0 new articles in 24 hours where 12 are usual"
    assert output.startswith(f"gazette: 0 new articles, 0 rounds, 30 known; {said}\n")
    assert errors.startswith(f"tourdetable: far less than usual: gazette ({said}); see whether ")


@pytest.mark.parametrize(
    "changes",
    [
        {"stored": 9, "with_date": 9},
        {"stored": 0, "with_date": 0, "fetched": 0, "bounded": True},
        {"stored": 0, "with_date": 0, "fetched": 0, "limited": True},
        {"stored": 0, "with_date": 0, "fetched": 0, "signal": 2},
        {"stored": 0, "with_date": 0, "fetched": 0, "error": "the disk is full"},
        {"stored": 0, "with_date": 0, "fetched": 0, "sources_ok": 0, "sources_failed": 1, "failed/dns": 1},
        {"stored": 0, "with_date": 0, "fetched": 0, "name": "courrier"},
    ],
)
def test_what_says_nothing_of_the_outlet_is_no_warning(tmp_path, changes):
    past(tmp_path, 20)
    assert reported(outcome_of(**changes), tmp_path).outlets[0].warning is None


@pytest.mark.parametrize("changes", [{"bounded": True}, {"limited": True}, {"signal": 15}, {"sources_ok": 0}])
def test_runs_that_say_nothing_are_no_history(tmp_path, changes):
    past(tmp_path, 20, **changes)
    assert reported(outcome_of(stored=0, with_date=0, fetched=0), tmp_path).outlets[0].warning is None


def test_what_a_killed_crawl_has_stored_is_not_missed(tmp_path):
    from crawler.items import Article
    from extract.records import Extraction
    from pipelines.rows import Extracted

    past(tmp_path, 20)
    with Store(tmp_path) as store:  # its process ends before its report
        for n in range(12):
            url = f"https://www.gazette.example/{n}"
            fetched_at = MORNING - timedelta(hours=1)
            source = Article(url=url, outlet="gazette", title="T", text=BODY, fetched_at=fetched_at)
            store.add(Extracted(source, Extraction(id=source.id, title="T", extractor_version="test")))
    assert reported(outcome_of(stored=0, with_date=0, fetched=0, known=12), tmp_path).outlets[0].warning is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fetched": 14, "not_article": 13, "stored": 1, "with_date": 1}, "1 new articles in 24 hours"),
        ({"fetched": 60, "not_article": 48}, "12 of 60 pages are articles where 100% are usual"),
        ({"with_date": 2}, "2 of 12 articles have a date where 100% are usual"),
    ],
)
def test_each_measure_warns(tmp_path, changes, said):
    past(tmp_path, 40)
    assert reported(outcome_of(**changes), tmp_path).outlets[0].warning.startswith(said)


def test_metrics_are_the_text_format(tmp_path):
    outcome = outcome_of('l’"écho"\\\n', stored=3, text_median=2000, **{"failed/http-500": 2, "failed": 2})
    path = tmp_path / "crawl.prom"
    path.write_text("old")
    write_metrics(outcome, path)
    assert [file.name for file in tmp_path.iterdir()] == ["crawl.prom"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    label = r'outlet="l’\"écho\"\\\n"'
    lines = text.splitlines()
    assert f"tourdetable_outlet_stored{{{label}}} 3" in lines
    assert f"tourdetable_outlet_with_text_median{{{label}}} 2000" in lines
    assert f"tourdetable_outlet_warning{{{label}}} 0" in lines
    assert f'tourdetable_outlet_failures{{{label},cause="http-500"}} 2' in lines
    assert f"tourdetable_run_timestamp_seconds {MORNING.timestamp() + 60:.3f}" in lines
    assert {"tourdetable_run_duration_seconds 60.000", "tourdetable_run_exit_code 3"} <= set(lines)
    typed: set[str] = set()
    for line in lines:
        if found := re.fullmatch(r"# TYPE ([a-z_]+) gauge", line):
            assert found[1] not in typed
            typed.add(found[1])
        elif not line.startswith("# HELP "):
            name = re.fullmatch(r'([a-z_]+)(?:\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)+\})? [-0-9.]+', line)
            assert name is not None
            assert name[1] in typed, line


@pytest.mark.parametrize("path", ["missing/crawl.prom", ".", "a-file/crawl.prom", "/proc/crawl.prom/x"])
def test_a_bad_path_for_metrics_is_wrong_usage(command, site, tmp_path, path):
    (tmp_path / "a-file").touch()
    done = command("crawl", site.url + "/", "--data", "D", "--metrics", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tourdetable: --metrics {path}: ")
    assert (site.log, (tmp_path / "D").exists()) == ([], False)
