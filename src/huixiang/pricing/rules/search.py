"""The search: which selection of prices, under which order rules, costs least in the end (record 0018)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from heapq import heapify, heappop, heappush
from itertools import combinations

from huixiang.pricing.rules.bans import Ban, bans
from huixiang.pricing.rules.bound import NEVER
from huixiang.pricing.rules.budget import Budget, Pause, TooMany, no_pause
from huixiang.pricing.rules.compiled import GROUP, ORDER
from huixiang.pricing.rules.components import Components
from huixiang.pricing.rules.explorer import Explorer, Field
from huixiang.pricing.rules.one_sum import one_sum
from huixiang.pricing.rules.outcome import Chooser, Outcome
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.stacking import Stacking
from huixiang.pricing.rules.upper import Upper

MANY = 8  # order rules, from which on their sets are more than a search looks at


class Spent(Exception):
    """The budget of nodes is used up."""


class Search:
    """Finds the best outcome of a quote. After `run`: `best`, `nodes`, `proven` and `bound`."""

    def __init__(self, quote: Quote, nodes_max: int, pause: Pause = no_pause) -> None:
        self.quote = quote
        self.budget = Budget(nodes_max, pause)
        self.proven = True
        self.best: Outcome | None = None
        self._ties = False
        self._one_way = False
        self._least = 0
        uppers = [*quote.orders, *quote.coupons]
        self._gift_fen = sum([upper.rule.gift.value_fen for upper in uppers if upper.rule.gift is not None])

    def run(self) -> Outcome:
        try:
            if not one_sum(self):
                self._search()
        except (Spent, TooMany):
            self.proven = False
        assert self.best is not None  # noqa: S101 - list prices without any rule are an answer
        if self.quote.rule_set.has_quotas and any(rule.quota for rule in self.best.rules()):
            self._spare_quotas()
        return self.best

    def _search(self) -> None:
        ways = list(bans(self.quote))
        self._one_way = len(ways) == 1 and not self.quote.add_ons
        for ban in ways:
            self._with_ban(ban)
        self._one_way = False

    def _spare_quotas(self) -> None:
        """Of equal answers one that uses no quota (law P9): where the best one does, look once more without any."""
        self._ties, self._one_way = True, False
        proven, every = self.proven, frozenset(rule.index for rule in self.quote.touching if rule.quota)
        with suppress(Spent, TooMany):
            for ban in bans(self.quote):
                self._with_ban(Ban(ban.rules | every, ban.allowed))
        self.proven = proven

    @property
    def bound(self) -> int:
        """What no combination can be below."""
        assert self.best is not None  # noqa: S101 - after run
        if self.proven:
            return self.best.payable
        return max(self.quote.packaging, min(self.best.payable, self._least))

    @property
    def nodes(self) -> int:
        return self.budget.used

    def is_hopeless(self, least: int) -> bool:
        """Whether what costs at least this cannot be the answer."""
        if self.best is None:
            return False
        return least > self.best.payable if self._ties else least >= self.best.payable

    def is_beaten(self, least: int) -> bool:
        """Whether what costs at least this is not even as good as the best."""
        return self.best is not None and least > self.best.payable

    def is_settled(self, least: int) -> bool:
        """The same, or that it is no better than the best among equals (law P9) where it costs as much: that takes
        fewer coupons, or gifts. For answers without a quota everything is looked at once more (`_spare_quotas`)."""
        best = self.best
        if best is None or least != best.payable or self._ties:
            return best is not None and least > best.payable
        return not best.coupon_count and best.gift_fen == self._gift_fen

    def count(self, nodes: int = 1) -> None:
        """Raises Spent where that is more than may be looked at, once there is any answer."""
        if self.budget.left < nodes and self.best is not None:
            raise Spent
        self.budget.spend(nodes)

    def _with_ban(self, ban: Ban) -> None:
        quote = self.quote
        chooser = Chooser(quote, ban.allowed)
        orders = [upper for upper in quote.orders if upper.bit & ban.allowed and not upper.add_on]
        add_ons = [upper for upper in quote.add_ons if upper.bit & ban.allowed]
        for selling in _subsets(add_ons):
            components = Components(quote, self.budget, selling, ban.rules)
            try:
                self._under(chooser, components, orders, selling)
            finally:
                self.proven &= components.all_whole

    def _under(
        self, chooser: Chooser, components: Components, orders: Sequence[Upper], selling: Sequence[Upper]
    ) -> None:
        """Every set of order rules, the most promising first."""
        field = Field(self, components.all, selling=bool(selling))
        self._begin(chooser, field, orders, selling)
        explorers = self._explorers(chooser, field, orders, selling)
        self._settle(explorers)
        dropping = self._dropping()
        if dropping - components.banned:
            # Prices keep lines from being counted: what comes of it without these.
            counted = Components(self.quote, self.budget, selling, components.banned | dropping)
            self._settle(self._explorers(chooser, Field(self, counted.all, selling=bool(selling)), orders, selling))
        self._explore(explorers, whole=self._one_way and components.whole)

    def _begin(self, chooser: Chooser, field: Field, orders: Sequence[Upper], selling: Sequence[Upper]) -> None:
        """Without any order rule there is an answer, to hold the others to; where there are too many sets of them to
        look at all, one after the other is added as long as it helps."""
        chosen = list(selling)
        Explorer(self, chooser, field, chosen).settle_cheapest()
        if len(orders) <= MANY:
            return
        for upper in orders:
            best = self.best
            more = sorted([*chosen, upper], key=lambda upper: upper.order)
            Explorer(self, chooser, field, more).settle_cheapest()
            if self.best is not best:
                chosen = more

    def _explorers(
        self, chooser: Chooser, field: Field, orders: Sequence[Upper], selling: Sequence[Upper]
    ) -> list[Explorer]:
        found = []
        for chosen in order_sets(orders, self.quote.rule_set.stacking):
            self.count()
            mixed = sorted([*chosen, *selling], key=lambda upper: upper.order)
            explorer = Explorer(self, chooser, field, mixed)
            if explorer.least < NEVER:
                found.append(explorer)
        return found

    def _settle(self, explorers: Sequence[Explorer]) -> None:
        """Good answers first, whatever the lines: they spare most of what follows."""
        for explorer in sorted(explorers, key=lambda explorer: explorer.least):
            if not self.is_beaten(explorer.least):
                explorer.settle_cheapest()

    def _dropping(self) -> frozenset[int]:
        """Rules below that keep a rule above from counting what they price."""
        quote = self.quote
        if not quote.drop:
            return frozenset()
        return frozenset(
            rule.index for rule in quote.touching
            if rule.layer <= GROUP and rule.stacking in quote.drop and quote.ok[rule.index]
        )  # fmt: skip

    def _explore(self, explorers: Sequence[Explorer], *, whole: bool) -> None:
        """Run explorers, the most promising first, until none can be better than the best. whole: together they look at
        all that there is, so that the least of those that wait bounds every answer."""
        waiting = [(explorer.least, number, explorer) for number, explorer in enumerate(explorers)]
        heapify(waiting)
        number = len(waiting)
        while waiting:
            least, _, explorer = heappop(waiting)
            if whole:
                self._least = least
            if self.is_settled(least):
                return
            for one in explorer.run():
                if one.least < NEVER:
                    number += 1
                    heappush(waiting, (max(least, one.least), number, one))


def _subsets(uppers: Sequence[Upper]) -> Iterator[tuple[Upper, ...]]:
    for count in range(len(uppers) + 1):
        yield from combinations(uppers, count)


def order_sets(orders: Sequence[Upper], stacking: Stacking) -> Iterator[tuple[Upper, ...]]:
    """Sets of order rules that may stand in one order, the largest first."""
    most = min(len(orders), stacking.of_layer.get(ORDER, len(orders)))
    for count in range(most, -1, -1):
        for chosen in combinations(orders, count):
            bits = 0
            for upper in chosen:
                bits |= upper.bit
            if not any(upper.against & bits for upper in chosen) and _few_enough(chosen, stacking.of_class):
                yield chosen


def _few_enough(chosen: Sequence[Upper], limits: Mapping[str, int]) -> bool:
    names = [upper.rule.stacking for upper in chosen]
    return all(name is None or names.count(name) <= limits.get(name, len(names)) for name in names)
