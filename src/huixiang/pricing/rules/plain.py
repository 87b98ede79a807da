"""Lines that stand alone: nothing takes a part of them, so each has one price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huixiang.pricing.rules.compile import Rules, by_effect
from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.unit import candidate, on_top_sets, priced

Best = tuple[int, Compiled | None]
"""The lowest fen so far and its rule, None for the list price."""


class Pricer:
    """The unit prices of a quote's lines. `banned`: rules that are not to be used. `general_*` are for all goods."""

    def __init__(self, quote: Quote, banned: frozenset[int] = frozenset()) -> None:
        self._drop = quote.drop
        ok = quote.ok
        if banned:
            ok = bytearray(ok)
            for index in banned:
                ok[index] = 0
        self.ok = ok
        self.general = [rule for rule in quote.unit if ok[rule.index]]
        self._rates: Rules
        self._offs: Rules
        self._other: Rules
        self._rates = self._offs = self._other = ()
        if self.general:
            self._rates, self._offs, self._other = by_effect(self.general)
        self._on_top = [rule for rule in quote.rule_set.general_on_top if ok[rule.index]]

    def candidates(self, line: Merged) -> list[Compiled]:
        ok = self.ok
        return [rule for rule in line.touching.unit if ok[rule.index]] + self.general

    def on_top(self, line: Merged) -> Sequence[Compiled]:
        if not line.touching.on_top:
            return self._on_top
        ok = self.ok
        return [*self._on_top, *[rule for rule in line.touching.on_top if ok[rule.index]]]

    def cheapest(self, line: Merged) -> Part:
        """The lowest price of a line; of equal ones that of the smallest rule code."""
        touching = line.touching
        if touching.on_top or self._on_top:
            return min(self.parts(line), key=lambda part: (part.unit_fen, [rule.index for rule in part.unit]))
        best: Best = (line.amount, None)
        # By kind of effect and without a call for each rule: every line of every basket comes through here.
        if touching.rates:
            best = self._by_rate(touching.rates, line, best)
        if self._rates:
            best = self._by_rate(self._rates, line, best)
        if touching.offs:
            best = self._by_off(touching.offs, line, best)
        if self._offs:
            best = self._by_off(self._offs, line, best)
        if touching.other or self._other:
            best = self._by_other((*touching.other, *self._other), line, best)
        amount, rule = best
        return self._part(line, amount, () if rule is None else (rule,))

    def _by_rate(self, rates: Iterable[Compiled], line: Merged, best: Best) -> Best:
        ok, full = self.ok, line.amount
        least, kept = best
        for rule in rates:
            if ok[rule.index]:
                amount = (full * rule.rate + 5000) // 10000
                if amount > least:
                    break
                if amount < least or (kept is not None and rule.index < kept.index):
                    least, kept = amount, rule
        return least, kept

    def _by_off(self, offs: Iterable[Compiled], line: Merged, best: Best) -> Best:
        ok = self.ok
        least, kept = best
        for rule in offs:
            if ok[rule.index]:
                amount = _less(line, rule.off)
                if amount > least:
                    break
                if amount < least or (kept is not None and rule.index < kept.index):
                    least, kept = amount, rule
        return least, kept

    def _by_other(self, rules: Iterable[Compiled], line: Merged, best: Best) -> Best:
        ok = self.ok
        least, kept = best
        for rule in rules:
            if ok[rule.index]:
                amount = candidate(rule, line, line.units)
                if amount < least or (amount == least and kept is not None and rule.index < kept.index):
                    least, kept = amount, rule
        return least, kept

    def amounts(self, line: Merged) -> set[int]:
        """All that a line can cost, up to its list amount."""
        touching = line.touching
        if touching.on_top or self._on_top:
            return {part.unit_fen for part in self.parts(line)}
        ok, full, units = self.ok, line.amount, line.units
        found = {full}
        rates = (*touching.rates, *self._rates)
        found.update([(full * rule.rate + 5000) // 10000 for rule in rates if ok[rule.index]])
        found.update([_less(line, rule.off) for rule in (*touching.offs, *self._offs) if ok[rule.index]])
        for rule in (*touching.other, *self._other):
            if ok[rule.index]:
                found.add(candidate(rule, line, units))
        return found

    def at(self, line: Merged, amount: int) -> Part:
        """The price of a line that comes to just that; of equal ones that of the smallest rules."""
        return min([part for part in self.parts(line) if part.unit_fen == amount], key=_indices)

    def parts(self, line: Merged) -> list[Part]:
        """Every price of a line that differs in amount or in who counts it: the smallest rules of each."""
        found: dict[tuple[int, int], Part] = {}
        for top in on_top_sets(self.on_top(line)):
            for rule in (None, *self.candidates(line)):
                amount, used = priced(top if rule is None else (rule, *top), line, line.units)
                part = self._part(line, amount, used)
                kept = found.get((amount, part.mask))
                if kept is None or _indices(part) < _indices(kept):
                    found[amount, part.mask] = part
        return list(found.values())

    def choices(self, line: Merged) -> list[Choice]:
        """The same as choices, the cheapest first."""
        return sorted([Choice([part]) for part in self.parts(line)], key=lambda choice: choice.amount)

    def _part(self, line: Merged, amount: int, rules: tuple[Compiled, ...]) -> Part:
        mask = line.mask
        if self._drop:
            for rule in rules:
                mask &= ~self._drop.get(rule.stacking or "", 0)
        pieces = line.units if line.by_piece else 0
        return Part(line.number, line.units, pieces, line.amount, amount, mask, rules)


def _less(line: Merged, off: int) -> int:
    """A line at so much less than its list price."""
    price = line.price - off
    if price <= 0:
        return 0
    return line.units * price if line.by_piece else line.at(price)


def _indices(part: Part) -> list[int]:
    return sorted([rule.index for rule in part.unit])
