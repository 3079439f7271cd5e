"""What a page is: an article or not, behind a paywall or not, reserved against text and data mining or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crawler.page.metadata import Metadata
from crawler.page.tree import Tree, text_of

_WALL = re.compile(
    r"il vous reste (?:\d+|[a-z-]+)[\s\u00a0]*(?:%|pour cent)|réservée? (?:aux|à nos) abonnés|"
    r"article (?:réservé|payant)|pour lire la suite|la suite est réservée|"
    r"abonnez-vous pour (?:lire|continuer|accéder|poursuivre)|déjà abonné|"
    r"lire la suite de cet article|accédez à l['’]intégralité",
    re.IGNORECASE,
)
_OTHER_KINDS = {"video", "video.other", "video.movie", "music", "profile", "product"}


def is_article(tree: Tree, linked: Mapping[str, Any], url: str, meta: Metadata, text: str, *, minimum: int) -> bool:
    """Tell an article from a listing, a front page or an error page answered with 200."""
    if len(text) < minimum:
        return False
    if urlsplit(url).hostname and urlsplit(url).path in {"", "/"} and not urlsplit(url).query:
        return False
    if meta.kind in _OTHER_KINDS:
        return False
    if linked or (meta.kind == "article" and meta.published is not None):
        return True
    if meta.kind == "article" or meta.published is not None:
        return not _is_listing(tree, text)
    return not _is_listing(tree, text) and tree.find(".//h1") is not None


def _is_listing(tree: Tree, text: str) -> bool:
    """A listing's words stand mostly in links; several articles of its own are announced on it."""
    articles = [a for a in tree.iterfind(".//article") if a.find(".//a") is not None and len(text_of(a)) < 600]
    linked = sum(len(text_of(anchor)) for anchor in tree.iterfind(".//a"))
    teasers = [text_of(teaser) for teaser in _teasers(tree)]
    teased = sum(len(line) for line in text.split("\n\n") if any(line in teaser for teaser in teasers))
    return linked > 2 * len(text) or (len(articles) >= 8 and len(text) < 1500) or teased > len(text) / 2


def _teasers(tree: Tree) -> list[Tree]:
    """Give the articles that a page announces: their headings are links."""
    return [a for a in tree.iterfind(".//article") if any(h.find(".//a") is not None for h in a.iter("h2", "h3"))]


def is_paywalled(tree: Tree, linked: Mapping[str, Any], text: str) -> bool:
    """Tell whether the text is not whole without a subscription: schema.org's flag first, then what the page says."""
    free = linked.get("isAccessibleForFree")
    if free is not None:
        return str(free).strip().lower() in {"false", "0", "no"}
    return len(text) < 4000 and bool(_WALL.search(text_of(tree)))


def is_reserved(tree: Tree, headers: Mapping[str, str]) -> bool:
    """Tell whether text and data mining is reserved.

    W3C TDMRep (header or meta ``tdm-reservation: 1``), or ``noai`` for robots (header or meta).
    """
    if headers.get("tdm-reservation", "").strip() == "1":
        return True
    told = [headers.get("x-robots-tag", "")]
    for element in tree.iterfind(".//meta[@name]"):
        name = element.get("name", "").lower()
        if name == "tdm-reservation" and (element.get("content") or "").strip() == "1":
            return True
        if name in {"robots", "tourdetable"}:
            told.append(element.get("content") or "")
    return any(re.search(r"\bnoai\b", text, re.IGNORECASE) for text in told)
