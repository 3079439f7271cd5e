"""A stand-in for the open company search: answers of its shape, its refusals, and what a broken one may send."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    at: float
    name: str
    agent: str
    fields: dict[str, str]


def company(siren: str, name: str, **changes: Any) -> dict[str, Any]:
    """One company as the service tells of it."""
    return {
        "siren": siren,
        "nom_complet": name,
        "nom_raison_sociale": name,
        "sigle": None,
        "nombre_etablissements": 2,
        "nombre_etablissements_ouverts": 1,
        "siege": {
            "siret": f"{siren}00012",
            "etat_administratif": "A",
            "liste_enseignes": None,
            "nom_commercial": None,
            "libelle_commune": "PARIS",
        },
        "activite_principale": "62.01Z",
        "categorie_entreprise": "PME",
        "date_creation": "2019-03-01",
        "date_fermeture": None,
        "etat_administratif": "A",
        "nature_juridique": "5710",
        "dirigeants": [],
        "matching_etablissements": [],
        "complements": {"est_ess": False},
    } | changes


class RegisterServer:
    """Serves ``companies`` by name; first what ``script`` holds: (status, headers, body), or seconds to stay mute."""

    def __init__(self) -> None:
        self.companies: dict[str, list[dict[str, Any]]] = {}
        self.script: list[tuple[int, dict[str, str], bytes] | float] = []
        self.asked: list[Asked] = []
        self._over = threading.Event()
        register = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
                register.asked.append(Asked(time.monotonic(), fields.get("q", ""), self.headers["User-Agent"], fields))
                answer = register.script.pop(0) if register.script else register.answer(parts.path, fields)
                if isinstance(answer, float):
                    register._over.wait(answer)
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def answer(self, path: str, fields: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        name = fields.get("q", "")
        if path != "/search":
            return 404, {}, b"{}"
        if len(name) < 3:
            return 400, {}, '{"erreur": "3 caractères minimum pour les termes de la requête"}'.encode()
        found = self.companies.get(name, [])
        shape = {"results": found, "total_results": len(found), "page": 1, "per_page": 25, "total_pages": 1}
        return 200, {}, json.dumps(shape, ensure_ascii=False).encode()

    def __enter__(self) -> RegisterServer:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
