"""IT for Business: information technology for its directors."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="it-for-business",
    title="IT for Business",
    home="https://www.itforbusiness.fr/",
    feeds=("https://www.itforbusiness.fr/feed",),
    article=r"^/[^/]+-\d{3,}/?$",
    last_seen_working=None,
)
