"""Les Echos, start-up pages: the business daily's own section and the site of its younger readers."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="les-echos-start",
    title="Les Echos Start",
    home="https://start.lesechos.fr/",
    feeds=("https://services.lesechos.fr/rss/les-echos-start-up.xml",),
    sitemaps=("https://www.lesechos.fr/sitemap_news.xml",),
    listings=("https://www.lesechos.fr/start-up/deals", "https://start.lesechos.fr/innovations-startups"),
    article=r"^/(?:start-up|innovations-startups|entreprendre)/.+-\d{4,}(?:\.php)?$",
    last_seen_working=None,
)
