"""Writes so many made-up articles into a dataset through the store, as the item pipeline does: COUNT FOLDER."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from common import report

from crawler.items import Article
from crawler.settings import TOURDETABLE_BATCH_ARTICLES as BATCH
from extract.records import Extraction, FundingRound
from pipelines.rows import Extracted
from pipelines.store import Store

FIRST = datetime(2021, 1, 1, tzinfo=UTC)
WORDS_A_TEXT, VOCABULARY = 350, 8_000
ARTICLES_FOR_A_ROUND = 10


def items(count: int) -> Iterator[Extracted]:
    """Give articles of random words, over four years, one in ten with a round."""
    chance = random.Random(3)  # noqa: S311 - no secret
    words = [f"mot{number:x}" for number in range(VOCABULARY)]
    for number in range(count):
        title = f"La société {number} lève {number % 90 + 1} millions d’euros"
        published = FIRST + timedelta(minutes=number * 4 * 365 * 1440 / count)
        article = Article(
            url=f"https://journal.example/startups/{number:x}-annonce",
            outlet="journal",
            title=title,
            text=" ".join(chance.choices(words, k=WORDS_A_TEXT)),
            published_at=published,
            fetched_at=published + timedelta(hours=1),
            language="fr",
        )
        extraction = Extraction(id=article.id, title=title, extractor_version="bench")
        if number % ARTICLES_FOR_A_ROUND == 0:
            amount = (number % 90 + 1) * 1_000_000
            told = FundingRound(
                company=f"Société {number}", amount=amount, currency="EUR", evidence=title, start=0, end=len(title)
            )
            extraction.rounds = [told]
        yield Extracted(article, extraction)


def main() -> None:
    """Measure."""
    count = int(sys.argv[1])
    spent, last, taken = 0.0, [], 0
    with Store(sys.argv[2]) as store:
        waiting = items(count)
        while batch := [item for _, item in zip(range(BATCH), waiting, strict=False)]:
            start = time.perf_counter()
            taken += sum(store.add(item) for item in batch)
            store.flush()
            store.committed()
            last.append(time.perf_counter() - start)
            spent += last[-1]
    report({"items": taken, "wall": spent, "last": sum(last[-5:])})


if __name__ == "__main__":
    main()
