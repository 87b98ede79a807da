"""The cheapest combination that has one rule in it, whatever it costs: what `explain="full"` compares with the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.pricing.rules.above import Goods, Taken, take_coupons
from huixiang.pricing.rules.bans import bans
from huixiang.pricing.rules.bound import NEVER
from huixiang.pricing.rules.budget import Pause, TooMany
from huixiang.pricing.rules.compiled import COUPON, DELIVERY, GROUP, Compiled
from huixiang.pricing.rules.components import Component, Components
from huixiang.pricing.rules.explorer import Explorer, Field
from huixiang.pricing.rules.outcome import Chooser, Outcome
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.search import Search, Spent, order_sets
from huixiang.pricing.rules.upper import Upper

LINES_A_NODE = 10  # a bound is reckoned over all lines, and there is one for each variant


class Forced(Search):
    """A search whose answers all have `rule` in them, or its one copy `upper` of what stands above the groups."""

    def __init__(self, quote: Quote, budget: tuple[int, Pause], rule: Compiled, upper: Upper | None) -> None:
        nodes_max, pause = budget
        super().__init__(quote, nodes_max, pause)
        self._rule = rule
        self._upper = upper

    def find(self) -> Outcome | None:
        """None where there is no such combination, or, where it is not `proven`, none was found in time."""
        bit = 0 if self._upper is None else self._upper.bit
        try:
            for ban in bans(self.quote):
                if self._rule.index not in ban.rules and bit & ban.allowed == bit:
                    self._with_ban(ban)
        except (Spent, TooMany):
            self.proven = False
        return self.best

    def count(self, nodes: int = 1) -> None:
        if self.budget.left < nodes:
            raise Spent
        self.budget.spend(nodes)

    def _under(
        self, chooser: Chooser, components: Components, orders: Sequence[Upper], selling: Sequence[Upper]
    ) -> None:
        upper = self._upper
        if upper is not None and upper.add_on and upper not in selling:
            return
        chooser = Must(self.quote, chooser, upper)
        fields = [Field(self, some, selling=bool(selling)) for some in self._variants(components.all)]
        explorers = []
        for chosen in order_sets(orders, self.quote.rule_set.stacking):
            if upper is not None and upper in orders and upper not in chosen:
                continue
            mixed = sorted([*chosen, *selling], key=lambda one: one.order)
            for field in fields:
                self.count(1 + len(field.components) // LINES_A_NODE)
                explorer = Explorer(self, chooser, field, mixed)
                if explorer.least < NEVER:
                    explorers.append(explorer)
        self._explore(explorers, whole=False)

    def _variants(self, components: Sequence[Component]) -> Iterator[Sequence[Component]]:
        """With a unit or group rule: each component in turn has it."""
        if self._rule.layer > GROUP:
            yield components
            return
        rule = self._rule
        for at, component in enumerate(components):
            if not any(rule.general or rule in line.touching.all for line in component.lines):
                continue
            found = component.with_rule(rule)
            if found is not None:
                yield [*components[:at], found, *components[at + 1 :]]


class Must(Chooser):
    """Chooses what has one coupon or delivery rule in it."""

    def __init__(self, quote: Quote, chooser: Chooser, upper: Upper | None) -> None:
        layer = None if upper is None else upper.rule.layer
        self._coupon = upper if layer == COUPON else None
        self._delivery = upper if layer == DELIVERY else None
        allowed = 0 if self._coupon is None else self._coupon.bit
        for one in (*chooser.coupons, *chooser.deliveries):
            allowed |= one.bit
        super().__init__(quote, allowed)

    def _useful(self, coupons: Sequence[Upper]) -> list[Upper]:
        """The forced copy itself, and beside it no more of its rule than may be used with it: others cost the same."""
        must = self._coupon
        found = super()._useful([one for one in coupons if one is not must])
        if must is None:
            return found
        same = [one for one in found if one.rule is must.rule][: max(0, self._limit(must) - 1)]
        found = [one for one in found if one.rule is not must.rule or one in same]
        return sorted([*found, must], key=lambda one: one.order)

    def _worth(self, goods: Goods, upper: Upper) -> int:
        worth = super()._worth(goods, upper)
        return max(1, worth) if upper is self._coupon else worth  # a gift is worth nothing, and may be forced

    def _close(
        self, parts: Sequence[Part], orders: Sequence[Taken], after: Goods, chosen: Sequence[Upper]
    ) -> Outcome | None:
        if self._coupon is not None and self._coupon not in chosen:
            return None
        if self._delivery is None:
            return super()._close(parts, orders, after, chosen)
        goods = after.copy() if chosen else after
        coupons = take_coupons(goods, chosen)
        if coupons is None:
            return None
        best: Outcome | None = None
        for fees in self._fee_sets(goods, [upper for upper in chosen if upper.fee]):
            if any(taken.upper is self._delivery for taken in fees):
                found = self._outcome(parts, orders, coupons, fees, goods)
                if self._may_stand(found) and found.better_than(best):
                    best = found
        return best
