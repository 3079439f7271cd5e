"""The newspaper's site: every path with what is served there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tourdetable.newspaper import feeds, templates
from tourdetable.newspaper.articles import SECTIONS, PaperArticle, Site

_PER_PAGE = 10
_IN_FEED = 15
_IN_NEWS = 20
_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_PLAIN_PAGES = {
    "/equipe/": ("L’équipe", "Une rédaction imaginaire mais appliquée."),
    "/mentions-legales/": ("Mentions légales", "Journal imaginaire, servi pour une démonstration."),
    "/newsletter/": ("Newsletter", "Recevez chaque matin l’essentiel de la tech."),
    "/recherche": ("Recherche", "Aucun résultat. Les robots, eux, n’ont rien à chercher ici."),
}


def site_pages(articles: Sequence[PaperArticle], site: Site) -> dict[str, tuple[str, bytes]]:
    """Render the whole site: path → content type and body.

    ``articles`` are the latest first.
    """
    pages = {
        "/": (_HTML, templates.listing_page(site, "À la une", articles[:_PER_PAGE], None)),
        "/feed/": ("application/rss+xml; charset=utf-8", feeds.rss(site, articles[:_IN_FEED])),
        "/robots.txt": ("text/plain; charset=utf-8", feeds.robots(site)),
        "/sitemap-news.xml": (_XML, feeds.news_sitemap(site, articles[:_IN_NEWS])),
    }
    years = defaultdict(list)
    for number, article in enumerate(articles):
        related = [articles[(number + step) % len(articles)] for step in (3, 7, 11, 17)]
        pages[article.path] = (_HTML, templates.article_page(article, site, related))
        years[f"sitemap-{article.published:%Y}.xml"].append(article)
    pages |= {f"/{name}": (_XML, feeds.sitemap(site, found)) for name, found in years.items()}
    pages["/sitemap_index.xml"] = (_XML, feeds.sitemap_index(site, sorted(years)))
    pages |= {path: (_HTML, templates.plain_page(site, *told)) for path, told in _PLAIN_PAGES.items()}
    for section in SECTIONS:
        pages |= {path: (_HTML, page) for path, page in _listings(site, articles, section)}
    return {path: (kind, text.encode()) for path, (kind, text) in pages.items()}


def _listings(site: Site, articles: Sequence[PaperArticle], section: str) -> Iterator[tuple[str, str]]:
    own = [article for article in articles if article.section == section]
    count = max(1, -(-len(own) // _PER_PAGE))
    for number in range(1, count + 1):
        path = f"/{section}/" if number == 1 else f"/{section}/page/{number}/"
        onward = f"/{section}/page/{number + 1}/" if number < count else None
        shown = own[(number - 1) * _PER_PAGE : number * _PER_PAGE]
        yield path, templates.listing_page(site, SECTIONS[section], shown, onward)
