"""Numerama: technology and what it does to society."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="numerama",
    title="Numerama",
    home="https://www.numerama.com/",
    feeds=("https://www.numerama.com/feed/",),
    article=r"/\d{5,}-[^/]+\.html$",
    last_seen_working=None,
)
