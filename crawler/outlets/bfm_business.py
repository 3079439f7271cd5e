"""BFM Business and Tech&Co: economy and technology of the news channel."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="bfm-business",
    title="BFM Business",
    home="https://www.bfmtv.com/economie/",
    feeds=("https://www.bfmtv.com/rss/tech/", "https://www.bfmtv.com/rss/economie/"),
    article=r"_A[A-Z]-\d+\.html$",
    last_seen_working=None,
)
