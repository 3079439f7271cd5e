"""The newspaper's web server: real HTTP on loopback, with validators, compression and a log of what was asked."""

from __future__ import annotations

import gzip
import hashlib
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from crawler.outlets import Outlet
from tourdetable.newspaper import templates
from tourdetable.newspaper.articles import OTHER_PAPERS, SECTIONS, PaperArticle, Site, load_articles, load_season
from tourdetable.newspaper.site import site_pages

DEFAULT_PORT = 8642
"""Where ``python -m tourdetable.newspaper`` serves."""
_PACKED_FROM = 500
"""Bytes; a smaller answer is sent as it is."""


class NewspaperError(Exception):
    """The newspaper cannot be served; one line says why."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that was answered: when (seconds, monotonic), what, how."""

    at: float
    path: str
    status: int


class Newspaper:
    """Serves a newspaper on ``127.0.0.1`` while its ``with`` block lasts: the bundled one, or other articles.

    ``name`` is the outlet's, ``title`` what the paper calls itself. ``port`` 0 takes a free one. ``log`` holds every
    request answered so far.

    Raises:
        NewspaperError: the port is taken or is none.

    >>> from urllib.request import urlopen
    >>> with Newspaper() as paper, urlopen(f"{paper.url}/robots.txt") as answer:
    ...     answer.status
    200
    """

    def __init__(
        self,
        articles: Sequence[PaperArticle] | None = None,
        port: int = 0,
        *,
        name: str = "le-petit-tour",
        title: str = "Le Petit Tour",
    ) -> None:
        self.name = name
        self.articles = tuple(load_articles() if articles is None else articles)
        self.log: list[Hit] = []
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise NewspaperError(f"port {port} on 127.0.0.1: {error.strerror}; give another with --port") from error
        except OverflowError as error:
            raise NewspaperError(f"port {port}: give a number from 0 to 65535") from error
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._server.site = Site(self.url, title)
        self._server.pages = site_pages(self.articles, self._server.site)
        self._server.log = self.log
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Newspaper:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def outlet(self) -> Outlet:
        """Describe it as an outlet."""
        return Outlet(
            name=self.name,
            title=self._server.site.name,
            home=f"{self.url}/",
            feeds=(f"{self.url}/feed/",),
            sitemaps=(f"{self.url}/sitemap_index.xml", f"{self.url}/sitemap-news.xml"),
            listings=tuple(f"{self.url}/{section}/" for section in SECTIONS),
            article=rf"^/(?:{'|'.join(SECTIONS)})/(?!page/)[^/]+/?$",
        )


@contextmanager
def press() -> Iterator[list[Newspaper]]:
    """Serve all bundled newspapers while the block lasts, the largest first.

    >>> with press() as papers:
    ...     [paper.name for paper in papers]
    ['le-petit-tour', 'la-boussole', 'l-estafette']
    """
    with ExitStack() as running:
        papers = [Newspaper()]
        papers += [Newspaper(found, name=name, title=OTHER_PAPERS[name]) for name, found in load_season().items()]
        for paper in papers:
            running.enter_context(paper)
        yield papers


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site
    pages: dict[str, tuple[str, bytes]]
    log: list[Hit]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over readers that hang up; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms behind its head for the client's delayed ACK
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        found = self.server.pages.get(path)
        if found is None and f"{path}/" in self.server.pages:
            self._answer(301, "text/plain; charset=utf-8", b"", {"Location": f"{path}/"})
        elif found is None:
            missing = templates.plain_page(
                self.server.site, "Page introuvable", "Cette page n’existe pas ou n’existe plus."
            )
            self._answer(404, "text/html; charset=utf-8", missing.encode())
        else:
            kind, body = found
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == tag:
                self._answer(304, kind, b"", {"ETag": tag})
            else:
                self._answer(200, kind, body, {"ETag": tag})

    do_HEAD = do_GET  # noqa: N815 - the base class looks handlers up by this name

    def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        headers = {"Content-Type": kind, "Vary": "Accept-Encoding", **(headers or {})}
        if len(body) > _PACKED_FROM and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        self.server.log.append(Hit(time.monotonic(), self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:  # RFC 9110 §15.4.5: it has no content, and no length but that of a 200
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass  # the log is in memory; a demo's output is not the place for it
