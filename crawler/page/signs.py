"""What a page is: article, listing, video, live, wall or error; whole or not; reserved against mining or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from crawler.page.boxes import HIDDEN
from crawler.page.head import Head
from crawler.page.outline import HEADINGS, Block, Box, Outline
from crawler.tdmrep import VALUES

Kind = Literal["article", "live", "video", "listing", "consent", "error", "other"]

_WALL = re.compile(
    r"il vous reste (?:\d+|[a-z-]+)[\s\u00a0]*(?:%|pour cent)|réservée?s? (?:aux|à nos) (?:abonné|membre|inscrit)|"
    r"article (?:réservé|payant)|pour lire la suite|la suite est réservée|"
    r"abonnez-vous pour (?:lire|continuer|accéder|poursuivre|découvrir)|déjà abonné|"
    r"lire la suite de cet article|accédez à l['’]intégralité|contenu réservé",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:nous et )?nos (?:\d+ )?partenaires|(?:accepter|refuser|paramétrer|gérer) (?:tou(?:s|t)|les|mes|"
    r"vos)?\s*(?:les )?cookies|"
    r"dépos(?:er|ent|ons) (?:des|les) cookies|données (?:personnelles|à caractère personnel)|continuer sans accepter|"
    r"consentement|"
    r"we (?:and our partners|value your privacy)|your consent",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:404|403|500|502|503)\b|(?:page|article|contenu|document|adresse) .{0,30}(?:introuvable|"
    r"n['’]existe (?:pas|plus)|supprimée?|"
    r"(?:pas|plus) (?:été )?(?:trouvée?|disponible))|(?:page|not) (?:not )?found|erreur\b|accès (?:refusé|interdit|"
    r"bloqué)|access denied|"
    r"just a moment|attention required|forbidden|service (?:unavailable|indisponible)|are you (?:a robot|human)|"
    r"captcha|"
    r"vérification (?:de sécurité|que vous)|activez (?:javascript|les cookies)|enable javascript|maintenance",
    re.IGNORECASE,
)
_VIDEO = re.compile(r"^(?:video|music)")
_OTHER = frozenset(("profile", "product", "book", "place", "business"))
_LISTING_TYPES = frozenset(("CollectionPage", "SearchResultsPage"))
ENOUGH = 2_000
"""Characters of text from which on many links make no listing: front pages have that in teasers alone."""
_ERRORS_TEXT = 1_000
"""Characters of text that the page of an error has at most."""
_TITLES = 4
"""Titles of other pages that a listing has at least."""
_TEASER = 700
"""Characters; a teaser that stands alone has no more."""
_HARDLY = 300
"""Characters of text that are hardly any."""
_PERSONAL = 3
"""Words of consent that make a wall where there is hardly anything else."""


def kind_of(
    head: Head, outline: Outline, url: str, title: str, headline: Block | None, body: Sequence[Block], *, dated: bool
) -> Kind:
    """Tell what a page is; ``dated`` says whether it declares its date of publication, ``headline`` shows its title."""
    size, declared = sum(len(b.text) for b in body), head.metas.get("og:type", "").lower()
    if size < ENOUGH and not head.article:
        shown, told = (" ".join(b.text for b in blocks)[:8000] for blocks in (outline.blocks, body))
        if len(_CONSENT.findall(shown)) >= _PERSONAL and (size < _HARDLY or len(_CONSENT.findall(told)) >= _PERSONAL):
            return "consent"
    if size < _ERRORS_TEXT and not (head.article or dated) and _ERROR.search(title):
        return "error"
    if urlsplit(url).hostname and urlsplit(url).path in {"", "/"} and not urlsplit(url).query:
        return "listing"
    if _VIDEO.match(declared) or (not head.article and "VideoObject" in head.types):
        return "video"
    surely = head.article or (dated and declared == "article")
    if not surely and (head.types & _LISTING_TYPES or _is_listing(outline, body, headline)):
        return "listing"
    if "LiveBlogPosting" in head.types:
        return "live"
    return "other" if declared in _OTHER else "article"


def _is_listing(outline: Outline, body: Sequence[Block], headline: Block | None) -> bool:
    """On a listing most words are in links, and what looks like a body is a teaser among others."""
    size = sum(len(b.text) for b in body)
    if not body:
        return outline.boxes[0].linked >= outline.boxes[0].size / 2 > 0
    region = body[0].box
    while region.parent is not None and not (headline is not None and region.holds(headline.box)):
        region = region.parent
    if region.linked > 2 * size and size < ENOUGH and region.pointers + region.titles >= _TITLES:
        return True
    alike = Counter((box.parent, box.tag, box.name) for box in outline.boxes if box.pointers)
    return sum(len(b.text) for b in body if _is_in_teaser(b.box, alike)) > size / 2


def _is_in_teaser(box: Box | None, alike: Counter[tuple[Box | None, str, str]]) -> bool:
    """Tell whether a box is in one whose headings are links: a small one, or one of several alike."""
    while box is not None and box.parent is not None:
        points = box.pointers and box.headings <= box.pointers and box.tag not in HEADINGS
        if points and (box.size < _TEASER or alike[(box.parent, box.tag, box.name)] > 1):
            return True
        box = box.parent
    return False


def is_paywalled(head: Head, outline: Outline, body: Sequence[Block]) -> bool:
    """Tell whether the text is not whole without a subscription: schema.org's flag first, then what the page says."""
    free = head.article.get("isAccessibleForFree")
    if free is not None:
        return str(free).strip().lower().rpartition("/")[2] in {"false", "0", "no"}
    tier = head.metas.get("article:content_tier", "").lower()
    if tier in {"locked", "metered", "free"}:
        return tier == "locked"
    if sum(len(b.text) for b in body) >= 4000:
        return False
    shown = "\n".join(b.text for b in outline.blocks if len(b.text) < 400 and not b.box.signs & HIDDEN)
    return _WALL.search(shown) is not None


def is_reserved(head: Head, headers: Mapping[str, str], by_file: bool | None = None) -> bool:
    """Tell whether text and data mining is reserved.

    By ``noai`` for robots (header or meta), or by W3C TDMRep: what the meta ``tdm-reservation`` states overrules the
    header of that name, and this overrules what the site's file says of the page, ``by_file`` ("Processing priority",
    see :mod:`crawler.tdmrep`).
    """
    told = (headers.get("x-robots-tag", ""), head.metas.get("robots", ""), head.metas.get("tourdetable", ""))
    if any(re.search(r"\bnoai\b", text, re.IGNORECASE) for text in told):
        return True
    stated = (_stated(places.get("tdm-reservation", "")) for places in (head.metas, headers))
    return next((value for value in stated if value is not None), bool(by_file))


def _stated(text: str) -> bool | None:
    """Read a value of ``tdm-reservation``; where a header comes more than once, its values are joined by commas."""
    values = {VALUES.get(value.strip()) for value in text.split(",")}
    return True if True in values else False if values == {False} else None
