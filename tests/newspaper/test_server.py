"""The newspaper's server: statuses, validators, compression, log, and the command that starts it."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest

from tourdetable.newspaper import Newspaper, NewspaperError


def ask(paper: Newspaper, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(paper.url).netloc, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def test_what_is_asked_is_answered_and_logged():
    with Newspaper() as paper:
        first = paper.articles[0].path
        asked = ["/robots.txt", first, f"{first}?utm_source=rss", "/absent", first.rstrip("/")]
        statuses = [ask(paper, path).status for path in asked]
        assert statuses == [200, 200, 200, 404, 301]
        assert [(hit.path, hit.status) for hit in paper.log] == list(zip(asked, statuses, strict=True))
        moments = [hit.at for hit in paper.log]
        assert moments == sorted(moments)


def test_a_path_without_its_slash_leads_to_the_page(paper):
    assert ask(paper, "/startups").getheader("Location") == "/startups/"


def test_an_etag_saves_the_body(paper):
    path = paper.articles[0].path
    whole = ask(paper, path)
    tag = whole.getheader("ETag")
    assert whole.body
    again = ask(paper, path, If_None_Match=tag)
    assert (again.status, again.body, again.getheader("ETag")) == (304, b"", tag)
    assert ask(paper, path, If_None_Match='"another"').status == 200
    assert ask(paper, paper.articles[1].path, If_None_Match=tag).status == 200


def test_gzip_only_where_it_is_accepted(paper):
    path = paper.articles[0].path
    plain = ask(paper, path)
    packed = ask(paper, path, Accept_Encoding="gzip, deflate")
    assert plain.getheader("Content-Encoding") is None
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)
    assert packed.getheader("ETag") == plain.getheader("ETag")


def test_head_tells_what_get_would(paper):
    got, told = ask(paper, "/feed/"), ask(paper, "/feed/", method="HEAD")
    assert told.body == b""
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert told.getheader(name) == got.getheader(name)
    assert got.getheader("Content-Type") == "application/rss+xml; charset=utf-8"


def test_a_newspaper_of_few_articles(paper):
    with Newspaper(paper.articles[:5]) as small:
        assert ask(small, paper.articles[0].path).status == 200
        assert ask(small, paper.articles[5].path).status == 404
        assert ask(small, "/sitemap_index.xml").status == 200


def test_a_port_that_is_taken_or_none_is_told_in_one_line(paper):
    taken = urlsplit(paper.url).port
    for port in (taken, 70_000):
        with pytest.raises(NewspaperError, match=f"port {port}"):
            Newspaper(port=port)


def serve(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tourdetable.newspaper", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def hang_up(url):
    """Break a connection off in the middle of a request, by a reset (RST)."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as broken:
        broken.sendall(b"GET /feed/ HTTP/1.1\r\n")
        time.sleep(0.2)
        broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.2)


def test_the_command_serves_until_it_is_interrupted():
    with serve("--port", "0") as running:
        assert running.stdout is not None
        url = running.stdout.readline().split()[0].rstrip("/")
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/robots.txt")
        assert connection.getresponse().status == 200
        connection.close()
        hang_up(url)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    assert (running.returncode, errors) == (0, "")


def test_the_command_tells_a_taken_port_in_one_line(paper):
    port = urlsplit(paper.url).port
    with serve("--port", str(port)) as running:
        output, errors = running.communicate(timeout=20)
    assert (running.returncode, output) == (2, "")
    assert errors.splitlines() == [f"port {port} on 127.0.0.1: Address already in use; give another with --port"]
