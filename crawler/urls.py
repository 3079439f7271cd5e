"""Addresses: one normal form for each, and which of a page's own addresses to believe."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

_TRACKING = re.compile(
    r"^(?:utm_\w+|at_\w+|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|xtor|xts|xtref|_ga|_gl|ref_src|ref_url|cmpid|"
    r"ncid|wt_mc|origine|s_cid|__twitter_impression|amp|share|feature|oly_\w+|vero_\w+|hsctatracking|_hs\w+|mkt_tok|trk|spm)$",
    re.IGNORECASE,
)
"""Query parameters that tell where a reader came from and change nothing of the page."""
_SUBDOMAINS = ("www.", "m.", "mobile.", "amp.")
_PORTS = {"http": 80, "https": 443}


def canonicalize(url: str) -> str:
    """Give the normal form of an address (RFC 3986 §6.2.2-3 and what the press adds to its links).

    Lower-case scheme and host, no default port, no fragment, no tracking parameters, the other parameters sorted, no
    trailing slash but the root's.

    >>> canonicalize("HTTPS://WWW.Exemple.FR:443/a/?utm_source=x&b=2&a=1#top")
    'https://www.exemple.fr/a?a=1&b=2'
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS.get(scheme):
        netloc = f"{netloc}:{port}"
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(key)]
    path = parts.path.rstrip("/") or "/"
    return urlunsplit((scheme, netloc, path, urlencode(sorted(query)), ""))


def resolve(base: str, link: str) -> str | None:
    """Give the absolute http(s) address that a link on the page ``base`` leads to, None where it leads to none.

    >>> resolve("https://exemple.fr/a/", "../b"), resolve("https://exemple.fr/", "file:///etc/hosts")
    ('https://exemple.fr/b', None)
    """
    try:
        address = urljoin(base, link.strip())
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return None
    return address if parts.scheme in _PORTS and parts.hostname else None


def site_of(url: str) -> str:
    """Give the host (and port) of an address without the subdomain that only says how the site is served.

    >>> site_of("https://www.exemple.fr/a"), site_of("https://m.exemple.fr/a")
    ('exemple.fr', 'exemple.fr')
    """
    netloc = urlsplit(url).netloc.lower().rpartition("@")[2]
    for prefix in _SUBDOMAINS:
        if netloc.startswith(prefix):
            return netloc.removeprefix(prefix)
    return netloc


def is_same_site(a: str, b: str) -> bool:
    """Tell whether two addresses are of one site."""
    return site_of(a) == site_of(b)


def canonical_of(page_url: str, declared: str | None) -> str:
    """Give the address to know a page by: the one it declares where that can be believed, else its own.

    A declared address (``rel=canonical``, ``og:url``) is not believed where it leads to another site, is no web
    address, or is the front page while the page is not.
    """
    own = canonicalize(page_url)
    if not declared or not declared.strip():
        return own
    try:
        stated = canonicalize(urljoin(page_url, declared.strip()))
        parts = urlsplit(stated)
    except ValueError:
        return own
    if parts.scheme not in _PORTS or not is_same_site(stated, own):
        return own
    if parts.path == "/" and not parts.query and urlsplit(own).path != "/":
        return own
    return stated
