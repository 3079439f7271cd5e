"""Siècle Digital: digital business and its regulation."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="siecle-digital",
    title="Siècle Digital",
    home="https://siecledigital.fr/",
    feeds=("https://siecledigital.fr/feed/",),
    article=r"^/\d{4}/\d{2}/\d{2}/[^/]+",
    last_seen_working=None,
)
