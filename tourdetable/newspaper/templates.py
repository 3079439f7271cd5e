"""The newspaper's pages: five article templates as the French press serves them, with all the noise around.

Each template is an ``.html`` file here: what goes into the head, the line ``<!-- body -->``, what goes into the body.
All are set in ``frame.html``, the menu, the footer and the cookie banner of the site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from itertools import groupby
from string import Template

from tourdetable.newspaper.articles import HEADING, ITEM, SECTIONS, PaperArticle, Site, plain

_BODY = "<!-- body -->\n"
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


def article_page(article: PaperArticle, site: Site, related: Sequence[PaperArticle]) -> str:
    """Give an article's page in its own template.

    ``related`` are the articles that the boxes on the page lead to, at least four.
    """
    blocks = _blocks(article.shown)
    middle = max(1, len(blocks) // 2)
    names = ", ".join(article.authors)
    text = {
        "authors": " et ".join(article.authors) if article.template in {"bare", "paywalled"} else names,
        "chapeau": article.chapeau,
        "day": french_date(article.published),
        "first_path": related[0].path,
        "first_title": related[0].title,
        "hidden": str(article.hidden),
        "instant": article.published.isoformat(),
        "section": article.section,
        "section_name": SECTIONS[article.section],
        "site_name": site.name,
        "title": article.title,
        "url": f"{site.url}{article.path}",
    }
    html = {
        "after": "\n".join(blocks[middle:]),
        "before": "\n".join(blocks[:middle]),
        "byline": ", ".join(f'<a rel="author" href="/equipe/">{escape(name)}</a>' for name in article.authors),
        "linked_data": _linked_data(article, site),
        "marked_byline": ", ".join(map(_marked_author, article.authors)),
        "most_read": _links(related),
        "related": _links(related[:3]),
        "teasers": "\n".join(map(_teaser, related[1:])),
    }
    head, _, body = _template(article.template).partition(_BODY)
    values = html | {name: escape(value) for name, value in text.items()}
    return _page(site, article.title, Template(head).substitute(values), Template(body).substitute(values))


def listing_page(site: Site, heading: str, articles: Sequence[PaperArticle], next_page: str | None) -> str:
    """Give a page that lists articles, with a link to the next one."""
    items = "\n".join(
        f'<article><h2><a href="{a.path}">{escape(a.title)}</a></h2><p>{escape(a.chapeau)}</p>'
        f'<time datetime="{a.published.isoformat()}">{french_date(a.published)}</time></article>'
        for a in articles
    )
    onward = f'\n<p class="pagination"><a rel="next" href="{next_page}">Articles plus anciens</a></p>'
    body = f"<main>\n<h1>{escape(heading)}</h1>\n{items}{onward if next_page else ''}\n</main>"
    return _page(site, heading, "", body)


def plain_page(site: Site, heading: str, text: str) -> str:
    """Give a page that is no article."""
    body = f"<main>\n<h1>{escape(heading)}</h1>\n<p>{escape(text)}</p>\n</main>"
    return _page(site, heading, "", body)


def french_date(moment: datetime) -> str:
    """Write a date as the press does.

    >>> french_date(datetime(2026, 10, 1, 8, 5))
    '1er octobre 2026 à 8h05'
    """
    day = "1er" if moment.day == 1 else str(moment.day)
    return f"{day} {_MONTHS[moment.month - 1]} {moment.year} à {moment.hour}h{moment.minute:02}"


@cache
def _template(name: str) -> str:
    return resources.files("tourdetable.newspaper").joinpath(f"{name}.html").read_text(encoding="utf-8")


def _page(site: Site, title: str, head: str, body: str) -> str:
    """Set a page in the site's frame; ``head`` and ``body`` are HTML, the title is text."""
    menu = "".join(f'<a href="/{key}/">{name}</a>' for key, name in SECTIONS.items())
    values = {
        "page_title": escape(f"{title} | {site.name}"),
        "site_name": escape(site.name),
        "menu": menu,
        "head": head,
        "body": body,
    }
    return Template(_template("frame")).substitute(values)


def _blocks(paragraphs: Sequence[str]) -> list[str]:
    """Give the body as HTML blocks: paragraphs, subheadings, and one list for items that follow each other."""
    blocks: list[str] = []
    for is_list, group in groupby(paragraphs, lambda paragraph: paragraph.startswith(ITEM)):
        if is_list:
            blocks.append("<ul>" + "".join(f"<li>{escape(plain(item))}</li>" for item in group) + "</ul>")
            continue
        for paragraph in group:
            tag = "h2" if paragraph.startswith(HEADING) else "p"
            blocks.append(f"<{tag}>{escape(plain(paragraph))}</{tag}>")
    return blocks


def _links(articles: Sequence[PaperArticle]) -> str:
    return "".join(f'<li><a href="{a.path}">{escape(a.title)}</a></li>' for a in articles)


def _teaser(article: PaperArticle) -> str:
    """Announce an article with its standfirst: the sums and names in it belong to another page."""
    return (
        f'<div class="teaser"><h4><a href="{article.path}">{escape(article.title)}</a></h4>'
        f"<p>{escape(article.chapeau)}</p></div>"
    )


def _marked_author(name: str) -> str:
    return (
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{escape(name)}</span></span>'
    )


def _linked_data(article: PaperArticle, site: Site) -> str:
    """Give the JSON-LD: a graph as WordPress plugins write it, a lone article with the paywall's terms otherwise."""
    url = f"{site.url}{article.path}"
    news: dict[str, object] = {
        "@type": "NewsArticle",
        "@id": f"{url}#article",
        "headline": article.title[:110],  # as long as Google asks for
        "description": article.chapeau,
        "datePublished": article.published.isoformat(),
        "dateModified": article.published.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "articleSection": [SECTIONS[article.section]],
        "inLanguage": "fr-FR",
        "mainEntityOfPage": url,
    }
    if article.template == "paywalled":
        wall = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".article__content"}
        return _script({"@context": "https://schema.org", **news, "isAccessibleForFree": False, "hasPart": wall})
    home = {"@type": "ListItem", "position": 1, "name": "Accueil", "item": f"{site.url}/"}
    graph = [
        {"@type": "WebSite", "@id": f"{site.url}/#website", "name": site.name, "url": f"{site.url}/"},
        {"@type": "BreadcrumbList", "itemListElement": [home]},
        news,
    ]
    return _script({"@context": "https://schema.org", "@graph": graph})


def _script(data: Mapping[str, object]) -> str:
    # "</" would end the script element from within a string (HTML standard, script data state).
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'
