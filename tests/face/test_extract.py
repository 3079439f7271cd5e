"""``tourdetable extract``: one article from an address, a file or standard input, and what goes wrong."""

from __future__ import annotations

import json

import pytest

RUMOUR = """xAI : les grands fonds californiens se pressent au portillon

La jeune société d’intelligence artificielle d’Elon Musk serait sur le point de conclure un tour de table de \
6 milliards de dollars, d’après plusieurs personnes informées. Elle en sortirait valorisée 24 milliards de dollars.

Lightspeed Venture Partners, Andreessen Horowitz, Sequoia Capital et Tribe Capital participeraient à l’opération.

En face, Google, OpenAI et Anthropic ne ralentissent pas, et tous achètent des processeurs à Nvidia.
"""
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Alvéole lève 4 millions d’euros</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2026-03-05T08:00:00+01:00">
</head><body><article><h1>Alvéole lève 4 millions d’euros</h1>
<p>La start-up lyonnaise Alvéole, qui fabrique des ruches connectées, vient de lever 4 millions d’euros auprès de \
Partech et de Bpifrance. L’opération a été menée par Partech.</p>
<p>Fondée en 2021 par deux apiculteurs, l’entreprise emploie vingt personnes et compte recruter autant de \
commerciaux d’ici à la fin de l’année, dans toute la France puis en Belgique.</p></article></body></html>"""


def one_line(text: str) -> str:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert lines[0].startswith("tourdetable: ")
    return lines[0]


def test_a_rumour_in_a_text_file(tourdetable, tmp_path):
    (tmp_path / "rumeur.txt").write_text(RUMOUR, encoding="utf-8")
    done = tourdetable("extract", "rumeur.txt", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    record = json.loads(done.stdout)
    (found,) = record["rounds"]
    assert (found["company"], found["amount"], found["currency"]) == ("xAI", 6_000_000_000, "USD")
    assert (found["status"], found["valuation"], found["valuation_currency"]) == ("rumoured", 24_000_000_000, "USD")
    names = {"Lightspeed Venture Partners", "Andreessen Horowitz", "Sequoia Capital", "Tribe Capital"}
    assert {i["name"] for i in found["investors"]} == names
    assert not any(i["lead"] for i in found["investors"])
    assert {"Google", "OpenAI", "Anthropic", "Nvidia"} <= set(record["companies"])
    title, _, body = RUMOUR.partition("\n")
    document = f"{title}\n{body.strip()}"
    assert document[found["start"] : found["end"]] == found["evidence"]
    assert "6 milliards" in found["evidence"]


@pytest.fixture
def alveole(site):
    return site.add("/startups/alveole-leve/", PAGE)


def test_an_address(tourdetable, alveole):
    done = tourdetable("extract", alveole)
    assert (done.returncode, done.stderr) == (0, "")
    record = json.loads(done.stdout)
    (found,) = record["rounds"]
    assert (found["company"], found["amount"], found["currency"]) == ("Alvéole", 4_000_000, "EUR")
    assert {(i["name"], i["lead"]) for i in found["investors"]} == {("Partech", True), ("Bpifrance", False)}
    assert record["url"] == alveole
    assert record["published"].startswith("2026-03-05T07:00:00")


def test_a_page_on_standard_input_and_its_highlighted_view(tourdetable, tmp_path):
    hostile = PAGE.replace("deux apiculteurs", "deux &lt;script&gt;alert(1)&lt;/script&gt; apiculteurs")
    done = tourdetable("extract", "-", "--html", "vue.html", stdin=hostile.encode())
    assert (done.returncode, done.stderr) == (0, "")
    view = (tmp_path / "vue.html").read_text(encoding="utf-8")
    assert '<mark class="money" title="sum: 4 millions d’euros">4 millions d’euros</mark>' in view
    assert "<script" not in view
    assert "&lt;script&gt;" in view


def test_many_articles_keep_their_order_and_a_bad_line_is_named(tourdetable, tmp_path):
    articles = [
        {"id": "b", "title": "Alvéole lève 4 millions d’euros", "text": "Alvéole lève 4 M€ auprès de Partech."},
        {"id": "a", "title": "", "text": "Rien à signaler aujourd’hui.", "published": None},
    ]
    lines = [json.dumps(articles[0]), "{pas du JSON", json.dumps(["liste"]), "", json.dumps(articles[1])]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = tourdetable("extract", "--jsonl", "articles.jsonl")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert [record["id"] for record in records] == ["b", "a"]
    assert [len(record["rounds"]) for record in records] == [1, 0]
    complaints = done.stderr.splitlines()
    assert [line.split(": ")[1] for line in complaints] == ["articles.jsonl:2", "articles.jsonl:3"]


BAD_FILES = {
    "vide.txt": (b"  \n", 1, "empty"),
    "rapport.txt": (b"%PDF-1.7 \x00\x01", 1, "a PDF"),
    "donnees.bin": (bytes(range(256)), 1, "binary"),
    "latin.txt": ("Société levée à Nîmes".encode("latin-1"), 1, "not UTF-8"),
    "sans-article.html": (b"<html><body><a href='/a'>un lien</a></body></html>", 1, "no article"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_get_one_line(tourdetable, tmp_path, name):
    content, code, reason = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    done = tourdetable("extract", name)
    assert (done.returncode, done.stdout) == (code, "")
    line = one_line(done.stderr)
    assert name in line
    assert reason in line


BAD_USE = {
    "folder": (["extract", "."], "folder"),
    "missing file": (["extract", "absent.txt"], "no such file"),
    "nothing given": (["extract"], "give one"),
    "ftp": (["extract", "ftp://exemple.fr/x"], "http"),
    "score out of bounds": (["extract", "-", "--min-score", "7"], "min-score"),
    "unknown option": (["extract", "--nope"], "--nope"),
    "unknown outlet": (["crawl", "madyness"], "maddyness"),
    "bad since": (["crawl", "maddyness", "--since", "hier"], "--since hier"),
    "gold missing": (["evaluate", "absent.jsonl"], "absent.jsonl"),
}


@pytest.mark.parametrize("case", BAD_USE)
def test_wrong_use_is_code_2_and_one_line(tourdetable, case):
    arguments, reason = BAD_USE[case]
    done = tourdetable(*arguments, stdin=b"")
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in one_line(done.stderr)


def test_bad_addresses_get_one_line(tourdetable, site):
    cases = {
        site.url + "/absent": "404",
        site.add("/rapport.pdf", b"%PDF-1.7", kind="application/pdf"): "not an HTML page",
        site.add("/vide", "<html><body><p>Bonjour</p></body></html>"): "no article",
        "http://127.0.0.1:9/": "refused",
        "http://hote-inconnu.invalid/": "host not found",
    }
    for url, reason in cases.items():
        done = tourdetable("extract", url)
        assert (done.returncode, done.stdout) == (1, ""), url
        line = one_line(done.stderr)
        assert url in line
        assert reason in line


def test_robots_txt_is_obeyed_for_one_page_too(tourdetable, site, alveole):
    site.add("/robots.txt", "User-agent: *\nDisallow: /startups/\n", kind="text/plain")
    done = tourdetable("extract", alveole)
    assert done.returncode == 1
    assert "robots.txt" in one_line(done.stderr)
    assert site.log == ["/robots.txt"]


def test_a_traceback_only_on_demand(tourdetable):
    done = tourdetable("extract", "absent.txt", "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
