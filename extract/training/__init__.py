"""Rebuilds the weights of ``extract/model`` from the corpus: ``make model``."""
