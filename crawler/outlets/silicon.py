"""Silicon: information technology for decision makers."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="silicon",
    title="Silicon",
    home="https://www.silicon.fr/",
    feeds=("https://www.silicon.fr/feed",),
    article=r"-\d{4,}(?:\.html)?/?$",
    last_seen_working=None,
)
