"""Le Temps: economy and digital pages of the daily of French-speaking Switzerland."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="le-temps",
    title="Le Temps",
    home="https://www.letemps.ch/",
    country="CH",
    timezone="Europe/Zurich",
    feeds=("https://www.letemps.ch/cyber.rss", "https://www.letemps.ch/economie.rss"),
    article=r"^/(?:cyber|economie)/.+",
    last_seen_working=None,
)
