"""Why a request failed, in the words that reports and exit codes use."""

from __future__ import annotations

from scrapy import exceptions
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet import error as network
from twisted.python.failure import Failure

from crawler.middlewares.retry import LeftAlone
from crawler.middlewares.robots import RobotsDisallowed

_CAUSES: tuple[tuple[str, str], ...] = (
    ("Timeout", "timeout"),
    ("Lookup", "dns"),
    ("CannotResolve", "dns"),
    ("Refused", "refused"),
    ("SSL", "tls"),
    ("Certificate", "tls"),
    ("TooLarge", "too-large"),
    ("SizeLimit", "too-large"),
    ("Cancelled", "too-large"),
    ("ConnectionLost", "dropped"),
    ("ConnectionDone", "dropped"),
    ("DataLoss", "dropped"),
    ("ResponseFailed", "dropped"),
)


def cause_of(failure: Failure) -> str:
    """Name the cause.

    One of ``http-404`` and the like, ``timeout``, ``dns``, ``refused``, ``dropped``, ``tls``, ``too-large``,
    ``redirects``, ``robots``, ``retry-after`` (the host asked to be left alone), ``other``.
    """
    return _cause(failure.value)


def _cause(error: BaseException | None) -> str:
    if isinstance(error, HttpError):
        return f"http-{error.response.status}"
    if isinstance(error, RobotsDisallowed):
        return _cause(error.error) if error.error is not None else "robots"
    if isinstance(error, LeftAlone):
        return "retry-after"
    if isinstance(error, exceptions.IgnoreRequest):
        # Scrapy tells its own reasons apart only in words.
        told = str(error)
        return "redirects" if "redirect" in told else "too-large" if "DOWNLOAD_MAXSIZE" in told else "other"
    if isinstance(error, exceptions.DownloadFailedError):
        told = f"{error!r} {error.__cause__!r} {getattr(error.__cause__, 'reasons', '')!r}"
        return "tls" if "SSL" in told or "ertificate" in told else "dropped"
    names = [cls.__name__ for cls in type(error).__mro__]
    for sign, cause in _CAUSES:
        if any(sign in name for name in names):
            return cause
    if isinstance(error, network.ConnectError):
        return "refused"
    return "other"
