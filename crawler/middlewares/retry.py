"""Retries that wait as long as the server asks."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.urls import site_of

logger = logging.getLogger(__name__)

MAX_WAIT = 300.0
"""Seconds; a site that asks for more, at once or time after time without an answer between, is left alone."""
_GLANCE = 0.5
"""Seconds after which a request that waits looks whether the crawl is being stopped."""
UNTOLD_WAIT = 5.0
"""Seconds of pause after a 429 that does not say how long."""


class LeftAlone(IgnoreRequest):
    """The site asked for a longer pause than a run can wait; nothing more is fetched from it in this run."""


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, but ``Retry-After`` on 429 and 503 (RFC 9110 §10.2.3) pauses the whole site.

    The pause itself is kept by :class:`crawler.queue.SiteQueue`, which hands out no request of a paused site.
    """

    def __init__(self, settings: object) -> None:
        super().__init__(settings)  # type: ignore[arg-type]
        self._until: dict[str, float] = {}
        self._waited: dict[str, float] = defaultdict(float)
        self._left_alone: set[str] = set()

    def pause_left(self, site: str) -> float:
        """Give the seconds for which a site still wants no request, 0 or less if it takes them."""
        return self._until.get(site, 0.0) - time.monotonic()

    async def process_request(self, request: Request) -> None:
        """Give up what is for a site to be left alone; hold back what did not come from the queue (robots.txt)."""
        site = site_of(request.url)
        while site not in self._left_alone and (left := self.pause_left(site)) > 0:
            if self._is_closing():  # a crawl that is to stop does not wait for minutes first
                raise LeftAlone("the crawl is being stopped")
            await asyncio.sleep(min(left, _GLANCE))
        if site in self._left_alone:
            raise LeftAlone("the site asked for a long pause")

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Retry what failed, and note the pause that the server asks for."""
        site = site_of(request.url)
        wait = pause_asked(response)
        if wait is None:
            self._waited.pop(site, None)
        else:
            self._waited[site] += wait
            if self._waited[site] > MAX_WAIT:
                self._left_alone.add(site)
                logger.warning("%s: asks for a pause of %.0f s; left alone for this run", site, wait)
                return response
            self._until[site] = max(self._until.get(site, 0.0), time.monotonic() + wait)
            asyncio.get_running_loop().call_later(wait, self._wake)
        return super().process_response(request, response)

    def _is_closing(self) -> bool:
        slot = getattr(self.crawler.engine, "_slot", None)
        return slot is not None and slot.closing is not None

    def _wake(self) -> None:
        """Let the engine look for requests again: else it does only every few seconds."""
        slot = getattr(self.crawler.engine, "_slot", None)
        if slot is not None:
            slot.nextcall.schedule()


def pause_asked(response: Response) -> float | None:
    """Give the seconds of pause that an answer asks for, as a number or as a date; None where it asks for none."""
    if response.status not in {429, 503}:
        return None
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if re.fullmatch(r"[0-9]{1,12}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return UNTOLD_WAIT if response.status == 429 else None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
