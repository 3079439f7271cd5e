"""The newspaper's pages: five article templates as the French press serves them, with all the noise around."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape

from tourdetable.newspaper.articles import SECTIONS, PaperArticle

NAME = "Le Petit Tour"
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_STYLE = """
body{font:18px/1.6 Georgia,serif;max-width:46rem;margin:0 auto;padding:1rem;color:#1b1b1b;background:#fdfcf9}
nav a{margin-right:1rem} header{border-bottom:3px double #333;margin-bottom:1.5rem} .site-title{font-size:2rem;font-weight:bold}
h1{line-height:1.2} .chapeau{font-weight:bold} aside,.newsletter-box,.cookie-banner,.comments,footer{font-size:.85rem;background:#f1ede3;
padding:.7rem;margin:1.2rem 0} .article-meta,time{color:#666;font-size:.9rem}
"""


def page(title: str, head: str, body: str) -> str:
    """Give a whole page: ``head`` and ``body`` are HTML, the title is text."""
    menu = "".join(f'<a href="/{key}/">{name}</a>' for key, name in SECTIONS.items())
    return (
        f'<!doctype html>\n<html lang="fr-FR"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><link rel="alternate" type="application/rss+xml" title="Flux" '
        f'href="/feed/"><style>{_STYLE}</style>{head}</head>\n<body>'
        '<div class="cookie-banner" role="dialog"><p>Nous utilisons des cookies pour mesurer notre audience. Vous pouvez tout accepter '
        "ou continuer sans accepter.</p><button>Tout accepter</button></div>"
        f'<header><a class="site-title" href="/">{NAME}</a><nav>{menu}<a href="/newsletter/">Newsletter</a></nav></header>\n{body}\n'
        '<footer><a href="/mentions-legales/">Mentions légales</a> <a href="/equipe/">L’équipe</a> '
        f"<p>© 2026 {NAME}. Journal imaginaire de démonstration.</p></footer></body></html>"
    )


def article_page(article: PaperArticle, site: str, related: Sequence[PaperArticle]) -> str:
    """Give an article's page in its own template; ``site`` is the address without trailing slash."""
    render = {"wordpress": _wordpress, "opengraph": _opengraph, "microdata": _microdata, "bare": _bare, "paywalled": _paywalled}
    return render[article.template](article, f"{site}{article.path}", related)


def french_date(moment: datetime) -> str:
    """Write a date as the press does.

    >>> french_date(datetime(2026, 10, 1, 8, 5))
    '1er octobre 2026 à 8h05'
    """
    day = "1er" if moment.day == 1 else str(moment.day)
    return f"{day} {_MONTHS[moment.month - 1]} {moment.year} à {moment.hour}h{moment.minute:02}"


def _paragraphs(article: PaperArticle) -> list[str]:
    """The body as HTML, with a box for further reading in the middle as outlets put it."""
    return [f"<h2>{escape(p.removeprefix('## '))}</h2>" if p.startswith("## ") else f"<p>{escape(p)}</p>" for p in article.paragraphs]


def _with_box(paragraphs: list[str], box: str) -> str:
    middle = max(1, len(paragraphs) // 2)
    return "\n".join([*paragraphs[:middle], box, *paragraphs[middle:]])


def _box(related: Sequence[PaperArticle], heading: str = "À lire aussi") -> str:
    links = "".join(f'<li><a href="{a.path}">{escape(a.title)}</a></li>' for a in related[:3])
    return f'<div class="related-articles"><p>{heading}</p><ul>{links}</ul></div>'


def _sidebar(related: Sequence[PaperArticle]) -> str:
    links = "".join(f'<li><a href="{a.path}">{escape(a.title)}</a></li>' for a in related)
    return f'<aside class="sidebar"><h3>Les plus lus</h3><ol>{links}</ol></aside>'


_NEWSLETTER = (
    '<div class="newsletter-box"><p>Recevez chaque matin notre newsletter : l’essentiel des levées de fonds dans votre boîte.</p>'
    '<form><input type="email" placeholder="Votre adresse"><button>Je m’inscris</button></form></div>'
)
_SHARE = '<div class="share"><a href="#">Partager sur LinkedIn</a> <a href="#">Partager par courriel</a></div>'
_COMMENTS = (
    '<section class="comments" id="comments"><h3>2 commentaires</h3><p>Marcel : 50 millions d’euros, ça laisse songeur.</p>'
    "<p>Odette : et dire qu’ils ont commencé dans un garage.</p></section>"
)


def _linked_data(article: PaperArticle, url: str, *, free: bool = True) -> dict[str, object]:
    data: dict[str, object] = {
        "@type": "NewsArticle",
        "@id": f"{url}#article",
        "headline": article.title[:110],
        "description": article.chapeau,
        "datePublished": article.published.isoformat(),
        "dateModified": article.published.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "articleSection": [SECTIONS[article.section]],
        "inLanguage": "fr-FR",
        "mainEntityOfPage": url,
    }
    return data if free else data | {"isAccessibleForFree": False}


def _json(data: object) -> str:
    # "</" would close the script element from within a string (HTML standard, script data state).
    return '<script type="application/ld+json">' + json.dumps(data, ensure_ascii=False).replace("</", "<\\/") + "</script>"


def _wordpress(article: PaperArticle, url: str, related: Sequence[PaperArticle]) -> str:
    graph = [
        _linked_data(article, url),
        {"@type": "WebSite", "name": NAME, "url": url.split("/", 3)[0]},
        {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Accueil"}]},
    ]
    head = f'<link rel="canonical" href="{url}">' + _json({"@context": "https://schema.org", "@graph": graph})
    authors = ", ".join(f'<a rel="author" href="/auteur/">{escape(name)}</a>' for name in article.authors)
    body = (
        f'<main><article class="post type-post"><h1 class="entry-title">{escape(article.title)}</h1>'
        f'<p class="article-meta">Par {authors} · <time datetime="{article.published.isoformat()}">{french_date(article.published)}</time></p>'
        f'{_SHARE}<div class="entry-content"><p class="chapeau">{escape(article.chapeau)}</p>\n'
        f"{_with_box(_paragraphs(article), _box(related))}\n{_NEWSLETTER}</div></article></main>{_sidebar(related)}{_COMMENTS}"
    )
    return page(f"{article.title} - {NAME}", head, body)


def _opengraph(article: PaperArticle, url: str, related: Sequence[PaperArticle]) -> str:
    tags = {
        "og:type": "article",
        "og:title": article.title,
        "og:description": article.chapeau,
        "og:url": url,
        "og:site_name": NAME,
        "article:published_time": article.published.isoformat(),
        "article:section": SECTIONS[article.section],
    }
    head = "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in tags.items())
    head += f'<meta name="author" content="{escape(", ".join(article.authors))}">'
    body = (
        f'<div class="content"><h1>{escape(article.title)}</h1><div class="standfirst">{escape(article.chapeau)}</div>{_SHARE}'
        f'<div class="article-body">{_with_box(_paragraphs(article), _box(related, "Lire aussi"))}</div>{_NEWSLETTER}</div>{_sidebar(related)}'
    )
    return page(f"{article.title} | {NAME}", head, body)


def _microdata(article: PaperArticle, url: str, related: Sequence[PaperArticle]) -> str:
    head = f'<link rel="canonical" href="{url}"><meta name="description" content="{escape(article.chapeau)}">'
    authors = ", ".join(
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{escape(name)}</span></span>'
        for name in article.authors
    )
    body = (
        '<article itemscope itemtype="https://schema.org/NewsArticle">'
        f'<h1 itemprop="headline">{escape(article.title)}</h1><p>Par {authors}</p>'
        f'<time itemprop="datePublished" datetime="{article.published.isoformat()}">{french_date(article.published)}</time>'
        f'<p class="chapo" itemprop="description">{escape(article.chapeau)}</p>'
        f'<div itemprop="articleBody">{_with_box(_paragraphs(article), _box(related, "Sur le même sujet"))}</div></article>'
        f"{_NEWSLETTER}{_COMMENTS}{_sidebar(related)}"
    )
    return page(article.title, head, body)


def _bare(article: PaperArticle, url: str, related: Sequence[PaperArticle]) -> str:
    body = (
        f"<h1>{escape(article.title)}</h1>\n<p>Publié le {french_date(article.published)}</p>\n<p><b>{escape(article.chapeau)}</b></p>\n"
        + "\n".join(_paragraphs(article))
        + f"\n<p><i>{escape(' et '.join(article.authors))}</i></p>\n{_sidebar(related)}"
    )
    return page(article.title, "", body)


def _paywalled(article: PaperArticle, url: str, related: Sequence[PaperArticle]) -> str:
    data = {"@context": "https://schema.org", **_linked_data(article, url, free=False)}
    head = f'<link rel="canonical" href="{url}">' + _json(data)
    wall = (
        '<div class="paywall-box"><p>Il vous reste 60 % de cet article à lire. La suite est réservée aux abonnés.</p>'
        "<p>Abonnez-vous pour 1 euro le premier mois, sans engagement.</p></div>"
    )
    authors = " et ".join(map(escape, article.authors))
    body = (
        f'<main class="paywall-content"><h1>{escape(article.title)}</h1><p class="article__desc">{escape(article.chapeau)}</p>'
        f'<span class="author">{authors}</span><div class="article__content">{"".join(_paragraphs(article))}</div>{wall}</main>{_sidebar(related)}'
    )
    return page(f"{article.title} – {NAME}", head, body)


def listing_page(heading: str, articles: Sequence[PaperArticle], next_page: str | None) -> str:
    """Give a page that lists articles, with a link to the next one."""
    items = "".join(
        f'<article><h2><a href="{a.path}">{escape(a.title)}</a></h2><p>{escape(a.chapeau)}</p>'
        f'<time datetime="{a.published.isoformat()}">{french_date(a.published)}</time></article>'
        for a in articles
    )
    onward = f'<p class="pagination"><a rel="next" href="{next_page}">Articles plus anciens</a></p>' if next_page else ""
    return page(f"{heading} – {NAME}", "", f"<main><h1>{escape(heading)}</h1>{items}{onward}</main>{_NEWSLETTER}")


def plain_page(heading: str, text: str) -> str:
    """Give a page that is no article."""
    return page(f"{heading} – {NAME}", "", f"<main><h1>{escape(heading)}</h1><p>{escape(text)}</p></main>")
