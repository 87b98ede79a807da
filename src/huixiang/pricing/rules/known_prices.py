"""Prices that goods were found to have: the same goods are sold again and again, so many pieces at one list price."""

from __future__ import annotations

from itertools import count

from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.touching import Rules, Touching

KEPT = 30_000
NUMBERS_KEPT = 1_000
Key = tuple[int, Touching, int, int]
"""The number of the general rules that are available, the goods, their list price, and pieces."""


class LinePrices:
    """What some pieces can cost. least: the lowest fen, under `rule` (None: the list price). amounts: all of them,
    ascending, None until they are asked for."""

    __slots__ = ("amounts", "least", "rule")

    def __init__(self, least: int, rule: Compiled | None) -> None:
        self.least = least
        self.rule = rule
        self.amounts: list[int] | None = None


class KnownPrices:
    """Of one version of promotions, for goods whose unit rules are always available and look at nothing but the list
    price."""

    def __init__(self) -> None:
        self.found: dict[Key, LinePrices] = {}
        self._numbers: dict[Rules, int] = {}
        self._next = count()

    def number(self, general: Rules) -> int:
        """What stands for the general rules that are available, in the keys."""
        number = self._numbers.get(general)
        if number is None:
            if len(self._numbers) >= NUMBERS_KEPT:
                self._numbers.clear()
            number = self._numbers[general] = next(self._next)
        return number

    def keep(self, key: Key, prices: LinePrices) -> LinePrices:
        if len(self.found) >= KEPT:
            self.found.clear()
        self.found[key] = prices
        return prices
