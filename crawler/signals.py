"""Signals of our own, beside Scrapy's (:mod:`scrapy.signals`)."""

from __future__ import annotations

page_settled = object()
"""An article page came to an end that gives no article.

Handlers get ``url``, the normal form of the address that was found, that ``address`` itself, ``outlet``, ``outcome``:
``not-article``, ``not-html``, ``out-of-time``, or a cause of failure such as ``http-404``.
"""
