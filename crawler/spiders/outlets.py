"""One named spider an outlet, so that stock Scrapy works: ``scrapy list``, ``scrapy crawl maddyness``."""

from __future__ import annotations

from typing import Any

from crawler.outlets import Outlet, load_outlets
from crawler.spiders.news import NewsSpider as _NewsSpider


def _spider_of(outlet: Outlet) -> type[_NewsSpider]:
    def __init__(self: _NewsSpider, **arguments: Any) -> None:
        _NewsSpider.__init__(self, outlets=[outlet], **arguments)

    # Scrapy lists a spider only from the module that it says it is defined in.
    namespace = {"name": outlet.name, "__init__": __init__, "__module__": __name__, "__doc__": f"Reads {outlet.title}."}
    return type(f"{outlet.name.title().replace('-', '')}Spider", (_NewsSpider,), namespace)


globals().update({spider.__name__: spider for spider in map(_spider_of, load_outlets().values())})
