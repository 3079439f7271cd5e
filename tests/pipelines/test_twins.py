"""Articles that are nearly the same: what links, what does not, one article under many addresses, and the index."""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pipeline_samples import article, item, read_all

from pipelines import twins
from pipelines.ledger import SCHEMA_VERSION, Ledger, open_to_read
from pipelines.places import place_of
from pipelines.store import Store
from pipelines.twins import PERMUTATIONS, signature_of, similarity

CORPUS = Path(__file__).parents[2] / "corpus" / "dev.jsonl"
TEXTS = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
AGENCY, OTHER = TEXTS[0], TEXTS[5]


def credited(text: str) -> str:
    return f"PARIS, 12 mai (AFP) – {text}\n\nCette dépêche est reproduite avec l’accord de l’agence."


def cut(text: str) -> str:
    return text[: len(text) * 2 // 3]


def with_other_standfirst(text: str) -> str:
    words = text.split("\n\n")[0].split()
    random.Random(1).shuffle(words)
    return "\n\n".join([" ".join(words), *text.split("\n\n")[1:]])


def reworded(text: str) -> str:
    paragraphs = text.split("\n\n")
    paragraphs[1] = " ".join(word if n % 4 else "autrement" for n, word in enumerate(paragraphs[1].split()))
    return "\n\n".join(paragraphs)


def on(site: str, n: int, text: str, **changes: object):
    return item(n, url=f"https://www.{site}.example/articles/{n}", outlet=site, text=text, **changes)


def links(data: Path) -> dict[str, tuple[str | None, float | None]]:
    """Give what each article is linked to, by address; all three readers have to agree."""
    pandas, duckdb, polars = (
        {row["url"]: (row["near_duplicate_of"] or None, row["similarity"]) for row in rows}
        for rows in read_all(data, "articles").values()
    )
    assert pandas == duckdb == polars
    return polars


# Signatures


def test_a_signature_is_the_same_wherever_it_is_made(python):
    # Pinned: one that changed would no longer be found among those that are stored.
    text = "Société lève des fonds auprès de Partech et d’un family office lyonnais. " * 5 + "L’ÉTÉ ﬁnit."
    program = (
        "import sys; from pipelines.twins import signature_of; print(signature_of(sys.argv[1]).tobytes().hex()[:32])"
    )
    assert signature_of(text).tobytes().hex()[:32] == "402762064407950eee39e4058a029710"
    assert python(program, text).stdout.strip() == "402762064407950eee39e4058a029710"


def test_the_estimate_is_near_the_index_itself():
    words = [f"mot{n}" for n in range(3000)]
    for shared in (300, 1500, 2700):
        a, b = words[:3000], words[:shared] + [f"autre{n}" for n in range(3000 - shared)]
        jaccard = (shared - 4) / (2 * 2996 - (shared - 4))
        estimate = similarity(signature_of(" ".join(a)), signature_of(" ".join(b)))
        assert estimate == pytest.approx(jaccard, abs=0.12), shared


def test_case_punctuation_and_spacing_make_no_difference():
    shouted = AGENCY.upper().replace("’", "'").replace(" ", "  ").replace(".", " !")
    assert similarity(signature_of(AGENCY), signature_of(shouted)) == 1


@pytest.mark.parametrize("text", ["", AGENCY[:299], "a" * 5000, "… " * 400])
def test_what_is_too_short_has_none(text):
    assert signature_of(text) is None


@pytest.mark.parametrize("change", [credited, cut, with_other_standfirst, reworded])
def test_a_changed_article_is_found_and_no_other(change, tmp_path):
    (tmp_path / "_state").mkdir()
    whole = [text for text in TEXTS if text.count("\n\n") >= 2]
    signed = [(text[:99], signature_of(text).tobytes()) for text in whole]
    ledger = Ledger(place_of(tmp_path).ledger, signed=lambda: signed)
    found = [[name for name, _ in ledger.nearly_same(signature_of(change(text)))] for text in whole]
    ledger.close()
    right = sum(names == [text[:99]] for names, text in zip(found, whole, strict=True))
    assert sum(map(len, found)) == right, "an article was found that is another"
    assert right >= 0.97 * len(whole)


# In the dataset


def test_the_same_text_in_two_outlets_is_linked_and_both_are_stored(tmp_path):
    first, second, third = on("gazette", 1, AGENCY), on("courrier", 2, credited(AGENCY)), on("echo", 3, cut(AGENCY))
    with Store(tmp_path) as store:
        assert store.add(first)
        store.flush()
        assert store.add(second)
        assert store.add(on("autre", 4, OTHER))
    with Store(tmp_path) as store:
        assert store.add(third)
    found = links(tmp_path)
    assert len(found) == 4
    assert found[first.article.url] == found[on("autre", 4, OTHER).article.url] == (None, None)
    for linked in (second, third):
        name, alike = found[linked.article.url]
        assert name == first.article.id
        assert twins.THRESHOLD <= alike < 1


def test_articles_of_one_batch_are_compared_and_the_earliest_is_named(tmp_path):
    texts = [AGENCY, credited(AGENCY), cut(AGENCY)]
    with Store(tmp_path) as store:
        for n, text in enumerate(texts):
            assert store.add(on(f"site{n}", n, text))
    names = [name for name, _ in links(tmp_path).values()]
    assert names.count(on("site0", 0, AGENCY).article.id) == 2
    assert names.count(None) == 1


def test_short_texts_are_never_linked(tmp_path):
    with Store(tmp_path) as store:
        assert store.add(on("gazette", 1, AGENCY[:290]))
        assert store.add(on("courrier", 2, AGENCY[:290]))
    assert set(links(tmp_path).values()) == {(None, None)}


def test_different_articles_are_not_linked(tmp_path):
    with Store(tmp_path) as store:
        for n, text in enumerate(TEXTS):
            store.add(on("gazette", n, text))
    assert set(links(tmp_path).values()) == {(None, None)}


# One article, many addresses


def test_one_article_under_http_and_https_with_and_without_www_is_stored_once(tmp_path):
    forms = [f"{scheme}://{host}gazette.example/a" for scheme in ("https", "http") for host in ("www.", "", "m.")]
    assert len({article(1, url=form).id for form in forms}) == 1
    assert article(1, url="https://gazette.example/b").id != article(1, url=forms[0]).id
    assert article(1, url="https://start.gazette.example/a").id != article(1, url=forms[0]).id
    with Store(tmp_path) as store:
        assert [store.add(item(1, url=form)) for form in forms] == [True, False, False, False, False, False]
        store.flush()
        assert not any(store.add(item(1, url=form)) for form in forms)
        assert all(store.ledger.knows(form) for form in forms)
    assert list(pd.read_parquet(tmp_path / "articles").canonical_url) == [forms[0]]  # an address that answers


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize(("first", "second"), [(AGENCY, credited(AGENCY)), ("Bref.", "Bref.")])
def test_another_slug_with_the_same_number_and_content_is_an_alias(tmp_path, first, second, waits):
    old, new = (f"https://www.gazette.example/{slug}-1234567.html" for slug in ("ancien-titre", "nouveau-titre"))
    with Store(tmp_path) as store:
        assert store.add(item(1, url=old, text=first))
        if not waits:
            store.flush()
        assert not store.add(item(1, url=new, text=second))
        store.flush()
        assert store.ledger.knows(new)
    assert len(links(tmp_path)) == 1
    with Store(tmp_path) as store:
        assert not store.add(item(1, url=new, text=OTHER))


@pytest.mark.parametrize(
    ("second", "changes"),
    [
        ("https://www.gazette.example/autre-titre-1234567", {"text": OTHER}),  # the number alone
        ("https://www.gazette.example/autre-titre-1234568", {}),  # the content alone
        ("https://www.gazette.example/autre-titre", {}),
        ("https://www.gazette.example/20260512/autre-titre", {}),  # a day
        ("https://www.courrier.example/autre-titre-1234567", {"outlet": "courrier"}),
    ],
)
@pytest.mark.parametrize("waits", [True, False])
def test_two_articles_stay_two(tmp_path, second, changes, waits):
    with Store(tmp_path) as store:
        store.add(item(1, url="https://www.gazette.example/20260512/un-titre-1234567", text=AGENCY))
        if not waits:
            store.flush()
        assert store.add(item(1, **{"url": second, "text": AGENCY} | changes))
    assert len(links(tmp_path)) == 2


# The index


def test_a_ledger_made_anew_has_the_index(tmp_path):
    base = article(0).fetched_at
    with Store(tmp_path) as store:
        store.add(on("gazette", 1, AGENCY, fetched_at=base + timedelta(days=1)))
        store.add(on("courrier", 2, credited(AGENCY), fetched_at=base))
        store.add(on("echo", 3, "Bref."))
    (tmp_path / "_state" / "ledger.sqlite").unlink()
    with Store(tmp_path) as store:
        assert store.add(on("radio", 4, cut(AGENCY)))
    earliest = on("courrier", 2, AGENCY).article.id
    assert links(tmp_path)[on("radio", 4, "").article.url][0] == earliest


VERSION_1 = """
DROP TABLE signatures; DROP TABLE bands; DROP INDEX pages_by_content;
ALTER TABLE batches DROP COLUMN signatures;
UPDATE pages SET url = 'http://www.gazette.example/articles/1', article_id = '0123456789abcdef';
PRAGMA user_version = 1;
"""


def test_a_ledger_of_version_1_is_upgraded_where_it_is(tmp_path):
    with Store(tmp_path) as store:
        store.add(item(1, text=AGENCY))
    path = tmp_path / "_state" / "ledger.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript("DROP TABLE frontier; DROP TABLE sources; DROP TABLE revisits; DROP TABLE swaps;")
        db.executescript(VERSION_1)
    db.close()
    with Store(tmp_path) as store:
        assert not store.add(item(1, text=AGENCY))  # known by its address, whatever its id was then
        assert store.ledger.find("0123456789abcdef", []) == "0123456789abcdef"
        assert store.add(on("courrier", 2, credited(AGENCY)))
    assert links(tmp_path)[on("courrier", 2, "").article.url][0] == article(1).id
    db = open_to_read(path)
    assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_looking_up_costs_the_same_in_a_long_history(tmp_path):
    chance = np.random.default_rng(1)
    every = chance.integers(0, 2**16, (100_000, PERMUTATIONS), dtype=np.uint16)
    medians = []
    for size in (1_000, 100_000):
        (tmp_path / str(size) / "_state").mkdir(parents=True)
        signed = [(str(n), one.tobytes()) for n, one in enumerate(every[:size])]
        ledger = Ledger(place_of(tmp_path / str(size)).ledger, signed=partial(iter, signed))
        spans = []
        for n in chance.integers(0, size, 300):
            asked = every[n].copy()
            asked[chance.integers(0, PERMUTATIONS, 30)] = 0
            start = time.perf_counter()
            found = ledger.nearly_same(asked)
            spans.append(time.perf_counter() - start)
            assert [name for name, _ in found] == [str(n)]
        medians.append(statistics.median(spans))
        ledger.close()
    assert medians[1] < 0.005
    assert medians[1] < 10 * medians[0]
