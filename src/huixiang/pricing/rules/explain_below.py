"""Why unit and group rules were not applied: by place, in which order all reasons are told.

Almost all of them are always available and would lower a line, so something else is cheaper: what touches the goods has
that answer ready. The others are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from huixiang.pricing.model.effects import GroupPrice
from huixiang.pricing.model.priced import NotApplied
from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.unit import lowered

Asked = dict[Compiled, list[Merged]]
"""Unit rules that are looked at one by one, each with the lines in its scope."""


class Below:
    """Reasons of one quote's rules. `kept_out`: why a rule does not stand beside what was applied, where it does not.
    free: nothing ever keeps one out."""

    def __init__(self, quote: Quote, kept_out: Callable[[Compiled], NotApplied | None], *, free: bool) -> None:
        self._quote = quote
        self._kept_out = kept_out
        self._free = free

    def reasons(self, applied: AbstractSet[Compiled]) -> dict[int, NotApplied]:
        """Of all but the applied; of some rules that are not available something too, for which that is to be told."""
        quote = self._quote
        ok = quote.ok
        found: dict[int, NotApplied] = {}
        asked = self._ready(found)
        for rule in quote.unit:
            asked[rule] = quote.lines
        for rule in quote.rule_set.general_on_top:
            asked[rule] = quote.lines
        for rule, lines in asked.items():
            if ok[rule.index] and rule not in applied and rule.place not in found:
                found[rule.place] = self._of_unit(rule, lines)
        self._groups(found)
        for rule in applied:
            found.pop(rule.place, None)
        return found

    def _ready(self, found: dict[int, NotApplied]) -> Asked:
        """The answers that are ready; the rules for some goods that have none."""
        asked: Asked = {}
        free = self._free
        for line in self._quote.lines:
            touching = line.touching
            if free and (line.price if line.by_piece else line.amount) > touching.lowers_above:
                if touching.lowering:
                    found.update(touching.lowering)
                for rule in touching.asked:
                    asked.setdefault(rule, []).append(line)
            else:
                for rule in (*touching.unit, *touching.on_top):
                    asked.setdefault(rule, []).append(line)
        return asked

    def _of_unit(self, rule: Compiled, lines: Sequence[Merged]) -> NotApplied:
        some = False
        for line in lines:
            amount = lowered(rule, line)
            if amount is not None:
                if amount < line.amount:
                    return self._kept_out(rule) or rule.because("dearer")
                some = True
        if not some:
            return rule.because("no_goods")
        return self._kept_out(rule) or rule.because("saves_nothing")

    def _groups(self, found: dict[int, NotApplied]) -> None:
        quote = self._quote
        missing = quote.stock.missing
        for rule, pieces in missing.items():
            if pieces:
                found[rule.place] = rule.lacks.get(pieces) or rule.too_few(pieces)
            else:
                reason = self._kept_out(rule)
                found[rule.place] = reason or rule.because("saves_nothing" if self._cannot_save(rule) else "dearer")
        for line in quote.lines:
            if line.touching.unserved:
                self._unserved(line.touching.unserved, found)
        if quote.rule_set.general_groups:
            self._unserved(quote.rule_set.general_groups, found)

    def _unserved(self, rules: Sequence[Compiled], found: dict[int, NotApplied]) -> None:
        for rule in rules:
            if rule not in self._quote.stock.missing:
                found[rule.place] = rule.because("no_goods")

    def _cannot_save(self, rule: Compiled) -> bool:
        """Whether a group is never worth more than its price, even of the dearest goods at list price."""
        if not isinstance(rule.effect, GroupPrice):
            return False
        worth = 0
        lines = self._quote.stock.serving(rule)
        for slot, (_, need) in enumerate(rule.slots):
            worth += need * max([line.price for line in lines if slot in line.touching.slots_of(rule)])
        return worth <= rule.effect.price_fen
