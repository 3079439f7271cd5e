"""ActuIA: artificial intelligence, its research and its companies."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="actuia",
    title="ActuIA",
    home="https://www.actuia.com/",
    feeds=("https://www.actuia.com/feed/",),
    last_seen_working=None,
)
