"""Reaching thresholds with the least extra: depth first over the components, under a bound from reachable sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from huixiang.pricing.rules.bound import NEVER
from huixiang.pricing.rules.components import Component
from huixiang.pricing.rules.part import Choice

if TYPE_CHECKING:
    from huixiang.pricing.rules.explorer import Explorer


class Cover:
    """`chosen` stand; each of `free` may take another choice than its cheapest."""

    def __init__(self, explorer: Explorer, chosen: Sequence[Choice], free: Sequence[Component]) -> None:
        self._explorer = explorer
        self._search = explorer.search
        self._bound = explorer.bound
        self._free = [component for component in free if len(component.choices) > 1]
        self._still = [*chosen, *[component.cheapest for component in free if len(component.choices) == 1]]

    def run(self) -> None:
        if not self._free:
            return
        cheapest = [component.cheapest for component in self._free]
        selection = [*self._still, *cheapest]
        counted = self._explorer.count(selection)
        quote = self._search.quote
        self._fixed = quote.fee + quote.packaging
        amount = sum([choice.amount for choice in selection])
        most = sum([component.choices[-1].amount - component.cheapest.amount for component in self._free])
        self._masks = [self._explorer.counted(component.cheapest.parts[0].mask) for component in self._free]
        for _ in range(2):
            self._bound.stand_on(counted, most, self._masks)
            most = self._useful(amount, most)
            if most <= 0:
                return
        self._width = most
        self._amount = amount
        self._prepare()
        self._dive(amount, cheapest)
        self._walk(0, amount, list(counted.bases), cheapest, changed=False)

    def _useful(self, amount: int, most: int) -> int:
        """More extra than this is never made up for."""
        best = self._search.best
        if best is None:
            return most
        return min(most, best.payable - (amount + self._fixed - self._bound.gain(most)) + self._bound.slack)

    def _prepare(self) -> None:
        """Reachable sums of extra, of the components from each on: of all, and of those that each term counts."""
        self._all = self._sums(None)
        self._by_term = []
        known: dict[tuple[bool, ...], list[int]] = {}
        for term in self._bound.terms:
            inside = tuple([bool(mask & term.upper.bit) for mask in self._masks])
            if inside not in known:
                known[inside] = self._all if all(inside) else self._sums(inside)
            self._by_term.append(known[inside])

    def _sums(self, inside: tuple[bool, ...] | None) -> list[int]:
        full = (1 << (self._width + 1)) - 1
        sums = [1]
        for at in range(len(self._free) - 1, -1, -1):
            bits = sums[-1]
            if inside is None or inside[at]:
                component = self._free[at]
                least = component.cheapest.amount
                for choice in component.choices:
                    bits |= sums[-1] << (choice.amount - least)
                bits &= full
            sums.append(bits)
        sums.reverse()
        return sums

    def _dive(self, amount: int, cheapest: Sequence[Choice]) -> None:
        """The selections that reach each threshold with the least extra: good answers to begin with."""
        search = self._search
        floor = amount + self._fixed
        dives = []
        for short, term in self._bound.levels(self._width):
            sums = self._by_term[term][0] >> short
            if sums:
                extra = short + (sums & -sums).bit_length() - 1
                dives.append((floor + extra - self._bound.gain(extra), extra, term))
        for least, extra, term in sorted(dives):
            if not search.is_hopeless(least):
                self._explorer.settle([*self._still, *self._with_extra(extra, term, cheapest)])

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

    def _least(self, place: int, amount: int) -> int:
        """A bound for selections that change a component from `place` on; the bound stands on the one so far."""
        rest = self._all[place] >> 1
        if not rest:
            return NEVER
        bound = self._bound
        bound.tops = [sums[place].bit_length() - 1 for sums in self._by_term]
        first = (rest & -rest).bit_length()
        floor = amount + self._fixed - bound.slack
        if bound.steep:
            return floor + first - bound.gain(self._width)
        must = bound.least_extra()
        least = NEVER if must > first else floor + first - bound.gain(first)
        for short, term in bound.levels(self._width):
            sums = self._by_term[term][place] >> short
            if sums and short >= must:
                extra = short + (sums & -sums).bit_length() - 1
                least = min(least, floor + extra - bound.gain(extra))
        return least

    def _walk(self, place: int, amount: int, bases: list[int], selection: list[Choice], *, changed: bool) -> None:
        """`selection` of the free components: those before `place` are decided, the others cheapest."""
        search, bound = self._search, self._bound
        search.count(1 + len(bound.terms))
        bound.bases = bases
        bound.moved = amount - self._amount
        if changed and (search.best is None or amount + self._fixed - bound.gain(0) <= search.best.payable):
            self._explorer.settle([*self._still, *selection])
        if place == len(self._free):
            return
        if search.is_hopeless(self._least(place, amount)):
            return
        self._walk_on(place, amount, bases, selection)

    def _walk_on(self, place: int, amount: int, bases: list[int], selection: list[Choice]) -> None:
        component = self._free[place]
        least = component.cheapest.amount
        mask = self._masks[place]
        self._walk(place + 1, amount, bases, selection, changed=False)
        for choice in component.choices:
            extra = choice.amount - least
            if choice is component.cheapest or extra > self._width:
                continue
            moved = [
                base + extra if term.moves and mask & term.upper.bit else base
                for base, term in zip(bases, self._bound.terms, strict=True)
            ]
            changed = [*selection]
            changed[place] = choice
            self._walk(place + 1, amount + extra, moved, changed, changed=True)
