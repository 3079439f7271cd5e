"""LeBigData: data and artificial intelligence."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="lebigdata",
    title="LeBigData",
    home="https://www.lebigdata.fr/",
    feeds=("https://www.lebigdata.fr/feed",),
    last_seen_working=None,
)
