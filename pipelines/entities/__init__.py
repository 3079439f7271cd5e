"""Companies and investors: a key for each, the same in all articles and spellings, and the table ``entities``."""

from pipelines.entities.aliases import Alias, read_aliases
from pipelines.entities.relations import Relation, learned_relations
from pipelines.entities.resolver import Resolver, resolver_of
from pipelines.entities.table import entities_of

__all__ = ["Alias", "Relation", "Resolver", "entities_of", "learned_relations", "read_aliases", "resolver_of"]
