"""Alliancy: digital transformation as its managers tell it."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="alliancy",
    title="Alliancy",
    home="https://www.alliancy.fr/",
    feeds=("https://www.alliancy.fr/feed",),
    exclude=r"^/(?:agenda|evenement|livre-blanc)",
    last_seen_working=None,
)
