"""Presse-citron: technology for everybody, with some funding news."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="presse-citron",
    title="Presse-citron",
    home="https://www.presse-citron.net/",
    feeds=("https://www.presse-citron.net/feed/",),
    exclude=r"^/(?:bons-plans|comparatif|meilleur|test-)",
    last_seen_working=None,
)
