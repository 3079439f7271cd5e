"""What a page becomes: :class:`Article`, the only thing that leaves the crawler room."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from crawler.urls import key_of


@dataclass(slots=True, kw_only=True)
class Article:
    """One press article as the page tells it.

    All instants are timezone-aware and in UTC. ``text`` is the body in plain text, paragraphs
    apart by a blank line; a standfirst that the page shows above the body opens it.

    >>> Article(url="https://a.fr/x", outlet="a", title="T", text="Corps.").id
    'e568e7ac5a94bfdf'
    """

    url: str
    """Where the page was fetched, after redirects."""
    outlet: str
    """Name of the outlet (:class:`crawler.outlets.Outlet`), or the host of a site given by address."""
    title: str
    text: str
    canonical_url: str = ""
    """Address the article is known by, normalized (:func:`crawler.urls.canonicalize`); ``url`` if none is given.

    It is one that can be followed, with its own scheme and host.
    """
    chapeau: str = ""
    """Standfirst or description, empty if the page has none."""
    authors: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    """Two-letter code (ISO 639-1) of the language that the text is in."""
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    image: str | None = None
    kind: str = "article"
    """``article``, ``live`` (a live blog), or ``video`` with an article's text beside it."""
    paywalled: bool = False
    """True where the page says that its text is not whole without a subscription."""
    tdm_reserved: bool = False
    """True where text and data mining is reserved (EU directive 2019/790 art. 4; W3C TDMRep)."""
    fetched_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.canonical_url:
            self.canonical_url = self.url

    @property
    def id(self) -> str:
        """Stable key of the article: 16 hexadecimal digits of the SHA-256 of its canonical address's key.

        Whether the address is the one of http or https, with or without ``www.``, makes no difference.
        """
        return hashlib.sha256(key_of(self.canonical_url).encode()).hexdigest()[:16]
