"""A local web server that can misbehave, pages to serve on it, and what came of a crawl of it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What is answered, and how badly."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    """Seconds before the answer begins."""
    drop: str = ""
    """``before``: no answer at all; ``within``: the connection ends in the middle of the body."""


@dataclass
class Hit:
    """One request: what was asked, and from when to when (monotonic seconds) it was under way."""

    path: str
    start: float
    end: float = 0.0
    status: int = 0
    agent: str = ""


class Site:
    """Serves paths on 127.0.0.1. A path may have several answers, given one after the other; the last one stays."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.log: list[Hit] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hit = Hit(self.path, time.monotonic(), agent=self.headers.get("User-Agent", ""))
                site.log.append(hit)
                waiting = site.answers.get(self.path.partition("?")[0], [Answer(b"<h1>Page introuvable</h1>", 404)])
                answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                hit.status = answer.status
                with contextlib.suppress(OSError):  # the client has hung up
                    self._give(answer)
                hit.end = time.monotonic()

            def _give(self, answer: Answer) -> None:
                time.sleep(answer.wait)
                tag = answer.headers.get("ETag")
                if tag and self.headers.get("If-None-Match") == tag:
                    answer = Answer(status=304, headers={"ETag": tag})
                    site.log[-1].status = 304
                if answer.drop == "before":
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                    self.send_header(name, value)
                if answer.status != 304:
                    self.send_header("Content-Length", str(len(answer.body) * (2 if answer.drop else 1)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def add(self, path: str, body: str | bytes = b"", status: int = 200, kind: str = "", **more: Any) -> str:
        """Serve a path, once more after its earlier answers if it has any; give its address."""
        headers = {**({"Content-Type": kind} if kind else {}), **more.pop("headers", {})}
        content = body.encode() if isinstance(body, str) else body
        self.answers.setdefault(path, []).append(Answer(content, status, headers, **more))
        return self.url + path

    def article(self, path: str, headline: str = "") -> str:
        """Serve a press page."""
        return self.add(path, press_page(headline or path.strip("/").rpartition("/")[2].replace("-", " ").capitalize()))

    def announce(self, paths: Sequence[str]) -> None:
        """Serve press pages and, under ``/feed/``, a feed that announces them."""
        for path in paths:
            self.article(path)
        self.add("/feed/", rss(*(self.url + path for path in paths)), kind="application/rss+xml")

    def asked(self, path: str | None = None) -> list[Hit]:
        """Give the requests for a path, or all but those for robots.txt and tdmrep.json, in order."""
        rules = {"/robots.txt", "/.well-known/tdmrep.json"}
        return [hit for hit in self.log if (hit.path == path if path else hit.path not in rules)]

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def press_page(headline: str, published: str = "2026-05-12T09:30:00+02:00") -> str:
    """Write a press page with a body long enough for an article."""
    return (
        f"<!doctype html><html lang=fr><head><meta charset=utf-8><title>{headline} | La Gazette</title>"
        f'<meta property="og:type" content="article"><meta property="article:published_time" content="{published}">'
        f"</head><body><nav><a href='/'>Accueil</a></nav><article><h1>{headline}</h1>"
        f"<p>{headline}, annonce la jeune pousse dans un communiqué publié ce mardi matin à Lyon.</p>"
        "<p>Fondée en 2019, l’entreprise emploie une trentaine de personnes et compte doubler ses effectifs.</p>"
        "<p>Ses clients se trouvent surtout dans l’industrie, où les besoins restent immenses.</p></article>"
    )


def rss(*items: tuple[str, str] | str) -> str:
    """Write a feed of links, each with its date (RFC 822) where one is given."""
    told = [(item, "") if isinstance(item, str) else item for item in items]
    entries = "".join(
        f"<item><title>Titre</title><link>{link}</link>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"
        for link, date in told
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Fil</title>{entries}</channel></rss>"


def outlet(site: Site, name: str = "gazette", **fields: str | Sequence[str]) -> dict[str, Any]:
    """Describe a site as an outlet; addresses are given as paths."""
    places = {kind: [site.url + path for path in fields.pop(kind, ())] for kind in ("feeds", "sitemaps", "listings")}
    return {"name": name, "title": name.title(), "home": f"{site.url}/", **places, **fields}


@dataclass
class Crawl:
    """What came of a crawl."""

    articles: list[dict[str, Any]]
    stats: dict[str, Any]
    log: str

    def count(self, outlet: str) -> dict[str, int]:
        """Give an outlet's figures, traffic apart."""
        return {key: n for key, n in self._figures(outlet).items() if key not in {"requests", "bytes"}}

    def traffic(self, outlet: str) -> tuple[int, int]:
        """Give the requests sent for an outlet, and the bytes received."""
        figures = self._figures(outlet)
        return figures.get("requests", 0), figures.get("bytes", 0)

    def _figures(self, outlet: str) -> dict[str, int]:
        prefix = f"outlet/{outlet}/"
        return {key.removeprefix(prefix): n for key, n in self.stats.items() if key.startswith(prefix)}

    @property
    def urls(self) -> list[str]:
        return sorted(article["url"] for article in self.articles)
