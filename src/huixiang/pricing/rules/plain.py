"""Lines that stand alone: nothing takes a part of them, so each has one price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.known_prices import LinePrices
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.touching import Rules
from huixiang.pricing.rules.unit import candidate, on_top_sets, priced

Best = tuple[int, Compiled | None]
"""The lowest fen so far and its rule, None for the list price."""


class Pricer:
    """The unit prices of a quote's lines. `banned`: rules that are not to be used."""

    def __init__(self, quote: Quote, banned: frozenset[int] = frozenset()) -> None:
        self._drop = quote.drop
        ok = quote.ok
        if banned:
            ok = bytearray(ok)
            for index in banned:
                ok[index] = 0
        self.ok = ok
        self._under = under = quote.rule_set.known_prices.under(tuple([rule for rule in quote.unit if ok[rule.index]]))
        self._rates, self._offs, self._other = under.rates, under.offs, under.other
        self._on_top = [rule for rule in quote.rule_set.general_on_top if ok[rule.index]]
        self._keeps = under.by_price and not (banned or quote.unwanted or self._on_top)

    def candidates(self, line: Merged) -> list[Compiled]:
        ok = self.ok
        return [*[rule for rule in line.touching.unit if ok[rule.index]], *self._under.rules]

    def on_top(self, line: Merged) -> Sequence[Compiled]:
        if not line.touching.on_top:
            return self._on_top
        ok = self.ok
        return [*self._on_top, *[rule for rule in line.touching.on_top if ok[rule.index]]]

    def all_cheapest(self, lines: Sequence[Merged]) -> list[Part]:
        """The lowest price of each of some lines."""
        if self._drop or not self._keeps:
            return [self.cheapest(line) for line in lines]
        known = self._under.found
        parts = []
        for line in lines:
            units = line.units
            found = known.get((line.touching, line.price, units))
            if found is None:
                parts.append(self.cheapest(line))
            else:
                least = found.least
                parts.append(Part(line, units, line.amount, least, line.mask, found.rules))
        return parts

    def cheapest(self, line: Merged, units: int | None = None) -> Part:
        """The lowest price of a line, or of some of its pieces; of equal ones that of the smallest rule code."""
        if (line.touching.on_top or self._on_top) and self.on_top(line):
            return min(self.parts(line), key=lambda part: (part.unit_fen, [rule.index for rule in part.unit]))
        if units is None:
            units, full = line.units, line.amount
        else:
            full = line.list_of(units)
        found = self._prices(line, units)
        least, mask = found.least, line.mask
        if self._drop:
            for rule in found.rules:
                mask &= ~self._drop.get(rule.stacking or "", 0)
        return Part(line, units, full, least, mask, found.rules)

    def least(self, line: Merged, units: int) -> int:
        """What some pieces of a line come to at their lowest price; nothing is on top of it."""
        return self._prices(line, units).least

    def _prices(self, line: Merged, units: int) -> LinePrices:
        touching = line.touching
        if not (self._keeps and touching.by_price):
            return self._looked_up(line, units)
        key = (touching, line.price, units)
        return self._under.found.get(key) or self._under.keep(key, self._looked_up(line, units))

    def _looked_up(self, line: Merged, units: int) -> LinePrices:
        least, rule = self._least(line, units, line.list_of(units))
        return LinePrices(least, () if rule is None else (rule,))

    def _least(self, line: Merged, units: int, full: int) -> Best:
        touching = line.touching
        best: Best = (full, None)
        # By kind of effect and without a call for each rule: goods that are new come through here.
        if touching.rates:
            best = self._by_rate(touching.rates, full, best)
        if self._rates:
            best = self._by_rate(self._rates, full, best)
        if touching.offs:
            best = self._by_off(touching.offs, line, units, best)
        if self._offs:
            best = self._by_off(self._offs, line, units, best)
        if touching.other or self._other:
            best = self._by_other((*touching.other, *self._other), line, units, best)
        return best

    def _by_rate(self, rates: Iterable[Compiled], full: int, best: Best) -> Best:
        ok = self.ok
        least, kept = best
        for rule in rates:
            if ok[rule.index]:
                amount = (full * rule.rate + 5000) // 10000
                if amount > least:
                    break
                if amount < least or (kept is not None and rule.index < kept.index):
                    least, kept = amount, rule
        return least, kept

    def _by_off(self, offs: Iterable[Compiled], line: Merged, units: int, best: Best) -> Best:
        ok = self.ok
        least, kept = best
        for rule in offs:
            if ok[rule.index]:
                amount = _less(line, units, rule.off)
                if amount > least:
                    break
                if amount < least or (kept is not None and rule.index < kept.index):
                    least, kept = amount, rule
        return least, kept

    def _by_other(self, rules: Iterable[Compiled], line: Merged, units: int, best: Best) -> Best:
        ok = self.ok
        least, kept = best
        for rule in rules:
            if ok[rule.index]:
                amount = candidate(rule, line, units)
                if amount < least or (amount == least and kept is not None and rule.index < kept.index):
                    least, kept = amount, rule
        return least, kept

    def prices(self, line: Merged, units: int) -> dict[int, Rules]:
        """All that a line, or some of its pieces, can cost, up to the list amount, ascending, each with the rules that
        it is under; of equal ones the first by code."""
        if (line.touching.on_top or self._on_top) and self.on_top(line):
            whole: dict[int, Rules] = {}
            for part in sorted(self.parts(line), key=lambda part: (part.unit_fen, _indices(part))):
                whole.setdefault(part.unit_fen, part.unit)
            return whole
        found = self._prices(line, units)
        if found.all is None:
            found.all = self._all_prices(line, units)
        return found.all

    def _all_prices(self, line: Merged, units: int) -> dict[int, Rules]:
        full = line.list_of(units)
        found: dict[int, Rules] = {}
        for rule in sorted(self.candidates(line), key=_index):
            amount = candidate(rule, line, units)
            if amount < full and amount not in found:
                found[amount] = (rule,)
        return {**{amount: found[amount] for amount in sorted(found)}, full: ()}

    def at(self, line: Merged, units: int, amount: int) -> Part:
        """The price of a line, or of some of its pieces, that comes to just that."""
        rules = self.prices(line, units)[amount]
        return Part(line, units, line.list_of(units), amount, line.mask, rules)

    def parts(self, line: Merged, using: Compiled | None = None) -> list[Part]:
        """Every price of a line that differs in amount or in who counts it: the smallest rules of each. using: a rule
        that each of them has."""
        found: dict[tuple[int, int], Part] = {}
        for top in on_top_sets(self.on_top(line)):
            for rule in (None, *self.candidates(line)):
                amount, used = priced(top if rule is None else (rule, *top), line, line.units)
                if using is not None and using not in used:
                    continue
                part = self._part(line, amount, used)
                kept = found.get((amount, part.mask))
                if kept is None or _indices(part) < _indices(kept):
                    found[amount, part.mask] = part
        return list(found.values())

    def choices(self, line: Merged, using: Compiled | None = None) -> list[Choice]:
        """The same as choices, the cheapest first."""
        return sorted([Choice([part]) for part in self.parts(line, using)], key=lambda choice: choice.amount)

    def _part(self, line: Merged, amount: int, rules: tuple[Compiled, ...]) -> Part:
        mask = line.mask
        if self._drop:
            for rule in rules:
                mask &= ~self._drop.get(rule.stacking or "", 0)
        return Part(line, line.units, line.amount, amount, mask, rules)


_index = attrgetter("index")


def _less(line: Merged, units: int, off: int) -> int:
    """A line, or some of its pieces, at so much less than its list price."""
    price = line.price - off
    if price <= 0:
        return 0
    return units * price if line.by_piece else line.at(price)


def _indices(part: Part) -> list[int]:
    return sorted([rule.index for rule in part.unit])
