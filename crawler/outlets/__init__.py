"""The outlets we know: one short declarative file each, and :func:`adhoc_outlet` for any other site.

A new outlet is a new file in this folder that defines ``OUTLET``; nothing else has to be registered.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from urllib.parse import urlsplit

from crawler.urls import resolve


class UnknownOutletError(KeyError):
    """No outlet has this name; the message names the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Selectors for the pages of one time, by the day on which a page was fetched, both ends included."""

    selectors: Mapping[str, str]
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Where an outlet announces its articles and what is particular about its pages.

    Addresses are absolute. At least one of ``feeds``, ``sitemaps`` and ``listings`` is given,
    except for a site known by its address alone, where ``home`` is explored.
    """

    name: str
    """Key on the command line and in the dataset: lower-case letters, digits and hyphens."""
    title: str
    home: str
    country: str = "FR"
    timezone: str = "Europe/Paris"
    """IANA zone of dates printed without one."""
    feeds: tuple[str, ...] = ()
    """RSS or Atom feeds."""
    sitemaps: tuple[str, ...] = ()
    """Sitemaps, sitemap indexes or Google-News sitemaps."""
    listings: tuple[str, ...] = ()
    """Section or tag pages that link to articles."""
    article: str = ""
    """Regular expression searched in an article's path; empty: any path may be an article."""
    exclude: str = ""
    """Regular expression searched in the path; what matches is never fetched."""
    selectors: Mapping[str, str] = field(default_factory=dict)
    """CSS selectors that overrule the general page reader.

    Keys: ``title``, ``chapeau``, ``text``, ``authors``, ``published``, and ``remove`` for what is no part of the text.
    What a selector does not find, the general reader looks for.
    """
    templates: tuple[Template, ...] = ()
    """Selectors that hold for a time only, where the site changed its pages."""
    last_seen_working: date | None = None
    """Day on which a crawl of these addresses last gave articles; None: written from memory, never checked."""
    explore: bool = False
    """Follow the site's own links, feeds and sitemaps from ``home``: set for a site given by address."""

    def selectors_on(self, day: date) -> Mapping[str, str]:
        """Give the selectors for a page fetched on this day: the lasting ones, overruled by those of the time.

        >>> old = Template(selectors={"text": ".corps"}, until=date(2024, 3, 31))
        >>> outlet = Outlet(name="a", title="A", home="https://a.fr/", selectors={"text": ".body"}, templates=(old,))
        >>> outlet.selectors_on(date(2024, 3, 31)), outlet.selectors_on(date(2024, 4, 1))
        ({'text': '.corps'}, {'text': '.body'})
        """
        found = dict(self.selectors)
        for template in self.templates:
            if (template.since or day) <= day <= (template.until or day):
                found |= template.selectors
        return found


@cache
def load_outlets() -> Mapping[str, Outlet]:
    """Give all outlets of this folder by name, sorted."""
    modules = (m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    outlets = [importlib.import_module(f"{__name__}.{name}").OUTLET for name in sorted(modules)]
    return {outlet.name: outlet for outlet in sorted(outlets, key=lambda o: o.name)}


def adhoc_outlet(url: str) -> Outlet:
    """Make an outlet of any site, feed, sitemap or listing address.

    What the address is (feed, sitemap, listing, site) is found out when it is fetched.

    Raises:
        ValueError: the address is not an absolute http(s) one.

    >>> adhoc_outlet("https://www.exemple.fr/feed").name
    'exemple.fr'
    """
    address = resolve("", url)
    if address is None:
        raise ValueError(f"not an http(s) address: {url!r}")
    name = (urlsplit(address).hostname or "").removeprefix("www.")
    return Outlet(name=name, title=name, home=address, explore=True)


def find_outlet(name_or_url: str) -> Outlet:
    """Give the outlet of this name, or an ad-hoc one for an address.

    Raises:
        UnknownOutletError: neither a known name nor an address.
    """
    if "://" in name_or_url:
        return adhoc_outlet(name_or_url)
    outlets = load_outlets()
    if name_or_url in outlets:
        return outlets[name_or_url]
    import difflib

    near = difflib.get_close_matches(name_or_url, outlets, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`tourdetable outlets` lists them."
    raise UnknownOutletError(f"unknown outlet {name_or_url!r}: {hint}")
