"""The spider for addresses given: ``scrapy crawl single -a urls=https://…``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request

from crawler.outlets import Outlet, adhoc_outlet, load_outlets
from crawler.spiders.news import NewsSpider
from crawler.urls import is_same_site


class SingleSpider(NewsSpider):
    """Fetches the addresses in ``urls`` (parted by spaces) as articles and nothing else.

    A page of an outlet that we know is read with that outlet's selectors.
    """

    name = "single"

    def __init__(self, urls: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        self._urls = urls.split()

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each address."""
        for url in self._urls:
            outlet = outlet_of(url)
            self.outlets[outlet.name] = outlet
            meta = {"kind": "article", "outlet": outlet.name, "level": 0}
            yield Request(url, callback=self.parse_page, errback=self.page_failed, dont_filter=True, meta=meta)

    def _forbidden(self, outlet: Outlet) -> None:
        """Count what robots.txt forbids as a failure: these very pages were asked for."""
        self._failed(outlet, "robots")


def outlet_of(url: str) -> Outlet:
    """Give the known outlet that an address belongs to, else one made for its site."""
    for outlet in load_outlets().values():
        if is_same_site(outlet.home, url):
            return outlet
    return adhoc_outlet(url)
