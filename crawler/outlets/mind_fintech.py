"""mind Fintech: financial technology; mostly for subscribers."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="mind-fintech",
    title="mind Fintech",
    home="https://www.mind.eu.com/fintech/",
    feeds=("https://www.mind.eu.com/fintech/feed",),
    article=r"^/fintech/(?:article|investissement|essentiels)/[^/]+",
    last_seen_working=None,
)
