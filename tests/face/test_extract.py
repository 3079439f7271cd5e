"""``tourdetable extract``: one article from an address, a file or standard input, and what goes wrong."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

RUMOUR = Path(__file__).with_name("rumeur.txt").read_text(encoding="utf-8")
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


def test_a_rumour_in_a_text_file(command, tmp_path):
    (tmp_path / "rumeur.txt").write_text(RUMOUR, encoding="utf-8")
    done = command("extract", "rumeur.txt", "--json")
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


def test_a_page_on_standard_input_and_its_highlighted_view(command, tmp_path):
    hostile = PAGE.replace("deux apiculteurs", "deux &lt;script&gt;alert(1)&lt;/script&gt; apiculteurs")
    done = command("extract", "-", "--html", "vue.html", stdin=hostile.encode())
    assert (done.returncode, done.stderr) == (0, "")
    view = (tmp_path / "vue.html").read_text(encoding="utf-8")
    assert '<mark class="money" title="sum: 4 millions d’euros">4 millions d’euros</mark>' in view
    assert "<script" not in view
    assert "&lt;script&gt;" in view


def test_many_articles_keep_their_order_and_a_bad_line_is_named(command, tmp_path):
    articles = [
        {"id": "b", "title": "Alvéole lève 4 millions d’euros", "text": "Alvéole lève 4 M€ auprès de Partech."},
        {"id": "a", "title": "", "text": "Rien à signaler aujourd’hui.", "published": None},
    ]
    lines = [json.dumps(articles[0]), "{pas du JSON", json.dumps(["liste"]), "", json.dumps(articles[1])]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = command("extract", "--jsonl", "articles.jsonl")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert [record["id"] for record in records] == ["b", "a"]
    assert [len(record["rounds"]) for record in records] == [1, 0]
    complaints = done.stderr.splitlines()
    assert [line.split(": ")[1] for line in complaints] == ["articles.jsonl:2", "articles.jsonl:3"]


BAD_FILES = {
    "vide.txt": (b"  \n", "empty"),
    "zero.html": (b"", "empty"),
    "rapport.txt": (b"%PDF-1.7 \x00\x01", "a PDF"),
    "donnees.bin": (bytes(range(256)), "binary"),
    "latin.txt": ("Société levée à Nîmes".encode("latin-1"), "not UTF-8"),
    "sans-article.html": (
        b"<html><body><a href='/a'>un lien</a></body></html>",
        "no article found on this page; it is a",
    ),
    "mur.html": (
        b"<html><h1>Votre consentement</h1><p>Nous et nos 12 partenaires d&eacute;posons des cookies.</p></html>",
        "a wall of consent",
    ),
    "perdue.html": (b"<html><title>Page introuvable</title><h1>Page introuvable</h1></html>", "an error page"),
    "enorme.txt": (b"Alpha. " * 2_500_000, "larger than 16 MiB"),
    "tableau.docx": (b"PK\x03\x04" + bytes(50), "a zip archive"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_one_line(command, tmp_path, name):
    content, reason = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    for arguments, told, stdin in ((["extract", name], name, b""), (["extract", "-"], "standard input", content)):
        done = command(*arguments, stdin=stdin)
        assert (done.returncode, done.stdout) == (1, "")
        line = one_line(done.stderr)
        assert told in line
        assert reason in line


def test_a_page_with_broken_utf8_is_read_all_the_same(command, tmp_path):
    (tmp_path / "page.html").write_bytes(PAGE.encode().replace(b"apiculteurs", b"apicult\xe9urs"))
    done = command("extract", "page.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["rounds"][0]["company"] == "Alvéole"


BAD_LINES = {
    "empty": (b"\n\n", "no article in it"),
    "binary": (bytes(range(256)) * 9, "binary data"),
    "no JSON": (b"du texte", "not JSON"),
    "no UTF-8": (b'{"id": "1", "title": "\xe9t\xe9"}', "not JSON"),
    "nested without end": (b"[" * 100_000, "not JSON"),
    "no id": (b'{"title": "Alpha"}', 'no "id"'),
    "a title that is none": (b'{"id": "1", "title": 5}', '"title" is not a string'),
    "an address that is none": (b'{"id": "1", "url": ["a"]}', '"url" is not a string'),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_lines_without_an_article_are_code_1_and_one_line(command, case):
    content, reason = BAD_LINES[case]
    done = command("extract", "--jsonl", "-", stdin=content)
    assert (done.returncode, done.stdout) == (1, "")
    assert reason in one_line(done.stderr)


def test_of_many_bad_lines_only_some_are_named(command):
    done = command("extract", "--jsonl", "-", stdin=b"{}\n" * 500)
    lines = done.stderr.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "tourdetable: standard input: 490 more lines left out"


def test_half_a_character_is_replaced(command):
    done = command("extract", "--jsonl", "-", stdin=b'{"id": "1", "title": "Alpha \\ud83d", "text": "Rien."}')
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["title"] == "Alpha \ufffd"


BAD_USE = {
    "folder": (["extract", "."], "folder"),
    "missing file": (["extract", "absent.txt"], "no such file"),
    "nothing given": (["extract"], "give one"),
    "an empty name": (["extract", ""], "give one"),
    "two things given": (["extract", "a.txt", "--jsonl", "b.jsonl"], "give one"),
    "a view of many": (["extract", "--jsonl", "b.jsonl", "--html", "vue.html"], "--html"),
    "missing lines": (["extract", "--jsonl", "absent.jsonl"], "no such file"),
    "lines of a folder": (["extract", "--jsonl", "."], "folder"),
    "ftp": (["extract", "ftp://exemple.fr/x"], "http"),
    "an address without host": (["extract", "https:///x"], "http"),
    "a port that is none": (["extract", "http://exemple.fr:99999/"], "http"),
    "score out of bounds": (["extract", "-", "--min-score", "7"], "min-score"),
    "unknown option": (["extract", "--nope"], "--nope"),
    "unknown command": (["extrait"], "extrait"),
    "unknown outlet": (["crawl", "madyness"], "maddyness"),
    "an address to crawl that is none": (["crawl", "http://[::1"], "http://[::1"),
    "bad since": (["crawl", "--since", "hier"], "--since hier"),
    "empty since": (["crawl", "--since", ""], "--since"),
    "since before all time": (["crawl", "--since", "99999999d"], "--since"),
    "no articles": (["crawl", "--max-articles", "0"], "max-articles"),
    "bad log level": (["crawl", "--log-level", "loud"], "loud"),
    "a dataset that is a file": (["outlets", "--data", "/dev/null"], "not a folder"),
    "a crawl into a file": (["crawl", "http://exemple.fr/", "--data", "/dev/null"], "not a folder"),
    "gold missing": (["evaluate", "absent.jsonl"], "absent.jsonl"),
}


@pytest.mark.parametrize("case", BAD_USE)
def test_wrong_use_is_code_2_and_one_line(command, case):
    arguments, reason = BAD_USE[case]
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in one_line(done.stderr)


def test_a_view_that_cannot_be_written_is_one_line(command, tmp_path):
    (tmp_path / "rumeur.txt").write_text(RUMOUR, encoding="utf-8")
    done = command("extract", "rumeur.txt", "--html", "absent/vue.html")
    assert (done.returncode, done.stdout) == (1, "")
    assert "absent/vue.html: cannot be written" in one_line(done.stderr)


BAD_ADDRESSES = {
    "404": ("/absent", "the site answered 404"),
    "a PDF": ("/rapport.pdf", "not an HTML page"),
    "no article": ("/vide", "no article"),
    "refused": ("http://127.0.0.1:9/", "refused"),
    "no such host": ("http://hote-inconnu.invalid/", "host not found"),
    "forbidden": ("/prive/article/", "robots.txt"),
}


@pytest.mark.parametrize("case", BAD_ADDRESSES)
def test_a_bad_address_gets_one_line(tourdetable, site, case):
    site.add("/rapport.pdf", b"%PDF-1.7", kind="application/pdf")
    site.add("/vide", "<html><body><p>Bonjour</p></body></html>")
    site.add("/prive/article/", PAGE)
    site.add("/robots.txt", "User-agent: *\nDisallow: /prive/\n", kind="text/plain")
    where, reason = BAD_ADDRESSES[case]
    url = where if "://" in where else site.url + where
    done = tourdetable("extract", url)
    assert (done.returncode, done.stdout) == (1, "")
    line = one_line(done.stderr)
    assert url in line
    assert reason in line
    assert "/prive/article/" not in site.log


def test_a_traceback_only_on_demand(tourdetable):
    done = tourdetable("extract", "absent.txt", "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_a_table_on_a_terminal(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    outside, inside = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "tourdetable", "extract", "page.html"],
        cwd=tmp_path,
        stdout=inside,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as running:
        os.close(inside)
        try:
            while piece := os.read(outside, 65536):
                shown += piece
        except OSError:  # Linux tells the end of a terminal so
            pass
    os.close(outside)
    text = shown.decode()
    assert running.returncode == 0
    assert "\x1b[1m" in text
    for sign in ("Alvéole", "4 M EUR", "Partech (lead)", "Bpifrance", "evidence"):
        assert sign in text
    assert "{" not in text


def test_an_interrupted_extraction_is_code_130_without_a_word(tmp_path):
    article = {"id": "1", "title": "Alvéole lève 4 M€", "text": "Alvéole lève 4 M€ auprès de Partech. " * 20}
    (tmp_path / "many.jsonl").write_text((json.dumps(article) + "\n") * 20_000, encoding="utf-8")
    words = [sys.executable, "-m", "tourdetable", "extract", "--jsonl", "many.jsonl"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.read(100)  # it is at work
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    assert (running.returncode, errors) == (130, b"")
