"""Lines that stand alone: nothing takes a part of them, so each has one price."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.rules.compile import by_off, by_rate
from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.unit import candidate, on_top_sets, priced


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
        self._rates = by_rate(self.general)
        self._offs = by_off(self.general)
        self._other = [rule for rule in self.general if rule.effect.__struct_config__.tag not in ("rate", "off")]
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
        if line.touching.on_top or self._on_top:
            return min(self.parts(line), key=lambda part: (part.unit_fen, [rule.index for rule in part.unit]))
        amount = line.amount
        best: Compiled | None = None
        ok = self.ok
        touching = line.touching
        for rates in (touching.rates, self._rates):
            for rate, rule in rates:
                if ok[rule.index]:
                    found = (line.amount * rate + 5000) // 10000
                    if found < amount or (found == amount and best is not None and rule.index < best.index):
                        amount, best = found, rule
                    elif found > amount:
                        break
        for offs in (touching.offs, self._offs):
            for off, rule in offs:
                if ok[rule.index]:
                    price = line.price - off
                    found = 0 if price < 0 else line.units * price if line.by_piece else line.at(price)
                    if found < amount or (found == amount and best is not None and rule.index < best.index):
                        amount, best = found, rule
                    elif found > amount:
                        break
        for rules in (touching.other, self._other):
            for rule in rules:
                if ok[rule.index]:
                    found = candidate(rule, line, line.units)
                    if found < amount or (found == amount and best is not None and rule.index < best.index):
                        amount, best = found, rule
        return self._part(line, amount, () if best is None else (best,))

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


def _indices(part: Part) -> list[int]:
    return sorted([rule.index for rule in part.unit])
