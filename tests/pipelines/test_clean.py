"""Cleaning: facts, and what holds for every text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_samples import article
from scrapy.exceptions import DropItem

from pipelines.clean import CleanPipeline, clean_line, clean_text

# Text as pages have it: letters with loose accents, every kind of space, controls, halves of characters.
PIECES = st.sampled_from(
    [*"aeE\u0301\u0327 \t\n\r\v\f\x00\x1c\x85\x92\u00a0\u00ad\u202f\u2028\u200b\u200e\ufeff\ud83d\ude80ﬁ€"]
)
TEXTS = st.lists(PIECES | st.characters(), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Cafe\u0301", "Café"),
        ("Cafe\u200b\u0301", "Café"),
        ("a \t b", "a b"),
        ("1\u00a0500\u202f€", "1\u00a0500\u202f€"),
        ("a \n b", "a\nb"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\n \n\t\nb", "a\n\nb"),
        ("\ufeffa\u00adb\x92c", "abc"),
        ("\ud83d\ude80 lancée", "🚀 lancée"),
        ("\ud83d lancée", "\ufffd lancée"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("\u00a0 \n", ""),
    ],
)
def test_texts(text, clean):
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\nb", "a b"),
        ("a \n\n b", "a b"),
        ("a\u00a0\u00a0b", "a b"),
        ("3\u00a0M€", "3\u00a0M€"),
        (" \u202fa\u00a0", "a"),
    ],
)
def test_lines(text, clean):
    assert clean_line(text) == clean


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_what_holds_for_every_text(text):
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert not [char for char in clean if unicodedata.category(char) in {"Cc", "Cs"} and char != "\n"]
    assert clean == clean.strip()
    assert "\n\n\n" not in clean
    assert "  " not in clean
    clean.encode()


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_what_holds_for_every_line(text):
    line = clean_line(text)
    assert clean_line(line) == line
    assert "\n" not in line
    assert len(" ".join(line.split())) == len(line)  # as extraction sees it: offsets stay


def test_all_text_of_an_article_is_cleaned():
    dirty = article(
        1,
        url="https://www.gazette.example/\ud83d",
        title=" Un\ntitre ",
        chapeau="a\x00b",
        text="a\r\n\r\n\r\nb",
        authors=[" Anne\u00adDurand ", "\u200b"],
        tags=["\t", "IA\n"],
        section="\ud83dTech",
        image=" ",
        language=" fr ",
    )
    clean = CleanPipeline().process_item(dirty)
    assert (clean.title, clean.chapeau, clean.text) == ("Un titre", "ab", "a\n\nb")
    assert (clean.authors, clean.tags) == (["AnneDurand"], ["IA"])
    assert (clean.section, clean.image, clean.language) == ("\ufffdTech", None, "fr")
    assert clean.id
    assert clean.url == clean.canonical_url == "https://www.gazette.example/\ufffd"


@pytest.mark.parametrize(("field", "said"), [("title", "no title"), ("text", "no text")])
@pytest.mark.parametrize("empty", ["", " \n\u00a0", "\u200b\x00"])
def test_an_article_without_title_or_text_goes_no_further(field, said, empty):
    with pytest.raises(DropItem, match=rf"^https://www\.gazette\.example/articles/1: {said}$"):
        CleanPipeline().process_item(article(1, **{field: empty}))
