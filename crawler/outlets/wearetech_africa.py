"""We Are Tech Africa: start-ups and digital policy of the African continent, in French."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="wearetech-africa",
    title="We Are Tech Africa",
    home="https://www.wearetech.africa/fr/",
    country="CM",
    timezone="Africa/Douala",
    feeds=("https://www.wearetech.africa/fr/?format=feed",),
    listings=("https://www.wearetech.africa/fr/fils/actualites",),
    article=r"^/fr/fils/[^/]+/.+",
    last_seen_working=None,
)
