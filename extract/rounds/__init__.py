"""Funding rounds: sums, names and their roles put together."""
