"""Words of French deal news, as regular expressions without regard to case. Data only, no logic."""

from __future__ import annotations

from extract.records import Role

RAISE_VERB = (
    r"l[eè]ve(?:nt|r|rait|raient|ra)?|levé(?:e|es|s)?|bouclé?e?(?:nt|r|rait)?|boucl(?:e|é|er|ant)|finalis(?:e|ent|é|er|ait)|sécuris(?:e|ent|é|er)|"
    r"décroch(?:e|ent|é|er)|récolt(?:e|ent|é|er)|collect(?:e|ent|é|er)|empoch(?:e|ent|é|er)|engrang(?:e|ent|é|er)|réuni(?:t|ssent|r)?|"
    r"obt(?:ient|iennent|enu|enir)|rassembl(?:e|ent|é)|se voi(?:t|ent)|fai(?:t|re) entrer|émet|émis|clôtur(?:e|ent|é|er)|clôt|clos|s['’]offr(?:e|ent|ir)|officialis(?:e|ent|é|er)|réalis(?:e|ent|é|er)|accueill(?:e|ent|i)|"
    r"convain(?:c|cu|cre)|se fait financer|recharge|rafle|capte|glan(?:e|é)|mobilis(?:e|é|er)|encaiss(?:e|é|er)|complèt(?:e|ent|é)|reçoi(?:t|vent)|reçu|"
    r"ouvr(?:e|ent|ir) son capital|annonc(?:e|ent|é|er)|conclu(?:t|re)?|signe(?:nt)?|s['’]adjuge|met la main|accrédite|ajout(?:e|er|é)|étend"
)
"""What a company does when it raises; only read beside a sum or a noun of :data:`RAISE_NOUN`."""

STRONG_RAISE = (
    r"l[eè]ve(?:nt|r|rait)?|levé(?:e|es|s)?|boucl\w+|récolt\w+|collect\w+|empoch\w+|engrang\w+|décroch\w+|réuni(?:t|ssent)?|sécuris\w+|obtient|s['’]offre|rafle|"
    r"glane|encaisse|finalise|clôture|clôt|reçoit|mobilise"
)

RAISE_NOUN = (
    r"tours? de (?:table|financement)|levées?(?: de fonds)?|augmentations? de capital|financements?|séries? [a-h]\b|series [a-h]\b|amorçage|seed|"
    r"opérations?|enveloppes?|premier tour|second tour|deuxième tour|troisième tour|nouveau tour|closing|rallonges?|capital-risque|bridge|round"
)

INVEST_VERB = (
    r"invest(?:it|issent|i)|mis(?:e|ent|é)|injecte?(?:nt|é)?|parie(?:nt)?|apporte?(?:nt|é)?|souscri(?:t|vent)|entre(?:nt)? au capital|prend|prennent|finance(?:nt)?|"
    r"remet(?:tent)?|met|mettent|place(?:nt)?|confie(?:nt)?|accorde(?:nt)?|octroie(?:nt)?|prête(?:nt)?|signe(?:nt)?"
)

ROLE_CUES: dict[Role, tuple[str, str]] = {
    "valuation": (
        r"valoris\w+|valorisation|\bvau(?:t|drait)|valai(?:t|ent)|valant|capitalisation|valeur d['’]entreprise|pre-?money|post-?money|licorne|estimée? à",
        r"de valorisation|de capitalisation|pre-?money|post-?money|de valeur",
    ),
    "revenue": (
        r"chiffres? d['’]affaires|revenus?|recettes|\barr\b|\bmrr\b|(?:ses|de|les) ventes|\bca\b|factur[ée]\w*|ebitda|volume d['’]affaires",
        r"de (?:chiffre|revenus?|ca\b|recettes|ventes)|d['’]arr\b|de ventes|de revenu",
    ),
    "total_raised": (
        r"au total|total (?:des? )?(?:fonds|levées|levé|réuni|collecté)|cumul\w*|port(?:e|ant|ent|ait|é)(?: ainsi)? à|en tout|depuis (?:sa|ses|leur|son|le|l['’])\s?(?:création|débuts?|fondation|"
        r"lancement|origine|naissance)[^.]{0,40}",
        r"depuis (?:sa|ses|leur|son|le|l['’])\s?(?:création|débuts?|fondation|lancement|origine|naissance)|au total|en tout|(?:levés|réunis|collectés) (?:au total|depuis|en tout)|le (?:montant )?total|"
        r"le cumul|le montant (?:total|cumulé)",
    ),
    "fund": (
        r"(?<!levée de )(?<!levées de )(?<!lever des )fonds (?:doté |successeur |d['’]amorçage |de capital[- ]risque )?(?:de|d['’]|à|qui|vis)|véhicule|encours|sous gestion|gèr(?:e|ent)|taille cible|cible de|hard ?cap|"
        r"(?:premier|deuxième|second|troisième|quatrième|nouveau|son|ce) fonds|fonds (?:i{1,3}|iv|v|vi)\b|millésime|plafond|souscripteurs|doté[e]? de|levée? de son fonds",
        r"sous gestion|d['’]actifs|d['’]encours|de dotation|visés",
    ),
    "acquisition": (
        r"rachet\w+|rachats?|acqui(?:s|ert|èrent|se|sition|sitions|érir)|cédée?|cession|cède|vendue?|revendu\w*|repris\w*|reprise|s['’]empar\w+|avale|absorb\w+|débours\w+|prix (?:de|d['’])|opa|"
        r"met la main|offre publique",
        r"le rachat|l['’]acquisition|par [A-Z]\w+ en (?:19|20)\d\d",
    ),
    "market": (
        r"marché|secteur|filière|start-?up françaises|jeunes pousses|écosystème|(?:la|cette|sur la|sur une) semaine|investi(?:s|ssements) dans|en cinq jours|le trimestre|"
        r"le semestre|au niveau mondial|à l['’]échelle|la french tech",
        r"(?:sur|cette|la) semaine|le marché|investis dans|la semaine (?:précédente|passée|dernière)|en (?:cinq|cinq) jours|dans le monde|ont été (?:levés|investis)|d['’]ici à? ?20\d\d",
    ),
    "other": (
        r"tickets?|amendes?|contrats?|subventions?|coût\w*|coûte|prix|loyers?|salaires?|budgets?|pertes?|dettes? de|trésorerie|usine|bourse de|dons?\b|panier|commandes?|primes?|abonnement|"
        r"tarif|facture|économis\w+|dépens\w+|jusqu['’]à|provision|bénéfices?|préjudice|escroquerie|rançon|caution|france 2030|appel à projets|plan de|enveloppe publique|"
        r"visait|espérait|cherchait|aurait voulu|proposé|voulait|loué|vend(?:u|ait)? (?:à|autour)|à partir de|entre \w+ et|action|consacr\w+|affect\w+|ira à|serviront|dont (?:la moitié|un tiers)",
        r"par (?:mois|an|jour|personne|action|client|utilisateur|salarié|heure|véhicule|site)|de pertes|d['’]économies|l['’]unité|pièce|de budget|d['’]amende|de subvention|le mètre|hors taxes|ht\b|ttc|"
        r"de bénéfice|chacun|de trésorerie|à l['’]achat",
    ),
    "past_round": (
        r"avai(?:t|ent) (?:déjà |ensuite |alors |d['’]abord )?(?:levé|réuni|collecté|récolté|bouclé|obtenu|investi|apporté|touché|reçu|misé|annoncé|empoché|engrangé|décroché|rapporté|sécurisé|injecté)|"
        r"(?:tour|levée|série|amorçage|financement|opération)s? précédente?s?|précédente?s? (?:tour|levée|série|opération|financement)s?|déjà (?:levé|réuni|collecté|obtenu|bouclé|reçu)|"
        r"après (?:un|une|le|son|sa|ses|avoir) (?:premi\w+ |second\w* |précédent\w* )?(?:levé|tour|levée|amorçage|série|financement|apport|seed|pré-amorçage|bouclé|réuni)|"
        r"(?:depuis|fait suite à|succède à|suit|s['’]ajoute\w* à|complète) (?:un|une|sa|son|le|la|l['’])[^.]{0,30}|dernière levée|premi(?:er|ère) (?:tour|levée)[^.]{0,20}(?:en|de) (?:19|20)\d\d|"
        r"il y a (?:un|deux|trois|quatre|cinq|six|dix)",
        r"(?:levés |réunis |collectés |récoltés |bouclés |obtenus )?(?:en (?:(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre) )?(?:19|20)\d\d|"
        r"il y a (?:un|deux|trois|quatre|cinq|six|dix|\d+)|l['’]an (?:dernier|passé)|l['’]année (?:dernière|passée|précédente)|(?:deux|trois|un|quatre) ans? (?:plus tôt|auparavant)|"
        r"quelques mois plus tôt|(?:six|neuf|dix-huit|quelques) mois (?:plus tôt|auparavant)|au (?:printemps|automne)|à l['’](?:été|automne)|cet été|datait)",
    ),
    "tranche": (
        r"\bdont|apporte(?:nt|ra)?|apporté|remet(?:tent)?|\bmet(?:tent)?|tranches?|prêt(?:e|ent|s)?|crédits?|complèt\w+|y va de|obligations|abond\w+|ticket de|chèque de|le reste|le solde|"
        r"verse(?:nt|ra)?|(?:second|premier|deuxième) (?:closing|volet)|réparti\w*|respectivement|soit|s['’]engage\w*|engagé\w*|comprend|se compose",
        r"en (?:dette|capital|fonds propres|obligations|equity|prêts?)|de (?:dettes?|fonds propres|prêts?|crédit|capital)|sous forme|d['’]obligations|du tour|de sa poche|en obligations",
    ),
    "round": (
        rf"(?:{STRONG_RAISE})|{RAISE_NOUN}|injecte\w*|mis(?:e|ent) |investi\w*|apport de|levant|auprès|montant|souscri\w+|pour un tour|la somme|tour à|annonc\w+|accord\w*|obten(?:ir|u)e?s?|officialis\w+|"
        r"ajoute|reçu|versés|clos|tour relais|extension|réalis\w+|rassemble|cherch(?:e|erait)|se voi(?:t|ent) (?:confier|accorder)|fait entrer|rondes?|recev\w+|émet|convain\w+[^.]{0,60}|signe|"
        r"refinanc\w+|mobilis\w+|pour un total de|dit avoir levé|avoir levé",
        r"levés|auprès|pour (?:accélérer|financer|développer|déployer|conquérir|son|sa|ses|le|la|les|ouvrir|lancer|industrialiser)|menée?|mené|en (?:série|séries|amorçage|seed|pré-amorçage|bridge)|"
        r"d['’]amorçage|en bourse|dans un tour|lors d|de (?:plus|financement)|viennent|souscrits?|(?:dans|chez|sur) [A-Z]|avec le soutien|grâce à|sur [A-Z]",
    ),
}
"""For each role: cues before the sum and cues behind it."""

PAST_ROUND_WORDS = r"avai(?:t|ent)|précéd\w+|déjà levé|premier tour|jusqu['’]ici|jusque-là|à l['’]époque|l['’]an dernier|auparavant|plus tôt"

RUMOUR = (
    r"ser(?:ait|aient)|aur(?:ait|aient)|pourr(?:ait|aient)|chercher(?:ait|aient)|négocier(?:ait|aient)|s['’]apprêter(?:ait|aient)|discuter(?:ait|aient)|viser(?:ait|aient)|préparer(?:ait|aient)|"
    r"valoriser(?:ait|aient)|lèver(?:ait|aient)|boucler(?:ait|aient)|s['’]apprête(?:nt)? à|(?:en|de) (?:discussions?|négociations?|pourparlers)|sur le point de|rumeurs?|"
    r"selon (?:nos informations|des sources|plusieurs sources|une source|les informations|deux sources)|d['’]après (?:plusieurs|des|deux) (?:sources|personnes)|envisage(?:nt)?|cherche(?:nt)? à|"
    r"tente(?:nt)? de|voudr(?:ait|aient)|prépare(?:nt)? (?:un|une|son|sa)|souhaite(?:nt)? lever|compte(?:nt)? lever|veut lever|espère(?:nt)? lever|négocie(?:nt)?|discute(?:nt)?|"
    r"proche d['’](?:un|une)|bientôt|en passe de|convoit\w+"
)

NO_DEAL = (
    r"dément(?:i|ent|ir)?|pas de (?:nouvelle )?levée|annul(?:e|é|ée|er)|renonc(?:e|é|er|ent)|report(?:e|é|ée|er)(?! sur)|échou\w+|échec|en vain|n['’]a(?:ura)? pas (?:réussi|abouti|trouvé|eu lieu)|"
    r"n['’]aura(?:it)? pas lieu|abandonn\w+|enterr\w+|capot\w+|tombe à l['’]eau|sine die|sans lever|n['’]a pas levé|ne lèvera|n['’]a jamais (?:levé|abouti)|faute d['’]investisseurs|redressement|liquidation|"
    r"rien de signé|exclut|écarte"
)

LEAD_BEFORE = (
    r"(?:co-?)?(?:menée?|dirigée?|emmenée?|pilotée?|conduite?|orchestrée?|tirée?|bouclée?|animée?)s?(?: conjointement| à parts égales| notamment)? par|sous la (?:houlette|conduite|direction|férule) (?:de|du|d['’])|"
    r"à l['’]initiative (?:de|du|d['’])|chefs? de file\s?:?(?: (?:est|en est|de l['’]opération|du tour))?|(?:investisseur|fonds) (?:principal|chef de file|leader)\s?:?|lead(?:é|er|ée)? (?:par|du tour)|"
    r"avec (?=[^,.]{3,60} (?:en chef de file|comme chef de file|en tête|à la manœuvre))|à la manœuvre\s?[:,]|(?:mène la danse|mené le tour)\s?:|lead\s?:|que (?:pilote|mène|dirige|conduit)(?:nt)?"
)
"""What stands before the name of an investor that leads."""

LEAD_AFTER = (
    r"(?:a |ont |en |y )*(?:co-?)?(?:mène(?:nt)?|mené|dirige(?:nt)?|dirigé|emm[eè]ne(?:nt)?|emmené|pilote(?:nt)?|piloté|conduit|conduisent|orchestr(?:e|é)|mèner?a)(?: (?:le|la|l['’]|ce|cette|conjointement)| en)?|"
    r"(?:est |sont |en |comme |, )*(?:en )?chefs? de file|en tête|à la manœuvre|(?:est |en est )?(?:le )?chef de file|prend la tête|joue le chef de file|le pilote|la mène|le mène"
)
"""What stands behind the name of an investor that leads."""

TAKE_PART_BEFORE = (
    r"auprès (?:de|du|des|d['’])|avec (?:la participation|le soutien|le concours|l['’]appui|l['’]aide|pour investisseurs?|à son capital)(?: notamment)? (?:de|du|des|d['’])|aux côtés (?:de|du|des|d['’])|"
    r"(?:rejointe?s?|suivie?s?|accompagnée?s?|soutenue?s?|épaulée?s?|appuyée?s?|souscrite?s?|financée?s?|apportée?s?|abondée?s?|complétée?s?|co-?investie?)(?: notamment)? (?:par|de|du|d['’])|"
    r"(?:participent|participaient|participe|participation|contribution|souscription)s? (?:également |aussi |notamment )?(?::|de|du|des|d['’])|investisseurs?\s?(?:sont|:|figurent|,|comme|tels que|dont)|autour de la table|"
    r"(?:de|par) la part (?:de|du|des|d['’])|entrent? (?:aussi |également |ainsi )?au (?:capital|tour)\s?:?|remettent? au pot\s?:|(?:s['’]y )?ajoutent|(?:viennent|venus) s['’]ajouter|on retrouve|"
    r"sont (?:également |aussi )?de la partie\s?:?|tour de table (?:réunit|rassemble|compte|associe)|(?:réunit|rassemble|associe|regroupe|convaincu?|séduit?|accueill(?:e|i)|attire|embarque)(?: notamment| aussi| ainsi)?|"
    r"(?:business angels|anges|entrepreneurs|particuliers|family offices|fonds)(?: [a-zà-ÿ]+){0,2},? (?:comme|dont|tels? que|parmi lesquels|notamment|au premier rang desquels)|dont (?:ceux d[eu'’]|celui d[eu'’])|"
    r"suivent|suit|s['’]y joignent|se joignent|complètent le tour\s?:|avec|de (?=[^.,]{2,40} et d)|grâce (?:à|au|aux)|chez|notamment|ainsi que|puis|souscripteurs\s?:|par (?:le fonds|la société|les fonds)"
)
"""What stands before the name of an investor that takes part."""
WEAK_BEFORE = frozenset(
    {"avec", "chez", "notamment", "ainsi que", "puis", "suit", "suivent", "grâce à", "grâce au", "grâce aux"}
)
"""Of those, the ones that count only in a sentence that tells of the round."""

TAKE_PART_AFTER = (
    r"(?:y |en |se |s['’]|lui |a |ont |avai(?:t|ent) |avait été |vient de |viennent d['’]|, déjà [^,]{3,40}, )*(?:(?:re)?participe(?:nt)?|participé|réinvesti(?:t|ssent)?|investi(?:t|ssent)?|souscri(?:t|vent)|suivi|suivent|"
    r"remet(?:tent)?|remis|entre(?:nt)? au (?:capital|tour)|entré(?:e|s)? au capital|complète(?:nt)?|complété|rejoint|rejoignent|apporte(?:nt)?|apporté|mise(?:nt)?|misé|injecte(?:nt)?|accompagne(?:nt)?|"
    r"soutien(?:t|nent)|abonde(?:nt)?|prend|prennent|pris|ajoute(?:nt)?|va de|signe(?:nt)?|figure(?:nt)?|répond(?:ent|u)|partage(?:nt)?|met(?:tent)?|mis|prête(?:nt)?|prêté|joint|joignent|verse(?:nt)?|"
    r"débloque(?:nt)?|fait|font|s['’]invite(?:nt)?|parie(?:nt)?|engage(?:nt)?|finance(?:nt)?|est du tour|sont du tour|renforce(?:nt)?|double(?:nt)?|récidive(?:nt)?|réitère(?:nt)?|sont de la partie|"
    r"(?:est|sont) (?:également |aussi )?(?:de la partie|au tour|entrés?)|participeraient|viennent|confie(?:nt)?)"
)
"""What stands behind the name of an investor that takes part."""

NO_INVESTOR_BEFORE = (
    r"rival(?:e|es|s)?|rivaux|concurrente?s?|clients?|conseillée?s? par|conseil de|conseils?|cabinet|avocats?|ex-|ancien\w* (?:de|d['’]|du|chez)|passée?s? (?:par|chez)|fondat\w+ (?:de|d['’]|du)|cofondat\w+ (?:de|d['’]|du)|"
    r"issue?s? (?:de|d['’]|du)|partenaires?|fournisseurs?|comme|face à|contre|devant|filiale (?:de|d['’]|du)|patron (?:de|d['’]|du)|pdg (?:de|d['’]|du)|dirigeant\w* (?:de|d['’]|du)|président\w* (?:de|d['’]|du)|"
    r"travaill\w+ (?:pour|chez)|vendue?s? à|rachat (?:de|d['’]|du)|équip\w+|chez|utilisée? par|arrangée?s? par|banque conseil|sort(?:ent|i|ie|is)?|déclin\w+|refus\w+|géré\w* par"
)
"""Right before a name: it is no investor of this round (portfolio, employer, adviser, rival, client)."""

FOUNDED_BY = (
    r"(?:co-?)?(?:fond|cré|lanc|imagin|invent)ée?s?\b[^.;:§]{0,40}\bpar\s+"
    r"(?:(?:le |la |les |l['’]|un |une )?(?:[a-zà-ÿ-]+ ){0,3}§\s*(?:,|et)\s*)*(?:le |la |les |l['’]|un |une )?(?:[a-zà-ÿ-]+ ){0,3}$"
)
"""Before a person, names replaced by §: said to have founded a company, which is not to invest in it."""

CHAIN_STOP = (
    r"\b(?:qui|que|qu['’]|pour|afin|lors|depuis|après|avant|contre|face|selon|a|ont|est|sont|était|étaient|sera|dans|permet\w*|vise|destiné\w*|où|quand|mais|car|tandis|alors|conseillé\w*|rival\w*|"
    r"concurrent\w*|valoris\w*|à hauteur|lève|développe|propose|fondée?|créée?|cofondée?|dit|explique|assure|sur|vend\w*|emploie|compte|n['’]|ne|sans|hormis|sauf|malgré|via|client\w*|cabinet|avocat\w*|conseil)\b"
)
"""Words that end an enumeration of investors."""

ROUND_TYPES: tuple[tuple[str, str], ...] = (
    (r"pré-?\s?amorçage|pre-?seed|pré-?seed", "pre_seed"),
    (r"\b(?:séries?|serie|series)\s(?:«\s)?([a-h])\b", "series"),
    (r"amorçage|\bseed\b|fonds d['’]amorçage", "seed"),
    (r"\bbridge\b|(?:prêt|tour|financement|emprunt)[- ]relais|pont financier|financement pont", "bridge"),
    (r"extension|rallonge|second closing|deuxième closing", "extension"),
    (r"capital[- ]développement|growth", "growth"),
    (
        r"financement participatif|crowdfunding|crowdequity|crowdlending|campagne participative|equity crowdfunding|internautes|sociofinancement|titres participatifs",
        "crowdfunding",
    ),
    (r"\bico\b|initial coin offering|émission de (?:jetons|tokens)|vente de (?:jetons|tokens)", "ico"),
    (
        r"introduction (?:en bourse|sur)|entrée (?:en bourse|sur euronext)|\bipo\b|(?:premiers pas|débuts) (?:en bourse|sur)|prix d['’]introduction|première cotation|"
        r"(?:est|sont) (?:désormais )?cotée?s? (?:sur|depuis)|en bourse|euronext(?: growth)?",
        "ipo",
    ),
    (r"\bdette\b|emprunt|obligations?|obligataire|venture debt|prêts?\b|ligne de crédit|crédit", "debt"),
)

ROUNDUP_TITLE = r"\b(?:levées|tours de table|deals|récap|tour d['’]horizon|de la semaine|en bref|brèves|revue|hebdo|palmarès|financements|la semaine|express)\b"

FUND_RAISER = r"(?:boucle|lance|clôt|clôture|lève|annonce|finalise|prépare|veut|vise|achève|referme|dote)[^.]{0,40}\b(?:fonds|véhicule)\b|closing (?:final|définitif|intermédiaire)|(?:premier|deuxième|second|troisième|quatrième|nouveau) (?:fonds|véhicule)|société de gestion"

ACQUISITION_NEWS = r"\b(?:rachète(?:nt)?|s['’]empare(?:nt)?|acquiert|met la main sur|avale|absorbe|rachat|acquisition|racheté\w*|passe (?:sous|dans le giron)|cède|fusion\w*|reprend|s['’]offre)\b"
