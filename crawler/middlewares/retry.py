"""Retries that wait as long as the server asks."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

logger = logging.getLogger(__name__)

MAX_WAIT = 300.0
"""Seconds; a server that asks for more is left alone for this run."""


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, but ``Retry-After`` on 429 and 503 (RFC 9110 §10.2.3) pauses the whole host."""

    def __init__(self, settings: object) -> None:
        super().__init__(settings)  # type: ignore[arg-type]
        self._until: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:
        """Hold a request back while its host has asked for a pause."""
        host = urlsplit(request.url).netloc
        while (left := self._until.get(host, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(left)

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Retry what failed, after the pause that the server asked for."""
        wait = retry_after(response) if response.status in {429, 503} else None
        if wait is None:
            return super().process_response(request, response)
        if wait > MAX_WAIT:
            logger.warning("%s: asks to be left alone for %d s; given up for this run", response.url, wait)
            return response
        host = urlsplit(request.url).netloc
        self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + wait)
        await asyncio.sleep(wait)
        return super().process_response(request, response)


def retry_after(response: Response) -> float | None:
    """Give the seconds that ``Retry-After`` asks for, as a number or a date; None without a readable one."""
    raw = response.headers.get("Retry-After")
    if raw is None:
        return None
    text = raw.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
