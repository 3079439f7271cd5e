"""The worker processes: killed, hung, signalled, failing; always an answer for each article."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

import pipelines.workers
from extract import Extractor
from extract.records import Extraction
from pipelines.errors import ExtractionError, ExtractorError
from pipelines.workers import DEFAULT_FACTORY, Workers

READ = 63 if os.uname().machine == "aarch64" else 0
"""Number of the system call."""


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes under /proc")


def tasks(*texts: str) -> list[dict[str, str]]:
    return [{"id": str(n), "title": "T", "text": text, "url": f"https://x.example/{n}"} for n, text in enumerate(texts)]


def extract_all(workers: Workers, *batches: list[dict[str, str]]) -> list[list[Extraction | ExtractionError]]:
    async def together() -> list[list[Extraction | ExtractionError]]:
        return await asyncio.gather(*map(workers.extract, batches))

    return asyncio.run(together())


@pytest.fixture
def workers():
    made = Workers(2, "pipeline_samples:Obedient")
    yield made
    made.close()


def children() -> set[int]:
    """Give the processes that this one has started and that live."""
    found = set()
    for path in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        found |= {int(pid) for pid in path.read_text().split()}
    return {pid for pid in found if "pipe_handle" in Path(f"/proc/{pid}/cmdline").read_text()}


def reads_a_pipe(pid: int) -> bool:
    """Tell whether a worker is the one that waits for a task; the others wait for their turn to do so."""
    try:
        return Path(f"/proc/{pid}/syscall").read_text().split()[0] == str(READ)
    except OSError:  # a system that does not tell
        return False


def test_extractions_come_in_the_order_of_the_articles(workers):
    (found,) = extract_all(workers, tasks("sleep 0.2", "", "", "sleep 0.1", ""))
    assert [one.id for one in found] == ["0", "1", "2", "3", "4"]
    pids = {one.companies[0] for one in found}
    assert str(os.getpid()) not in pids


def test_the_default_factory_is_ours():
    module, _, name = DEFAULT_FACTORY.partition(":")
    assert getattr(importlib.import_module(module), name) is Extractor


def test_the_event_loop_goes_on_meanwhile(workers):
    async def count_while_extracting() -> int:
        extraction = asyncio.ensure_future(workers.extract(tasks("sleep 0.5")))
        ticks = 0
        while not extraction.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks

    assert asyncio.run(count_while_extracting()) > 20


def test_an_article_whose_worker_dies_once_is_extracted_with_all_others(workers, tmp_path):
    batches = [tasks("", f"die_once {tmp_path / 'mark'}", ""), tasks("", "", "")]
    for found in extract_all(workers, *batches):
        assert [one.id for one in found] == ["0", "1", "2"]


def test_an_article_that_kills_every_worker_is_reported_and_takes_no_other_with_it(workers, caplog):
    first, second, third = extract_all(workers, tasks("", "die", ""), tasks("sleep 0.4", "", ""), tasks("", "", "die"))
    assert [type(one) for one in first] == [Extraction, ExtractionError, Extraction]
    assert [type(one) for one in second] == [Extraction] * 3
    assert [type(one) for one in third] == [Extraction, Extraction, ExtractionError]
    assert "BrokenProcessPool" in str(first[1])
    assert [record.message for record in caplog.records if "https://x.example/1" in record.message]
    assert [type(one) for one in extract_all(workers, tasks("", ""))[0]] == [Extraction] * 2


def test_an_article_tried_alone_is_alone(workers):
    async def with_a_stream_of_killers() -> list[Extraction]:
        tried = asyncio.ensure_future(workers.extract(tasks("raise x", "sleep 0.8")))
        killers = []
        while not tried.done():
            killers.append(asyncio.ensure_future(workers.extract(tasks("die"))))
            await asyncio.sleep(0.3)
        for killer in killers:
            killer.cancel()
        return await tried

    assert [type(one) for one in asyncio.run(with_a_stream_of_killers())] == [ExtractionError, Extraction]


def test_an_article_that_raises_is_reported_and_takes_no_other_with_it(workers):
    ((good, bad, fine),) = extract_all(workers, tasks("", "raise much ado", ""))
    assert str(bad) == "ValueError: much ado"
    assert (good.id, fine.id) == ("0", "2")
    assert good.companies == fine.companies  # and kills no process


@linux_only
def test_a_worker_killed_from_without_while_idle_is_replaced(workers):
    # An idle worker holds the lock of the queue of tasks: its mates wait for that lock ever after.
    async def kill_and_go_on() -> list[Extraction]:
        await asyncio.gather(*(workers.extract(tasks("sleep 0.3")) for _ in range(2)))
        before = children()
        assert len(before) == 2
        os.kill(next(filter(reads_a_pipe, before), max(before)), signal.SIGKILL)
        found = [await workers.extract(tasks("", "")) for _ in range(3)]
        deadline = time.monotonic() + 5
        while children() & before and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        assert not children() & before  # none is left behind
        return [one for batch in found for one in batch]

    assert [type(one) for one in asyncio.run(kill_and_go_on())] == [Extraction] * 6


def test_an_article_that_never_ends_is_reported(python):
    program = """
import asyncio, sys
import pipelines.workers as w
from pathlib import Path
Path("quick.py").write_text("import pipelines.workers as w; w.TIME_LIMIT = 1; from pipeline_samples import Obedient")
sys.path.insert(0, ".")
workers = w.Workers(1, "quick:Obedient")
tasks = [{"id": str(n), "title": "", "text": text, "url": "u"} for n, text in enumerate(["", "spin", ""])]
print([type(one).__name__ for one in asyncio.run(workers.extract(tasks))])
workers.close()
"""
    done = python(program)
    assert done.stdout.strip() == "['Extraction', 'ExtractionError', 'Extraction']", done.stderr


@linux_only
def test_signals_of_the_terminal_do_not_reach_a_worker(workers):
    async def extract_under_fire() -> tuple[set[int], list[Extraction]]:
        extraction = asyncio.ensure_future(workers.extract(tasks("sleep 0.3", "sleep 0.3")))
        shot = set()
        while not extraction.done():
            for pid in children():
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    os.kill(pid, number)
                shot.add(pid)
            await asyncio.sleep(0.02)
        return shot, await extraction

    shot, found = asyncio.run(extract_under_fire())
    assert [one.companies for one in found] == [[str(pid)] for pid in shot] * 2


@linux_only
def test_workers_end_with_the_process_that_started_them(python, tmp_path):
    program = """
import asyncio, os
from pipelines.workers import Workers
async def main():
    workers = Workers(2, "pipeline_samples:Obedient")
    busy = [asyncio.ensure_future(workers.extract([{"id": "1", "title": "", "text": text, "url": "u"}]))
            for text in ("", "sleep 30")]
    print((await busy[0])[0].companies[0], flush=True)
    await asyncio.sleep(0.5)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
    done = python(program, timeout=30)  # its pipes are closed only when the last of them has ended
    assert done.returncode == -9
    deadline = time.monotonic() + 5
    while Path(f"/proc/{done.stdout.strip()}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{done.stdout.strip()}").exists()


@linux_only
def test_a_busy_worker_does_not_keep_the_end_waiting(workers):
    async def leave() -> float:
        extraction = asyncio.ensure_future(workers.extract(tasks("sleep 30")))
        await asyncio.sleep(1.5)
        start = time.monotonic()
        extraction.cancel()
        await asyncio.to_thread(workers.close)
        return time.monotonic() - start

    assert asyncio.run(leave()) < 3
    assert not children()


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        ("pipeline_samples:Unmakeable", "FileNotFoundError: no model there"),
        ("pipeline_samples:Missing", "AttributeError"),
        ("no_such_module:Extractor", "ModuleNotFoundError"),
    ],
)
def test_without_an_extractor_nothing_is_pretended(factory, said):
    workers = Workers(1, factory)
    try:
        with pytest.raises(ExtractorError, match=rf"^{factory}: the extractor cannot be made: {said}"):
            extract_all(workers, tasks("", ""))
    finally:
        workers.close()


def test_an_extractor_that_loses_articles_is_found_out():
    workers = Workers(1, "pipeline_samples:Short")
    try:
        (found,) = extract_all(workers, tasks("", ""))
    finally:
        workers.close()
    assert [str(one) for one in found] == ["ExtractionError: 1 articles gave 0 extractions"] * 2


def test_the_time_limit_is_more_than_any_article_needs():
    assert pipelines.workers.TIME_LIMIT >= 30
