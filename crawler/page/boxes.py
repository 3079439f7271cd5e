"""What the names that sites give their boxes tell: classes and ids, in the words of French and English templates."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Sign: TypeAlias = int
"""A set of what is said of a box, as bits: plain integers, for pages have thousands of boxes."""

APART = 1
"""Another thing than the article: comments, related articles, navigation, consent."""
BESIDE = 2
"""Furniture that may be in the article, and whose words are in wrappers' names too: sharing, newsletter, tags."""
LINE = 4
"""A line about the article: date, rubric, byline, caption. Noise where it is short."""
BYLINE = 8
BODY = 16
"""The name says that the body is in it."""
ASIDE = 32
"""``<nav>``, ``<aside>``, ``<footer>``, ``<figure>``, ``<form>``, or a role like theirs."""
HIDDEN = 64
NOISE = APART | BESIDE


def _words(text: str) -> re.Pattern[str]:
    return re.compile(r"(?<![a-z])(?:" + "|".join(text.split()) + r")(?![a-z])")


_APART = _words(
    "related\\w* also-?read read-?also see-?also lire-?aussi a-?lire voir-?aussi "
    "more-?(?:articles|news|stories|from|on) "
    "most-?(?:read|popular|viewed|shared) plus-?(?:lus?|vus|recents?|commentes) les-plus-\\w+ trending recirc\\w* "
    "recommend\\w* recommand\\w* recos? suggest\\w* similar\\w* outbrain\\w* taboola\\w* ligatus comments? "
    "commentaires? "
    "comment-?(?:s|list|form|area|section|respond) commentlist disqus\\w* respond reactions? forum cookies? consent "
    "gdpr rgpd didomi onetrust cmp footer breadcrumbs? fil-d-?ariane filariane ariane nav navbar navigation menus? "
    "pagination pager prev-?next next-?prev sidebar side-?bar secondary skip-?links? popin popup modal lightbox "
    "tooltip "
    "twitter-tweet twitter-video instagram-media fb-post tiktok-embed embed-?(?:tweet|twitter|instagram) "
    "outils tools toolbar dossiers? advert\\w* ads? adv publicite pubs? sponsor\\w* dfp partenaires? "
    "meme-(?:sujet|theme|rubrique|auteur) same-(?:topic|author|category) up-?next teasers? en-?continu "
    "a-decouvrir autres-articles derniers-articles latest-?(?:news|posts|articles) onward carrousel carousel "
    "appel-?(?:don|dons)"
)
_BESIDE = _words(
    "share\\w* sharing partage\\w* partager social\\w* addthis\\w* newsletters? nl subscrib\\w* subscription "
    "abonn\\w* abo promo\\w* sommaire toc tags? tag-?lists? mots-?cles keywords? topics? themes? "
    "author-?(?:bio|box|card|info|desc\\w*|about) "
    "about-?author (?:signature|auteur)-?bio bio bio-?(?:auteur|author) login signin connexion search recherche "
    "sr-only "
    "visually-hidden screen-reader(?:-text)? visuallyhidden player diaporama slideshow portfolio reading-?time "
    "temps-?(?:de-)?lecture timetoread follow suivez donation donate dons? soutenir\\w* notes-?de-?bas print imprimer "
    "survey sondage widget_\\w+ push see-more voir-plus load-?more ranking jump-?links? alert\\w* tooltips?"
)
_LINE = _words(
    "captions? legende credits? copyright meta metadata metas "
    "(?:entry|post|article)-?(?:meta|info|infos|date|header|footer) "
    "byline\\w* authors? auteurs? signature date dates dateline published publi\\w* updated timestamp rubrique "
    "surtitre kicker "
    "category categories categorie cat-links overline eyebrow label badge tagline"
)
_BYLINE = _words(
    "byline\\w* authors? authors?-?names? (?:article|post|entry|meta|story|header|news)-?authors? auteurs? "
    "(?:article|nom|bloc)-?auteurs? auteur-?\\w* "
    "author-?\\w* signatures? journaliste redacteur writer writtenby par by fn"
)
_BODY = _words(
    "article-?(?:body|content|text|texte|corps|main|core) articlebody "
    "(?:entry|post|story|main|page|single|news|node|content)-?(?:content|body|text|texte) "
    "body-?(?:text|content|article) corps(?:-?(?:article|texte|de-?l?-?article))? texte post-?article rich-?text "
    "wysiwyg "
    "field-name-body text-formatted td-post-content contenu(?:-?article)? wp-block-post-content theme-post-content"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TAXONOMY = re.compile(r"(?:^|\s)(?:tag|category|categorie|format|author|post|type|status)-[\w-]+")


@lru_cache(maxsize=50_000)
def signs_of(name: str) -> Sign:
    """Read the names of a box: its classes and id as they stand in the page.

    >>> signs_of("c-article__relatedArticles") == APART
    True
    """
    if len(name) > 600:
        return 0
    # WordPress puts an article's tags among its classes: « tag-newsletter » is no newsletter box.
    bare = _TAXONOMY.sub(" ", name) if " post" in f" {name}" else name
    plain = _CAMEL.sub("-", bare).replace("_", "-").lower()
    found = 0
    for pattern, sign in _SIGNS:
        if pattern.search(plain):
            found |= sign
    return found


_SIGNS = (
    (_APART, APART),
    (_BESIDE, BESIDE),
    (_LINE, LINE),
    (_BYLINE, BYLINE),
    (_BODY, BODY),
)
