"""The command as people run it, small local sites for it to read, and one demo for all tests that look at it."""

from __future__ import annotations

import fcntl
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tourdetable(tmp_path: Path) -> Run:
    """Run the command line in an empty folder, in a process of its own."""

    def run(*arguments: object, stdin: bytes | None = None, timeout: float = 100) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "tourdetable", *map(str, arguments)],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "160"},
            timeout=timeout,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in an empty folder, in this process: quicker, for whatever starts no crawl."""
    from tourdetable.cli import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))))  # type: ignore[arg-type]
        words = [str(word) for word in arguments]
        with pytest.raises(SystemExit) as end:
            main(words)
        output, errors = capfd.readouterr()
        return subprocess.CompletedProcess(words, int(end.value.code or 0), output, errors)

    return run


class Site:
    """A small site: path → (status, content type, body); keeps a log of the paths asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, str, bytes]] = {}
        self.log: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.log.append(self.path)
                status, kind, body = site.pages.get(self.path, (404, "text/html", b"<h1>Page introuvable</h1>"))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def add(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200) -> str:
        self.pages[path] = (status, kind, body.encode() if isinstance(body, str) else body)
        return self.url + path

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


class Demo(NamedTuple):
    """What ``tourdetable demo --data D``, run in ``folder``, printed and left behind."""

    folder: Path
    code: int
    output: str
    errors: str

    @property
    def data(self) -> Path:
        return self.folder / "D"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first runs the demo, and the others wait for it: over a hundred articles are extracted."""
    for item in items:
        if "demo" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Run the demo once, whichever of the test processes comes first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo"
    told = [folder / name for name in ("code", "output", "errors")]
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told[-1].exists():
            folder.mkdir()
            words = [sys.executable, "-m", "tourdetable", "demo", "--data", "D"]
            environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "160"}
            done = subprocess.run(words, cwd=folder, capture_output=True, env=environment, timeout=280, check=False)
            for file, content in zip(told, (str(done.returncode).encode(), done.stdout, done.stderr), strict=True):
                file.write_bytes(content)
    code, output, errors = (file.read_text(encoding="utf-8") for file in told)
    return Demo(folder, int(code), output, errors)
