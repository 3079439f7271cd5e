"""What a crawl's options do to its requests, seen from the server."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tourdetable.arguments import contact
from tourdetable.exits import CommandError

PROGRAM = """
import sys
from pathlib import Path
from crawler.outlets import adhoc_outlet
from tourdetable.crawling import run_crawl
outlets = [adhoc_outlet(sys.argv[1])]
run_crawl(outlets, Path("data"), delay=0, contact="robot@exemple.fr", cache=Path("cache"), full=True)
"""


@pytest.fixture
def agents():
    """A site without articles that notes who asks it for what."""
    noted = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            noted.append((self.path, self.headers["User-Agent"]))
            body = b"<rss version='2.0'><channel><title>Fil</title></channel></rss>"
            self.send_response(200 if self.path == "/feed/" else 404)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/feed/", noted
    server.shutdown()
    thread.join()
    server.server_close()


def test_contact_and_cache(agents, tmp_path):
    url, noted = agents
    for _ in range(2):
        subprocess.run([sys.executable, "-c", PROGRAM, url], cwd=tmp_path, check=True, timeout=60, env=None)
    assert [path for path, _ in noted if path == "/feed/"] == ["/feed/"]  # once, by two crawls that read all anew
    assert {agent for _, agent in noted} == {"tourdetable/0.1 (French tech press reader; robot@exemple.fr)"}
    assert (Path(tmp_path) / "cache").is_dir()


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "é", "x" * 201, "a) Mozilla (b"])
def test_what_is_no_contact(text):
    with pytest.raises(CommandError, match="--contact"):
        contact(text)
