"""The spaCy pipeline, and :class:`Extractor`: articles in, :class:`extract.records.Extraction` out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

from extract.gate import has_deal_signs
from extract.money.elliptic import find_sums
from extract.names.finder import find_names
from extract.records import Extraction, FundingRound, Mention, Money, Name, PastRound
from extract.version import EXTRACTOR_VERSION

if TYPE_CHECKING:
    from spacy.language import Language

COMPONENTS = (
    "tourdetable_sentences",
    "tourdetable_money",
    "tourdetable_names",
    "tourdetable_encoder",
    "tourdetable_rounds",
)
MAX_CHARACTERS = 200_000
"""Longer texts are cut here: no press article is, and what is (a whole site in one page) would only stall a crawl."""


class ArticleError(ValueError):
    """An article has no usable id, title, text or date; the message says which and what was given."""


def load(model: str | None = None) -> Language:
    """Make the pipeline: a tokenizer for French press text and our components.

    ``model`` names an installed pipeline (``fr_core_news_md``) whose entities and tags serve the names as hints. On
    ``corpus/dev.jsonl`` company F1 is then 0.905 for 0.896, but round F1 0.763 for 0.838, since the roles were trained
    on names found without hints, and the whole takes 2.4 times as long: the default does without.
    """
    from extract.encoder import component as _encoder
    from extract.language import PressFrench
    from extract.money import component as _money
    from extract.names import component as _names
    from extract.rounds import component as _rounds

    _rounds.ensure_published()
    del _money, _names, _encoder
    if model:
        import spacy

        nlp: Language = spacy.load(model, exclude=["parser", "lemmatizer"])
    else:
        nlp = PressFrench()
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


class Extractor:
    """Extracts articles one by one or many at a time; make one a process and keep it.

    ``min_score`` leaves out rounds and investors that score lower.

    >>> found = Extractor().extract(
    ...     {"id": "1", "title": "Alpha lève 3 M€", "text": "Alpha lève 3 M€ auprès de Partech."}
    ... )
    >>> found.rounds[0].company, found.rounds[0].investors[0].name
    ('Alpha', 'Partech')
    """

    def __init__(self, min_score: float = 0.0, model: str | None = None) -> None:
        self._nlp = load(model)
        self._hinted = model is not None
        if not self._hinted:
            # What words look like (``like_url``, ``shape``) takes longer than cutting the text; nothing asks for it.
            self._nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]
        self._min_score = min_score
        self._turn = Lock()

    def extract(self, article: Mapping[str, Any] | object) -> Extraction:
        """Extract one article, a mapping or object: ``title``, ``text``, ``id``, ``published``, ``url``, ``outlet``.

        Raises:
            ArticleError: a value is of a wrong type.
        """
        return next(self.extract_many([article]))

    def extract_many(
        self, articles: Iterable[Mapping[str, Any] | object], batch_size: int = 32
    ) -> Iterator[Extraction]:
        """Extract articles lazily, in their order.

        Raises:
            ArticleError: a value is of a wrong type; the articles before it have been given.
        """
        source = iter(articles)
        while batch := list(islice(source, batch_size)):
            for article in batch:
                yield self._extract(_Article(article))

    def _extract(self, article: _Article) -> Extraction:
        # The sentences are for those who ask a document for them.
        steps: Sequence[str] = COMPONENTS[1:]
        if not has_deal_signs(article.document):
            # There is no round to look for: sums and names alone, for the record.
            if not self._hinted:
                return _recorded(article, find_sums(article.document), find_names(article.document))
            steps = COMPONENTS[1:3]
        # The words of an article are forgotten with it: years of articles would fill the store of strings.
        # Only one may be read at a time in such a zone; threads that share an extractor take turns.
        with self._turn, self._nlp.memory_zone():
            return self._read(article, steps)

    def _read(self, article: _Article, steps: Sequence[str]) -> Extraction:
        doc = self._nlp.make_doc(article.document)
        doc._.published = article.published
        for name, component in self._nlp.pipeline:
            if name in steps or name not in COMPONENTS:
                doc = component(doc)
        rounds: list[FundingRound] = [r for r in doc._.rounds or [] if r.score >= self._min_score]
        for found in rounds:
            found.investors = [i for i in found.investors if i.score >= self._min_score]
        return _recorded(article, doc._.money, doc._.names, rounds, doc._.past_rounds or [])


def _recorded(
    article: _Article,
    money: list[Money],
    names: list[Name],
    rounds: Sequence[FundingRound] = (),
    past_rounds: Sequence[PastRound] = (),
) -> Extraction:
    return Extraction(
        id=article.id,
        title=article.title,
        extractor_version=EXTRACTOR_VERSION,
        url=article.text_of("url"),
        published=article.published_text,
        outlet=article.text_of("outlet"),
        language=article.text_of("language"),
        rounds=list(rounds),
        past_rounds=list(past_rounds),
        companies=list({name.key: name.name for name in names if name.kind == "company"}.values()),
        amounts=money,
        mentions=_mentions(names, money, rounds),
    )


class _Article:
    """One article as given, a mapping or an object, with its values checked."""

    def __init__(self, given: Mapping[str, Any] | object) -> None:
        self._given = given
        self.id = str(self._get("id") or "")
        self.title = " ".join((self.text_of("title") or "").split())
        self.document = f"{self.title}\n{self.text_of('text') or ''}"[:MAX_CHARACTERS]
        published = self._get("published") or self._get("published_at")
        if not isinstance(published, str | date | None):
            raise ArticleError(f"article {self.id!r}: published is a {type(published).__name__}; give an ISO date")
        self.published_text = published.isoformat() if isinstance(published, date) else published or None
        self.published = _day(published)

    def _get(self, name: str) -> Any:
        return self._given.get(name) if isinstance(self._given, Mapping) else getattr(self._given, name, None)

    def text_of(self, name: str) -> str | None:
        value = self._get(name)
        if not isinstance(value, str | None):
            raise ArticleError(f"article {self._get('id')!r}: {name} is a {type(value).__name__}; give a string")
        return value or None


def _day(published: str | date | None) -> date | None:
    if isinstance(published, datetime):
        return published.date()
    if isinstance(published, date) or not published:
        return published or None
    try:
        return datetime.fromisoformat(published).date()
    except ValueError:
        return None


def _mentions(names: list[Name], money: list[Money], rounds: Sequence[FundingRound]) -> list[Mention]:
    backers = {investor.key: investor.score for found in rounds for investor in found.investors}
    mentions = [
        Mention(
            label="investor" if name.key in backers else name.kind,
            text=name.text,
            name=name.name,
            key=name.key,
            start=name.start,
            end=name.end,
            score=backers.get(name.key, 1.0),
        )
        for name in names
    ]
    mentions += [Mention(label="money", text=m.text, name=m.text, key="", start=m.start, end=m.end) for m in money]
    return sorted(mentions, key=lambda mention: mention.start)
