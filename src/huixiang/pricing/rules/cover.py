"""Reaching thresholds with the least extra: depth first over the components, under a bound from reachable sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from huixiang.pricing.rules.components import Component
from huixiang.pricing.rules.part import Choice

if TYPE_CHECKING:
    from huixiang.pricing.rules.search import Explorer


class Cover:
    """`chosen` stand; each of `free` may take another choice than its cheapest."""

    def __init__(self, explorer: Explorer, chosen: Sequence[Choice], free: Sequence[Component]) -> None:
        self._explorer = explorer
        self._search = explorer.search
        self._bound = explorer.bound
        self._chosen = chosen
        self._free = [component for component in free if len(component.choices) > 1]
        self._still = [component.cheapest for component in free if len(component.choices) == 1]

    def run(self) -> None:
        if not self._free:
            return
        cheapest = [component.cheapest for component in self._free]
        selection = [*self._chosen, *self._still, *cheapest]
        bases, pieces, overlaps = self._explorer.bases(selection)
        self._pieces = pieces
        quote = self._search.quote
        self._fixed = quote.fee + quote.packaging
        amount = sum([choice.amount for choice in selection])
        self._most = sum([component.choices[-1].amount - component.cheapest.amount for component in self._free])
        self._bound.set_shares(bases, overlaps, self._most)
        width = self._useful(amount, bases)
        if width <= 0:
            return
        self._width = (1 << (width + 1)) - 1
        self._masks = [self._explorer.counted(component.cheapest.parts[0].mask) for component in self._free]
        self._prepare()
        self._dive(amount, bases, cheapest)
        self._walk(0, amount, bases, list(cheapest), changed=False)

    def _useful(self, amount: int, bases: Sequence[int]) -> int:
        """More extra than this is never made up for."""
        best = self._search.best
        if best is None:
            return self._most
        gain = self._bound.gain(bases, self._pieces, self._most)
        return min(self._most, best.payable - (amount + self._fixed - gain) + self._bound.slack)

    def _prepare(self) -> None:
        """Reachable sums of extra, of the components from each on: of all of them, and of those that each term counts."""
        self._all = self._sums(None)
        self._by_term = []
        known: dict[tuple[bool, ...], list[int]] = {}
        for term in self._bound.terms:
            inside = tuple([bool(mask & term.upper.bit) for mask in self._masks])
            if inside not in known:
                known[inside] = self._all if all(inside) else self._sums(inside)
            self._by_term.append(known[inside])

    def _sums(self, inside: tuple[bool, ...] | None) -> list[int]:
        sums = [1]
        for at in range(len(self._free) - 1, -1, -1):
            bits = sums[-1]
            if inside is None or inside[at]:
                component = self._free[at]
                least = component.cheapest.amount
                for choice in component.choices:
                    bits |= sums[-1] << (choice.amount - least)
                bits &= self._width
            sums.append(bits)
        sums.reverse()
        return sums

    def _dive(self, amount: int, bases: Sequence[int], cheapest: Sequence[Choice]) -> None:
        """The selections that reach each threshold with the least extra: good answers to begin with."""
        search = self._search
        floor = amount + self._fixed
        dives = []
        for short, term in self._bound.levels(bases, self._width.bit_length() - 1):
            sums = self._by_term[term][0] >> short
            if sums:
                extra = short + (sums & -sums).bit_length() - 1
                dives.append((floor + extra - self._bound.gain(bases, self._pieces, extra), extra, term))
        for least, extra, term in sorted(dives):
            if search.best is None or least < search.best.payable:
                self._explorer.settle([*self._chosen, *self._still, *self._with_extra(extra, term, cheapest)])

    def _with_extra(self, extra: int, term: int, cheapest: Sequence[Choice]) -> list[Choice]:
        """A selection in which what a term counts costs just so much more."""
        sums = self._by_term[term]
        bit = self._bound.terms[term].upper.bit
        selection = list(cheapest)
        for at, component in enumerate(self._free):
            if not self._masks[at] & bit:
                continue
            least = component.cheapest.amount
            for choice in component.choices:
                more = choice.amount - least
                if more <= extra and sums[at + 1] >> (extra - more) & 1:
                    selection[at] = choice
                    extra -= more
                    break
        return selection

    def _least(self, place: int, amount: int, bases: Sequence[int]) -> int:
        """A bound for selections that change a component from `place` on."""
        rest = self._all[place] >> 1
        if not rest:
            return 1 << 60
        bound, slack = self._bound, self._bound.slack
        first = (rest & -rest).bit_length()
        most = self._width.bit_length() - 1
        floor = amount + self._fixed - slack
        if bound.steep:
            return floor + first - bound.gain(bases, self._pieces, most)
        least = floor + first - bound.gain(bases, self._pieces, first)
        for short, term in bound.levels(bases, most):
            sums = self._by_term[term][place] >> short
            if sums:
                extra = short + (sums & -sums).bit_length() - 1
                least = min(least, floor + extra - bound.gain(bases, self._pieces, extra))
        return least

    def _walk(self, place: int, amount: int, bases: list[int], selection: list[Choice], *, changed: bool) -> None:
        """`selection` of the free components: those before `place` are decided, the others cheapest."""
        search = self._search
        search.count()
        if changed:
            gain = self._bound.gain(bases, self._pieces, 0)
            if search.best is None or amount + self._fixed - gain <= search.best.payable:
                self._explorer.settle([*self._chosen, *self._still, *selection])
        if place == len(self._free):
            return
        if search.best is not None and self._least(place, amount, bases) >= search.best.payable:
            return
        self._walk_on(place, amount, bases, selection)

    def _walk_on(self, place: int, amount: int, bases: list[int], selection: list[Choice]) -> None:
        component = self._free[place]
        least = component.cheapest.amount
        mask = self._masks[place]
        self._walk(place + 1, amount, bases, selection, changed=False)
        for choice in component.choices:
            extra = choice.amount - least
            if choice is component.cheapest or extra > self._width.bit_length():
                continue
            moved = [
                base + extra if term.moves and mask & term.upper.bit else base
                for base, term in zip(bases, self._bound.terms, strict=True)
            ]
            selection[place] = choice
            self._walk(place + 1, amount + extra, moved, selection, changed=True)
        selection[place] = component.cheapest
