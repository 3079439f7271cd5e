"""Pages to articles: the ways the press marks its pages up, what must not leak into the body."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from crawler_pages import BODY, FIRST, LEAD, LINKED, SECOND, THIRD, TITLE, URL, WHEN, check_body, ld, meta, page

from crawler.outlets import Outlet
from crawler.page import parse_article

# JSON-LD


@pytest.mark.parametrize(
    "told",
    [
        LINKED,
        [{"@type": "WebSite", "name": "Exemple"}, LINKED],
        {"@context": "https://schema.org", "@graph": [{"@type": "Organization", "name": "Exemple"}, LINKED]},
        {"@type": "WebPage", "name": "Autre chose", "mainEntity": LINKED},
        {**LINKED, "@type": ["Article", "NewsArticle"]},
        {**LINKED, "@type": "https://schema.org/ReportageNewsArticle"},
        f"<!-- {json.dumps(LINKED)} -->",
        f"{json.dumps(LINKED)};",
        json.dumps(LINKED).replace('"inLanguage"', '"x": ["a", "b",], "inLanguage"'),
        json.dumps({**LINKED, "description": LEAD + "@"}).replace('@"', '\n"'),
        json.dumps(LINKED).replace("NewsArticle", "BlogPosting"),
    ],
)
def test_json_ld(told):
    article = parse_article(page(head=ld(told)), URL)
    assert (article.title, article.chapeau) == (TITLE, LEAD)
    assert (article.published_at, article.modified_at) == (WHEN, datetime(2026, 5, 12, 9, tzinfo=UTC))
    assert article.authors == ["Julie Martin", "Paul Petit"]
    assert (article.section, article.tags, article.language) == ("Agritech", ["levée de fonds", "agritech"], "fr")
    assert article.image == "https://www.exemple.fr/capteur.jpg"
    check_body(article)


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "",
        "null",
        "[[[[]]]]",
        '{"@type": 7}',
        '{"@type": "NewsArticle", "headline": {"a": 1}, "author": 3, "image": [], "keywords": {"x": []}}',
        '{"@type": "NewsArticle", "datePublished": "hier", "author": [null, [], {"name": null}]}',
        '{"@type": "NewsArticle", "datePublished": 1778571000, "inLanguage": ["fr"], "articleBody": ["x"]}',
        "[" * 50_000,
        '{"@type": "NewsArticle", "headline": "\\ud800"}',
    ],
)
def test_json_ld_that_is_of_no_use_hides_nothing(broken):
    head = ld(broken) + meta(og__type="article", article__published_time="2026-05-12T09:30:00+02:00", og__title=TITLE)
    article = parse_article(page(head=head), URL)
    assert (article.title, article.published_at) == (TITLE, WHEN)
    check_body(article)


def test_the_article_that_says_most_of_itself_is_taken():
    teaser = {"@type": "NewsArticle", "headline": "Un tout autre sujet", "url": "/autre"}
    article = parse_article(page(head=ld([teaser, LINKED, teaser])), URL)
    assert (article.title, article.authors) == (TITLE, ["Julie Martin", "Paul Petit"])


def test_other_articles_within_are_not_taken_for_it():
    listing = {"@type": "ItemList", "itemListElement": [{**LINKED, "headline": "Un tout autre sujet"}]}
    article = parse_article(page(head=ld(listing)), URL)
    assert (article.title, article.authors, article.published_at) == (TITLE, [], None)


def test_a_title_cut_for_search_engines_is_told_in_full():
    article = parse_article(page(head=ld({**LINKED, "headline": TITLE[:30] + "…"})), URL)
    assert article.title == TITLE


def test_entities_encoded_twice():
    article = parse_article(page(head=ld({**LINKED, "description": "L&amp;#039;eau &amp;amp; les sols"})), URL)
    assert article.chapeau == "L'eau & les sols"


def test_the_body_that_json_ld_states_stands_in_for_one_that_is_not_shown():
    hidden = {**LINKED, "articleBody": f"{FIRST}\n{SECOND}\r\n\r\n{THIRD} &amp; plus"}
    article = parse_article(page("<p>Chargement en cours, veuillez patienter.</p>", head=ld(hidden)), URL)
    assert article.text == f"{FIRST}\n\n{SECOND}\n\n{THIRD} & plus"
    shown = parse_article(page(head=ld({**LINKED, "articleBody": "Autre chose. " * 99})), URL)
    check_body(shown)


# OpenGraph and meta


def test_opengraph_alone():
    head = meta(
        og__type="article",
        og__title=TITLE,
        og__description=LEAD,
        og__image="https://www.exemple.fr/capteur.jpg",
        og__site_name="Exemple",
        og__locale="fr_FR",
        article__published_time="2026-05-12T07:30:00Z",
        article__modified_time="2026-05-01T07:30:00Z",
        article__section="Agritech",
        author="Par Julie Martin",
    )
    tags = '<meta property="article:tag" content="agritech"><meta property="article:tag" content="eau">'
    canonical = '<link rel="canonical" href="https://www.exemple.fr/agritech/orvalie-leve-12-millions/?utm_source=x">'
    article = parse_article(page(head=head + tags + canonical), URL)
    assert (article.title, article.chapeau, article.published_at) == (TITLE, LEAD, WHEN)
    assert article.modified_at is None  # before it was published: a file's date
    assert (article.authors, article.section, article.tags) == (["Julie Martin"], "Agritech", ["agritech", "eau"])
    assert article.canonical_url == "https://www.exemple.fr/agritech/orvalie-leve-12-millions"
    assert (article.url, article.outlet) == (URL, "exemple.fr")
    check_body(article)


def test_the_sites_name_is_no_part_of_the_title():
    article = parse_article(page(h1="Exemple", head=meta(og__site_name="Exemple", og__title=f"{TITLE} | Exemple")), URL)
    assert article.title == TITLE


# Microdata


def test_microdata():
    body = (
        "<div itemscope itemtype='https://schema.org/NewsArticle'><span itemprop=author itemscope>Par <b itemprop=name>"
        "Julie Martin</b></span><time itemprop=datePublished datetime='2026-05-12T09:30+02:00'>12 mai</time>"
        f"<div itemprop=articleBody>{BODY}</div></div>"
    )
    article = parse_article(page(body), URL)
    assert (article.title, article.authors, article.published_at) == (TITLE, ["Julie Martin"], WHEN)
    check_body(article)


# Bare HTML


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("Publié le 12 mai 2026 à 9h30", WHEN),
        ("Publié le 12 mai 2026 à 09:30, mis à jour à 11h00", WHEN),
        ("Par Julie Martin, le 12/05/2026 à 9h30", WHEN),
        ("Mardi 12 mai 2026 - 9 h 30", WHEN),
        ("1er février 2026", datetime(2026, 1, 31, 23, tzinfo=UTC)),
        ("09/11/2025", datetime(2025, 11, 8, 23, tzinfo=UTC)),
        ("3 août 2025", datetime(2025, 8, 2, 22, tzinfo=UTC)),
        ("Lecture 4 min", None),
        ("99/99/2026", None),
    ],
)
def test_dates_as_they_are_printed(line, when):
    article = parse_article(page(f"<p class=date>{line}</p>{BODY}"), URL)
    assert article.published_at == when
    check_body(article)


def test_a_date_without_zone_is_of_the_outlets_zone():
    for zone, hour in (("Europe/Paris", 7), ("America/Toronto", 13), ("Africa/Douala", 8)):
        outlet = Outlet(name="exemple", title="Exemple", home="https://www.exemple.fr/", timezone=zone)
        article = parse_article(page(f"<time>12 mai 2026 à 9h30</time>{BODY}"), URL, outlet=outlet)
        assert article.published_at == datetime(2026, 5, 12, hour, 30, tzinfo=UTC)
        assert article.outlet == "exemple"


def test_the_byline():
    article = parse_article(page(f"<p class='byline'>Par Julie Martin et Paul Petit, avec AFP</p>{BODY}"), URL)
    assert article.authors == ["Julie Martin", "Paul Petit"]


def test_selectors_overrule():
    outlet = Outlet(
        name="exemple",
        title="Exemple",
        home="https://www.exemple.fr/",
        selectors={
            "title": ".vrai-titre",
            "chapeau": ".accroche",
            "text": ".corps",
            "authors": ".signature",
            "published": ".quand",
        },
    )
    own = (
        f"<div class=vrai-titre>Le vrai titre de cet article</div><div class=accroche>{LEAD}</div>"
        f"<div class=signature>Par Zoé Klein</div><div class=quand>le 12 mai 2026 à 9h30</div>"
        f"<div class=corps>{BODY}</div>"
    )
    article = parse_article(page("<p>Autre chose.</p>" * 20, head=ld(LINKED), below=own), URL, outlet=outlet)
    assert (article.title, article.chapeau, article.authors) == ("Le vrai titre de cet article", LEAD, ["Zoé Klein"])
    assert article.published_at == WHEN
    assert "Autre chose" not in article.text
    check_body(article)


def test_what_an_outlet_removes():
    outlet = Outlet(name="e", title="E", home="https://www.exemple.fr/", selectors={"remove": ".encart, .encart b"})
    box = "<div class=encart><p>À propos de <b>la maison</b>, notre partenaire du mois.</p></div>"
    boxed = BODY.replace("<h2>", box + "<h2>")
    assert "notre partenaire" in parse_article(page(boxed), URL).text
    article = parse_article(page(boxed), URL, outlet=outlet)
    assert "notre partenaire" not in article.text
    check_body(article)


# Body

BOXES = {
    "related": "<div class='related-posts'><h3>À lire aussi</h3><p>Brizelle, pépite des sols, est vendue.</p></div>",
    "see also": "<p>Lire aussi : Brizelle, la pépite des sols, change de main</p>",
    "newsletter": "<div class=newsletter><p>Recevez chaque matin l’essentiel de la tech.</p><form><input></form></div>",
    "cookies": "<div id=cookie-banner><p>Nous utilisons des cookies, sachez-le.</p><button>Accepter</button></div>",
    "share": "<div class='share-buttons'><a href=#>Partager sur LinkedIn</a></div>",
    "caption": "<figure><img src=a.jpg><figcaption>Un capteur dans un champ de blé. © Agence</figcaption></figure>",
    "aside": "<aside><p>Les plus lus de la semaine sur notre site.</p></aside>",
    "comments": "<section id=comments><p>Bravo à toute l’équipe, quelle belle réussite !</p></section>",
    "paywall": "<p>Il vous reste 80 % de cet article à lire. La suite est réservée aux abonnés.</p>",
    "script": "<script>var texteDuScript = 'mesure'</script><style>.regle-de-style{}</style>",
}
LEAKS = (
    "Brizelle|Recevez chaque|cookies|Partager|champ de blé|plus lus|Bravo|Il vous reste|texteDuScript|regle-de-style"
)


@pytest.mark.parametrize("box", BOXES)
def test_boxes_in_the_middle_stay_out_of_the_body(box):
    article = parse_article(page(BODY.replace("<h2>", BOXES[box] + "<h2>"), head=ld(LINKED)), URL)
    check_body(article)
    assert not [leak for leak in LEAKS.split("|") if leak in article.text]


def test_all_boxes_at_once_around_it():
    boxes = "".join(BOXES.values())
    article = parse_article(page(head=ld(LINKED), around=boxes, below=boxes), URL)
    check_body(article)
    assert not [leak for leak in LEAKS.split("|") if leak in article.text]
    assert TITLE not in article.text.split("\n\n")


def test_a_wrapper_with_a_telling_name_is_no_box():
    opened, closed = "<main><div class='share newsletter sidebar'>", "</div></main>"
    check_body(parse_article(page(BODY * 5).replace("<main>", opened).replace("</main>", closed), URL))


def test_a_nav_that_is_never_closed_does_not_swallow_the_article():
    check_body(parse_article(page(BODY, head=ld(LINKED)).replace("</nav>", ""), URL))


def test_a_standfirst_shown_above_the_body_opens_the_text():
    article = parse_article(page(f"<div class=chapo>{LEAD}</div><div>{BODY}</div>", head=ld(LINKED)), URL)
    assert article.text.split("\n\n")[0] == LEAD
    assert article.text.count(LEAD) == 1


def test_a_description_that_is_not_shown_is_no_part_of_the_text():
    article = parse_article(page(head=ld(LINKED)), URL)
    assert article.chapeau == LEAD
    assert LEAD not in article.text


def test_of_two_articles_the_first_is_read():
    line = "<p>Brizelle passe sous pavillon étranger, et ses salariés s’inquiètent.</p>"
    other = f"<article><h2>Brizelle change de main</h2>{line}{line}</article>"
    article = parse_article(page(BODY * 2, head=ld(LINKED), below=other), URL)
    assert article.title == TITLE
    assert article.text.startswith(FIRST)


def test_lists_and_quotes_are_part_of_the_body():
    items = "<li>Huit millions d’euros en capital</li><li>Quatre millions en dette</li>"
    listed = f"{BODY}<ul>{items}</ul><blockquote>Un cap !</blockquote>"
    lines = parse_article(page(listed), URL).text.split("\n\n")
    for line in ("Huit millions d’euros en capital", "Quatre millions en dette", "Un cap !"):
        assert line in lines


# Signs


@pytest.mark.parametrize(
    ("head", "below", "walled"),
    [
        (ld({**LINKED, "isAccessibleForFree": False}), "", True),
        (ld({**LINKED, "isAccessibleForFree": "False"}), "", True),
        (ld({**LINKED, "isAccessibleForFree": True}), "<p>Déjà abonné ? Connectez-vous</p>", False),
        ("", "<p>Il vous reste 82 % de cet article à lire.</p>", True),
        ("", "<div>Cet article est réservé à nos abonnés</div>", True),
        ("", "<p>Inscrivez-vous à notre newsletter</p>", False),
        ("", "", False),
    ],
)
def test_paywalls(head, below, walled):
    assert parse_article(page(head=head, below=below), URL).paywalled is walled


@pytest.mark.parametrize(
    ("head", "headers", "reserved"),
    [
        ("", {"TDM-Reservation": "1"}, True),
        ("", {"tdm-reservation": " 1 "}, True),
        ("", {"TDM-Reservation": "0"}, False),
        ("", {"TDM-Reservation": "1, 1"}, True),
        ("", {"TDM-Reservation": "yes"}, False),
        ('<meta name="tdm-reservation" content="0">', {"TDM-Reservation": "1"}, False),
        ('<meta name="tdm-reservation" content="1">', {"TDM-Reservation": "0"}, True),
        ('<meta name="tdm-reservation" content="2">', {"TDM-Reservation": "1"}, True),
        ('<meta name="robots" content="noai">', {"TDM-Reservation": "0"}, True),
        ('<meta name="tdm-reservation" content="1">', {}, True),
        ('<meta name="TDM-Reservation" content="0">', {}, False),
        ('<meta name="robots" content="index, noai, noimageai">', {}, True),
        ('<meta name="tourdetable" content="noai">', {}, True),
        ('<meta name="robots" content="noindex">', {}, False),
        ("", {"X-Robots-Tag": "noai"}, True),
        ("", {"X-Robots-Tag": "noimageai"}, False),
        ("", {}, False),
    ],
)
def test_reservations_of_text_and_data_mining(head, headers, reserved):
    assert parse_article(page(head=head), URL, headers=headers).tdm_reserved is reserved


TEASER = "<article><h2><a href=/x>Une jeune pousse de plus</a></h2><p>Un court résumé.</p></article>"


@pytest.mark.parametrize(
    ("content", "url"),
    [
        ("", URL),
        ("   \n", URL),
        ("Rien que du texte, sans le moindre balisage. " * 20, URL),
        (page("<p>Bref.</p>"), URL),
        (page(head=ld(LINKED)), "https://www.exemple.fr/"),
        (page(head=meta(og__type="video.other")), URL),
        ("<html><body>" + "<p><a href=/x>Une jeune pousse lève encore trois millions</a></p>" * 30, URL),
        ("<html><body><h1>Start-up</h1>" + TEASER * 12, URL),
        (
            "<html><head><title>403</title></head><body><h1>Accès refusé</h1><p>Activez JavaScript.</p></body></html>",
            URL,
        ),
    ],
)
def test_what_is_no_article(content, url):
    assert parse_article(content, url) is None


def test_a_page_without_an_address():
    article = parse_article(page(head=ld(LINKED)), "")
    assert (article.title, article.url, article.outlet) == (TITLE, "", "")
    check_body(article)
