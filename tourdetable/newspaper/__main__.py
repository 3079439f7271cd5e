"""``python -m tourdetable.newspaper --port 8642`` serves the newspaper until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading

from tourdetable.newspaper.server import DEFAULT_PORT, Newspaper, NewspaperError


def main() -> int:
    """Serve until interrupted; give the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tourdetable.newspaper",
        description="Serve the bundled newspaper on loopback until Ctrl-C.",
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1 (default %(default)s; 0 takes a free one)"
    )
    try:
        with Newspaper(port=parser.parse_args().port) as paper:
            sys.stdout.write(f"{paper.url}/ – Ctrl-C ends it\n")
            sys.stdout.flush()
            threading.Event().wait()
    except NewspaperError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
