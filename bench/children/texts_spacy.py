"""Articles → entities with a spaCy model: FILE PROCESSES MODEL ``all``|``entities``."""

from __future__ import annotations

import sys

import spacy
from common import read_lines, report, timed

WARM = 20


def main() -> None:
    """Measure."""
    path, processes, model, components = sys.argv[1:5]
    texts = [f"{line['title']}\n{line['text']}" for line in read_lines(path)]
    nlp = spacy.load(model)
    if components == "entities":
        nlp.select_pipes(enable=["tok2vec", "ner"])
    entities = 0

    def work() -> int:
        nonlocal entities
        done = 0
        for doc in nlp.pipe(texts, n_process=int(processes)):
            entities += len(doc.ents)
            done += 1
        return done

    list(nlp.pipe(texts[:WARM]))
    report(timed(work) | {"found": entities})


if __name__ == "__main__":
    main()
