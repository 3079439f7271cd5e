"""L'Usine Digitale: what technology does to industry, from the publisher of L'Usine Nouvelle."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="usine-digitale",
    title="L'Usine Digitale",
    home="https://www.usine-digitale.fr/",
    feeds=("https://www.usine-digitale.fr/rss",),
    exclude=r"^/(?:agenda|livres-blancs|webinar|evenement)",
    last_seen_working=None,
)
