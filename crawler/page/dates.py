"""Instants as French pages give them: ISO with its many slips, and dates in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import dateparser

from crawler.page.head import Head
from crawler.page.outline import Block, Outline
from crawler.page.tree import Node, Tree, select, text_of

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "publish-date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "article:published",
    "cxenseparse:recs:publishtime",
)
_OTHER_NAME = re.compile(r"publi|creat|issued|posted|(?:^|[._:-])(?:pub)?date$|firstpub|release", re.IGNORECASE)
_NOT_PUBLISHED = re.compile(
    r"modif|updat|expir|valid|revis|accept|publisher|copyright|crawl|fetch|start|end", re.IGNORECASE
)
"""Names of meta tags that tell a date of publication, in the hundred ways of content management systems."""
_IN_STATE = re.compile(
    r"[\"'](?:datePublished|date_?[Pp]ublished|published_?(?:[Aa]t|[Oo]n|[Dd]ate|[Tt]ime)|publish(?:ed)?_?[Dd]ate|"
    r"publication_?[Dd]ate|"
    r"date_?[Pp]ublication|pub_?[Dd]ate|first_?[Pp]ublished\w*)[\"']\s*:\s*[\"'](\d{4}-\d{2}-\d{2}[^\"']{0,30})[\"']"
)
"""An article's date in the state of a site's script."""
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_ISO = re.compile(
    r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ]*([A-Z]{3,4})?[T ]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^\s*(20\d{2}|19\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?\s*$")
_NOISE = re.compile(
    r"\b(?:publiée?|posté|mise? à jour|modifiée?|créé|écrit|rédigé|le|à|paru|actualisé|par\s.*$)\b|[|•·–]",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,2})\s*h\s*(\d{2})?\b", re.IGNORECASE)
_MONTHS = {
    "jan": 1,
    "fév": 2,
    "fev": 2,
    "feb": 2,
    "mar": 3,
    "avr": 4,
    "apr": 4,
    "mai": 5,
    "may": 5,
    "juin": 6,
    "jun": 6,
}
_MONTHS |= {"juil": 7, "jul": 7, "aoû": 8, "aou": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "déc": 12, "dec": 12}
_MONTH = (
    r"(?:jan(?:v|vier|uary)?|f[ée]vr?(?:ier)?|feb(?:ruary)?|mars?|march|avr(?:il)?|apr(?:il)?|mai|may|juin|june?|"
    r"juil(?:let)?|july?|"
    r"ao[uû]t|aug(?:ust)?|sept?(?:emb(?:re|er))?|oct(?:ob(?:re|er))?|nov(?:emb(?:re|er))?|d[ée]c(?:emb(?:re|er))?)\b\.?"
)
_WORDS = re.compile(
    rf"(?<!\d)(?:(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?[\s.-]+(?P<month>{_MONTH}),?[\s.-]*(?P<year>\d{{4}})"
    rf"|(?P<Month>(?<![^\W\d_]){_MONTH})\s+(?P<Day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<Year>\d{{4}})"
    r"|(?P<ISO>\d{4})-(?P<mm>\d{2})-(?P<dd>\d{2})(?!\d)"
    r"|(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4}|\d{2})(?!\d))"
    r"(?:[\s,à|•·–-]*(?P<hour>\d{1,2})\s*[h:]\s*(?P<minute>\d{2})?(?!\d))?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"(?:mise? à jour|màj|modifiée?|actualisée?|updated|dernière (?:mise|modif))\D{0,20}$", re.IGNORECASE
)
_SAID = re.compile(r"publi|posted|posté|paru|mis en ligne|écrit|rédigé", re.IGNORECASE)
_IN_PATH = re.compile(r"[/_.-]((?:19|20)\d{2})([/_-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_SETTINGS = {
    "DATE_ORDER": "DMY",
    "PARSERS": ["absolute-time"],  # "hier" would change with the day on which the page is read
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RETURN_AS_TIMEZONE_AWARE": False,
}
_MAX_SCRIPTS = 60
_NEAR = 12
"""Blocks before and behind the headline among which its date is looked for."""


def publication_of(
    tree: Tree,
    head: Head,
    outline: Outline,
    headline: Block | None,
    url: str,
    *,
    timezone: str,
    selectors: Mapping[str, str],
) -> tuple[datetime | None, datetime | None, bool]:
    """Give the instants of publication and of the last change, in UTC, and whether the page declares the first one.

    What the page declares first, then what it shows near its headline, then the day in its address.
    """
    published = None
    if "published" in selectors:
        for element in select(tree, selectors["published"]):
            published = published or _instant_in(element, timezone)
    told = (head.article.get("datePublished"), *(head.metas.get(name) for name in _PUBLISHED))
    others = (
        value for name, value in head.metas.items() if _OTHER_NAME.search(name) and not _NOT_PUBLISHED.search(name)
    )
    for value in (*told, head.article.get("dateCreated"), *others):
        published = published or read_instant(value, timezone)
    changed = (head.article.get("dateModified"), *(head.metas.get(name) for name in _MODIFIED))
    modified = next((instant for value in changed if (instant := read_instant(value, timezone))), None)
    published = published or _microdata(outline, "datePublished", timezone)
    modified = modified or _microdata(outline, "dateModified", timezone)
    declared = published is not None
    published = (
        published or _shown(outline, headline, timezone) or _in_address(url, timezone) or _in_state(tree, timezone)
    )
    if published and modified and modified < published:
        modified = None  # some outlets give the file's date
    return published, modified, declared


def _microdata(outline: Outline, name: str, timezone: str) -> datetime | None:
    for mark in outline.times:
        if mark.node.attributes.get("itemprop") != name or outline.is_elsewhere(mark.box):
            continue
        if found := _instant_in(mark.node, timezone):
            return found
    return None


def _instant_in(node: Node, timezone: str) -> datetime | None:
    attributes = node.attributes
    text = text_of(node)[:200]
    shown = find_instant(text, timezone) if _SAID.search(text) else None
    for value in (attributes.get("datetime"), attributes.get("content")):
        if found := read_instant(value, timezone):
            # « Publié le 29 juin » is for readers; beside it stands, now and then, the instant of the last change.
            return shown if shown and abs(shown - found).days > 1 else found
    return shown or read_instant(text, timezone) or find_instant(text, timezone)


def _shown(outline: Outline, headline: Block | None, timezone: str) -> datetime | None:
    """Give the date that stands near the headline, said to be that of publication if any is."""
    place = headline.place if headline else 0
    for mark in outline.times:
        if abs(mark.place - place) > _NEAR or outline.is_elsewhere(mark.box) or _UPDATED.search(mark.before):
            continue
        if found := _instant_in(mark.node, timezone):
            return found
    near = outline.blocks[max(0, place - _NEAR) : place + _NEAR + 1]
    near.sort(key=lambda block: (not _SAID.search(block.text[:200]), abs(block.place - place)))
    for block in near:
        if len(block.text) >= 300 or outline.is_elsewhere(block.box):
            continue
        if found := find_instant(block.text, timezone):
            return found
    return None


def _in_address(url: str, timezone: str) -> datetime | None:
    match = _IN_PATH.search(url)
    return read_instant(f"{match[1]}-{match[3]}-{match[4]}", timezone) if match else None


def _in_state(tree: Tree, timezone: str) -> datetime | None:
    """Give the date in the state of the site's scripts if there is but one: of several, some are other pages'."""
    found: set[datetime] = set()
    for script in tree.css("script:not([src])")[:_MAX_SCRIPTS]:
        if "ld+json" not in (script.attributes.get("type") or "").lower():
            text = script.text().replace('\\"', '"')
            found |= {at for match in _IN_STATE.finditer(text) if (at := read_instant(match[1], timezone))}
    return min(found) if len({at.date() for at in found}) == 1 else None


def read_instant(text: object, timezone: str) -> datetime | None:
    """Read an instant, ISO 8601 or French, and give it in UTC; without a zone it is in the outlet's ``timezone``.

    Day before month in figures: *09/11/2016* is 9 November.

    >>> read_instant("le 3 octobre 2026 à 8h15", "Europe/Paris").isoformat()
    '2026-10-03T06:15:00+00:00'
    """
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return _iso(text, timezone) or _french(_WORDS.search(text[:200]), timezone) or _words(text, timezone)
    except (ValueError, OverflowError):
        return None


def find_instant(text: str, timezone: str) -> datetime | None:
    """Find the first date written out in a line of text, one of an update only if there is no other."""
    found = list(_candidates(text, timezone))
    return next((at for at, updated in found if not updated), found[0][0] if found else None)


def _candidates(text: str, timezone: str) -> Iterator[tuple[datetime, bool]]:
    for match in _WORDS.finditer(text):
        try:
            instant = _french(match, timezone)
        except (ValueError, OverflowError):
            continue
        if instant is not None:
            yield instant, _UPDATED.search(text[: match.start()]) is not None


def _iso(text: str, timezone: str) -> datetime | None:
    if compact := _COMPACT.match(text):
        year, month, day, hour, minute, second = compact.groups()
        zone = None
    elif match := _ISO.match(text):
        year, month, day, _name, hour, minute, second, zone = match.groups()
    else:
        return None
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    if zone is None:
        return moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    if zone[0] in "+-":
        return datetime.fromisoformat(moment.isoformat() + zone).astimezone(UTC)
    return moment.replace(tzinfo=UTC)


def _french(match: re.Match[str] | None, timezone: str) -> datetime | None:
    """Read a date in the two forms that nearly all French pages have; day before month, in figures too."""
    if match is None:
        return None
    named = match["month"] or match["Month"]
    month = next(n for name, n in _MONTHS.items() if named.lower().startswith(name)) if named else 0
    year = int(match["year"] or match["Year"] or match["ISO"] or match["y"])
    moment = datetime(
        year + 2000 * (year < 100),
        month or int(match["m"] or match["mm"]),
        int(match["day"] or match["Day"] or match["dd"] or match["d"]),
        int(match["hour"] or 0),
        int(match["minute"] or 0),
    )
    return moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def _words(text: str, timezone: str) -> datetime | None:
    """Read a date in any other words, English among them."""
    plain = _CLOCK.sub(lambda m: f"{m[1]}:{m[2] or '00'}", _NOISE.sub(" ", text[:120]))
    if not re.search(r"\d", plain):
        return None  # dateparser takes its time to find that out
    moment = dateparser.parse(" ".join(plain.split()), languages=["fr", "en"], settings=_SETTINGS)
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
