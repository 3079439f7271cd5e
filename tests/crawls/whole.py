"""One whole crawl in this process, as the first argument says in JSON; prints its stats."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "pipelines"))

from crawler.outlets import Outlet
from crawler.spiders.news import NewsSpider
from tourdetable.crawling import run_spider

QUICK = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_TIMEOUT": 5,
    "LOG_LEVEL": "WARNING",
    "TOURDETABLE_EXTRACTOR": "pipeline_samples:Obedient",
    "TOURDETABLE_WORKERS": 1,
}


def outlet_of(told: dict[str, object]) -> Outlet:
    return Outlet(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})


if __name__ == "__main__":  # the workers import this module too
    order = json.loads(sys.argv[1])
    outlets = [outlet_of(told) for told in order["outlets"]]
    settings = QUICK | {"TOURDETABLE_DATA": order["data"]} | order["settings"]
    stats, signum = run_spider(NewsSpider, settings, outlets=outlets, **order["arguments"])
    sys.stdout.write(json.dumps(stats | {"signal": signum}, default=str))
