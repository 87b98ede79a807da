"""The search under one set of order rules: which selection of prices goes best with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from huixiang.pricing.rules.bound import NEVER, Bound, Counted, Overlap
from huixiang.pricing.rules.compiled import GROUP_AMOUNT, LEFT, LIST, UNIT_AMOUNT
from huixiang.pricing.rules.components import Component
from huixiang.pricing.rules.cover import Cover
from huixiang.pricing.rules.outcome import Chooser
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.upper import Upper

if TYPE_CHECKING:
    from huixiang.pricing.rules.search import Search


class Explorer:
    """`least`: what no selection under these order rules can be below; NEVER where they cannot all be applied."""

    def __init__(
        self, search: Search, chooser: Chooser, components: Sequence[Component], orders: Sequence[Upper]
    ) -> None:
        self.search = search
        self.components = components
        self._chooser = chooser
        self._orders = orders
        self._later = [*chooser.coupons, *chooser.deliveries]
        self._excluding = any(upper.excludes for upper in (*orders, *self._later))
        self.bound = Bound(search.quote, orders, chooser.coupons, chooser.deliveries)
        self._counted: dict[int, int] = {}
        self._most: dict[Component, list[tuple[int, int, int]]] = {}
        self._cheapest = [component.cheapest for component in components]
        self.least = self._plain_bound()

    def run(self) -> None:
        """Look at every selection that may be the best."""
        self.settle_cheapest()
        best = self.search.best
        if best is not None and (self.search.is_hopeless(self.least) or self._only_one()):
            return
        width = self._gain + self.bound.slack + (0 if best is None else best.payable) - self._floor
        fixed: list[Component] = []
        free: list[Component] = []
        for component in self.components:
            if best is not None:
                component.look_within(max(0, width))
            kinds = {self._kind(choice) for choice in component.choices}
            (free if len(kinds) == 1 else fixed).append(component)
        fixed.sort(key=lambda component: -len(component.choices))
        self._fix(fixed, free, [])

    def settle_cheapest(self) -> None:
        self.settle(self._cheapest)

    def settle(self, choices: Sequence[Choice]) -> None:
        """Price a selection exactly, and keep it if it is the best."""
        parts = [part for choice in choices for part in choice.parts]
        self.search.count(len(parts))
        parts.sort(key=lambda part: part.line)
        found = self._chooser.best(parts, self._orders, self.search.best)
        if found is not None:
            self.search.best = found

    def counted(self, mask: int) -> int:
        """Bits of the rules that count a part with a mask, once earlier order rules hold it."""
        if not self._excluding:
            return mask
        known = self._counted.get(mask)
        if known is None:
            held = 0
            known = mask
            for upper in self._orders:
                if mask & upper.bit:
                    if held & upper.excludes:
                        known &= ~upper.bit
                    else:
                        held |= upper.bit
            for upper in self._later:
                if held & upper.excludes:
                    known &= ~upper.bit
            self._counted[mask] = known
        return known

    def _only_one(self) -> bool:
        quote = self.search.quote
        amount = sum([choice.amount for choice in self._cheapest])
        return amount >= quote.list_fen and all(component.single for component in self.components)

    def _plain_bound(self) -> int:
        """A bound before any choice but the cheapest is made: the other ones cost up to the list amount. What is
        cut or may change who counts it is counted at list price by all."""
        search, bound = self.search, self.bound
        quote = search.quote
        amount = 0
        counted: list[tuple[int, int, int]] = []
        for component in self.components:
            amount += component.cheapest.amount
            if component.single and not quote.drop:
                part = component.cheapest.parts[0]
                counted.append((self.counted(part.mask), part.groups_fen, part.pieces))
            else:
                whole = self.counted if not quote.drop else _as_it_is
                counted += [(whole(line.mask), line.amount, line.units) for line in component.lines]
        bases = [
            quote.list_fen if term.upper.base == LIST and not term.upper.fee
            else sum([fen for mask, fen, _ in counted if mask & term.upper.bit])
            for term in bound.terms
        ]  # fmt: skip
        goods = [sum([fen for mask, fen, _ in counted if mask & term.upper.bit]) for term in bound.terms]
        pieces = [sum([count for mask, _, count in counted if mask & term.upper.bit]) for term in bound.terms]
        none: list[list[Overlap]] = [[] for _ in bound.terms]
        most = quote.list_fen - amount
        bound.stand_on(Counted(bases, goods, pieces, none), most, [line.mask for line in quote.lines])
        floor = self._floor = amount + quote.fee + quote.packaging
        self._gain = bound.gain(most)
        if any(
            base + most < term.upper.rule.lowest and not term.pieces
            for term, base in zip(bound.orders, bases, strict=False)
        ):
            return NEVER
        if bound.steep:
            return floor - bound.gain(most) - bound.slack
        extras = [0, *[level for level, _ in bound.levels(most)]]
        return min([floor + extra - bound.gain(extra) for extra in extras]) - bound.slack

    def _kind(self, choice: Choice) -> object:
        """What else changes with a choice than the amount that all who count it see."""
        masks = {self.counted(part.mask) for part in choice.parts}
        if len(masks) > 1 or (self.search.quote.rounds and len(choice.parts) > 1):
            return choice
        mask = masks.pop()
        for term in self.bound.terms:
            upper = term.upper
            if mask & upper.bit and (term.pieces or upper.base in (LIST, UNIT_AMOUNT)):
                return choice if any(part.group or part.add_on for part in choice.parts) else mask
        return mask

    def _fix(self, fixed: Sequence[Component], free: Sequence[Component], chosen: list[Choice]) -> None:
        """Go through the choices of components that change who counts them; the others are covered at the end."""
        if len(chosen) == len(fixed):
            if chosen:
                self.settle([*chosen, *[component.cheapest for component in free]])
            Cover(self, chosen, free).run()
            return
        for choice in fixed[len(chosen)].choices:
            self.search.count()
            more = [*chosen, choice]
            best = self.search.best
            if best is None or self._least_with(more, fixed[len(more) :], free) <= best.payable:
                self._fix(fixed, free, more)

    def _least_with(self, chosen: Sequence[Choice], rest: Sequence[Component], free: Sequence[Component]) -> int:
        """A bound for a few choices: components of `rest` cost their least and are counted at their most."""
        bound = self.bound
        quote = self.search.quote
        known = self.count([*chosen, *[component.cheapest for component in free]])
        amount = sum([choice.amount for choice in chosen]) + sum([one.cheapest.amount for one in (*rest, *free)])
        for component in rest:
            for at, (fen, goods, pieces) in enumerate(self._most_counted(component)):
                known.bases[at] += fen
                known.goods[at] += goods
                known.pieces[at] += pieces
        if rest:
            known.overlaps = [[] for _ in bound.terms]
        most = sum([component.choices[-1].amount - component.cheapest.amount for component in free])
        masks = [self.counted(component.cheapest.parts[0].mask) for component in free]
        bound.stand_on(known, most, masks)
        floor = amount + quote.fee + quote.packaging - bound.slack
        if bound.steep:
            return floor - bound.gain(most)
        must = max(0, bound.least_extra())
        if must > most:
            return NEVER
        extras = [must, *[level for level, _ in bound.levels(most) if level > must]]
        return min([floor + extra - bound.gain(extra) for extra in extras])

    def _most_counted(self, component: Component) -> list[tuple[int, int, int]]:
        """For each term, the most that it may count of a component: fen of its base, of goods, and pieces."""
        known = self._most.get(component)
        if known is None:
            counts = [self.count([choice]) for choice in component.choices]
            known = self._most[component] = [
                (
                    max([one.bases[at] for one in counts]),
                    max([one.goods[at] for one in counts]),
                    max([one.pieces[at] for one in counts]),
                )
                for at in range(len(self.bound.terms))
            ]
        return known

    def count(self, choices: Sequence[Choice]) -> Counted:
        """What each term of the bound counts of a selection."""
        parts = [(self.counted(part.mask), part) for choice in choices for part in choice.parts]
        terms = self.bound.terms
        bases = [sum([_amount(part, term.upper) for mask, part in parts if mask & term.upper.bit]) for term in terms]
        pieces = [sum([part.pieces for mask, part in parts if mask & term.upper.bit]) for term in terms]
        overlaps: list[list[Overlap]] = []
        for at, term in enumerate(terms):
            mine: list[Overlap] = []
            if at >= len(self._orders):
                bit = term.upper.bit
                for number, upper in enumerate(self._orders):
                    common = [part.groups_fen for mask, part in parts if mask & bit and mask & upper.bit]
                    inside = all(mask & bit for mask, _ in parts if mask & upper.bit)
                    mine.append((number, sum(common), len(common), inside))
            overlaps.append(mine)
        goods = [sum([part.groups_fen for mask, part in parts if mask & term.upper.bit]) for term in terms]
        return Counted(bases, goods, pieces, overlaps)


def _as_it_is(mask: int) -> int:
    return mask


def _amount(part: Part, upper: Upper) -> int:
    if upper.base in (GROUP_AMOUNT, LEFT) or upper.fee:
        return part.groups_fen
    return part.unit_fen if upper.base == UNIT_AMOUNT else part.list_fen
