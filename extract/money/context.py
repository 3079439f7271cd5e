"""Where an article is written from, as far as it settles what *dollars*, *francs CFA* or *dirhams* are."""

from __future__ import annotations

from functools import cached_property

from extract.money import patterns as p

_NEAR = 120


class Context:
    """Signs in a text that settle which currency a shared name means; looked for only when needed."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def quebec(self) -> bool:
        """Tell whether the text is from Québec: several signs of it, investors that go abroad not counted.

        Two signs do where sums are written as there (*5 M$*), four elsewhere. There a bare *M$* is
        Canadian (Office québécois de la langue française: M$ = million de dollars canadiens).
        """
        signs = len(p.QUEBEC.findall(p.QUEBEC_ABROAD.sub(" ", self._text)))
        return signs >= (2 if p.QUEBEC_NOTATION.search(self._text) else 4)

    @property
    def default(self) -> str:
        """Currency of a text that writes none."""
        return "CAD" if self.quebec else "EUR"

    def settle(self, currency: str, words: str) -> str:
        """Give the currency that ``words`` (the span) mean in this text."""
        lowered = words.lower()
        if currency == "USD" and self.quebec and not any(sign in lowered for sign in ("us", "améric", "americ")):
            return "CAD"
        if (
            currency == "CHF"
            and "suisse" not in lowered
            and p.CFA.search(self._text)
            and not p.SWISS.search(self._text)
        ):
            currency = "XOF"  # *200 francs* in a text that counts in CFA francs
        if currency == "XOF" and len(p.CENTRAL_AFRICA.findall(self._text)) > len(p.WEST_AFRICA.findall(self._text)):
            return "XAF"
        if currency == "MAD" and "dirham" in lowered and "maroc" not in lowered and self._emirates():
            return "AED"
        if currency == "TND" and "dinar" in lowered and "tunis" not in lowered and p.ALGERIA.search(self._text):
            return "DZD"
        return currency

    def _emirates(self) -> bool:
        return bool(p.EMIRATES.search(self._text)) and "maroc" not in self._text.lower()

    def money_near(self, start: int, end: int) -> bool:
        """Tell whether words of money stand near this place."""
        return bool(p.MONEY_NEAR.search(self._text, max(0, start - _NEAR), min(len(self._text), end + _NEAR)))
