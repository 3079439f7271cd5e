"""Scrapy settings of every crawl, in alphabetical order; each says why it differs from Scrapy's default."""

from __future__ import annotations

import os

_CONTACT = os.environ.get("TOURDETABLE_CONTACT", "contact not set by its user")
USER_AGENT_OF = "tourdetable/0.1 (French tech press reader; {})"

AUTOTHROTTLE_ENABLED = True  # a site that answers slowly is asked more slowly; never sooner than the delay
AUTOTHROTTLE_START_DELAY = 0  # begin with the delay itself
AUTOTHROTTLE_TARGET_CONCURRENCY = 0.5  # twice as long between requests as an answer takes: half the time it rests
BOT_NAME = "tourdetable"
CLOSESPIDER_ERRORCOUNT = 0  # one outlet's broken pages must not end the crawl of the others
CONCURRENT_ITEMS = 1  # a page holds one article; Scrapy starts as many tasks for each answer, 100 by default
CONCURRENT_REQUESTS = 32  # as many sites at once, since each gets one request at a time
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # never two requests at once to a newspaper
COOKIES_ENABLED = False  # no session is needed to read the press, and none should be kept
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "fr,fr-FR;q=0.9,en;q=0.3",  # Scrapy says "en": some outlets would answer in English
}
DNS_TIMEOUT = 20  # Scrapy waits a minute
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.robots.RobotsMiddleware": 100,  # RFC 9309: Scrapy crawls where robots.txt answers 5xx
    "crawler.middlewares.reservations.ReservationsMiddleware": 110,  # behind robots.txt: tdmrep.json, before articles
    "crawler.middlewares.retry.RetryAfterMiddleware": 550,  # Scrapy ignores Retry-After
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
}
DOWNLOAD_DELAY = 1.25  # Scrapy does not wait at all; with the jitter: 1 to 1.5 seconds
DOWNLOAD_DELAY_JITTER = 0.2  # a fifth up and down; Scrapy's half would let requests come twice as fast as was said
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}  # no feed makes us read our own files
DOWNLOAD_MAXSIZE = 16 * 2**20  # no press page is larger; Scrapy accepts 1 GiB
DOWNLOAD_TIMEOUT = 30  # Scrapy waits three minutes
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy verifies none
EXTENSIONS = {"crawler.traffic.OutletTraffic": 0}  # requests and bytes of each outlet, for the report
ITEM_PIPELINES = {
    "pipelines.clean.CleanPipeline": 100,
    "pipelines.extraction.ExtractionPipeline": 300,
    "pipelines.parquet.ParquetPipeline": 900,
}
LOG_LEVEL = "INFO"  # Scrapy logs every request
NEWSPIDER_MODULE = "crawler.spiders"
REDIRECT_MAX_TIMES = 8  # Scrapy follows twenty
REMOTE_CONTROL_ENABLED = False  # Scrapy listens for code to run: no part of an unattended crawl
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # a page that failed is counted and reported, not an error of ours
RETRY_TIMES = 2
ROBOTSTXT_OBEY = True  # Scrapy obeys only on demand
ROBOTSTXT_USER_AGENT = "tourdetable"  # RFC 9309: the product token, not the whole User-Agent
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # newest first, as sources list them; Scrapy turns that round
SCHEDULER_PRIORITY_QUEUE = "crawler.queue.SiteQueue"  # one request at a time per site, none while it wants a pause
SPIDER_MIDDLEWARES = {"pipelines.known.KnownArticlesMiddleware": 50}  # what is stored is not fetched again
SPIDER_MODULES = ["crawler.spiders"]
TELNETCONSOLE_ENABLED = False  # … and has an older console besides
TOURDETABLE_BATCH_ARTICLES = 200  # rows of so many articles are written at once …
TOURDETABLE_BATCH_SECONDS = 30.0  # … or of so many seconds
TOURDETABLE_DATA = "data"  # folder of the dataset, or a URL such as s3://bucket/prefix
TOURDETABLE_DERIVE = True  # make deals and entities anew at the end, where that is due
TOURDETABLE_FULL = False  # read every source anew, changed or not
TOURDETABLE_REVISIONS = True  # look at an article again in its first days, for corrections
TOURDETABLE_STATE = None  # for a dataset under a URL: folder of the writer's state, by default in the user's own
TOURDETABLE_TDM = "obey"  # of articles reserved against mining only facts and short quotes are stored; or "ignore"
TOURDETABLE_WORKERS = 2  # processes that extract
USER_AGENT = USER_AGENT_OF.format(_CONTACT)  # who is asking, and how to reach them
WARN_ON_GENERATOR_RETURN_VALUE = False  # Scrapy would read and parse the callback's source anew for every answer
