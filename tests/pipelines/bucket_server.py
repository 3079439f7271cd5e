"""An S3 server for tests: ``python bucket_server.py FILE`` prints its port, and refuses with the status FILE holds."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def main(refusal: Path) -> None:
    store = DomainDispatcherApplication(create_backend_app)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if refusal.exists():
            start(refusal.read_text(), [("Content-Length", "0")])
            return [b""]
        return store(environ, start)

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, answer, threaded=True)
    print(server.port, flush=True)  # noqa: T201 - for who started us
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
