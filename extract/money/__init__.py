"""Sums of money in French text: :func:`find_money`, :func:`read_money` and a spaCy component."""

from extract.money.finder import find_money, read_money

__all__ = ["find_money", "read_money"]
