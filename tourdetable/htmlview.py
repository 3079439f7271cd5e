"""``extract --html``: the article as one self-contained page with the finds highlighted in place."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from extract.showing import WORDS, Mark, marked
from tourdetable.exits import CommandError

if TYPE_CHECKING:
    from crawler.items import Article
    from extract.records import Extraction

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.05rem/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem;
  display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 2.5rem; }
@media (max-width: 60rem) { body { grid-template-columns: minmax(0, 1fr); } }
mark { border-radius: .25em; padding: .05em .25em; color: inherit; }
mark.company { background: light-dark(#cfe3ff, #1d3b66); } mark.investor { background: light-dark(#d3f2d6, #1d4a26); }
mark.person { background: light-dark(#eadcf8, #43275f); } mark.money { background: light-dark(#ffe7b0, #5d4306); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
"""


def highlighted(extraction: Extraction, document: str) -> str:
    """Give the document text as HTML, paragraphs kept, every mention in a ``<mark>`` of its label's class."""
    marks = [Mark(m.start, m.end, m.label, f"{WORDS[m.label]}: {m.name}") for m in extraction.mentions]
    return marked(document, marks)


def write_page(path: Path, article: Article, extraction: Extraction) -> None:
    """Write the page to ``path``.

    Raises:
        CommandError: the file cannot be written.
    """
    title, _, body = highlighted(extraction, f"{article.title}\n{article.text}").partition("\n")
    paragraphs = "".join(f"<p>{part}</p>\n" for part in body.split("\n") if part.strip())
    legend = " ".join(f'<mark class="{label}">{word}</mark>' for label, word in WORDS.items())
    record = escape(json.dumps(extraction.to_dict(), ensure_ascii=False, indent=2))
    page = (
        f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(article.title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main><p>{legend}</p><h1>{title}</h1>\n{paragraphs}</main>\n"
        f'<aside lang="en"><h2>Record</h2><pre>{record}</pre></aside></body></html>\n'
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"--html {path}: cannot be written: {error.strerror}") from None
