"""Numbers from the company register: which answers count, how it is asked, and what is left when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from entity_samples import dataset, deals
from register_server import RegisterServer, company

from pipelines.entities import Resolver, entities_of
from pipelines.entities.siren import FILE, KEPT, MISSED, Register, Registered, plausibly_french, with_sirens
from pipelines.errors import RegisterError

PAUSE = 0.1
KEY_OF = Resolver().key_of


@pytest.fixture
def server() -> Iterator[RegisterServer]:
    with RegisterServer() as running:
        yield running


@pytest.fixture
def register(server, tmp_path) -> Iterator[Register]:
    with Register(tmp_path, service=server.url, pause=PAUSE, timeout=0.4) as opened:
        yield opened


def find(register: Register, name: str) -> Registered | None:
    return register.find(name, KEY_OF(name), KEY_OF)


@pytest.mark.parametrize(
    ("changes", "siren"),
    [
        ({}, "852379890"),
        ({"nom_raison_sociale": "ALMA SAS"}, "852379890"),
        ({"nom_raison_sociale": None, "nom_complet": "ALMA (GETALMA)"}, "852379890"),
        ({"nom_raison_sociale": "GET", "nom_complet": "GET", "sigle": "ALMA"}, "852379890"),
        ({"nom_raison_sociale": "GET", "nom_complet": "GET", "siege": {"liste_enseignes": ["ALMA"]}}, "852379890"),
        ({"nom_raison_sociale": "GET", "nom_complet": "GET", "siege": {"nom_commercial": "Alma"}}, "852379890"),
        ({"nom_raison_sociale": "ALMA CONSEIL", "nom_complet": "ALMA CONSEIL"}, None),
        ({"etat_administratif": "C"}, None),
        ({"nature_juridique": "9220"}, None),
        ({"siren": "85237989"}, None),
        ({"siege": None}, "852379890"),
        ({"nom_complet": 3, "siege": {"liste_enseignes": 7}}, "852379890"),
    ],
)
def test_an_answer_counts_by_its_name_and_state(server, register, changes, siren):
    server.companies["Alma"] = [company("852379890", "ALMA") | changes]
    found = find(register, "Alma")
    assert (found.siren if found else None) == siren


def test_two_active_companies_of_one_name_are_none(server, register):
    server.companies["Alma"] = [company("852379890", "ALMA"), company("111111118", "Alma SARL")]
    assert find(register, "Alma") is None
    server.companies["Beta"] = [company("852379890", "BETA"), company("111111118", "BETA", etat_administratif="C")]
    assert find(register, "Beta") == Registered("852379890", "BETA")


def test_the_service_is_asked_as_its_documentation_says(server, tmp_path):
    with Register(tmp_path, service=f"{server.url}/", contact="https://exemple.fr", pause=PAUSE) as register:
        find(register, "L’Été & Fils")
    (asked,) = server.asked
    assert asked.fields == {"q": "L’Été & Fils", "etat_administratif": "A", "page": "1", "per_page": "25"}
    assert asked.agent.startswith("tourdetable/")
    assert "https://exemple.fr" in asked.agent


def test_never_two_requests_sooner_than_the_pause(server, register):
    for name in ("Alma", "Beta", "Gamma", "Delta"):
        find(register, name)
    moments = [asked.at for asked in server.asked]
    assert len(moments) == 4
    assert min(b - a for a, b in pairwise(moments)) >= PAUSE


@pytest.mark.parametrize(
    "header", ["1", lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)]
)
def test_retry_after_is_obeyed(server, register, header):
    server.companies["Alma"] = [company("852379890", "ALMA")]
    server.script = [(429, {"Retry-After": header if isinstance(header, str) else header()}, b"")]
    assert find(register, "Alma") is not None
    first, second = server.asked
    assert second.at - first.at >= 0.95


def test_a_service_that_wants_a_long_pause_is_left_alone(server, register):
    server.script = [(429, {"Retry-After": "86400"}, b"")]
    with pytest.raises(RegisterError, match=r"429 and wants a pause of 86400 s"):
        find(register, "Alma")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, {}, b"<h1>Oups</h1>"), "HTTP 500"),
        ((503, {}, b""), "HTTP 503"),
        ((200, {}, b"<html>Maintenance</html>"), "none of its kind"),
        ((200, {}, b'{"results": {"a": 1}}'), "none of its kind"),
        ((200, {}, b"[]"), "none of its kind"),
        (0.8, "ReadTimeoutError"),
    ],
)
def test_trouble_is_met_with_longer_and_longer_pauses_and_one_line(server, register, answer, said):
    server.script = [answer] * 4
    with pytest.raises(RegisterError, match=said) as error:
        find(register, "Alma")
    assert "\n" not in str(error.value)
    assert server.url in str(error.value)
    moments = [asked.at for asked in server.asked]
    assert len(moments) == 4
    assert moments[3] - moments[2] > 3 * PAUSE
    server.companies["Alma"] = [company("852379890", "ALMA")]
    assert find(register, "Alma") is not None


def test_trouble_that_passes_is_none(server, register):
    server.companies["Alma"] = [company("852379890", "ALMA")]
    server.script = [(502, {}, b""), (200, {}, b"{")]
    assert find(register, "Alma") == Registered("852379890", "ALMA")


def test_a_refusal_is_not_repeated(server, register):
    server.script = [(403, {}, b"")]
    with pytest.raises(RegisterError, match="HTTP 403"):
        find(register, "Alma")
    assert len(server.asked) == 1
    server.script = [(400, {}, b'{"erreur": "?"}')]
    assert find(register, "Beta") is None


def test_nobody_listens(tmp_path):
    with RegisterServer() as gone:
        pass
    with (
        Register(tmp_path, service=gone.url, pause=0.01) as register,
        pytest.raises(RegisterError, match="gives no answer for 'Alma'"),
    ):
        find(register, "Alma")


def test_too_short_a_name_is_not_asked_for(server, register):
    assert find(register, "X!") is None
    assert server.asked == []


def test_answers_are_kept_across_runs_and_misses_for_a_while(server, tmp_path):
    server.companies["Alma"] = [company("852379890", "ALMA")]
    day = date(2026, 3, 1)

    def ask(at: date) -> list[Registered | None]:
        with Register(tmp_path, service=server.url, pause=0.01, today=lambda: at) as register:
            return [find(register, "Alma"), find(register, "Beta")]

    first = ask(day)
    assert first == [Registered("852379890", "ALMA"), None]
    assert ask(day + MISSED) == first
    assert [asked.name for asked in server.asked] == ["Alma", "Beta"]
    ask(day + MISSED + timedelta(days=1))
    assert [asked.name for asked in server.asked] == ["Alma", "Beta", "Beta"]
    ask(day + KEPT + timedelta(days=1))
    assert [asked.name for asked in server.asked][3:] == ["Alma", "Beta"]


def test_a_broken_file_of_answers_is_told_in_one_line(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database" * 200)
    with pytest.raises(RegisterError, match=FILE) as error:
        Register(tmp_path)
    assert "\n" not in str(error.value)


def test_only_companies_that_raise_and_may_be_french_are_looked_up():
    table = deals(
        {"company": "Alma"},
        {"company": "Beta", "currency": None},
        {"company": "Gamma", "currency": "USD"},
        {"company": "Delta", "currency": "CHF"},
        {"company": "Andreessen Horowitz", "investors": [("Partech", False)]},
        {"company": "Partech"},
    )
    assert plausibly_french(table, Resolver()) == {"alma", "beta", "gamma", "partech"}


def test_numbers_come_into_the_table_and_trouble_costs_none_that_is_known(server, register, tmp_path):
    place = dataset(tmp_path / "data", ("Alma, Beta et Gamma", dict.fromkeys(("Alma", "Beta", "Gamma"), "company")))
    made = deals({"company": "Gamma"}, {"company": "Gamma"}, {"company": "Beta"}, {"company": "Alma"})
    table = entities_of(place, made, Resolver())
    server.companies |= {"Alma": [company("852379890", "ALMA")], "Gamma": [company("111111118", "GAMMA")]}
    assert find(register, "Alma") is not None
    server.script = [server.answer("/search", {"q": "Gamma"}), *[(500, {}, b"")] * 4]
    numbered, trouble = with_sirens(table, {"alma", "beta", "gamma", "unknown"}, register, KEY_OF)
    assert numbered.schema == table.schema
    assert numbered.select(["key", "siren", "siren_name"]).to_pylist() == [
        {"key": "alma", "siren": "852379890", "siren_name": "ALMA"},
        {"key": "beta", "siren": None, "siren_name": None},
        {"key": "gamma", "siren": "111111118", "siren_name": "GAMMA"},
    ]
    assert "Beta" in trouble
    asked = len(server.asked)
    silent, trouble = with_sirens(table, {"alma", "beta"}, register, KEY_OF, ask=False)
    assert silent["siren"].to_pylist() == ["852379890", None, None]
    assert (trouble, len(server.asked)) == (None, asked)
