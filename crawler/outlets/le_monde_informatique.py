"""Le Monde Informatique: information technology for its professionals."""

from crawler.outlets import Outlet

OUTLET = Outlet(
    name="le-monde-informatique",
    title="Le Monde Informatique",
    home="https://www.lemondeinformatique.fr/",
    feeds=("https://www.lemondeinformatique.fr/flux-rss/thematique/toutes-les-actualites/rss.xml",),
    article=r"/lire-[^/]+-\d+\.html$",
    last_seen_working=None,
)
