"""Addresses: one normal form for each, the key of what it leads to, and which of a page's own addresses to believe."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

_TRACKING = re.compile(
    r"(?:utm_|at_|pk_|mtm_|piwik_|matomo_|xt|lmd_|act(?=id|source|campaign)|cx_|estat_|ns_|sc_(?=src|l?lid|uid|eh)|sfmc_|amp_|"
    r"oly_|vero_|__?hs|trk|guce_|hsa_)\w+|"
    r"\w{1,3}clk?id|gclsrc|[gw]braid|li_fat_id|igshid|igsh|mc_[ce]id|_ga|_gl|ref_src|ref_url|cmpid|cmp|ncid|ftag|wt_mc|origine|"
    r"s_cid|m_i|dm_i|__twitter_impression|amp|usqp|share|feature|hsctatracking|mkt_tok|trk|spm|guccounter|dicbo|tblci|srsltid|epik",
    re.IGNORECASE,
)
"""Query parameters that tell where a reader came from and change nothing of the page.

``xt…`` and ``at_…`` are AT Internet's, ``lmd_…`` Le Monde's, ``act…`` and ``m_i`` Selligent's, ``cx_…`` Piano's,
``pk_…`` and ``mtm_…`` Matomo's, ``amp_…`` and ``usqp`` those of Google's viewer of accelerated pages.
"""
_SESSION = re.compile(r"(?:php|j|asp)sess(?:ion)?id\w*|sess(?:ion)?_?id|cfid|cftoken", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-z]{20,}", re.IGNORECASE)
"""What ``sid`` holds where it is a session's and not a story's."""
_SESSION_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"\.amp(?=(?:\.html?)?$)", re.IGNORECASE)
_AMP_SEGMENT = re.compile(r"/amp(?:\.html?)?(?=/|$)", re.IGNORECASE)
_AMP_CACHE = re.compile(
    r"^https?://(?:(?:[\w-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/[cv]|(?:www\.)?google\.[a-z.]{2,6}/amp)/(s/)?"
    r"(?=[\w-]+(?:\.[\w-]+)+)"
)
"""Caches that serve accelerated pages under the page's own address (amp.dev, *AMP Cache URL format*); ``s``: https."""
_SUBDOMAINS = ("www.", "m.", "mobile.", "amp.")
_PORTS = {"http": 80, "https": 443}
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PAGE_NUMBER = {"page", "paged", "pg"}
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?")


@lru_cache(4096)  # a page's own, the one it declares and the key of both are mostly one address
def canonicalize(url: str) -> str:
    """Give the normal form of an address (RFC 3986 §6.2.2-3 and what the press adds to its links).

    Lower-case scheme and host, no default port, no fragment but one that is an address (``#!``), no tracking parameters
    nor session, the other parameters sorted, no ``index.html``, no trailing slash but the root's, escapes in one form;
    an accelerated page (AMP) has the address of the page that it is made of. Scheme and host stay: it can be followed.

    >>> canonicalize("HTTPS://WWW.Exemple.FR:443/a/?utm_source=x&b=2&a=1#top")
    'https://www.exemple.fr/a?a=1&b=2'
    >>> canonicalize("https://www-exemple-fr.cdn.ampproject.org/c/s/www.exemple.fr/alpha-leve-3-millions/amp/")
    'https://www.exemple.fr/alpha-leve-3-millions'
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS.get(scheme):
        netloc = f"{netloc}:{port}"
    query = [pair for pair in _parameters(parts) if not _is_noise(*pair)]
    fragment = parts.fragment if parts.fragment.startswith("!") and len(parts.fragment) > 1 else ""
    encoded = urlencode(sorted(query), errors="surrogateescape")
    path = _escaped(parts.path)
    for served in (path, _bare(path)):
        normal = urlunsplit((scheme, netloc, served, encoded, fragment))
        if cached := _AMP_CACHE.match(normal):
            return canonicalize(("https://" if cached[1] else "http://") + normal[cached.end() :])
    return normal


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    # Bytes that are no UTF-8 have to stay what they are: replaced, two addresses would become one.
    return parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")


def _is_noise(name: str, value: str) -> bool:
    if name.lower() == "sid":
        return _SESSION_VALUE.fullmatch(value) is not None
    if name.lower() in {"outputtype", "output"}:
        return value.lower() == "amp"
    return bool(_TRACKING.fullmatch(name) or _SESSION.fullmatch(name))


def _escaped(path: str) -> str:
    """Write a path's escapes in one form: only where they must be, in capitals (RFC 3986 §6.2.2.1-2)."""

    def one_form(escape: re.Match[str]) -> str:
        character = unquote(escape[0])
        return character if _UNRESERVED.fullmatch(character) else escape[0].upper()

    return _ESCAPE.sub(one_form, _LONE_PERCENT.sub("%25", path))


def _bare(path: str) -> str:
    """Leave out of a path what only says how the page is served."""
    before, path = None, _SESSION_PATH.sub("", path)
    while path != before:
        before = path
        path = _AMP_SUFFIX.sub("", _INDEX.sub("", path.rstrip("/")))
        plain = _AMP_SEGMENT.sub("", path)
        if _is_telling(plain):  # else it may be the page of a tag or company of that name
            path = plain
    return path or "/"


def _slug(path: str) -> str:
    """Give the last segment of a path without its file's extension."""
    return re.sub(r"\.(?:html?|php|aspx?)$", "", path.rpartition("/")[2], flags=re.IGNORECASE)


def _is_telling(path: str) -> bool:
    """Tell whether a path ends as an article's does: in several words or a number."""
    slug = _slug(path)
    return slug.count("-") >= 2 or slug.count("_") >= 2 or re.search(r"\d{4}", slug) is not None


@lru_cache(4096)  # one article's is asked for again and again: by the spider, the ledger, and in each of its rows
def key_of(url: str) -> str:
    """Give the key of what an address leads to: equal for addresses that differ in how the page is served alone.

    It is the normal form under https and without ``www.``, ``m.``, ``mobile.`` or ``amp.``. It is for comparing and
    need not be an address that answers. Other than web addresses are their own keys.

    >>> key_of("http://www.exemple.fr/a/"), key_of("https://m.exemple.fr/a?utm_source=x")
    ('https://exemple.fr/a', 'https://exemple.fr/a')
    """
    normal = canonicalize(url)
    try:
        parts = urlsplit(normal)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return normal
    if parts.scheme not in _PORTS or not parts.netloc:
        return url
    return canonicalize(urlunsplit(parts._replace(scheme="https", netloc=site_of(normal))))


def numbers_in(url: str) -> set[str]:
    """Give the numbers of five digits or more in an address that are no dates: an outlet's article number is one.

    >>> numbers_in("https://exemple.fr/20260512/alpha-leve-3-millions-1234567.html?vue=2")
    {'1234567'}
    """
    parts = urlsplit(url)
    found = re.findall(r"\d{5,}", f"{parts.path}?{parts.query}")
    return {number for number in found if not _DATE.fullmatch(number)}


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

    >>> site_of("https://www.exemple.fr/a"), site_of("https://m.exemple.fr/a"), site_of("https://mobile.de/")
    ('exemple.fr', 'exemple.fr', 'mobile.de')
    """
    netloc = urlsplit(url).netloc.lower().rpartition("@")[2]
    for prefix in _SUBDOMAINS:
        shorter = netloc.removeprefix(prefix)
        if shorter != netloc and "." in shorter:  # what is left of mobile.de is no site
            return site_of(f"//{shorter}")
    return netloc


def is_same_site(a: str, b: str) -> bool:
    """Tell whether two addresses are of one site."""
    return site_of(a) == site_of(b)


def canonical_of(page_url: str, declared: str | None) -> str:
    """Give the address to know a page by: the one it declares where that can be believed, else its own.

    A declared address (``rel=canonical``, RFC 6596; ``og:url``) is believed where it is another form of the page's own:
    the same key, or on the same site an address that ends in the same words or bears the same article number. Front
    pages, sections, other articles, page numbers and other sites are not: believing a wrong one would make one article
    of many, which costs all but the first.
    """
    own = canonicalize(page_url)
    declared = (declared or "").strip()
    try:
        stated = canonicalize(urljoin(page_url, declared)) if declared else own
        is_absolute = bool(urlsplit(declared).netloc)
        ours, theirs = urlsplit(own), urlsplit(stated)
    except ValueError:
        return own
    if theirs.scheme not in _PORTS:
        return own
    if key_of(stated) == key_of(own):
        # Many an outlet never told its templates of its move to https: what answered there is shown so.
        return own if ours.scheme == "https" and stated == own.replace("https:", "http:", 1) else stated
    believed = is_absolute and is_same_site(stated, own) and _is_form_of(ours, theirs)
    return stated if believed else own


def _is_form_of(own: SplitResult, stated: SplitResult) -> bool:
    """Tell whether an address of the same site names the article that the page's own address names."""
    if not _is_telling(stated.path):
        return False
    ours, theirs = set(_parameters(own)), set(_parameters(stated))
    if not theirs <= ours:
        return False
    if own.path == "/" and ours:  # ?p=1234: nothing in it to compare
        return True
    if any(_names_article(*pair) for pair in ours - theirs):
        return False
    if numbers_in(own.geturl()) & numbers_in(stated.geturl()):
        return True
    return _slug(own.path) == _slug(stated.path) and not _is_of_other_time(own.path, stated.path)


def _names_article(name: str, value: str) -> bool:
    """Tell whether a parameter may be what an article is told by."""
    return name.lower() not in _PAGE_NUMBER and (any(map(str.isdigit, value)) or name.lower().endswith(("id", "slug")))


def _is_of_other_time(a: str, b: str) -> bool:
    """Tell whether two paths both have years or numbers, and none in common (*/2025/05/bilan*, */2026/05/bilan*)."""
    ours, theirs = set(re.findall(r"\d{4,}", a)), set(re.findall(r"\d{4,}", b))
    return bool(ours and theirs) and not ours & theirs
