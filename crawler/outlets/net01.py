"""01net: consumer technology; also the companies behind it."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="01net",
    title="01net",
    home="https://www.01net.com/",
    feeds=("https://www.01net.com/actualites/feed/",),
    article=r"^/actualites/[^/]+\.html$",
    last_seen_working=None,
)
