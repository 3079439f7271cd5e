"""Asks a ledger of so many known addresses for some, as the spider does before each request: COUNT FOLDER."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from common import report

from crawler.urls import key_of
from pipelines.frontier import is_put_off
from pipelines.ledger import Batch, Ledger, Page, open_to_read, page_is_known

ASKED, BATCH = 10_000, 10_000


def url_of(number: int) -> str:
    """Give the address of an article."""
    return f"https://www.journal.example/startups/{number:x}-une-annonce-de-la-societe-{number}/"


def page_of(number: int) -> Page:
    """Give a page as the store notes it."""
    return Page(key_of(url_of(number)), f"{number:016x}", "journal", f"{number:032x}", 0, "2026-01-01T00:00:00+00:00")


def main() -> None:
    """Measure: half of the addresses asked for are known."""
    count, path = int(sys.argv[1]), Path(sys.argv[2]) / "ledger.sqlite"
    ledger, moment = Ledger(path), datetime.now(UTC)
    for first in range(0, count, BATCH):
        batch = Batch(f"{first}", [], [page_of(number) for number in range(first, min(count, first + BATCH))])
        ledger.prepare(batch, moment)
        ledger.commit(batch)
    ledger.close()
    asked = [url_of(number) for number in random.Random(4).choices(range(2 * count), k=ASKED)]  # noqa: S311 - no secret
    database = open_to_read(path)
    for _ in range(2):  # the first time brings the file into memory
        start, known = time.perf_counter(), 0
        for url in asked:
            if page_is_known(database, url):
                known += 1
            elif is_put_off(database, key_of(url), moment):
                raise SystemExit(f"{url}: never tried, and put off")
        wall = time.perf_counter() - start
    report({"items": ASKED, "known": known, "wall": wall, "microseconds": wall / ASKED * 1e6})


if __name__ == "__main__":
    main()
