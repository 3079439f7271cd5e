"""FrenchWeb: the digital economy, start-ups and their investors."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="frenchweb",
    title="FrenchWeb",
    home="https://www.frenchweb.fr/",
    feeds=("https://www.frenchweb.fr/feed",),
    article=r"^/[^/]+/\d+/?$",
    last_seen_working=None,
)
