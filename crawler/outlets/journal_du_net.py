"""Journal du Net (JDN): the web economy; guest columns beside the newsroom's articles."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="journal-du-net",
    title="Journal du Net",
    home="https://www.journaldunet.com/",
    feeds=("https://www.journaldunet.com/rss/",),
    listings=("https://www.journaldunet.com/start-up/",),
    article=r"/\d{6,}-[^/]+/?$",
    last_seen_working=None,
)
