"""What a crawl's options do to its requests, seen from the server."""

from __future__ import annotations

import subprocess
import sys

import pytest
from crawler_sites import rss

from tourdetable.arguments import contact
from tourdetable.exits import CommandError

PROGRAM = """
import sys
from pathlib import Path
from crawler.outlets import adhoc_outlet
from tourdetable.crawling import run_crawl
outlets = [adhoc_outlet(sys.argv[1])]
run_crawl(outlets, Path("data"), delay=0, contact="robot@exemple.fr", cache=Path("cache"), full=True)
"""


def test_contact_and_cache(site, tmp_path):
    url = site.add("/feed/", rss(), kind="text/xml")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", PROGRAM, url], cwd=tmp_path, check=True, timeout=60)
    assert len(site.asked("/feed/")) == 1  # by two crawls that read all anew
    assert {hit.agent for hit in site.log} == {"tourdetable/0.1 (French tech press reader; robot@exemple.fr)"}
    assert (tmp_path / "cache").is_dir()


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "é", "x" * 201, "a) Mozilla (b"])
def test_what_is_no_contact(text):
    with pytest.raises(CommandError, match="--contact"):
        contact(text)
