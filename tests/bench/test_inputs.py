"""The press mix is a tenth of funding and always the same; a large newspaper says nothing twice; pages have a gold."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.inputs import funding_articles, large_newspaper, newspaper_pages, press_mix
from bench.measure import BenchError, python_of, tree_of

ORDINARY = [
    {"id": f"press-{n}", "title": f"La ville ouvre son musée {n}", "text": f"Il y a {n} salles.\n\nEt un parc."}
    for n in range(200)
]


def test_a_tenth_of_the_press_mix_is_of_funding():
    mix = press_mix(funding_articles(), ORDINARY)
    assert len(mix) == 220
    assert sum(not line["id"].startswith("press-") for line in mix) == 22
    assert len({line["id"] for line in mix}) == len(mix)
    assert press_mix(funding_articles(), ORDINARY) == mix
    assert len(press_mix(funding_articles(), ORDINARY, 40)) == 40


def test_no_mix_of_too_few():
    with pytest.raises(BenchError, match="8 ordinary"):
        press_mix(funding_articles(), ORDINARY[:8])


def test_articles_to_extract_come_without_their_annotation():
    assert all(line.keys() == {"id", "title", "text", "published"} for line in funding_articles())


def test_a_large_newspaper_prints_nothing_twice():
    articles = large_newspaper(600, funding_articles(), ORDINARY)
    assert len({article.path for article in articles}) == 600
    assert len({(article.title, article.chapeau, article.paragraphs) for article in articles}) == 600
    assert sum("musée" not in article.title for article in articles) == 60
    assert articles == large_newspaper(600, funding_articles(), ORDINARY)
    assert articles == sorted(articles, key=lambda article: article.published, reverse=True)


def test_a_newspapers_page_holds_its_gold():
    page = next(newspaper_pages())
    assert page["text"].partition("\n")[0][:40] in page["html"]


def test_a_missing_environment_is_said_in_a_line(tmp_path):
    with pytest.raises(BenchError, match=r"no environment with spaCy; run `make bench-env`"):
        python_of(tmp_path / "peers", packages="spaCy")


def test_the_tree_of_a_process_has_its_children():
    if not Path("/proc/self/task").exists():
        pytest.skip("needs Linux's /proc")
    sleep = shutil.which("sleep") or "sleep"
    program = f"import subprocess; subprocess.run([{sleep!r}, '30'])"
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        while len(found := tree_of(process.pid)) < 2:
            pass
        for pid in reversed(found):
            subprocess.run(["kill", str(pid)], check=False)
    assert found[0] == process.pid


def test_the_scripts_score_bodies_as_bags_of_words(tmp_path):
    common = Path(__file__).parent.parent.parent / "bench" / "children"
    program = (
        f"import sys, json; sys.path.insert(0, {str(common)!r}); from common import body_f1; "
        "print(json.dumps([body_f1('un deux', 'un deux'), body_f1('titre un deux', 'un deux', 'Titre'), "
        "body_f1('un trois', 'un deux'), body_f1('', 'un')]))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [1.0, 1.0, 0.5, 0.0]
