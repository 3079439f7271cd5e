"""L'Echo: technology pages of Belgium's French-language business daily; mostly for subscribers."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="l-echo",
    title="L'Echo",
    home="https://www.lecho.be/",
    country="BE",
    timezone="Europe/Brussels",
    feeds=("https://www.lecho.be/rss/tech.xml", "https://www.lecho.be/rss/entreprises.xml"),
    article=r"/\d{6,}\.html$",
    last_seen_working=None,
)
