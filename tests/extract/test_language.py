"""The tokenizer and the empty pipeline for press text."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from extract import load
from extract.language import PressTokenizer, text_of
from extract.training.gate import train_gate

LETTERS = st.text(alphabet="ab é'’-.,3 \u00a0\u202f\n\tL€«»…", max_size=60)


@given(st.one_of(st.text(max_size=80), LETTERS))
def test_a_document_holds_its_text_to_the_letter(text):
    doc = PressTokenizer(Vocab())(text)
    assert doc.text == text == text_of(doc)


def test_a_document_of_others_has_its_own_text():
    cut = PressTokenizer(Vocab())
    one, other = cut("Alpha lève 3 M€. Il rit."), cut("Bêta aussi.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spaCy says that it keeps the data of only one of them
        both = Doc.from_docs([one, other])
    assert text_of(both) == both.text != one.text
    assert text_of(one[:3].as_doc(copy_user_data=True)) == one[:3].as_doc().text


def test_words_are_cut_where_names_begin_and_kept_whole_elsewhere():
    doc = PressTokenizer(Vocab())("Qu’a levé l’éditeur n8n, peut-être 3,5 M€ ?")
    assert [t.text for t in doc] == [
        "Qu’", "a", "levé", "l’", "éditeur", "n8n", ",", "peut-être", "3,5", "M", "€", "?",
    ]  # fmt: skip


def test_a_saved_pipeline_is_loaded_by_spacy_and_finds_the_same(tmp_path):
    nlp = load()
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    text = "Alpha lève 3 M€\nAlpha lève 3 millions d'euros auprès de Partech."
    assert isinstance(again.tokenizer, PressTokenizer)
    assert [r.company for r in again(text)._.rounds] == [r.company for r in nlp(text)._.rounds] == ["Alpha"]


def test_extraction_loads_no_french_of_spacy_and_no_training():
    code = "import json, sys; from extract import Extractor; Extractor(); print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)
    assert not {"spacy.lang.fr", "sklearn", "extract.training"} & set(loaded)


@pytest.mark.parametrize("role", ["round", "past_round"])
def test_the_gate_learns_which_sentences_tell_of_a_round(role):
    pytest.importorskip("sklearn")
    docs = [
        {
            "title": f"Firme{i}",
            "text": f"Firme{i} lève {i} M€ auprès de fonds. Firme{i} vend un vélo à 900 €.",
            "amounts": [{"text": f"{i} M€", "role": role}, {"text": "900 €", "role": "other"}],
            "rounds": [],
            "past_rounds": [],
        }
        for i in range(2, 30)
    ]
    model = train_gate(docs)
    yes = model.classes.index("yes")
    told, other = model.probabilities([dict.fromkeys(["leve <sum>", "leve"], 1.0), {"vend": 1.0, "velo": 1.0}])[:, yes]
    assert told > 0.5 > other
