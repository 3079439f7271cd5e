"""La Presse: technology and business pages of the Montreal daily."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="la-presse-techno",
    title="La Presse Techno",
    home="https://www.lapresse.ca/affaires/techno",
    country="CA",
    timezone="America/Toronto",
    feeds=("https://www.lapresse.ca/affaires/techno/rss", "https://www.lapresse.ca/affaires/rss"),
    article=r"^/affaires/.+\.php$",
    last_seen_working=None,
)
