"""What the newspaper announces its articles with: robots.txt, RSS, sitemaps, a Google-News sitemap."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from tourdetable.newspaper.articles import SECTIONS, PaperArticle, Site

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_CREATOR = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def robots(site: Site) -> str:
    """Give robots.txt."""
    return (
        "User-agent: *\n"
        "Disallow: /admin/\n"
        "Disallow: /recherche\n"
        "\n"
        f"Sitemap: {site.url}/sitemap_index.xml\n"
        f"Sitemap: {site.url}/sitemap-news.xml\n"
    )


def rss(site: Site, articles: Sequence[PaperArticle]) -> str:
    """Give an RSS 2.0 feed, its links with the tracking parameter that feeds of the press often have."""
    items = "\n".join(
        f"<item><title>{escape(a.title)}</title><link>{site.url}{a.path}?utm_source=rss</link>"
        f'<guid isPermaLink="true">{site.url}{a.path}</guid><pubDate>{format_datetime(a.published)}</pubDate>'
        f"<dc:creator>{escape(', '.join(a.authors))}</dc:creator><category>{SECTIONS[a.section]}</category>"
        f"<description>{escape(a.chapeau)}</description></item>"
        for a in articles
    )
    return (
        f'{_XML}<rss version="2.0" {_CREATOR}><channel><title>{escape(site.name)}</title><link>{site.url}/</link>'
        f"<description>Les financements de la tech</description><language>fr-FR</language>\n{items}\n</channel></rss>\n"
    )


def sitemap_index(site: Site, names: Sequence[str]) -> str:
    """Give an index of sitemaps."""
    items = "\n".join(f"<sitemap><loc>{site.url}/{name}</loc></sitemap>" for name in names)
    return f"{_XML}<sitemapindex {_SITEMAP}>\n{items}\n</sitemapindex>\n"


def sitemap(site: Site, articles: Sequence[PaperArticle]) -> str:
    """Give a sitemap."""
    items = "\n".join(
        f"<url><loc>{site.url}{a.path}</loc><lastmod>{a.published.isoformat()}</lastmod></url>" for a in articles
    )
    return f"{_XML}<urlset {_SITEMAP}>\n{items}\n</urlset>\n"


def news_sitemap(site: Site, articles: Sequence[PaperArticle]) -> str:
    """Give a Google-News sitemap."""
    name = f"<news:name>{escape(site.name)}</news:name>"
    publication = f"<news:publication>{name}<news:language>fr</news:language></news:publication>"
    items = "\n".join(
        f"<url><loc>{site.url}{a.path}</loc><news:news>{publication}"
        f"<news:publication_date>{a.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(a.title)}</news:title></news:news></url>"
        for a in articles
    )
    return f"{_XML}<urlset {_SITEMAP} {_NEWS}>\n{items}\n</urlset>\n"
