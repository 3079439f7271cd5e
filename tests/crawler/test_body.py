"""The body of an article, whatever stands around it and in it; every page here was made up for this."""

from __future__ import annotations

import pytest
from crawler_pages import BODY, FIRST, LINKED, SECOND, THIRD, TITLE, URL, check_body, ld, page

from crawler.outlets import Outlet, Template
from crawler.page import Page, parse_article

FOURTH = "Le nouveau site de production, près de Valence, doit entrer en service à l’automne avec vingt machines."
PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{FOURTH}</p>"


def lines(html, url=URL, **options):
    article = parse_article(html, url, **options)
    assert article is not None
    return article.text.split("\n\n")


# What is kept, and in which order


def test_everything_in_its_order():
    table = "<table><tr><th>Année</th><th>Levée</th></tr><tr><td>2024</td><td>3 M€</td></tr></table>"
    listed = "<ul><li>Huit millions en capital</li><li>Quatre millions en dette</li></ul>"
    html = page(f"<p>{FIRST}</p><h2>Le détail</h2>{listed}<p>{SECOND}</p>{table}<blockquote>{THIRD}</blockquote>")
    assert lines(html) == [
        FIRST,
        "Le détail",
        "Huit millions en capital",
        "Quatre millions en dette",
        SECOND,
        "Année | Levée",
        "2024 | 3 M€",
        THIRD,
    ]


def test_text_without_paragraphs():
    html = page(f"<div class=texte>{FIRST}<br><br>{SECOND}<br>{THIRD}<br/>{FOURTH}</div>")
    assert lines(html) == [FIRST, SECOND, THIRD, FOURTH]


def test_inline_elements_do_not_part_words():
    html = page(f"<p><b>O</b>rvalie an<i>nonce</i> un tour <a href=/x>de table</a>.</p>{PARAGRAPHS}")
    assert lines(html)[0] == "Orvalie annonce un tour de table."


@pytest.mark.parametrize(
    "name",
    [
        "paywall-content", "freemium", "qiota_reserve", "article-premium js-paywall", "abonnes-only content",
        "post tag-newsletter category-share post-12", "newsletter", "share-wrapper", "comments-open",
    ],
)  # fmt: skip
def test_wrappers_of_the_body_with_telling_names(name):
    assert lines(page(f"<div class='{name}'>{PARAGRAPHS}</div>")) == [FIRST, SECOND, THIRD, FOURTH]


def test_a_body_in_two_boxes():
    html = page(f"<div class=intro><p>{FIRST}</p></div><div class=suite>{PARAGRAPHS.replace(FIRST, FOURTH * 2)}</div>")
    assert lines(html)[0] == FIRST
    assert lines(html)[1] == FOURTH * 2


def test_sections_of_a_listicle():
    sections = "".join(f"<section class=item><h2>{n}. Une pépite</h2><p>{FIRST} {n}.</p></section>" for n in range(8))
    found = lines(page(f"<p>{SECOND}</p>{sections}"))
    assert found == [SECOND, *(text for n in range(8) for text in (f"{n}. Une pépite", f"{FIRST} {n}."))]


def test_a_live_blog():
    posts = "".join(f"<div class=live-post><time>{h}h00</time><p>{FIRST} À {h} h.</p></div>" for h in range(8, 20))
    head = ld({**LINKED, "@type": "LiveBlogPosting"})
    article = parse_article(page(f"<p>{SECOND}</p>{posts}", head=head), URL)
    assert article.kind == "live"
    assert [line for line in article.text.split("\n\n") if line.startswith(FIRST)] == [
        f"{FIRST} À {h} h." for h in range(8, 20)
    ]


def test_a_short_article_between_long_lists():
    teaser = (
        "<article><h2><a href=/x>Une jeune pousse de plus</a></h2><p>Un court résumé de son histoire.</p></article>"
    )
    html = page(f"<p>{FIRST}</p><p>{SECOND}</p>", around=f"<div class=une>{teaser * 6}</div>", below=teaser * 20)
    assert lines(html) == [FIRST, SECOND]


def test_an_inset_is_part_of_the_article_and_a_box_of_links_is_not():
    inset = f"<aside class=encadre><h3>Repères</h3><p>{FOURTH}</p><p>{FOURTH[::-1]}</p><p>{FOURTH} Bis.</p></aside>"
    links = "<aside><h3>Nos dossiers</h3><ul><li><a href=/a>Agritech</a></li><li><a href=/b>Eau</a></li></ul></aside>"
    found = lines(page(f"<p>{FIRST}</p>{inset}{links}<p>{SECOND}</p><p>{THIRD}</p>"))
    assert found == [FIRST, "Repères", FOURTH, FOURTH[::-1], f"{FOURTH} Bis.", SECOND, THIRD]


# What is left out

GLUED = {
    "link with its label": "<a href=/x><span>À LIRE AUSSI</span><strong>Brizelle change de main</strong></a>",
    "label, then link": "<strong>Lire aussi : </strong><a href=/x>Brizelle change de main</a>",
    "label in a span": "<span class=capsule><b>À lire aussi</b> <a href=/x>Brizelle change de main</a></span>",
}


@pytest.mark.parametrize("box", GLUED)
def test_pointers_glued_into_a_paragraph(box):
    html = page(f"<p>{FIRST}</p><p>{SECOND} {GLUED[box]}{THIRD}</p><p>{FOURTH}</p>")
    assert lines(html) == [FIRST, SECOND, THIRD, FOURTH]


BOXES = {
    "paywall": "<p>Il vous reste 41 % de cet article à lire.</p><p>La suite est réservée aux abonnés.</p>",
    "banner": "<div><p>1 € pour 15 jours</p><p>Abonnez-vous pour lire la suite de cet article.</p></div>",
    "reading time": "<div>Temps de lecture : 4 min</div>",
    "consent": "<div><p>Nous et nos partenaires utilisons des cookies, selon vos choix, pour mesurer l’audience.</p>"
    "<p>Vous pouvez refuser les cookies ou retirer votre consentement à tout moment.</p></div>",
    "tweet": "<blockquote class='twitter-tweet'><p>Fiers de cette levée, merci à tous !</p>— Orvalie</blockquote>",
    "caption": "<figure><img src=a.jpg><figcaption>Un capteur dans un champ de blé.</figcaption></figure>",
    "caption in a div": "<div class=wp-caption-text>Un capteur dans un champ.</div>",
    "share": "<div class='social-bar'><a href=#>Facebook</a><a href=#>LinkedIn</a><a href=#>Copier le lien</a></div>",
    "newsletter": "<div class=nl-box><h4>La lettre du mardi</h4><p>Le meilleur de "
    "l’agritech.</p><form><input></form></div>",
    "teaser": "<div><h3><a href=/x>Brizelle change de main</a></h3><p>Un court résumé de cette vente.</p></div>",
    "links": "<ul><li><a href=/a>Brizelle change de main</a></li><li><a href=/b>Okto7 lève 25 M$</a></li></ul>",
    "one link": "<p><a href=/x>Brizelle, la pépite des sols, change de main</a></p>",
    "hidden": "<div style='display: none'><p>Ce texte n’est montré qu’aux robots de passage.</p></div>",
    "modal": "<div role=dialog><p>Créez un compte pour garder cet article pour plus tard.</p></div>",
    "agency": "<p>(AFP)</p>",
    "tags": "<p>Mots-clés : agritech, capteurs, Lyon</p>",
}


@pytest.mark.parametrize("box", BOXES)
def test_boxes_in_the_article(box):
    html = page(f"<p>{FIRST}</p><p>{SECOND}</p>{BOXES[box]}<p>{THIRD}</p><p>{FOURTH}</p>")
    assert lines(html) == [FIRST, SECOND, THIRD, FOURTH]
    assert lines(page(PARAGRAPHS + BOXES[box])) == [FIRST, SECOND, THIRD, FOURTH]


def test_readers_comments_without_a_telling_name():
    comments = "".join(
        f"<div class=x><p>Avis n° {n} : je n’y crois pas une seconde, et vous ?</p></div>" for n in range(9)
    )
    html = page(f"{PARAGRAPHS}<p>{FIRST} Bis.</p><p>{SECOND} Bis.</p><h3>9 commentaires</h3>{comments}")
    assert not [line for line in lines(html) if line.startswith("Avis")]


def test_an_article_about_cookies_keeps_its_paragraphs():
    told = "La CNIL a mis en demeure vingt éditeurs dont les bandeaux de cookies rendaient le refus trop difficile."
    assert told in lines(page(f"{PARAGRAPHS}<p>{told}</p><p>{FOURTH} Bis.</p>"))


# JSON-LD's body


def test_a_stated_body_without_spaces_tells_the_blocks_that_are_the_articles():
    stray = (
        "<div class=x9><p>Cette boîte sans nom parle de tout autre chose, et longuement, comme un article.</p></div>"
    )
    stated = {**LINKED, "articleBody": "".join((FIRST, SECOND, THIRD, FOURTH)).replace(" ", "")}
    assert lines(page(f"{PARAGRAPHS}", below=stray * 3, head=ld(stated))) == [FIRST, SECOND, THIRD, FOURTH]


def test_a_stated_body_that_is_cut_is_not_preferred():
    assert lines(page(PARAGRAPHS, head=ld({**LINKED, "articleBody": FIRST + " " + SECOND[:40]}))) == [
        FIRST,
        SECOND,
        THIRD,
        FOURTH,
    ]


# What a page is

CONSENT = (
    "<html lang=fr><head><title>Exemple</title></head><body><h1>Exemple et nos partenaires respectent votre vie "
    "privée</h1>"
    "<p>Nous et nos 842 partenaires déposons des cookies. Vous pouvez accepter les cookies, refuser les cookies ou "
    "gérer "
    "les cookies. Votre consentement vaut six mois. Vos données personnelles sont protégées.</p>"
    "<button>Continuer sans accepter</button></body></html>"
)
ERROR = (
    "<html lang=fr><head><title>Page introuvable - Exemple</title></head><body><h1>Page introuvable</h1><p>La page que "
    "vous cherchez n’existe plus ou a changé d’adresse. Vous pouvez revenir à l’accueil du site, chercher un "
    "article par "
    "son titre, ou nous écrire si vous pensez qu’il s’agit d’une erreur de notre part.</p></body></html>"
)
TEASER = "<article><h2><a href=/x>Une jeune pousse de plus</a></h2><p>Un court résumé.</p></article>"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (page(PARAGRAPHS), "article"),
        (page(PARAGRAPHS, head=ld({**LINKED, "@type": "LiveBlogPosting"})), "live"),
        (page(PARAGRAPHS, head="<meta property=og:type content=video.other>"), "video"),
        (CONSENT, "consent"),
        (ERROR, "error"),
        (ERROR.replace("Page introuvable", "Just a moment..."), "error"),
        (page(TEASER * 12, h1="Start-up"), "listing"),
        (page(TEASER, h1="Start-up"), "listing"),
        ("<p>Bref.</p>", "other"),
        ("", "other"),
    ],
)
def test_kinds(html, kind):
    assert Page(html, URL).kind == kind


def test_a_video_is_an_article_only_with_a_text_beside_it():
    head = "<meta property=og:type content=video.other>"
    assert parse_article(page(f"<p>{FIRST}</p>", head=head), URL) is None
    article = parse_article(page(PARAGRAPHS + f"<p>{FIRST} Bis.</p><p>{SECOND} Bis.</p>", head=head), URL)
    assert article.kind == "video"


ENGLISH = (
    "The company said on Tuesday that it had closed a funding round led by a European fund, and that it would hire "
    "forty "
    "people in the next twelve months. Its sensors measure how wet the ground is, and they tell farmers when to water."
)


@pytest.mark.parametrize(
    ("html", "language"),
    [
        (page(PARAGRAPHS), "fr"),
        (page(PARAGRAPHS).replace("lang='fr-FR'", "lang='en'"), "fr"),
        (page(PARAGRAPHS).replace("lang='fr-FR'", ""), "fr"),
        (page(f"<p>{ENGLISH}</p><p>{ENGLISH[::-1]}</p>" + f"<p>{ENGLISH} Again.</p>" * 2), "en"),
    ],
)
def test_the_language_is_the_texts_own(html, language):
    assert parse_article(html, URL).language == language


@pytest.mark.parametrize(("tier", "walled"), [("locked", True), ("metered", False), ("free", False)])
def test_the_tier_that_a_page_declares(tier, walled):
    head = f"<meta property='article:content_tier' content={tier}>"
    assert parse_article(page(head=head), URL).paywalled is walled


# Outlets' own selectors

OWN = f"<div class=ancien><p>{FIRST}</p><p>{FOURTH}</p></div><div class=neuf><p>{SECOND}</p><p>{THIRD}</p></div>"


@pytest.mark.parametrize(
    ("day", "found"),
    [("2024-03-31", [FIRST, FOURTH]), ("2024-04-01", [SECOND, THIRD]), ("2026-01-01", [SECOND, THIRD])],
)
def test_selectors_of_a_time(day, found):
    from datetime import UTC, date, datetime

    old = Template(selectors={"text": ".ancien"}, until=date(2024, 3, 31))
    outlet = Outlet(
        name="exemple", title="E", home="https://www.exemple.fr/", selectors={"text": ".neuf"}, templates=(old,)
    )
    fetched = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert lines(page(OWN), outlet=outlet, fetched_at=fetched) == found


def test_what_a_selector_does_not_find_is_looked_for():
    outlet = Outlet(name="exemple", title="E", home="https://www.exemple.fr/", selectors={"text": ".parti"})
    article = parse_article(page(), URL, outlet=outlet)
    check_body(article)


# One parse


def test_a_page_is_parsed_once_whatever_is_asked_of_it(monkeypatch):
    from crawler.page import tree

    parsed = []
    real = tree.Tree
    monkeypatch.setattr(tree, "Tree", lambda *told, **options: parsed.append(1) or real(*told, **options))
    read = Page(page(BODY, head="<link rel=alternate type=application/rss+xml href=/feed>"), URL)
    assert (read.kind, read.article().title, read.feeds()) == ("article", TITLE, ["https://www.exemple.fr/feed"])
    assert [link for link, _ in read.links()] == ["https://www.exemple.fr/", "https://www.exemple.fr/startups/"]
    assert len(parsed) == 1
