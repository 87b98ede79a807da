"""Whether a basket has what a unit or group rule needs, whatever else is applied."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from huixiang.pricing.model.effects import GroupPrice, PriceRate
from huixiang.pricing.model.priced import Reason
from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.unit import lowered

Able = tuple[int, frozenset[int]]
"""Pieces of a line, and the slots that they may serve."""


class Stock:
    """The merged lines of a basket."""

    def __init__(self, lines: Sequence[Merged]) -> None:
        self._lines = lines
        least = min([line.amount for line in lines], default=0)
        # A rate up to this takes a fen or more off the smallest line, so off any.
        self.rate_that_saves = 10_000 - 5000 // least - 1 if least else -1
        self._able: dict[Compiled, list[Able]] | None = None

    def unit_reason(self, rule: Compiled) -> Reason | None:
        """`no_goods` where no line has what it needs, `saves_nothing` where its price is never below the list price."""
        effect = rule.effect
        if isinstance(effect, PriceRate) and effect.rate_bp <= self.rate_that_saves:
            return None
        reason: Reason | None = "no_goods"
        for line in self._lines:
            if rule.general or rule in line.touching.all:
                amount = lowered(rule, line)
                if amount is None:
                    continue
                if amount < line.amount:
                    return None
                reason = "saves_nothing"
        return reason

    def pieces_missing(self, rule: Compiled) -> int | None:
        """Pieces to add, each where it is of use, so that a rule makes one group. None where no line is of use."""
        able = self._able_of_some().get(rule)
        if able is None and rule.general:
            able = self._general(rule)
        if not able:
            return None
        slots = rule.slots
        if len(slots) == 1:
            return max(0, slots[0][1] - sum([units for units, _ in able]))
        missing = 0
        for count in range(1, len(slots) + 1):
            for some in combinations(range(len(slots)), count):
                have = sum([units for units, serves in able if not serves.isdisjoint(some)])
                missing = max(missing, sum([slots[slot][1] for slot in some]) - have)
        return missing

    def _general(self, rule: Compiled) -> list[Able]:
        found = [(line.units, frozenset(line.touching.slots_of(rule))) for line in self._lines if line.by_piece]
        return [one for one in found if one[1]]

    def _able_of_some(self) -> dict[Compiled, list[Able]]:
        """Of the group rules for some goods: the lines that they may hold pieces of."""
        if self._able is None:
            found: dict[Compiled, list[Able]] = {}
            for line in self._lines:
                if line.by_piece:
                    for rule in line.touching.groups:
                        slots = line.touching.slots_of(rule)
                        if slots:
                            found.setdefault(rule, []).append((line.units, frozenset(slots)))
            self._able = found
        return self._able

    def cannot_save(self, rule: Compiled) -> bool:
        """Whether a group is never worth more than its price, even of the dearest goods at list price."""
        if not isinstance(rule.effect, GroupPrice):
            return False
        worth = 0
        for slot, (_, need) in enumerate(rule.slots):
            prices = [line.price for line in self._lines if line.by_piece and slot in line.touching.slots_of(rule)]
            worth += need * max(prices, default=0)
        return worth <= rule.effect.price_fen
