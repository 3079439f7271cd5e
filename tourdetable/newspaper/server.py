"""The newspaper's web server: real HTTP on loopback, with validators, compression and a log of what was asked."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

from crawler.outlets import Outlet
from tourdetable.newspaper import feeds, templates
from tourdetable.newspaper.articles import SECTIONS, PaperArticle, load_articles

_PER_PAGE = 10
_IN_FEED = 15
_IN_NEWS = 20


class NewspaperError(Exception):
    """The newspaper cannot be served; one line says why."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that was answered: when (seconds, monotonic), what, how."""

    at: float
    path: str
    status: int


class Newspaper:
    """Serves the bundled newspaper on ``127.0.0.1`` while its ``with`` block lasts.

    ``port`` 0 takes a free one. ``log`` holds every request answered so far.

    Raises:
        NewspaperError: the port is taken.

    >>> from urllib.request import urlopen
    >>> with Newspaper() as paper:
    ...     urlopen(f"{paper.url}/robots.txt").status
    200
    """

    def __init__(self, articles: Sequence[PaperArticle] | None = None, port: int = 0) -> None:
        self.articles = tuple(load_articles() if articles is None else articles)
        self.log: list[Hit] = []
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise NewspaperError(f"port {port} on 127.0.0.1: {error.strerror}; give another with --port") from error
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._server.pages = _pages(self.articles, self.url)
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
        """Describe the newspaper as an outlet of its own."""
        return Outlet(
            name="le-petit-tour",
            title=templates.NAME,
            home=f"{self.url}/",
            feeds=(f"{self.url}/feed/",),
            sitemaps=(f"{self.url}/sitemap_index.xml", f"{self.url}/sitemap-news.xml"),
            listings=tuple(f"{self.url}/{section}/" for section in SECTIONS),
            article=rf"^/(?:{'|'.join(SECTIONS)})/(?!page/)[^/]+/?$",
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pages: dict[str, tuple[str, bytes]]
    log: list[Hit]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        found = self.server.pages.get(urlsplit(self.path).path)
        if found is None:
            missing = templates.plain_page("Page introuvable", "Cette page n’existe pas ou n’existe plus.")
            self._answer(404, "text/html; charset=utf-8", missing.encode())
            return
        kind, body = found
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == tag:
            self._answer(304, kind, b"", tag)
        else:
            self._answer(200, kind, body, tag)

    def _answer(self, status: int, kind: str, body: bytes, tag: str | None = None) -> None:
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 500:
            body, packed = gzip.compress(body, 1), True
        else:
            packed = False
        self.server.log.append(Hit(time.monotonic(), self.path, status))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass  # the log is in memory; a demo's output is not the place for it


def _pages(articles: Sequence[PaperArticle], site: str) -> dict[str, tuple[str, bytes]]:
    """Render the whole site: path → content type and body."""
    html, xml = "text/html; charset=utf-8", "application/xml; charset=utf-8"
    pages = {
        "/robots.txt": ("text/plain; charset=utf-8", feeds.robots(site)),
        "/feed/": ("application/rss+xml; charset=utf-8", feeds.rss(site, articles[:_IN_FEED])),
        "/sitemap-news.xml": (xml, feeds.news_sitemap(site, articles[:_IN_NEWS])),
        "/": (html, templates.listing_page("À la une", articles[:_PER_PAGE], None)),
        "/newsletter/": (html, templates.plain_page("Newsletter", "Recevez chaque matin l’essentiel de la tech.")),
        "/mentions-legales/": (html, templates.plain_page("Mentions légales", "Journal imaginaire, édité pour une démonstration.")),
        "/equipe/": (html, templates.plain_page("L’équipe", "Une rédaction imaginaire mais appliquée.")),
    }
    months = defaultdict(list)
    for i, article in enumerate(articles):
        months[f"sitemap-{article.published:%Y-%m}.xml"].append(article)
        related = [articles[(i + step) % len(articles)] for step in (3, 7, 11, 17)]
        pages[article.path] = (html, templates.article_page(article, site, related))
    for name, found in months.items():
        pages[f"/{name}"] = (xml, feeds.sitemap(site, found))
    pages["/sitemap_index.xml"] = (xml, feeds.sitemap_index(site, sorted(months)))
    for section in SECTIONS:
        pages.update((path, (html, text)) for path, text in _listings(articles, section))
    return {path: (kind, text.encode()) for path, (kind, text) in pages.items()}


def _listings(articles: Sequence[PaperArticle], section: str) -> list[tuple[str, str]]:
    own = [article for article in articles if article.section == section]
    count = max(1, -(-len(own) // _PER_PAGE))
    made = []
    for number in range(1, count + 1):
        path = f"/{section}/" if number == 1 else f"/{section}/page/{number}/"
        onward = f"/{section}/page/{number + 1}/" if number < count else None
        shown = own[(number - 1) * _PER_PAGE : number * _PER_PAGE]
        made.append((path, templates.listing_page(SECTIONS[section], shown, onward)))
    return made
