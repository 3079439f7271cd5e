"""Trained weights, versioned with the package; ``make model`` rebuilds them from the corpus."""
