"""x."""
from spacy.language import Language
@Language.factory("tourdetable_rounds")
def make_rounds(nlp: Language, name: str):
    return lambda d: d
