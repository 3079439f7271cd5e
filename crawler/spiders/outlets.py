"""One named spider an outlet, so that stock Scrapy works: ``scrapy list``, ``scrapy crawl maddyness``."""

from __future__ import annotations

from crawler.outlets import Outlet, load_outlets
from crawler.spiders.news import NewsSpider as _NewsSpider


def _spider_of(outlet: Outlet) -> type[_NewsSpider]:
    # Scrapy lists a spider only from the module that it says it is defined in.
    namespace = {"name": outlet.name, "own": (outlet,), "__module__": __name__, "__doc__": f"Reads {outlet.title}."}
    return type(f"{outlet.name.title().replace('-', '')}Spider", (_NewsSpider,), namespace)


globals().update({spider.__name__: spider for spider in map(_spider_of, load_outlets().values())})
