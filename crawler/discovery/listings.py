"""Listing pages: the links on a page that may lead to articles."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.discovery import Found
from crawler.outlets import Outlet
from crawler.page import Page
from crawler.urls import canonicalize, is_same_site

_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|pdf|zip|mp[34]|webm|xml|rss|txt|docx?|xlsx?|pptx?|woff2?)$",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"/(?:tag|tags|author|auteurs?|users?|login|connexion|compte|account|abonnement|abonnez|newsletters?|contact|"
    r"mentions-legales|cgu|cgv|politique-de-\w+|privacy|confidentialite|cookies?|feed|rss|wp-admin|"
    r"wp-login\.php|wp-json|cart|panier|publicite|annonceurs|a-propos|about)(?:/|$)|"
    r"/(?:recherche|search)/?$",
    re.IGNORECASE,
)
_MAX_LINKS = 2_000


def links_of(page: Page, outlet: Outlet) -> list[Found]:
    """Give the distinct same-site links of a page that may lead to an article or another listing, in page order."""
    found: dict[str, Found] = {}
    own = canonicalize(page.url)
    for link, words in page.links():
        if not is_same_site(link, page.url) or not may_be_article(link, outlet):
            continue
        key = canonicalize(link)
        if key != own:
            found.setdefault(key, Found(link, title=words or None))
        if len(found) >= _MAX_LINKS:
            break
    return list(found.values())


def may_be_article(url: str, outlet: Outlet) -> bool:
    """Tell whether an address may be an article's, by the outlet's own rules and by what never is one."""
    path = urlsplit(url).path
    if outlet.exclude and re.search(outlet.exclude, path):
        return False
    if outlet.article:
        return re.search(outlet.article, path) is not None
    return not _FILES.search(path) and not _NEVER.search(path)


def looks_like_article(url: str) -> bool:
    """Tell whether an address of an unknown site has an article's shape: a slug of several words, a number or a date.

    >>> (
    ...     looks_like_article("https://a.fr/2026/05/alpha-leve-trois-millions/"),
    ...     looks_like_article("https://a.fr/startups/"),
    ... )
    (True, False)
    """
    path = urlsplit(url).path.rstrip("/")
    slug = path.rpartition("/")[2].rpartition(".")[0] or path.rpartition("/")[2]
    return slug.count("-") >= 2 or slug.count("_") >= 2 or bool(re.search(r"\d{4,}", path))
