"""What the newspaper announces its articles with: RSS, sitemaps, a Google-News sitemap, robots.txt."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from tourdetable.newspaper.articles import PaperArticle
from tourdetable.newspaper.templates import NAME

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def robots(site: str) -> str:
    """Give robots.txt."""
    return f"User-agent: *\nDisallow: /admin/\nDisallow: /recherche\n\nSitemap: {site}/sitemap_index.xml\nSitemap: {site}/sitemap-news.xml\n"


def rss(site: str, articles: Sequence[PaperArticle]) -> str:
    """Give an RSS 2.0 feed."""
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{site}{a.path}?utm_source=rss</link><guid>{site}{a.path}</guid>"
        f"<pubDate>{format_datetime(a.published)}</pubDate><description>{escape(a.chapeau)}</description></item>"
        for a in articles
    )
    return f'{_XML}<rss version="2.0"><channel><title>{NAME}</title><link>{site}/</link><description>Le journal</description>{items}</channel></rss>'


def sitemap_index(site: str, names: Sequence[str]) -> str:
    """Give an index of sitemaps."""
    items = "".join(f"<sitemap><loc>{site}/{name}</loc></sitemap>" for name in names)
    return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">{items}</sitemapindex>'


def sitemap(site: str, articles: Sequence[PaperArticle]) -> str:
    """Give a sitemap."""
    items = "".join(f"<url><loc>{site}{a.path}</loc><lastmod>{a.published.isoformat()}</lastmod></url>" for a in articles)
    return f'{_XML}<urlset xmlns="{_SITEMAP}">{items}</urlset>'


def news_sitemap(site: str, articles: Sequence[PaperArticle]) -> str:
    """Give a Google-News sitemap."""
    items = "".join(
        f"<url><loc>{site}{a.path}</loc><news:news><news:publication><news:name>{NAME}</news:name><news:language>fr</news:language>"
        f"</news:publication><news:publication_date>{a.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(a.title)}</news:title></news:news></url>"
        for a in articles
    )
    return f'{_XML}<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">{items}</urlset>'
