"""Frandroid: mobile technology and electric cars."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="frandroid",
    title="Frandroid",
    home="https://www.frandroid.com/",
    feeds=("https://www.frandroid.com/feed",),
    article=r"/\d{5,}_[^/]+",
    last_seen_working=None,
)
