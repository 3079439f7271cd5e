"""The spiders: ``news`` for outlets, one named spider an outlet for stock Scrapy, ``single`` for addresses given."""
