"""Whole articles: which rounds they report, which they recall, and which are none."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import spacy

from extract import ArticleError, Extractor, load
from extract.gate import has_deal_signs
from extract.names.finder import find_names


@pytest.fixture(scope="module")
def extractor():
    return Extractor()


TITLE = "Orfane lève 5 millions d’euros pour ses capteurs"
TEXT = (
    "La start-up nantaise Orfane, qui conçoit des capteurs pour les ports, annonce une levée de fonds de 5 millions "
    "d’euros en série A. Le tour de table est mené par Partech, avec la participation de Bpifrance "
    "et de Kima Ventures.\n\n"
    "Fondée en 2019 par Julie Martin, l’entreprise emploie trente personnes. Elle avait déjà levé "
    "800 000 euros en 2021 "
    "et réalise 2 millions d’euros de chiffre d’affaires. Elle veut désormais s’installer en "
    "Allemagne et recruter vingt "
    "ingénieurs d’ici à la fin de l’année."
)


@pytest.fixture(scope="module")
def extraction(extractor):
    return extractor.extract({"id": "1", "title": TITLE, "text": TEXT, "published": "2026-03-05"})


def test_a_round_with_its_fields(extraction):
    (found,) = extraction.rounds
    assert (found.company, found.amount, found.currency) == ("Orfane", 5_000_000, "EUR")
    assert (found.round_type, found.status) == ("series_a", "announced")
    assert {(i.name, i.lead) for i in found.investors} == {
        ("Partech", True),
        ("Bpifrance", False),
        ("Kima Ventures", False),
    }
    assert (found.valuation, found.total_raised) == (None, None)


def test_everything_is_traced_to_its_place(extraction):
    document = f"{TITLE}\n{TEXT}"
    (found,) = extraction.rounds
    proofs = [(found.evidence, found.start, found.end)]
    proofs += [(i.evidence, i.start, i.end) for i in found.investors]
    proofs += [(p.evidence, p.start, p.end) for p in extraction.past_rounds]
    proofs += [(m.text, m.start, m.end) for m in (*extraction.amounts, *extraction.mentions)]
    assert len(proofs) > 10
    for text, start, end in proofs:
        assert document[start:end] == text
    assert all(i.name in i.evidence for i in found.investors)
    assert "5 millions" in found.evidence
    assert all(0 <= score <= 1 for score in (found.score, *(i.score for i in found.investors)))


def test_sums_have_their_roles(extraction):
    roles = {m.text: m.role for m in extraction.amounts}
    assert roles["5 millions d’euros"] == "round"
    assert roles["800 000 euros"] == "past_round"
    assert roles["2 millions d’euros"] == "revenue"


def test_an_earlier_round_is_recalled_with_its_year(extraction):
    assert [(p.company, p.amount, p.currency, p.year) for p in extraction.past_rounds] == [
        ("Orfane", 800_000, "EUR", 2021)
    ]


NO_DEALS = {
    "fund": (
        "Un nouveau fonds pour la santé",
        "La société de gestion Tilleul Capital boucle son deuxième fonds à 120 millions d’euros. Elle "
        "vise une vingtaine "
        "de participations, avec des tickets de 2 à 5 millions d’euros.",
    ),
    "acquisition": (
        "Brizelle rachète Tundrae",
        "Le groupe Brizelle s’offre la start-up Tundrae pour 40 millions d’euros. L’acquisition doit "
        "être finalisée en juin.",
    ),
    "product": (
        "Notre essai du nouveau téléphone",
        "L’appareil coûte 899 euros et tient deux jours. Son écran est lumineux, sa prise en main agréable.",
    ),
    "market": (
        "Le marché du quantique pèsera lourd",
        "Selon le cabinet Stratège, le marché mondial atteindra 12 milliards de dollars en 2030, contre 2 milliards "
        "aujourd’hui. Les industriels s’y préparent.",
    ),
}


@pytest.mark.parametrize("news", NO_DEALS)
def test_other_news_gives_no_round(extractor, news):
    title, text = NO_DEALS[news]
    assert extractor.extract({"id": news, "title": title, "text": text}).rounds == []


def test_an_article_without_sign_of_a_deal_is_let_by():
    assert not has_deal_signs("Il pleut sur Brest depuis mardi, et la mer est grosse.")
    assert has_deal_signs("Orfane lève 5 M€.")


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("Orfane boucle un tour de table de 5 millions d’euros.", True),
        ("La société avait levé 12 M€ en 2021.", True),
        ("Le projet sera mis en ligne mardi, selon la mairie.", False),
    ],
)
def test_a_word_that_may_tell_of_a_deal_is_read_in_its_sentence(sentence, tells):
    assert has_deal_signs(sentence) is tells


@pytest.mark.parametrize("figures", ["1", "1 ", "1."])
def test_a_page_of_figures_holds_nobody_up(extractor, figures):
    # Read by the square of its length it would take hours, and the suite's limit ends it.
    assert extractor.extract({"id": "figures", "title": "Résultats", "text": figures * 60_000}).rounds == []


def test_a_models_hints_count_where_nothing_tells_of_a_deal():
    title, text = "Agenda", "Tempête sur Brest. Nuages et Pluie, dit Marie."
    hinted = Extractor(model="fr_core_news_md").extract({"id": "x", "title": title, "text": text}).mentions
    document = f"{title}\n{text}"
    assert not has_deal_signs(document)
    assert [m.text for m in hinted] == [n.text for n in load("fr_core_news_md")(document)._.names]
    assert [m.text for m in hinted] != [n.text for n in find_names(document)]


def test_rumours_are_told_from_announcements(extractor):
    text = (
        "La jeune société Orfane serait sur le point de lever 60 millions d’euros auprès d’Eurazeo, selon plusieurs "
        "sources proches du dossier. Elle n’a pas souhaité commenter."
    )
    found = extractor.extract({"id": "r", "title": "Orfane s’apprête à lever 60 millions d’euros", "text": text})
    assert [r.status for r in found.rounds] == ["rumoured"]


@pytest.mark.parametrize("who", ["Julie Martin", "Paul Durand, Julie Martin", "le discret Paul Durand et Julie Martin"])
def test_founders_do_not_invest_by_founding(extractor, who):
    text = (
        f"Lancée à Nantes en 2019 par {who}, la start-up Orfane lève 5 millions d’euros auprès de Partech et d’Eurazeo."
    )
    (found,) = extractor.extract({"id": "f", "title": "Orfane lève 5 millions d’euros", "text": text}).rounds
    assert {i.name for i in found.investors} == {"Partech", "Eurazeo"}


def test_a_roundup_gives_each_company_its_own(extractor):
    text = (
        "Orfane (capteurs, Nantes) : 5 millions d’euros auprès de Partech.\n\n"
        "Brizelle (santé, Lyon) : 12 millions d’euros auprès d’Eurazeo et de Bpifrance.\n\n"
        "Tundrae (énergie, Lille) : 800 000 euros auprès de Kima Ventures."
    )
    found = extractor.extract({"id": "w", "title": "Les levées de fonds de la semaine", "text": text})
    told = {r.company: (r.amount, {i.name for i in r.investors}) for r in found.rounds}
    assert told == {
        "Orfane": (5_000_000, {"Partech"}),
        "Brizelle": (12_000_000, {"Eurazeo", "Bpifrance"}),
        "Tundrae": (800_000, {"Kima Ventures"}),
    }


def test_many_articles_keep_their_order_and_answers(extractor):
    articles = [
        {"id": str(n), "title": TITLE if n % 2 else "Météo", "text": TEXT if n % 2 else "Il pleut."} for n in range(70)
    ]
    found = list(extractor.extract_many(articles))
    assert [record.id for record in found] == [article["id"] for article in articles]
    assert [len(record.rounds) for record in found] == [n % 2 for n in range(70)]


def test_a_low_score_can_be_left_out(extraction):
    strict = Extractor(min_score=1.0)
    assert extraction.rounds
    assert strict.extract({"id": "1", "title": TITLE, "text": TEXT}).rounds == []


ODD = ["", " ", "\n\n\n", "\x00\x01", "3 M€", "🙂" * 50, "lève " * 2000, "« " * 500, "e\u0301" * 100]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_no_error(extractor, text):
    assert extractor.extract({"id": "odd", "title": text, "text": text}).id == "odd"


@pytest.mark.parametrize("article", [{"title": 3}, {"title": "a", "text": ["b"]}, {"text": "a", "published": 5}])
def test_values_of_a_wrong_type_are_named(extractor, article):
    with pytest.raises(ArticleError, match=r"title|text|published"):
        extractor.extract({"id": "x", **article})


def test_the_components_work_in_a_pipeline_of_ones_own():
    nlp = spacy.blank("fr")
    for name in ("sentences", "money", "names", "encoder", "rounds"):
        nlp.add_pipe(f"tourdetable_{name}")
    docs = list(nlp.pipe([f"{TITLE}\n{TEXT}"] * 2))
    assert [d._.rounds[0].company for d in docs] == ["Orfane", "Orfane"]
    assert load().pipe_names == nlp.pipe_names


def test_a_missing_component_is_named():
    nlp = spacy.blank("fr")
    nlp.add_pipe("tourdetable_rounds")
    with pytest.raises(ValueError, match="tourdetable_"):
        nlp("Orfane lève 3 M€.")


def test_the_record_is_plain_json(extraction):
    record = json.loads(json.dumps(extraction.to_dict()))
    assert {
        "id",
        "url",
        "title",
        "published",
        "outlet",
        "language",
        "rounds",
        "past_rounds",
        "companies",
        "amounts",
    } <= (record.keys())


def test_the_words_of_an_article_are_forgotten_with_it(extractor):
    def article(number):
        return {"id": str(number), "title": f"Zyx{number}ab lève 5 M€", "text": f"Mot{number} inconnu{number}."}

    extractor.extract(article(0))
    before = len(extractor._nlp.vocab.strings)
    for _ in extractor.extract_many(map(article, range(1, 60))):
        pass
    assert len(extractor._nlp.vocab.strings) == before


def test_threads_may_share_an_extractor(extractor):
    articles = [{"id": str(i), "title": TITLE, "text": TEXT} for i in range(12)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(extractor.extract, articles))
    assert [record.id for record in found] == [article["id"] for article in articles]
    assert len({json.dumps(record.to_dict()["rounds"]) for record in found}) == 1


@pytest.mark.parametrize(
    ("words", "day", "precision"),
    [
        ("mardi", "2026-03-03", "day"),
        ("hier", "2026-03-04", "day"),
        ("aujourd’hui", "2026-03-05", "day"),
        ("le 24 février", "2026-02-24", "day"),
        ("le 24 novembre", "2025-11-24", "day"),
        ("la semaine dernière", "2026-02-23", "week"),
        ("cette semaine", "2026-03-02", "week"),
        ("en janvier dernier", "2026-01-01", "month"),
        ("en décembre dernier", "2025-12-01", "month"),
        ("le mois dernier", "2026-02-01", "month"),
    ],
)
def test_the_day_of_a_round_is_told_relative_to_publication(extractor, words, day, precision):
    text = f"La start-up Orfane a annoncé {words} avoir levé 5 millions d’euros auprès de Partech."
    found = extractor.extract({"id": "1", "title": TITLE, "text": text, "published": "2026-03-05"}).rounds[0]
    assert (found.date, found.date_precision) == (day, precision)
