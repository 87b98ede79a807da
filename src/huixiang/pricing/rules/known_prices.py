"""Prices that goods were found to have: the same goods are sold again and again, so many pieces at one list price."""

from __future__ import annotations

from huixiang.pricing.rules.touching import Rules, Touching, by_effect

KEPT = 30_000  # prices of one version
SETS_KEPT = 1_000
Key = tuple[Touching, int, int]
"""The goods, their list price, and pieces."""


class LinePrices:
    """What some pieces can cost. least: the lowest fen, under `rules` (none: the list price). all: every amount,
    ascending, with its rules; None until it is asked for."""

    __slots__ = ("all", "least", "rules")

    def __init__(self, least: int, rules: Rules) -> None:
        self.least = least
        self.rules = rules
        self.all: dict[int, Rules] | None = None


class Under:
    """Prices under one set of unit rules for all goods, by effect as `Touching` has them. by_price: these look at the
    list price alone."""

    __slots__ = ("_all", "by_price", "found", "offs", "other", "rates", "rules")

    def __init__(self, rules: Rules, known: KnownPrices) -> None:
        self.rules = rules
        self.rates, self.offs, self.other = by_effect(rules)
        self.by_price = all(rule.by_price for rule in rules)
        self.found: dict[Key, LinePrices] = {}
        self._all = known

    def keep(self, key: Key, prices: LinePrices) -> LinePrices:
        self._all.make_room()
        self.found[key] = prices
        return prices


class KnownPrices:
    """Of one version of promotions, for goods whose unit rules are always available and look at nothing but the list
    price."""

    def __init__(self) -> None:
        self._sets: dict[Rules, Under] = {}
        self._count = 0

    def under(self, general: Rules) -> Under:
        """With just these rules for all goods available."""
        found = self._sets.get(general)
        if found is None:
            if len(self._sets) >= SETS_KEPT:
                self._clear()
            found = self._sets[general] = Under(general, self)
        return found

    def make_room(self) -> None:
        """For one more price."""
        if self._count >= KEPT:
            self._clear()
        self._count += 1

    def _clear(self) -> None:
        for under in list(self._sets.values()):  # another thread may be adding to them
            under.found.clear()
        self._sets.clear()
        self._count = 0
