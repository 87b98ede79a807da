"""The search: which selection of prices, under which order rules, costs least in the end (record 0018)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from huixiang.pricing.rules.bans import Ban, bans
from huixiang.pricing.rules.bound import Bound, Overlap
from huixiang.pricing.rules.compiled import GROUP_AMOUNT, LEFT, LIST, UNIT_AMOUNT
from huixiang.pricing.rules.components import Component, Components
from huixiang.pricing.rules.cover import Cover
from huixiang.pricing.rules.one_sum import one_sum
from huixiang.pricing.rules.outcome import Chooser, Outcome
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper


class Spent(Exception):
    """The budget of nodes is used up."""


class Search:
    """Finds the best outcome of a quote. After `run`: `best`, `nodes`, `proven` and `bound`."""

    def __init__(self, quote: Quote, nodes_max: int) -> None:
        self.quote = quote
        self.nodes_max = nodes_max
        self.nodes = 0
        self.proven = True
        self.best: Outcome | None = None
        self.open: list[int] = []

    def run(self) -> Outcome:
        try:
            if not one_sum(self):
                for ban in bans(self.quote):
                    self._with_ban(ban)
        except Spent:
            self.proven = False
        assert self.best is not None  # noqa: S101 - list prices without any rule are an answer
        return self.best

    @property
    def bound(self) -> int:
        """What no combination can be below."""
        assert self.best is not None  # noqa: S101 - after run
        return self.best.payable if self.proven else 0

    def count(self, nodes: int = 1) -> None:
        self.nodes += nodes
        if self.nodes > self.nodes_max and self.best is not None:
            raise Spent

    def _with_ban(self, ban: Ban) -> None:
        quote = self.quote
        chooser = Chooser(quote, ban.allowed)
        orders = [upper for upper in quote.orders if upper.bit & ban.allowed and not upper.add_on]
        add_ons = [upper for upper in quote.add_ons if upper.bit & ban.allowed]
        for selling in _subsets(add_ons):
            components = Components(quote, selling, ban.rules, max(1, self.nodes_max - self.nodes))
            if not components.whole:
                self.proven = False
            self.nodes += components.nodes
            for chosen in _order_sets(orders, quote.rule_set.stacking.of_layer.get(2)):
                mixed = sorted([*chosen, *selling], key=lambda upper: upper.order)
                Explorer(self, chooser, components.all, mixed).run()


def _subsets(uppers: Sequence[Upper]) -> Iterator[tuple[Upper, ...]]:
    for count in range(len(uppers) + 1):
        yield from combinations(uppers, count)


def _order_sets(orders: Sequence[Upper], limit: int | None) -> Iterator[tuple[Upper, ...]]:
    """Sets of order rules that may stand in one order, the largest first."""
    most = len(orders) if limit is None else min(limit, len(orders))
    for count in range(most, -1, -1):
        for chosen in combinations(orders, count):
            bits = 0
            for upper in chosen:
                bits |= upper.bit
            if not any(upper.against & bits for upper in chosen):
                yield chosen


class Explorer:
    """The search under one set of order rules."""

    def __init__(
        self, search: Search, chooser: Chooser, components: Sequence[Component], orders: Sequence[Upper]
    ) -> None:
        self.search = search
        self.chooser = chooser
        self.components = components
        self.orders = orders
        self.bound = Bound(search.quote, orders, chooser.coupons, chooser.deliveries)
        self._counted: dict[int, int] = {}

    def run(self) -> None:
        cheapest = [component.cheapest for component in self.components]
        self.settle(cheapest)
        self._vary(cheapest)

    def settle(self, choices: Sequence[Choice]) -> None:
        """Price a selection exactly, and keep it if it is the best."""
        self.search.count()
        parts = sorted([part for choice in choices for part in choice.parts], key=lambda part: part.line)
        found = self.chooser.best(parts, self.orders, self.search.best)
        if found is not None:
            self.search.best = found

    def counted(self, mask: int) -> int:
        """Bits of the rules that count a part with a mask, once earlier order rules hold it."""
        known = self._counted.get(mask)
        if known is None:
            held = 0
            known = mask
            for upper in self.orders:
                if mask & upper.bit:
                    if held & upper.excludes:
                        known &= ~upper.bit
                    else:
                        held |= upper.bit
            for upper in (*self.chooser.coupons, *self.chooser.deliveries):
                if held & upper.excludes:
                    known &= ~upper.bit
            self._counted[mask] = known
        return known

    def _vary(self, cheapest: Sequence[Choice]) -> None:
        best = self.search.best
        if best is not None and not self._hopeful(cheapest, best.payable):
            return
        fixed: list[list[Choice]] = []
        free: list[Component] = []
        for component in self.components:
            kinds = self._kinds(component)
            if len(kinds) == 1:
                free.append(component)
            else:
                fixed.append(component.choices)
        self._fix(fixed, free, [])

    def _hopeful(self, cheapest: Sequence[Choice], best: int) -> bool:
        """Whether anything but the cheapest selection can be better, on the plainest bound."""
        amount = sum([choice.amount for choice in cheapest])
        most = self.search.quote.list_fen - amount
        if most <= 0 and all(component.single for component in self.components):
            return False
        top = [self.search.quote.list_fen] * len(self.bound.terms)
        pieces = [sum(line.units for line in self.search.quote.lines)] * len(self.bound.terms)
        for term in self.bound.terms:
            term.share = 0
        floor = amount + self.search.quote.fee + self.search.quote.packaging
        return floor - self.bound.gain(top, pieces, 0) <= best

    def _kinds(self, component: Component) -> dict[object, list[Choice]]:
        """Choices by what else changes with them than the amount that all who count them see."""
        kinds: dict[object, list[Choice]] = {}
        for choice in component.choices:
            kinds.setdefault(self._kind(choice), []).append(choice)
        return kinds

    def _kind(self, choice: Choice) -> object:
        masks = {self.counted(part.mask) for part in choice.parts}
        if len(masks) > 1:
            return choice
        mask = masks.pop()
        for term in self.bound.terms:
            upper = term.upper
            if mask & upper.bit and (term.pieces or upper.base in (LIST, UNIT_AMOUNT)):
                return (
                    choice if any(part.group is not None or part.add_on is not None for part in choice.parts) else mask
                )
        return mask

    def _fix(self, fixed: Sequence[list[Choice]], free: Sequence[Component], chosen: list[Choice]) -> None:
        """Go through the choices of components that change who counts them; the others are covered at the end."""
        if len(chosen) < len(fixed):
            for choice in fixed[len(chosen)]:
                self.search.count()
                self._fix(fixed, free, [*chosen, choice])
            return
        if chosen:
            self.settle([*chosen, *[component.cheapest for component in free]])
        Cover(self, chosen, free).run()

    def bases(self, choices: Sequence[Choice]) -> tuple[list[int], list[int], list[list[Overlap]]]:
        """What each term of the bound counts of a selection: fen, pieces, and what of it order rules count too."""
        parts = [(self.counted(part.mask), part) for choice in choices for part in choice.parts]
        terms = self.bound.terms
        bases = [
            sum([_amount(part, term.upper.base) for mask, part in parts if mask & term.upper.bit]) for term in terms
        ]
        pieces = [sum([part.pieces for mask, part in parts if mask & term.upper.bit]) for term in terms]
        overlaps: list[list[Overlap]] = []
        for term in terms:
            bit = term.upper.bit
            mine: list[Overlap] = []
            for number, upper in enumerate(self.orders):
                common = [part.groups_fen for mask, part in parts if mask & bit and mask & upper.bit]
                inside = all(mask & bit for mask, _ in parts if mask & upper.bit)
                mine.append((number, sum(common), len(common), inside))
            overlaps.append(mine)
        return bases, pieces, overlaps


def _amount(part: Part, base: int) -> int:
    if base in (GROUP_AMOUNT, LEFT):
        return part.groups_fen
    return part.unit_fen if base == UNIT_AMOUNT else part.list_fen
