"""Listing pages: the links on a page that may lead to articles, and the feeds that it declares."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.discovery import Found
from crawler.outlets import Outlet
from crawler.page.tree import Tree, parse_tree, text_of
from crawler.urls import canonicalize, is_same_site, resolve

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


def links_of(body: bytes, url: str, outlet: Outlet) -> list[Found]:
    """Give the distinct same-site links of a page that may lead to an article or another listing, in page order."""
    tree = parse_tree(body)
    if tree is None:
        return []
    base = _base(tree, url)
    found: dict[str, Found] = {}
    for anchor in tree.iterfind(".//a[@href]"):
        link = resolve(base, anchor.get("href", ""))
        if link is None or not is_same_site(link, url) or not may_be_article(link, outlet):
            continue
        key = canonicalize(link)
        if key != canonicalize(url):
            found.setdefault(key, Found(link, title=text_of(anchor) or None))
        if len(found) >= _MAX_LINKS:
            break
    return list(found.values())


def feeds_of(body: bytes, url: str) -> list[str]:
    """Give the feeds that a page declares (``<link rel="alternate">``, RSS Advisory Board's autodiscovery)."""
    tree = parse_tree(body)
    if tree is None:
        return []
    base = _base(tree, url)
    kinds = {"application/rss+xml", "application/atom+xml", "application/rdf+xml"}
    declared = (link for link in tree.iterfind(".//link[@href]") if (link.get("type") or "").lower() in kinds)
    feeds = (resolve(base, link.get("href", "")) for link in declared)
    return list(dict.fromkeys(feed for feed in feeds if feed and "/comments" not in feed))


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


def _base(tree: Tree, url: str) -> str:
    """Give the address that a page's links are relative to (``<base>``)."""
    base = tree.find(".//base[@href]")
    return url if base is None else resolve(url, base.get("href", "")) or url
