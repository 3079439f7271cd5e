"""The bundled newspaper: a small press site on loopback, for the demo, for tests and for trying things out."""

from tourdetable.newspaper.articles import OTHER_PAPERS, PaperArticle, load_articles, load_season
from tourdetable.newspaper.server import DEFAULT_PORT, Newspaper, NewspaperError, press

__all__ = [
    "DEFAULT_PORT",
    "OTHER_PAPERS",
    "Newspaper",
    "NewspaperError",
    "PaperArticle",
    "load_articles",
    "load_season",
    "press",
]
