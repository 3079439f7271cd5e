"""ZDNet France: information technology in companies."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="zdnet-france",
    title="ZDNet France",
    home="https://www.zdnet.fr/",
    feeds=("https://www.zdnet.fr/feeds/rss/actualites/",),
    article=r"-\d{5,}\.htm$",
    last_seen_working=None,
)
