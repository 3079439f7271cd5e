"""Annotated articles as the pipeline reads them, before what their parts stand for is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from extract.bounds import sentence_bounds
from extract.encoder.body import Body
from extract.encoder.component import completed
from extract.encoder.heads import Heads
from extract.money.elliptic import find_sums
from extract.names.finder import find_names
from extract.roles.linear import LinearModel
from extract.rounds.view import View
from extract.training.pools import Read

Docs = Sequence[Mapping[str, Any]]


def read_articles(docs: Docs, elliptic: LinearModel, body: Body, heads: Heads) -> Iterator[Read]:
    """Run the finders and the encoder over annotated articles."""
    for doc in docs:
        text = document(doc)
        encoded = body.encode(text)
        if encoded is None:
            continue
        names = completed(text, find_names(text), heads.names(encoded))
        published = date.fromisoformat(doc["published"]) if doc.get("published") else None
        yield doc, View(text, sentence_bounds(text), find_sums(text, elliptic), names, published), encoded


def document(doc: Mapping[str, Any]) -> str:
    """Give the document text of an annotated article."""
    return f"{doc['title']}\n{doc['text']}"
