"""Reaching thresholds with the least extra: depth first over the components, under a bound from reachable sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from huixiang.pricing.rules.part import Choice

if TYPE_CHECKING:
    from huixiang.pricing.rules.explorer import Explorer


class Cover:
    """The selections of some choices of each component, the cheapest first, that cost up to `width` more. Choices of
    one component differ only in what one class comes to."""

    def __init__(self, explorer: Explorer, choices: Sequence[Sequence[Choice]], width: int) -> None:
        self._explorer = explorer
        self._search = explorer.search
        self._bound = explorer.bound
        self._width = width
        self._classes = explorer.field.classes
        self._floor = explorer.field.floor
        self._still = [some[0] for some in choices if len(some) == 1]
        self._free = [some for some in choices if len(some) > 1]
        self._cheapest = [some[0] for some in self._free]

    def run(self) -> None:
        """Look at every selection that may be the best."""
        if self._free:
            bases = self._begin()
            self._dive()
            self._walk(0, 0, bases, self._cheapest, changed=False)

    def dive(self) -> None:
        """Look at what reaches each threshold with the least extra."""
        if self._free:
            self._begin()
            self._dive()

    def _begin(self) -> list[int]:
        bound = self._bound
        self._search.count(sum([len(some) for some in self._free]))
        moving = [self._classes.moving(some) for some in self._free]
        self._inside = [
            [term.moves and number in term.classes for number in moving] for term in bound.terms
        ]  # by term and component: whether it counts what the choices differ in
        self._sums = self._reachable()
        self._tops = [[sums[place].bit_length() - 1 for sums in self._sums] for place in range(len(self._free) + 1)]
        # Choices that cost the same can still be shared out otherwise.
        same = [some[0].amount == some[1].amount for some in self._free]
        self._same = [any(same[place:]) for place in range(len(same) + 1)]
        bound.place(self._classes.of_selection([*self._still, *self._cheapest]), self._tops[0])
        return bound.bases

    def _reachable(self) -> list[list[int]]:
        """By term: sums of extra that the components from each on can reach, of those that it counts; then of all."""
        known: dict[tuple[bool, ...], list[int]] = {}
        for inside in (*map(tuple, self._inside), (True,) * len(self._free)):
            if inside not in known:
                known[inside] = self._sums_of(inside)
        self._all = known[(True,) * len(self._free)]
        return [known[tuple(inside)] for inside in self._inside]

    def _sums_of(self, inside: Sequence[bool]) -> list[int]:
        full = (1 << (self._width + 1)) - 1
        sums = [1]
        for some, counted in zip(reversed(self._free), reversed(inside), strict=True):
            bits = sums[-1]
            if counted:
                least = some[0].amount
                for choice in some:
                    bits |= sums[-1] << (choice.amount - least)
                bits &= full
            sums.append(bits)
        return sums[::-1]

    def _dive(self) -> None:
        """The selections that reach each threshold with the least extra: good answers to begin with."""
        bound = self._bound
        dives = []
        for short, term in (*bound.levels(self._width), *bound.for_fee(self._width)):
            sums = self._sums[term][0] >> short
            if sums:
                extra = short + (sums & -sums).bit_length() - 1
                dives.append((self._floor + bound.over(extra), extra, term))
        for least, extra, term in sorted(dives):
            if not self._search.is_beaten(least):
                self._explorer.settle([*self._still, *self._with_extra(extra, term)])

    def _with_extra(self, extra: int, term: int) -> list[Choice]:
        """A selection in which what a term counts costs just so much more."""
        sums = self._sums[term]
        selection = list(self._cheapest)
        for at, some in enumerate(self._free):
            if not self._inside[term][at]:
                continue
            for choice in some:
                more = choice.amount - some[0].amount
                if more <= extra and sums[at + 1] >> (extra - more) & 1:
                    selection[at] = choice
                    extra -= more
                    break
        return selection

    def _is_hopeless(self, place: int, extra: int) -> bool:
        """Whether no selection that changes a component from `place` on is the answer; the bound stands on the one so
        far."""
        bound, search = self._bound, self._search
        most = self._width - extra
        rest = (self._all[place] & ((1 << (most + 1)) - 1)) >> 1
        if self._same[place]:
            first = 0
        elif rest:
            first = (rest & -rest).bit_length()
        else:
            return True
        floor = self._floor + extra
        if bound.steep:
            return search.is_hopeless(floor + first - most + bound.over_from(most))
        must = bound.least_extra()
        if must <= first and not search.is_hopeless(floor + bound.over_from(first)):
            return False
        for short, term in bound.levels(most):
            if short >= must and short > first:
                sums = self._sums[term][place] >> short
                if sums:
                    reached = short + (sums & -sums).bit_length() - 1
                    if not search.is_hopeless(floor + bound.over_from(reached)):
                        return False
        return True

    def _walk(self, place: int, extra: int, bases: list[int], selection: list[Choice], *, changed: bool) -> None:
        """`selection` of the free components: those before `place` are decided, the others cheapest."""
        search, bound = self._search, self._bound
        search.count(1 + len(bound.terms))
        if changed:
            self._look_at(extra, bases, selection)
        if place == len(self._free):
            return
        self._stand(place, extra, bases)
        if not self._is_hopeless(place, extra):
            self._walk_on(place, extra, bases, selection)

    def _stand(self, place: int, extra: int, bases: list[int]) -> None:
        self._bound.bases, self._bound.tops, self._bound.moved = bases, self._tops[place], extra

    def _walk_on(self, place: int, extra: int, bases: list[int], selection: list[Choice]) -> None:
        some = self._free[place]
        counted = [inside[place] for inside in self._inside]
        self._walk(place + 1, extra, bases, selection, changed=False)
        for choice in some[1:]:
            more = choice.amount - some[0].amount
            if extra + more > self._width:
                break
            moved = [base + more if inside else base for base, inside in zip(bases, counted, strict=True)]
            changed = [*selection]
            changed[place] = choice
            self._walk(place + 1, extra + more, moved, changed, changed=True)

    def _look_at(self, extra: int, bases: list[int], selection: list[Choice]) -> None:
        """Settle a selection, unless what its classes come to says that it is not better."""
        search, bound = self._search, self._bound
        self._stand(len(self._free), extra, bases)
        if search.best is not None:
            if search.is_beaten(self._floor + extra + bound.over(0)):
                return
            search.count(len(bound.terms))
            kept = bound.standing
            bound.stand_on(self._classes.of_selection([*self._still, *selection]), bound.amount + extra, 0)
            least = self._floor + extra + bound.over(0)
            bound.standing = kept
            if search.is_hopeless(least):
                return
        self._explorer.settle([*self._still, *selection])
