"""Maddyness: start-ups and their funding rounds, with a weekly roundup of them."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="maddyness",
    title="Maddyness",
    home="https://www.maddyness.com/",
    feeds=("https://www.maddyness.com/feed/",),
    article=r"^/\d{4}/\d{2}/\d{2}/[^/]+",
    last_seen_working=None,
)
