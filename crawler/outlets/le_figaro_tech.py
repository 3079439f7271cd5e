"""Le Figaro, technology pages of the daily."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="le-figaro-tech",
    title="Le Figaro Tech",
    home="https://www.lefigaro.fr/secteur/high-tech",
    feeds=("https://www.lefigaro.fr/rss/figaro_secteur_high-tech.xml",),
    sitemaps=("https://www.lefigaro.fr/sitemap_news.xml",),
    article=r"^/secteur/high-tech/.+",
    last_seen_working=None,
)
