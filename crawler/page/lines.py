"""Lines that are no part of an article wherever they stand: pointers, appeals, notices, furniture."""

from __future__ import annotations

import re
from functools import lru_cache

_POINTER = (
    r"(?:à|a)\s+(?:lire|voir|découvrir|écouter|regarder|retrouver|relire|revoir)\s*(?:aussi|également|ici|sur\b|"
    r"dans\b|:|$)|"
    r"(?:lire|voir|écouter|regarder|relire|revoir)\s*(?:aussi|également|:|en ligne|notre (?:article|enquête|"
    r"dossier|interview|analyse|"
    r"reportage|entretien|décryptage)|l['’](?:article|enquête|intégralité)|la suite|plus\b|nos\b)|"
    r"(?:article|contenu|dossier|vidéo)s? (?:lié|associé|similaire|connexe)e?s?\b|"
    r"(?:sur|dans) (?:le|la) mêmes? (?:sujet|thème|rubrique|thématique|dossier)|dans la même (?:rubrique|catégorie)|"
    r"(?:pour|et) (?:aller plus loin|en savoir plus|approfondir)\s*:?|en savoir plus\s*:?|cela (?:pourrait|"
    r"peut) (?:aussi )?vous intéresser|"
    r"(?:ces|nos) articles? (?:pourraient|peuvent)|vous (?:aimerez|pourriez|serez)\b.{0,30}(?:aussi|aimer|intéress)|"
    r"ceci pourrait vous|les? plus (?:lus?|vus?|partagés?|commentés?)$|nos (?:autres )?(?:articles|derniers)|"
    r"articles? (?:précédent|suivant)|"
    r"(?:read|see|watch) (?:also|more)\b|related (?:articles?|stories|posts)?:?$|more (?:on|from)\b|recommended|"
    r"(?:retrouvez|découvrez|consultez|suivez|voir|lisez)\s+(?:(?:aussi|ici)\s+)?(?:tou(?:s|te)s?|notre|nos|"
    r"l['’]ensemble|l['’]intégralité|l['’]actualité|plus)\b"
)
_APPEAL = (
    r"(?:cet|l['’])\s?article (?:est|a été) (?:paru|publié|initialement|extrait|tiré|issu|réservé)|pour ne (?:rien|"
    r"plus rien) (?:manquer|rater)|"
    r"(?:vous devez|il faut) (?:être|vous|indiquer|posséder|activer|accepter)|bienvenue dans (?:la section|"
    r"l['’]espace|les) commentaires|"
    r"plus d['’]informations? à (?:venir|suivre)|vous (?:possédez|avez) déjà un (?:compte|abonnement)|"
    r"abonnez-vous|inscrivez-vous|s['’](?:abonner|inscrire)|je m['’](?:abonne|inscris)|abonnés?$|(?:déjà|"
    r"pas encore) abonnée?|"
    r"il vous reste (?:\d|à lire)|(?:cet article|la suite|ce contenu|contenu|article|l['’]accès).{0,30}(?:est|"
    r"sont)? ?réservée?s?\b.{0,20}abonné|"
    r"(?:réservé|offert) aux abonnés|vous (?:avez|n['’]avez) .{0,40}(?:abonné|articles? gratuit)|pour (?:lire|"
    r"consulter|accéder à) (?:la suite|cet article|l['’]intégralité)|"
    r"recevez\b|rejoignez(?:-nous|\s+(?:notre|nos|la communauté))|suivez(?:-nous|\s+(?:nous|notre|l['’]actu))|"
    r"newsletters?\b|"
    r"(?:la|notre|nos) newsletters?\b|téléchargez (?:notre|l['’]app)|"
    r"soutenez(?:-nous)?\b.{0,60}$|faites un don|faire un don|subscribe\b|sign up\b|follow us|join (?:our|the)\b|"
    r"(?:votre|cet|saisissez votre|entrez votre) (?:adresse )?e-?mail|en (?:cliquant|vous inscrivant|poursuivant|"
    r"fournissant)\b|"
    r"nous utilisons des cookies|ce site utilise|accepter|tout (?:accepter|refuser)|créez (?:un|votre) compte|"
    r"connectez-vous|se connecter"
)
_MONTHS = r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
_DAYS = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_FURNITURE = (
    rf"(?:le\s+)?(?:{_DAYS}\s+)?(?:\d{{1,2}}(?:er)?\s+{_MONTHS}\s+\d{{4}}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}})"
    r"(?:[\s,à|•·–-]*\d{1,2}\s*[h:]\s*(?:\d{2})?)?$|"
    r"(?:publiée?|paru|postée?|modifiée?|mise? à jour|màj|créé|actualisé|updated|published|posted)s?\s*(?:le|:|à|"
    r"on|il y a|ce|par\b|hier|aujourd).{0,80}$|"
    r"temps de lecture|(?:durée de )?lecture\s*:?\s*(?:\d|rapide)|\d+\s*min(?:utes?)?(?: de lecture| read)?\.?$|"
    r"partager|partagez|copier le lien|lien copié|imprimer|commenter|envoyer par|écouter l['’]article|réagir|"
    r"ajouter (?:aux|à (?:mes|vos)) favoris|"
    r"share (?:this|on)|tweet(?:er|ez)?$|facebook$|twitter$|linkedin$|whatsapp$|publicité$|advertisement$|annonce$|"
    r"(?:la suite|suite de l['’]article) après (?:la|cette) pub|"
    r"crédits? (?:photos?|images?|visuel)|©|\(c\)|photos?\s*:|images?\s*:|visuel\s*:|illustration\s*:|crédits?\s*:|"
    r"(?:\d+ )?commentaires?\s*(?:\(\d+\))?$|laisser? un commentaire|laissez un commentaire|les commentaires sont|"
    r"aucun commentaire|"
    r"mots[- ]cl[ée]s?\b|tags?\s*:|étiquettes?\s*:|thèmes?\s*:|filed under|categor(?:y|ies)\b\s*:|catégories?\s*:|"
    r"rubriques?\s*:|"
    r"tous droits réservés|all rights reserved|(?:avec )?(?:l['’])?(?:AFP|Reuters|AP)(?: (?:avec|et) (?:AFP|"
    r"Reuters))?\.?$|\((?:avec )?(?:l['’])?(?:AFP|Reuters|AP)\)$|"
    r"(?:source|sources) ?: ?(?:AFP|Reuters)|haut de page|retour (?:en haut|à l)|sommaire\s*:?$|table des matières|"
    r"cliquez ici\b|voir (?:les|tous|toutes|le profil|la galerie|plus)\b|afficher plus|chargement"
)
_CONSENT = re.compile(
    r"\b(?:nous (?:et nos partenaires )?utilis|nos (?:\d+ )?partenaires|votre (?:choix|consentement|navigation|accord)|"
    r"vos (?:choix|préférences|données)|acceptez|refuse[rz]|we (?:use|and our partners)|your (?:choice|consent|data))",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"cookies?\b|traceurs?\b|technologies similaires|consent|données personnelles", re.IGNORECASE)
_COMMENTS = re.compile(
    r"^\W*(?:\d+\s+)?(?:les\s+|vos\s+)?(?:commentaires?|réactions?|avis|comments?)\W*(?:\(?\d+\)?)?\W*$|"
    r"^\W*(?:laisser? un commentaire|laissez (?:un|votre) commentaire|vos (?:commentaires|réactions|avis)|"
    r"(?:ajouter|poster|écrire|publier) un commentaire|réagissez|leave a (?:reply|comment)|post a comment)",
    re.IGNORECASE,
)
_NOISE = re.compile(rf"^[\W_]*(?:{_POINTER}|{_APPEAL}|{_FURNITURE})", re.IGNORECASE)
_GLUED = re.compile(
    r"\s*(?:[\[(>»►→▶•]\s*)?(?:(?:À|A) lire(?: aussi| également)?|Lire (?:aussi|également|notre \w+)|"
    r"Voir aussi)\s*:\s*[^.!?]{5,160}?[\])]?\s*$"
)
_LONG = 350
"""Characters; a paragraph as long as this is one whatever it begins with."""


def is_noise(line: str) -> bool:
    """Tell whether a line is furniture by what it says.

    >>> is_noise("Lire aussi : Brizelle change de main"), is_noise("Lire un bilan demande du temps.")
    (True, False)
    """
    return len(line) < 2 * _LONG and _says_noise(line)


@lru_cache(maxsize=4_096)
def _says_noise(line: str) -> bool:
    if len(line) < _LONG and _NOISE.match(line) is not None:
        return True
    # Who writes about cookies does not speak to the reader of a choice.
    return _COOKIES.search(line) is not None and _CONSENT.search(line) is not None


def opens_comments(line: str) -> bool:
    """Tell whether a line is the heading of the readers' comments: what follows it is theirs.

    >>> opens_comments("10 réactions"), opens_comments("Réactions mitigées à Bercy")
    (True, False)
    """
    return len(line) < 80 and _COMMENTS.match(line) is not None


def without_pointer(line: str) -> str:
    """Take the pointer to another article off the end of a paragraph.

    >>> without_pointer("Le tour est bouclé. Lire aussi : Brizelle change de main")
    'Le tour est bouclé.'
    """
    cut = _GLUED.sub("", line) if "ire" in line or "oir" in line else line
    return cut if len(cut) >= 15 else line
