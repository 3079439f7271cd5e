"""Pages of French outlets → articles with Fundus's parsers: FILE REPEATS; with ``hosts`` alone, the hosts it knows."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any
from urllib.parse import urlsplit

from common import read_lines, read_pages
from fundus import PublisherCollection

PARSERS = {urlsplit(paper.domain).hostname.removeprefix("www."): paper.parser() for paper in PublisherCollection.fr}


def read(html: str, url: str) -> Any:
    """Give the body of a page."""
    parser = PARSERS[urlsplit(url).hostname.removeprefix("www.")]
    body = parser.parse(html, error_handling="suppress")["body"]
    return body and str(body)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    if sys.argv[1] == "hosts":
        sys.stdout.write(json.dumps({"hosts": list(PARSERS)}))
    else:
        read_pages(read, read_lines(sys.argv[1]), int(sys.argv[2]))
