"""The search under one set of order rules: which selection of prices goes best with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from huixiang.pricing.rules.bound import NEVER, Bound
from huixiang.pricing.rules.components import Component, Restricted
from huixiang.pricing.rules.cover import Cover
from huixiang.pricing.rules.outcome import Chooser
from huixiang.pricing.rules.part import Choice
from huixiang.pricing.rules.tally import Classes, Tally
from huixiang.pricing.rules.upper import Upper

if TYPE_CHECKING:
    from huixiang.pricing.rules.search import Search

ROUNDS = 3  # of bounds that are each narrower for what the one before allows


class Explorer:
    """`least`: what no selection under these order rules can be below; NEVER where they cannot all be applied.
    field: what all sets of order rules have in common."""

    def __init__(
        self, search: Search, chooser: Chooser, field: Field, orders: Sequence[Upper], bound: Bound | None = None
    ) -> None:
        self.search = search
        self.field = field
        self._chooser = chooser
        self._orders = orders
        self._settled = False
        later = [*chooser.coupons, *chooser.deliveries]
        search.count(len(orders) + len(later))
        if bound is None:
            counted = [_counted(mask, orders, later) for mask in field.classes.masks]
            bound = Bound(search.quote, orders, chooser.coupons, chooser.deliveries, counted)
        self.bound: Bound = bound
        bound.stand_on(field.tally, field.amount, field.most, shared=False)
        self.least = self._above(bound.least(field.most))

    def _above(self, least: int) -> int:
        return least if least >= NEVER else self.field.floor + least

    def settle_cheapest(self) -> None:
        if not self._settled:
            self._settled = True
            self.settle(self.field.cheapest)

    def settle(self, choices: Sequence[Choice]) -> None:
        """Price a selection exactly, and keep it if it is the best."""
        parts = [part for choice in choices for part in choice.parts]
        self.search.count(len(parts))
        parts.sort(key=lambda part: part.line)
        found = self._chooser.best(parts, self._orders, self.search.best)
        if found is not None:
            self.search.best = found

    def run(self) -> list[Explorer]:
        """Look at every selection that may be the best, or give the explorers that together look at them: those under
        each way to decide what can change who counts what."""
        self.settle_cheapest()
        field = self.field
        width = self._narrowed(field.tally, field.most)
        if width is None:
            return []
        if not self._can_only_tie():
            self._dive(width)
            width = self._narrowed(field.tally, field.most)
            if width is None:
                return []
        apart = field.apart(width)
        if apart is not None:
            return [Explorer(self.search, self._chooser, one, self._orders, self.bound) for one in apart]
        choices = field.within(width)
        self.search.count(len(field.components))
        width = self._narrowed(field.classes.of_choices(choices), width)
        if width is not None:
            Cover(self, choices, width).run()
        return []

    def _can_only_tie(self) -> bool:
        best = self.search.best
        return best is not None and self.least >= best.payable

    def _dive(self, width: int) -> None:
        """Try to reach thresholds by what stands alone: a good answer narrows all that follows."""
        choices = self.field.alone(width)
        self.bound.stand_on(self.field.classes.of_choices(choices), self.field.amount, width)
        Cover(self, choices, width).dive()

    def _narrowed(self, tally: Tally, most: int) -> int | None:
        """By how much lines may cost more than their least and be the best still; None where none may."""
        search, bound = self.search, self.bound
        for _ in range(ROUNDS):
            bound.stand_on(tally, self.field.amount, most)
            search.count(len(bound.terms))
            self.least = least = self._above(bound.least(most))
            if search.is_settled(least):
                return None
            if search.best is None:
                return most
            useful = bound.useful(most, search.best.payable - self.field.floor)
            if 4 * useful >= 3 * most:
                return useful
            most = useful
        return most


def _counted(mask: int, orders: Sequence[Upper], later: Sequence[Upper]) -> int:
    """Bits of the rules that count a part with a mask, once earlier order rules hold it."""
    held = 0
    known = mask
    for upper in orders:
        if mask & upper.bit:
            if held & upper.excludes:
                known &= ~upper.bit
            else:
                held |= upper.bit
    if held:
        for upper in later:
            if held & upper.excludes:
                known &= ~upper.bit
    return known


class Field:
    """Components, with their cheapest selection and how much more they could cost. floor: the cheapest selection, with
    all delivery and packaging. selling: parts may be sold as add-ons. classes: those of the quote."""

    def __init__(
        self,
        search: Search,
        components: Sequence[Component],
        *,
        selling: bool,
        classes: Classes | None = None,
        rest: tuple[int, Tally] | None = None,
    ) -> None:
        """rest: how many of the components, the first, are known already, and what they come to."""
        quote = search.quote
        search.count(len(components))
        self.components = components
        self._search = search
        self._selling = selling
        self._apart: tuple[int, list[Field]] | None = None
        self.classes = classes or Classes(quote)
        self.cheapest = [component.cheapest for component in components]
        self.amount = sum([choice.amount for choice in self.cheapest])
        self.most = max(0, quote.list_fen - self.amount)
        self.floor = self.amount + quote.fee + quote.packaging
        known, tally = rest or (0, Tally(len(self.classes.masks)))
        self.tally = self.classes.add_lines(tally.copy(), components[known:], selling=selling)

    def apart(self, width: int) -> Sequence[Field] | None:
        """The fields in which one component is decided: what changes who counts it, or how linked lines give groups and
        quotas what they take; as far as they cost no more than `width` beyond the cheapest. None where nothing is left
        to decide."""
        if self._apart is None or self._apart[0] < width:
            decided = self._decide(width)
            if decided is None:
                return None
            first, ways = decided
            rest = [component for component in self.components if component is not first]
            tally = self.classes.add_lines(Tally(len(self.classes.masks)), rest, selling=self._selling)
            self._apart = width, [self._with(rest, tally, some) for some in ways]
        return self._apart[1]

    def _with(self, rest: Sequence[Component], tally: Tally, some: Sequence[Component]) -> Field:
        components = [*rest, *some]
        return Field(self._search, components, selling=self._selling, classes=self.classes, rest=(len(rest), tally))

    def _decide(self, width: int) -> tuple[Component, Sequence[Sequence[Component]]] | None:
        for component in self.components:
            if not component.many:
                kinds = self.classes.kinds(component, width)
                if len(kinds) > 1:
                    return component, [[Restricted(component.lines, kind)] for kind in kinds]
        linked = max(self.components, key=lambda component: len(component.lines) if component.many else 0)
        return (linked, linked.alternatives(width)) if linked.many else None

    def alone(self, width: int) -> list[list[Choice]]:
        """As `within`, with only the cheapest of components that have more to decide than their amount."""
        found = []
        for component in self.components:
            choices = [component.cheapest]
            if not component.many:
                most = component.cheapest.amount + width
                choices = [choice for choice in component.choices if choice.amount <= most]
                if not self.classes.is_plain(choices):
                    choices = [component.cheapest]
            found.append(choices)
        return found

    def within(self, width: int) -> list[list[Choice]]:
        """Of each component the choices that cost no more than that beyond its cheapest, the cheapest first."""
        found = []
        for component in self.components:
            component.look_within(width)
            most = component.cheapest.amount + width
            choices = [choice for choice in component.choices if choice.amount <= most]
            found.append(choices)
        return found
