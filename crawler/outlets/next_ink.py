"""Next (formerly Next INpact): technology, law and digital policy; partly for subscribers."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="next",
    title="Next",
    home="https://next.ink/",
    feeds=("https://next.ink/feed/",),
    article=r"^/(?:\d+|brief[_-]article)/[^/]+",
    last_seen_working=None,
)
