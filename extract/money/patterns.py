"""Regular expressions of sums, put together from the lexicon. All run in linear time: no nested repeats overlap."""

from __future__ import annotations

import re

from extract.money import lexicon

SPACE = "[ \t\u00a0\u2009\u202f]"

_SEPARATED = r"\d{1,3}(?:[ \u00a0\u2009\u202f.'’]\d{3})+(?![\d])(?:,\d{1,2}(?!\d))?"
_ENGLISH = r"\d{1,3}(?:,\d{3}){2,4}(?!\d)"
_PLAIN = r"\d{1,15}(?:[.,]\d{1,6})?(?!\d)"
DIGITS = rf"(?<![\d.,'’])(?:{_SEPARATED}|{_ENGLISH}|{_PLAIN})"

_numeral = "|".join(sorted(lexicon.NUMERALS, key=len, reverse=True))
_collective = "|".join(lexicon.COLLECTIVES)
LETTERS = (
    rf"(?<![\w-])(?:(?:une?|deux|trois|quatre|cinq|la|cette){SPACE}(?:bonne{SPACE}|petite{SPACE})?(?:{_collective})s?(?=\W)"
    rf"|(?:un{SPACE}|le{SPACE})?demi[- ](?=milli)"
    rf"|(?:{_numeral})(?:(?:[ -]|{SPACE}et{SPACE})(?:{_numeral})(?![\w]))*(?!\w))"
)

UNIT_WORD = "|".join(f"(?:{unit})" for unit in lexicon.UNIT_WORDS)
_letters = "|".join(sorted(lexicon.UNIT_LETTERS, key=len, reverse=True))
_signs = "|".join(f"(?:{sign})" for sign in lexicon.CURRENCY_SIGNS)
_words = "|".join(f"(?:{word})" for word in lexicon.CURRENCY_WORDS)
_codes = "|".join(sorted(lexicon.CURRENCY_CODES, key=len, reverse=True))

_OF = rf"(?:{SPACE}*(?:de{SPACE}+|d{SPACE}?['’]{SPACE}?)|{SPACE}*)"
CURRENCY = rf"(?:(?:{_signs})|(?-i:{_codes})(?![A-Za-z])|(?:{_words})(?!\w))"
_UNIT = (
    rf"(?:{SPACE}*(?:de{SPACE}+)?(?P<unit>{UNIT_WORD})(?!\w)(?P<half>{SPACE}et{SPACE}demie?)?"
    rf"|{SPACE}?(?P<letter>(?-i:{_letters}))(?={SPACE}*(?:d{SPACE}?['’]{SPACE}?|de{SPACE})?(?-i:{_signs}|{_codes}|[Ee]uros?|dollars?)))"
)

AMOUNT = re.compile(
    rf"(?P<number>{DIGITS}|{LETTERS})(?P<tail>{_UNIT}?(?P<currency>{_OF}{CURRENCY})?)",
    re.IGNORECASE,
)
"""A number with its unit and currency behind it, each optional: what it means is decided by the finder."""

PREFIXED = re.compile(
    rf"(?<![\w$€£])(?P<currency>(?-i:{_signs}|(?:{_codes})(?![A-Za-z]))){SPACE}?(?P<number>{DIGITS})"
    rf"(?:{SPACE}?(?P<unit>{UNIT_WORD}|(?-i:{_letters}))(?!\w))?(?!{SPACE}?(?:€|euros?|dollars?|%))",
    re.IGNORECASE,
)
"""A currency in front of its number: *$25m*, *EUR 12m*, *CHF 5 millions*."""

RANGE_LINK = re.compile(rf"{SPACE}*(?:à|-|–|et|ou){SPACE}*", re.IGNORECASE)
LIST_LINK = re.compile(rf"{SPACE}*(?:,|et|ou|puis|,{SPACE}*puis){SPACE}*", re.IGNORECASE)
MOVED_FROM = re.compile(
    rf"(?:pass|bond|grimp|progress|chut|tomb|recul|mont|ramen|rédui|dépenses)\w*{SPACE}+(?:[\w'’]+{SPACE}+)?de{SPACE}*$",
    re.IGNORECASE,
)
"""*passée de 3 à 11 millions*: two sums, before and after, where *de 3 à 11 millions* alone is a range."""
BETWEEN = re.compile(rf"\bentre{SPACE}+$", re.IGNORECASE)

QUALIFIER = re.compile(
    "(?:"
    + "|".join(f"(?P<{kind}>{pattern})" for pattern, kind in lexicon.QUALIFIERS.items())
    + rf"){SPACE}*(?:les{SPACE}+|des{SPACE}+)?$",
    re.IGNORECASE,
)

AFTER_NOUN = re.compile(rf"{SPACE}*(?:de{SPACE}+|d['’]{SPACE}?)(?P<noun>[\w'’-]+)", re.IGNORECASE)
MONEY_NOUN = re.compile(rf"(?:{lexicon.MONEY_NOUNS})$", re.IGNORECASE)
NOT_MONEY_AFTER = re.compile(
    rf"{SPACE}*(?:%|°|[²³]|m[²³]|km|kg|mètres?|tonnes?|ans?\b|mois\b|jours?\b|heures?\b|pour{SPACE}cent|fois\b|[a-z]*w(?:h|att)?\b|"
    rf"utilisateurs|clients|abonnés|visiteurs|téléchargements|habitants|personnes|foyers|salariés|emplois|logements|"
    rf"véhicules|transistors|actions|titres|parts|tokens|jetons|exemplaires|vues|membres|internautes|hectares|patients)",
    re.IGNORECASE,
)

_cue = lexicon.BARE_CUES
BARE_BEFORE = re.compile(
    rf"(?:(?<!\w)(?:{_cue})(?:{SPACE}+(?:de|d['’]|à|fixée?{SPACE}+à|un|une|en|prête|encore))*|(?<!\w)(?:tranches|volets?){SPACE}*(?:de|:)|,){SPACE}*$",
    re.IGNORECASE,
)
BARE_AFTER = re.compile(
    rf"{SPACE}*(?:$|[.;:)!?»](?!\d)|,(?!\d)|{SPACE}(?:en|pour{SPACE}+(?:le|la|les|l['’]|sa|son)|par|prêtés?|apportés?|sous|aujourd|"
    rf"restants?|espérés?|attendus?|prévus?|visés?|l['’]an|l['’]année|auparavant|seulement|proviennent|"
    rf"à{SPACE}(?:lui|elle|eux|elles)|de{SPACE}(?:dette|capital|prêts?|mieux|plus|moins))\b)",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:19|20)\d\d$")
SENTENCE_END = re.compile(r"[.!?…]\s|\n")

QUEBEC = re.compile(lexicon.QUEBEC_SIGNS, re.IGNORECASE)
QUEBEC_ABROAD = re.compile(lexicon.QUEBEC_NAMES_ABROAD, re.IGNORECASE)
QUEBEC_NOTATION = re.compile(r"\d[ \u00a0\u202f]?[MGk]\$|\$ CA\b")
CFA = re.compile(r"\bF?[ \u00a0]?CFA\b")
SWISS = re.compile(r"\bsuisses?\b|\bCHF\b", re.IGNORECASE)
WEST_AFRICA = re.compile(lexicon.WEST_AFRICA_SIGNS, re.IGNORECASE)
CENTRAL_AFRICA = re.compile(lexicon.CENTRAL_AFRICA_SIGNS, re.IGNORECASE)
EMIRATES = re.compile(lexicon.EMIRATES_SIGNS, re.IGNORECASE)
ALGERIA = re.compile(lexicon.ALGERIA_SIGNS, re.IGNORECASE)
MONEY_NEAR = re.compile(rf"\b(?:{lexicon.MONEY_VERBS})", re.IGNORECASE)

CURRENCY_VALUES = [
    (re.compile(pattern + r"\Z", re.IGNORECASE), code) for pattern, code in lexicon.CURRENCY_WORDS.items()
]
SIGN_VALUES = [(re.compile(pattern + r"\Z"), code) for pattern, code in lexicon.CURRENCY_SIGNS.items()]
UNIT_VALUES = [(re.compile(pattern + r"\Z", re.IGNORECASE), value) for pattern, value in lexicon.UNIT_WORDS.items()]
