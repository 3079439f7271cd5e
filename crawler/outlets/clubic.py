"""Clubic: consumer technology and the companies behind it."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="clubic",
    title="Clubic",
    home="https://www.clubic.com/",
    feeds=("https://www.clubic.com/feed/news.rss",),
    article=r"/(?:actualite|article)-\d+",
    exclude=r"^/telecharger",
    last_seen_working=None,
)
