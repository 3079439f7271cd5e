"""Keys that are the same in all spellings, what users and articles say of names, and the table made of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from entity_samples import dataset, deals
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.names.gazetteer import known_investors
from extract.names.keys import name_key
from pipelines.entities import Alias, Relation, Resolver, entities_of, learned_relations, read_aliases, resolver_of
from pipelines.entities.aliases import aliases_for
from pipelines.entities.relations import Evidence, initials_fit
from pipelines.errors import AliasError, StorageError
from pipelines.schema import schema_of

LEGAL = ["SAS", "S.A.S.", "SASU", "SA", "SARL", "SCA", "SCOP", "Inc.", "GmbH", "GmbH & Co. KG", "Ltd", "Co., Ltd."]
KNOWN = Resolver()
names = st.sampled_from(sorted({entry.name for entry in known_investors().values()}))
words = st.text("abcdeéèçïôxyz0123456789", min_size=2, max_size=12)


def told(kind, name, alias, articles=1):
    return Relation(kind, name, alias, articles, (Evidence("0" * 16, f"{alias}, {name}"),))


# Keys


@given(st.text(max_size=60) | names)
def test_a_key_leads_to_itself(name):
    key = KNOWN.key_of(name)
    assert KNOWN.key_of(key) == key


@given(words, st.sampled_from(LEGAL))
def test_case_accents_and_legal_form_make_no_difference(word, form):
    plain = KNOWN.key_of(word)
    assert KNOWN.key_of(word.upper()) == plain
    assert KNOWN.key_of(f"{word.title()} {form}") == plain
    assert KNOWN.key_of(word.translate(str.maketrans("éèçïô", "eecio"))) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Canal+", "Canal"),
        ("Sekoia.io", "Sekoia"),
        ("Groupe Rocher", "Rocher"),
        ("Allianz France", "Allianz"),
        ("Swatch Group", "Swatch"),
        ("Alma Learning", "Alma"),
        ("Orange Ventures", "Orange"),
        ("CapitalG", "Google"),
        ("Goldman Sachs Growth", "Goldman Sachs"),
    ],
)
def test_what_may_be_two_companies_stays_two(one, other):
    assert KNOWN.key_of(one) != KNOWN.key_of(other)


def test_the_gazetteers_aliases_lead_to_its_own_name():
    assert KNOWN.key_of("a16z") == KNOWN.key_of("Andreessen Horowitz") == "andreessenhorowitz"
    assert KNOWN.known("andreessenhorowitz").country == "US"
    assert KNOWN.keys_of("andreessenhorowitz")[0] == "andreessenhorowitz"
    assert "a16z" in KNOWN.keys_of("andreessenhorowitz")
    assert KNOWN.key_of("Orange Digital Ventures") == KNOWN.key_of("Orange Ventures")
    assert KNOWN.key_of("TotalEnergies") == KNOWN.key_of("Total")
    assert (KNOWN.known("orange").kind, KNOWN.best_name("orange")) == ("corporate", None)
    assert KNOWN.key_of("Canal Plus") == KNOWN.key_of("Canal+")


# What the user says


def test_the_users_names_come_before_all_others():
    resolver = Resolver(aliases=[Alias("Horowitz & fils", "a16z"), Alias("Swile", "Lunchr", "former")])
    assert resolver.key_of("Andreessen Horowitz") == resolver.key_of("a16z") == "horowitzfils"
    assert resolver.best_name("horowitzfils") == "Horowitz & fils"
    assert resolver.former_names("swile") == ["Lunchr"]
    assert resolver.reasons("swile") == [Alias("Swile", "Lunchr", "former")]


@settings(max_examples=30)  # each makes two resolvers of the whole gazetteer
@given(
    st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF"), st.booleans()), max_size=12),
    st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")), max_size=8),
)
def test_different_always_wins(lines, articles):
    aliases = [Alias(f"{a}{a}", f"{b}{b}", "different" if apart else "same") for a, b, apart in lines if a != b]
    relations = [told("former", f"{a}{a}", f"{b}{b}") for a, b in articles if a != b]
    resolver = Resolver(relations, aliases)
    for alias in aliases:
        joined = resolver.key_of(alias.name) == resolver.key_of(alias.alias)
        assert not (alias.relation == "different" and joined)
        assert joined or alias.relation == "different" or alias in resolver.refused
    for name in "ABCDEF":
        key = resolver.key_of(name * 2)
        assert resolver.key_of(key) == key
    assert {k: Resolver(reversed(relations), aliases).key_of(k) for k in "aa bb cc dd ee ff".split()} == {
        k: resolver.key_of(k) for k in "aa bb cc dd ee ff".split()
    }


def test_different_parts_what_the_gazetteer_joins_and_what_only_a_legal_form_parts():
    resolver = Resolver(
        aliases=[
            Alias("Andreessen Horowitz", "a16z", "different"),
            Alias("Rothschild", "Rothschild & Co", "different"),
        ]
    )
    assert resolver.key_of("a16z") != resolver.key_of("Andreessen Horowitz")
    assert resolver.known("a16z") is None
    assert resolver.key_of("ROTHSCHILD & CO") != resolver.key_of("Rothschild") == resolver.key_of("Rothschild SA")


def test_a_file_of_aliases_is_read(tmp_path, monkeypatch):
    place = dataset(tmp_path / "data")
    assert aliases_for(place) == []
    own = tmp_path / "data" / "aliases.csv"
    own.write_text('name,alias,relation\n\n# ours\nSwile,Lunchr,former\n"Dupont, Fils",DF,\n', encoding="utf-8-sig")
    assert aliases_for(place) == [
        Alias("Swile", "Lunchr", "former", f"{own}, line 4"),
        Alias("Dupont, Fils", "DF", "same", f"{own}, line 5"),
    ]
    other = tmp_path / "other.csv"
    other.write_text("name,alias\nAlma,Alma SAS\n")
    monkeypatch.setenv("TOURDETABLE_ALIASES", str(other))
    assert [alias.name for alias in aliases_for(place)] == ["Alma"]
    assert len(aliases_for(place, own)) == 2
    assert resolver_of(place, own).key_of("lunchr") == "swile"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "expected the header"),
        (b"a;b;c\n", 1, "expected the header"),
        (b"name,alias,relation\nA,B,cousin\n", 2, "same, former or different"),
        (b"name,alias,relation\n\nA,B,same\nA\n", 4, "got 1 fields"),
        (b"name,alias,relation\nA,?!\n", 2, "is no name"),
        (b"name,alias,relation\nAlma,ALMA,different\n", 2, "cannot be told apart"),
        (b"name,alias,relation\nAlma,\xe9t\xe9\n", 2, "not UTF-8"),
        (b'name,alias,relation\n"Alma"s,B\n', 2, "in quotes"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, content, line, said):
    file = tmp_path / "aliases.csv"
    file.write_bytes(content)
    with pytest.raises(AliasError, match=said) as error:
        read_aliases(file)
    assert str(error.value).startswith(f"{file}, line {line}: ")
    assert "\n" not in str(error.value)


def test_a_file_that_is_asked_for_must_be_there(tmp_path):
    with pytest.raises(AliasError, match=r"none\.csv"):
        read_aliases(tmp_path / "none.csv")


# What articles say


@pytest.mark.parametrize(
    ("text", "found", "relation"),
    [
        ("T\nHélo (ex-Vetolib) a signé un tour.", ["Hélo"], ("former", "Hélo", "Vetolib")),
        ("Agathe (anciennement Smart Silo) lève 13 M€", ["Agathe"], ("former", "Agathe", "Smart Silo")),
        ("T\nVerley, ex-Bon Vivant, tient parole.", ["Verley"], ("former", "Verley", "Bon Vivant")),
        ("T\nGV, l’ex-Google Ventures, suit.", ["GV"], ("former", "GV", "Google Ventures")),
        (
            "T\nAlma, anciennement connue sous le nom de Pagato, recrute.",
            ["Alma"],
            ("former", "Alma", "Pagato"),
        ),
        ("Titres-restaurant : l’ex-Lunchr, rebaptisé Swile, avale 70 M€", ["Swile"], ("former", "Swile", "Lunchr")),
        ("T\nIdem, devenu Eurodata, en a perdu sept.", ["Idem", "Eurodata"], ("former", "Eurodata", "Idem")),
        ("T\nFlacot devient Melta.", ["Flacot", "Melta"], ("former", "Melta", "Flacot")),
        ("T\nGaia Capital (désormais Revaia) suit.", ["Gaia Capital", "Revaia"], ("former", "Revaia", "Gaia Capital")),
        ("T\nLuma (née Pixeo) recrute.", ["Luma"], ("former", "Luma", "Pixeo")),
        ("T\nMaître.ai s’appelait « Prétoire ».", ["Maître.ai"], ("former", "Maître.ai", "Prétoire")),
        (
            "T\nLa Caisse de dépôt et placement du Québec (CDPQ) suit.",
            ["Caisse de dépôt et placement du Québec"],
            ("acronym", "Caisse de dépôt et placement du Québec", "CDPQ"),
        ),
        (
            "T\nLa BPACA (Banque populaire Aquitaine Centre Atlantique) suit.",
            ["BPACA"],
            ("acronym", "Banque populaire Aquitaine Centre Atlantique", "BPACA"),
        ),
        (
            "T\nLa Banque cantonale vaudoise (BCV), Elaia et Alven suivent.",
            ["Banque cantonale", "BCV"],
            ("acronym", "Banque cantonale vaudoise", "BCV"),
        ),
        ("Sekoia.io lève 35 M€\nSekoia veut grandir.", ["Sekoia.io", "Sekoia"], ("short", "Sekoia", "Sekoia.io")),
    ],
)
def test_articles_tell_other_names(tmp_path, text, found, relation):
    place = dataset(tmp_path, (text, dict.fromkeys(found, "company")))
    (learned,) = learned_relations(place)
    assert (learned.kind, learned.name, learned.alias) == relation
    (evidence,) = learned.evidence
    assert evidence.article_id == "0" * 16
    assert learned.alias in evidence.sentence
    assert evidence.sentence in text
    resolver = Resolver([learned])
    assert resolver.key_of(learned.alias) == resolver.key_of(learned.name)
    assert resolver.reasons(resolver.key_of(learned.alias)) == [learned]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("T\nPuis Stéphanie Delestre (Volubile, ex-Qapa), qui arrive.", ["Volubile"]),
        ("T\nLe cofondateur Yanis Benhamida, ex-Kapten, y croit.", ["Yanis Benhamida"]),
        ("T\nMélisse, née à Rennes, recrute.", ["Mélisse"]),
        ("T\nLuma (née Paris) recrute.", ["Luma"]),
        ("T\nKawa Mobility devient la 18e licorne.", ["Kawa Mobility"]),
        ("T\nAlma, ex-pépite de la place, ferme.", ["Alma"]),
        ("T\nLe Conseil européen de l’innovation (EIC) suit.", ["Conseil européen de l’innovation", "EIC"]),
        ("T\nOctave Klaba (OVH) suit.", ["Octave Klaba", "OVH"]),
        ("T\nOstéoflex (Lyon) lève 2 M€.", ["Ostéoflex"]),
        ("T\nSekoia.io lève 35 M€.", ["Sekoia.io"]),
        ("T\nAlma, aujourd’hui Paris compte.", ["Alma"]),
    ],
)
def test_what_only_looks_like_another_name_is_none(tmp_path, text, found):
    assert learned_relations(dataset(tmp_path, (text, dict.fromkeys(found, "company")))) == []


def test_texts_withheld_say_nothing(tmp_path):
    text = "T\nHélo (ex-Vetolib) a signé."
    assert learned_relations(dataset(tmp_path / "a", (text, {"Hélo": "company"}), withheld=True)) == []
    assert len(learned_relations(dataset(tmp_path / "b", (text, {"Hélo": "company"})))) == 1


def test_relations_never_chain_two_known_investors():
    resolver = Resolver([told("former", "Eurazeo", "Idinvest"), told("acronym", "Atlantic Vantage Point", "AVP")])
    assert resolver.key_of("Idinvest") != resolver.key_of("Eurazeo")
    assert resolver.key_of("AVP") == resolver.key_of("AXA Venture Partners")
    assert len(resolver.refused) == 2
    chain = [told("former", "Eurazeo", "Pontage"), told("former", "Pontage", "Partech")]
    assert Resolver(chain).key_of("Partech") != Resolver(chain).key_of("Eurazeo")
    one, two = (Resolver([told("former", "Pontage", "Partech", articles)]) for articles in (1, 2))
    assert one.key_of("Pontage") == "pontage"
    assert two.key_of("Pontage") == two.key_of("Partech")
    own = Resolver(aliases=[Alias("Eurazeo", "Idinvest", "former")])
    assert own.key_of("Idinvest Partners") == own.key_of("Eurazeo")


def test_an_acronym_of_two_leads_to_the_one_that_more_articles_tell():
    twice = [told("acronym", "Quai du Centre", "QDC", 2), told("acronym", "Quotas des crédits", "QDC", 1)]
    assert Resolver(twice).key_of("QDC") == "quaiducentre"
    tied = [told("acronym", "Quai du Centre", "QDC"), told("acronym", "Quotas des crédits", "QDC")]
    assert Resolver(tied).key_of("QDC") == "qdc"
    assert Resolver(tied).refused == tied
    same = [told("acronym", "Quai du Centre", "QDC", 2), told("former", "Quai du Centre", "QDC", 2), twice[1]]
    assert Resolver(same).key_of("QDC") == "quaiducentre"
    one = [*tied, told("former", "Quai du Centre", "Quotas des crédits")]
    assert Resolver(one).key_of("QDC") == Resolver(one).key_of("Quotas des crédits") == "quaiducentre"


@given(st.lists(words.filter(lambda word: word not in {"de", "d", "a"}), min_size=2, max_size=6))
def test_initials_fit_the_words_that_give_them(found):
    assert initials_fit("".join(name_key(word)[0] for word in found), " ".join(found))
    assert not initials_fit("QW", " ".join(found))


# The table


def test_entities_are_counted_over_articles_and_spellings(tmp_path):
    place = dataset(
        tmp_path,
        (
            "Alma lève 3 M€\nAlma grandit avec Partech. Alma dit Anne Durand.",
            {"Alma": "company", "Partech": "investor"},
        ),
        ("Encore\nALMA SAS et Partech Ventures.", {"ALMA SAS": "company", "Partech Ventures": "company"}),
        ("Enfin\nJean Niel et Luc Blanc.", {"Jean Niel": "investor", "Luc Blanc": "person"}),
    )
    table = entities_of(
        place,
        deals(
            {"company": "Alma", "amount_eur": 3_000_000, "investors": [("Partech", True), ("partech ventures", False)]},
            {"company": "ALMA", "amount_eur": 9_000_000, "status": "rumoured", "investors": [("Elaia", False)]},
            {"company": "Beta", "amount_eur": None},
        ),
        resolver_of(place),
    )
    assert table.schema == schema_of("entities")
    rows = {row["key"]: row for row in table.to_pylist()}
    assert list(rows) == ["alma", "beta", "elaia", "jeanniel", "partech"]
    alma = rows["alma"]
    assert (alma["name"], alma["names"], alma["articles"]) == ("Alma", ["Alma", "ALMA SAS"], 2)
    assert (alma["kind"], alma["country"], alma["raised"], alma["raised_eur"]) == ("company", None, 2, 3_000_000)
    assert (alma["first_seen"], alma["last_seen"]) == tuple(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))
    partech = rows["partech"]
    assert (partech["kind"], partech["country"], partech["articles"]) == ("vc", "FR", 2)
    assert (partech["invested"], partech["led"]) == (1, 1)
    assert (rows["beta"]["articles"], rows["beta"]["names"], rows["beta"]["first_seen"]) == (0, ["Beta"], None)
    assert rows["elaia"]["invested"] == 1


def test_the_table_is_the_same_in_any_order_and_empty_without_mentions(tmp_path):
    articles = [(f"T\nAlma {n % 7} et Beta {n % 3}.", {f"Alma {n % 7}": "company"}) for n in range(20)]
    one = entities_of(dataset(tmp_path / "a", *articles), deals(), KNOWN)
    assert one.equals(entities_of(dataset(tmp_path / "b", *articles), deals(), KNOWN))
    assert one.num_rows == 7
    assert entities_of(dataset(tmp_path / "c"), deals(), KNOWN).num_rows == 0


def test_the_former_name_is_in_the_table_with_its_key(tmp_path):
    place = dataset(
        tmp_path, ("T\nHélo (ex-Vetolib) a signé.", {"Hélo": "company"}), ("Vetolib", {"Vetolib": "company"})
    )
    (row,) = entities_of(place, deals(), resolver_of(place)).to_pylist()
    assert (row["key"], row["former_names"], row["keys"], row["articles"]) == (
        "helo",
        ["Vetolib"],
        ["helo", "vetolib"],
        2,
    )


def test_the_best_name_is_no_former_one_however_often_it_is_printed(tmp_path):
    place = dataset(tmp_path, ("T\nHélo (ex-Vetolib).\nVetolib, Vetolib.", {"Hélo": "company", "Vetolib": "company"}))
    (row,) = entities_of(place, deals(), resolver_of(place)).to_pylist()
    assert (row["name"], row["names"]) == ("Hélo", ["Vetolib", "Hélo"])


def test_many_batches_give_the_same_sums(tmp_path, monkeypatch):
    articles = [(f"T\nAlma {n % 5}, Alma {n % 3}.", {f"Alma {n}": "company" for n in range(5)}) for n in range(25)]
    place = dataset(tmp_path, *articles)
    whole = entities_of(place, deals(), KNOWN)
    monkeypatch.setattr("pipelines.entities.table._BATCH", 3)
    monkeypatch.setattr("pipelines.entities.table._PIECES", 2)
    assert entities_of(place, deals(), KNOWN).equals(whole)


def test_a_part_that_cannot_be_read_is_named(tmp_path):
    place = dataset(tmp_path, ("Alma", {"Alma": "company"}))
    (tmp_path / place.parts("mentions")[0]).write_bytes(b"no parquet")
    with pytest.raises(StorageError, match="mentions"):
        entities_of(place, deals(), KNOWN)


def test_rows_of_deals_may_come_in_several_chunks(tmp_path):
    table = pa.concat_tables([deals({"company": "Alma"}), deals({"deal_id": "x", "company": "alma"})])
    (row,) = entities_of(dataset(tmp_path), table, KNOWN).to_pylist()
    assert row["raised"] == 2


@pytest.mark.parametrize("table", ["articles", "mentions"])
def test_a_part_that_says_nothing_of_names_for_it_is_broken_is_told(tmp_path, table):
    place = dataset(tmp_path, ("Alma (ex-Beta)", {"Alma": "company"}))
    (tmp_path / place.parts(table)[0]).write_bytes(b"no parquet")
    with pytest.raises(StorageError, match=table):
        learned_relations(place)


def test_a_line_that_parts_a_name_from_itself_is_wrong(tmp_path):
    (tmp_path / "a.csv").write_text("name,alias,relation\nRothschild & Co,ROTHSCHILD & CO,different\n", "utf-8")
    with pytest.raises(AliasError, match="cannot be told apart"):
        read_aliases(tmp_path / "a.csv")
