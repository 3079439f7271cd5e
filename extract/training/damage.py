"""Articles as a scraper really leaves them: what is done to a text does not change what is annotated in it."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

_FURNITURE = (
    "Partager sur Facebook Tweeter",
    "© DR",
    "Temps de lecture : 3 min",
    "À lire aussi",
    "Abonnez-vous à notre newsletter",
    "Publié le 12/03 à 08h15",
)


def damaged(doc: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    r"""Give an annotated article with its paragraphs glued together, furniture of the page inside, signs exchanged.

    >>> worse = damaged({"title": "Alpha lève 3 M€", "text": "Un.\n\nDeux."}, random.Random(1))
    >>> worse["title"], "Un." in worse["text"], "\n\n" in worse["text"]
    ('Alpha lève 3 M€', True, False)
    """
    paragraphs = [part for part in doc["text"].split("\n\n") if part.strip()]
    pieces: list[str] = []
    for paragraph in paragraphs:
        if chance.random() < 0.3:
            pieces.append(chance.choice(_FURNITURE))
        pieces.append(_unspaced(paragraph, chance))
    glue = chance.choice(("\n", " ", ""))
    text = glue.join(pieces)
    if chance.random() < 0.5:
        text = text.replace("\u00a0", " ").replace("\u202f", " ")
    if chance.random() < 0.3:
        text = f"{chance.choice(_FURNITURE)}\n{text}"
    return {**doc, "text": text}


def _unspaced(paragraph: str, chance: random.Random) -> str:
    """Take some of the spaces between sentences away, as lost line breaks do."""
    return re.sub(r"(?<=[a-zà-ÿ][.!?]) (?=[A-ZÀ-Þ])", lambda _: "" if chance.random() < 0.25 else " ", paragraph)
