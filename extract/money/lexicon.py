"""Words and signs of French sums of money: currencies, units, numerals, cues. Data only, no logic.

Keys are regular expressions, matched without regard to case unless a comment says otherwise.
"""

from __future__ import annotations

CURRENCY_WORDS: dict[str, str] = {
    r"dollars?\s+canadiens?": "CAD",
    r"dollars?\s+australiens?": "AUD",
    r"dollars?\s+singapouriens?|dollars?\s+de\s+singapour": "SGD",
    r"dollars?\s+hongkongais|dollars?\s+de\s+hong[ -]kong": "HKD",
    r"dollars?\s+néo-zélandais": "NZD",
    r"dollars?\s+am[ée]ricains?|dollars?\s+us": "USD",
    r"francs?\s+cfa\s+d['’]afrique\s+centrale": "XAF",
    r"francs?\s+cfa|f\.?\s?cfa|fcfa|cfa": "XOF",
    r"francs?\s+suisses?": "CHF",
    r"francs?\s+congolais": "CDF",
    r"dirhams?\s+(?:émiratis?|des\s+emirats)": "AED",
    r"dirhams?\s+marocains?": "MAD",
    r"dinars?\s+algériens?": "DZD",
    r"dinars?\s+koweïtiens?": "KWD",
    r"dinars?\s+tunisiens?": "TND",
    r"couronnes?\s+danoises?": "DKK",
    r"couronnes?\s+norvégiennes?": "NOK",
    r"couronnes?\s+tchèques?": "CZK",
    r"couronnes?\s+suédoises?": "SEK",
    r"livres?\s+égyptiennes?": "EGP",
    r"livres?\s+turques?": "TRY",
    r"livres?\s+sterling": "GBP",
    r"roupies?\s+indiennes?": "INR",
    r"roupies?\s+pakistanaises?": "PKR",
    r"shillings?\s+kényans?": "KES",
    r"pesos?\s+mexicains?": "MXN",
    r"euros?": "EUR",
    r"dollars?": "USD",
    r"francs?": "CHF",
    r"livres?": "GBP",
    r"dirhams?": "MAD",
    r"dinars?": "TND",
    r"yuans?|renminbis?": "CNY",
    r"yens?": "JPY",
    r"roupies?": "INR",
    r"roubles?": "RUB",
    r"couronnes?": "SEK",
    r"wons?": "KRW",
    r"shekels?": "ILS",
    r"nairas?": "NGN",
    r"cedis?": "GHS",
    r"rands?": "ZAR",
    r"zlotys?": "PLN",
    r"forints?": "HUF",
    r"riyals?": "SAR",
    r"reais|réaux|reals?": "BRL",
    r"bitcoins?": "BTC",
    r"ethers?|ethereums?": "ETH",
}
"""Names of currencies; longer ones first, since the first that matches counts."""

CURRENCY_CODES = (
    "EUR USD CAD GBP CHF JPY CNY RMB INR RUB SEK DKK NOK CZK PLN MAD AED TND DZD XOF XAF AUD SGD HKD KRW ILS NGN GHS "
    "KES ZAR EGP SAR BRL BTC ETH USDT USDC DH DT DA"
).split()
"""Codes as printed (upper case only): ISO 4217 and the tickers of crypto-assets."""

CODE_ALIASES = {"RMB": "CNY", "DH": "MAD", "DT": "TND", "DA": "DZD"}

AMBIGUOUS = {"livre", "livres", "couronne", "couronnes"}
"""Common nouns that are currencies only beside a large number: *50 livres* are books."""

CURRENCY_SIGNS: dict[str, str] = {
    r"US\s?\$|\$\s?US(?![a-z])": "USD",
    r"CA\s?\$|C\$|CAN\s?\$|\$\s?CA(?![a-z])|\$\s?CAN(?![a-z])|\$\s?CDN(?![a-z])": "CAD",
    r"A\$|AU\$": "AUD",
    r"S\$": "SGD",
    r"HK\$": "HKD",
    r"€": "EUR",
    r"\$": "USD",
    r"£": "GBP",
    r"¥": "JPY",
    r"₹": "INR",
    r"₽": "RUB",
    r"₿": "BTC",
}

UNIT_WORDS: dict[str, int] = {
    r"trillions?": 10**18,
    r"billions?": 10**12,
    r"milliards?": 10**9,
    r"millions?": 10**6,
    r"milliers?": 10**3,
    r"mille": 10**3,
    r"mios?|mlns?|mns?": 10**6,
    r"mrds?|mds?|mias?": 10**9,
}
"""Units written out or shortened; French *billion* is 10¹² (long scale)."""

UNIT_LETTERS = {
    "M": 10**6,
    "m": 10**6,
    "k": 10**3,
    "K": 10**3,
    "bn": 10**9,
    "Bn": 10**9,
    "B": 10**9,
    "b": 10**9,
    "G": 10**9,
}
"""Letters that count as units only where a currency stands beside them."""

ENGLISH_UNITS = {"million": 10**6, "billion": 10**9}
"""After a leading currency sign (*$1.5 billion*) the notation is English: short scale."""

NUMERALS = (
    "zéro un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts "
    "trente quarante cinquante soixante septante huitante octante nonante cent cents mille"
).split()

COLLECTIVES = {
    "huitaine": 8,
    "dizaine": 10,
    "douzaine": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50,
    "soixantaine": 60,
    "centaine": 100,
    "millier": 1000,
}

QUALIFIERS: dict[str, str] = {
    r"plus\s+(?:de|d['’])|au\s+moins|au-delà\s+de|supérieure?s?\s+à|minimum|minimale?\s+de": "at_least",
    r"(?:moins|jusqu['’]à|à\s+hauteur|au\s+(?:plus|maximum))(?:\s+(?:de|d['’]))?|maximum\s+de|plafond\s+de|au\s+mieux": "at_most",
    r"près\s+(?:de|d['’])|environ|quelque|autour\s+(?:de|d['’])|aux\s+alentours\s+de|presque|quasi(?:ment)?|à\s+peu\s+près"
    r"|de\s+l['’]ordre\s+(?:de|d['’])|avoisin\w+|frôl\w+|approch\w+": "about",
}  # fmt: skip

MONEY_NOUNS = (
    "chiffre d'affaires|ca|revenus?|recettes?|ventes?|pertes?|bénéfices?|profits?|dettes?|fonds|capita(?:l|ux)|capitalisation|"
    "valorisation|valeur|crédits?|prêts?|emprunts?|subventions?|aides?|financements?|investissements?|apports?|quasi|obligations?|"
    "trésorerie|cash|frais|plus|mieux|moins|commandes|contrats?|actifs|engagements?|promesses|dépenses|économies|budget|arr|"
    "marge|résultat|dot|don|dons|mise|ticket|volume|encours|souscriptions?|equity|la|l['’]\\w*|ses|son|sa|leur|cet(?:te)?|"
    "chiffre|(?:pré-?)?amorçage|séries?|seed|argent|dommages|facturation|commissions?|précommandes|primes|rallonge|"
    "capital-\\w+|quasi-\\w+|cautions?|garanties?|royalties|redevances|loyers?|impôts?|taxes|amendes?|dédommagements?|"
    "(?:19|20)\\d\\d|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
"""What may stand after *N millions de* where the millions are money all the same (*20 millions de chiffre d'affaires*)."""

BARE_CUES = (
    "dont|contre|respectivement|objectif|initiale?|cible|plafond|total|vise|visait|visés?|lève|reçoit|décroche|obtient|prête|"
    "apporte|met|remet|atteint|affaires|facture|crédit|caution|encore|puis|après|soit|les|"
    r"en (?:a|ont|avait|avaient|ajoute|apporte|empoche|vaut|vaudrait|met|fournit)(?: (?:mis|levé|recueilli|eu|donné))?|rapproche|et|à|coûte|vaut|aujourd['’]hui"
)
"""Words before a number without unit and currency that takes both from the sum before it."""

MONEY_VERBS = (
    r"l[eèé]v\w*|levée\w*|bouc\w*|récolt\w*|collect\w*|empoch\w*|engrang\w*|obt\w*|décroch\w*|réuni\w*|apport\w*|invest\w*|mis\w*|"
    r"valoris\w*|valeur|tour|ticket\w*|financ\w*|fonds|budget|montant|enveloppe|coût\w*|vers\w*|reç\w*|amorç\w*|série|doté\w*|"
    r"rachet\w*|racheté\w*|chiffre|revenus?|dette|perte\w*|prêt\w*|crédit\w*|payé\w*|vendu\w*|€|euros?|dollars?"
)
"""Words near *N millions* that say it is money where no currency is written in the whole text."""

QUEBEC_SIGNS = (
    r"qu[ée]b[ée]c\w*|montr[ée]al\w*|\$\s?CA\b|investissement québec|desjardins|fonds de solidarité ftq|fondaction|"
    r"laval \(|gatineau|sherbrooke|lévis|trois-rivières|ontari\w+|toronto"
)
QUEBEC_NAMES_ABROAD = r"caisse de dépôt et placement du québec|caisse de dépôt du québec|cdpq"
"""Investors that appear in articles from elsewhere and so do not place an article in Québec."""

CENTRAL_AFRICA_SIGNS = (
    r"cameroun\w*|gabon\w*|tchad\w*|congo-brazzaville|centrafri\w*|guinée équatoriale|cemac|douala|yaoundé|libreville"
)
WEST_AFRICA_SIGNS = (
    r"ivoirien\w*|côte d['’]ivoire|abidjan|sénégal\w*|dakar|mali\b|malien\w*|bamako|burkin\w*|ouagadougou|bénin\w*|cotonou|togo\w*|"
    r"lomé|niger\b|niamey|uemoa"
)
EMIRATES_SIGNS = r"émirat\w*|emirat\w*|dubaï|dubai|abou[ -]dhabi"
ALGERIA_SIGNS = r"algéri\w*|alger\b|oran\b"
