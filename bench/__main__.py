"""``python -m bench [SECTION …]``: measure sections and write them into ``bench/RESULTS.md``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from bench.inputs import PRESS
from bench.measure import ROOT, BenchError
from bench.tables import with_section

SECTIONS = ("texts", "pages", "job", "start", "growth")


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> int:
    """Run the sections in their order; each is written as soon as it is done."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--passes", type=int, default=5, help="so often each contender is run, in turn")
    parser.add_argument("--quick", action="store_true", help="tiny inputs: to see that it works, not to measure")
    parser.add_argument("--full", action="store_true", help="growth up to a million articles")
    parser.add_argument("--peers", type=Path, default=ROOT / ".bench" / "peers", help="the peers' environment")
    parser.add_argument("--fundus", type=Path, default=ROOT / ".bench" / "fundus", help="that of fundus")
    parser.add_argument("--pages", type=Path, help="folder of saved pages with their gold.jsonl")
    parser.add_argument("--press", type=Path, default=PRESS, help="ordinary press articles")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "RESULTS.md", help="where the sections go")
    options = parser.parse_args()
    unknown = set(options.sections) - set(SECTIONS)
    if unknown or options.passes < 1:
        parser.error(f"no such section: {', '.join(sorted(unknown))}" if unknown else "--passes: give 1 or more")
    options.tell = _tell
    failed = False
    for name in options.sections or SECTIONS:
        try:
            body = importlib.import_module(f"bench.sections.{name}").run(options)
        except BenchError as error:
            _tell(f"bench {name}: {error}")
            failed = True
            continue
        document = options.out.read_text(encoding="utf-8") if options.out.exists() else "# Measured\n"
        options.out.write_text(with_section(document, name, body), encoding="utf-8")
        _tell(f"bench {name}: written to {options.out.name}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
