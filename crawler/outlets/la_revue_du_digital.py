"""La Revue du Digital: digital projects of large companies and the start-ups they work with."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="la-revue-du-digital",
    title="La Revue du Digital",
    home="https://www.larevuedudigital.com/",
    feeds=("https://www.larevuedudigital.com/feed/",),
    last_seen_working=None,
)
