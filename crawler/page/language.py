"""The language of an article's text, which need not be the one that its page declares."""

from __future__ import annotations

import re

from crawler.page.head import Head, clean

_CODE = re.compile(r"^\s*([a-zA-Z]{2})(?:[-_]|\s*$)")
_FRENCH = frozenset(
    "le la les de des du un une et est en que qui dans pour sur pas par plus avec ce se sont au aux il elle ont son sa "
    "ses mais ou nous cette d l c s n qu".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_READ = 1_500
"""Characters of the text that are looked at: more tells no more and takes longer."""
_FRENCH_ENOUGH, _FRENCH_BEYOND_DOUBT = 0.2, 0.3
"""Share of function words from which on a text is believed to be French, where its page says so and where it does not:
of 101 pages of the French press one had less than .28, and Spanish, which shares some, has about .2."""
_MIN_WORDS = 30


def language_of(text: str, head: Head) -> str | None:
    """Give the language (ISO 639-1) that a text is in; a text of a few words is in the one that its page declares.

    Where a page says that it is French and its text looks so, that is it; else py3langid decides, a maintained fork of
    langid.py (Lui and Baldwin, 2012), which takes a second to load.
    """
    declared = declared_language(head)
    words = [word.lower() for word in _WORD.findall(text[:_READ])]
    if len(words) < _MIN_WORDS:
        return declared
    share = sum(word in _FRENCH for word in words) / len(words)
    if share > (_FRENCH_ENOUGH if declared == "fr" else _FRENCH_BEYOND_DOUBT):
        return "fr"
    import py3langid

    return str(py3langid.classify(text[:_READ])[0])


def declared_language(head: Head) -> str | None:
    """Give the language that a page declares."""
    inside = head.article.get("inLanguage")
    inside = inside[0] if isinstance(inside, list) and inside else inside
    for value in (head.lang, clean(inside), head.metas.get("og:locale", ""), head.metas.get("content-language", "")):
        if match := _CODE.match(value):
            return match[1].lower()
    return None
