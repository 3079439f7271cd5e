"""La Tribune, technology pages of the business daily."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="la-tribune",
    title="La Tribune Tech",
    home="https://www.latribune.fr/",
    feeds=("https://www.latribune.fr/feed.xml",),
    listings=("https://www.latribune.fr/technos-medias/innovation-et-start-up.html",),
    article=r"/(?:technos-medias|tech|innovation|start-?ups?)/.*\d{5,}",
    last_seen_working=None,
)
