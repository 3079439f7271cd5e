"""A press page in French, to be marked up in many ways."""

from __future__ import annotations

import json
from datetime import UTC, datetime

URL = "https://www.exemple.fr/startups/orvalie-leve-12-millions/"
TITLE = "Orvalie lève 12 millions d’euros pour ses capteurs de sols"
LEAD = "La jeune pousse lyonnaise veut équiper dix mille exploitations agricoles d’ici trois ans."
FIRST = (
    "Orvalie annonce avoir bouclé un tour de table de 12 millions d’euros mené par un fonds européen de la transition."
)
SECOND = (
    "Fondée en 2021 par deux agronomes, l’entreprise fabrique des capteurs qui mesurent l’humidité des sols en continu."
)
THIRD = "« Nos clients économisent un quart de leur eau », assure sa présidente, qui prévoit quarante recrutements."
BODY = f"<p>{FIRST}</p><h2>Un marché porteur</h2><p>{SECOND}</p><p>{THIRD}</p>"
WHEN = datetime(2026, 5, 12, 7, 30, tzinfo=UTC)
LINKED = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "description": LEAD,
    "datePublished": "2026-05-12T09:30:00+02:00",
    "dateModified": "2026-05-12T11:00:00+02:00",
    "author": [{"@type": "Person", "name": "Julie Martin"}, {"@type": "Person", "name": "Paul Petit"}],
    "articleSection": "Agritech",
    "keywords": "levée de fonds, agritech",
    "inLanguage": "fr-FR",
    "image": {"@type": "ImageObject", "url": "https://www.exemple.fr/capteur.jpg"},
}


def page(body: str = BODY, *, head: str = "", around: str = "", below: str = "", h1: str = TITLE) -> str:
    return (
        f"<!doctype html><html lang='fr-FR'><head><meta charset=utf-8><title>{TITLE} | Exemple</title>{head}</head>"
        f"<body><nav><ul><li><a href='/'>Accueil</a></li><li><a href='/startups/'>Start-up</a></li></ul></nav>{around}"
        f"<main><article><h1>{h1}</h1>{body}</article>{below}</main><footer>© Exemple, tous droits réservés</footer>"
        "</body></html>"
    )


def ld(value: object) -> str:
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f'<script type="application/ld+json">{told}</script>'


def meta(**named: str) -> str:
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in named.items())


def check_body(article):
    for sentence in (FIRST, "Un marché porteur", SECOND, THIRD):
        assert sentence in article.text.split("\n\n")
