"""How little a basket could cost: a bound for all ways to price its lines, under given order rules.

One number is varied: by how many fen the lines cost more than a selection that is known. No base grows by more than
that, so what rules take can grow only so far, and it jumps only at thresholds: a few levels of extra are enough to look
at. What is allowed for, besides, is that shares are rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.pricing.model.effects import Exchange, RateOff
from huixiang.pricing.rules.compiled import COUPON, LEFT, LIST
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper

NEVER = 1 << 60
Overlap = tuple[int, int, int, bool]
"""Of an order rule and a later term: the rule's number, fen that both count, in how many parts, and whether the term
counts all that the rule does."""


class Term:
    """One rule above the groups.

    pieces: its thresholds count those; moves: its base grows with the lines' amounts; whole: and by all of any extra.
    share: fen that order rules take at least of what it counts, but for those in `under`, of which it counts all.
    """

    __slots__ = ("moves", "pieces", "rate", "share", "under", "upper", "whole")

    def __init__(self, upper: Upper) -> None:
        self.upper = upper
        self.pieces = upper.rule.counts_pieces
        self.moves = upper.base != LIST or upper.fee or upper.rule.layer > COUPON
        self.rate = isinstance(upper.rule.effect, RateOff)
        self.share = 0
        self.under: list[int] = []
        self.whole = False


class Counted:
    """What each term counts of a selection: fen of its base, fen that can be taken, pieces, and what order rules count
    too."""

    __slots__ = ("bases", "goods", "overlaps", "pieces")

    def __init__(self, bases: list[int], goods: list[int], pieces: list[int], overlaps: list[list[Overlap]]) -> None:
        self.bases = bases
        self.goods = goods
        self.pieces = pieces
        self.overlaps = overlaps


class Bound:
    """Bounds for one set of order rules, all of which are to be applied. moved: what the lines cost more already than
    the selection that the bound stands on; tops: by how much each base can still grow at most."""

    def __init__(
        self, quote: Quote, orders: Sequence[Upper], coupons: Sequence[Upper], deliveries: Sequence[Upper]
    ) -> None:
        self._fee = quote.fee
        self._quote = quote
        self._limits = quote.rule_set.stacking.of_class
        self.orders = [Term(upper) for upper in orders]
        self.coupons = [Term(upper) for upper in coupons if not upper.fee]
        self.fees = [Term(upper) for upper in (*[one for one in coupons if one.fee], *deliveries)]
        self.terms = [*self.orders, *self.coupons, *self.fees]
        self._exchanges = {term: self._exchange(term.upper) for term in self.coupons if term.upper.exchange}
        self.slack = max(0, sum([term.rate for term in self.orders]) + self._rates_of_coupons() - 1)
        self.steep = self._keeps() <= 0

    def _rates_of_coupons(self) -> int:
        """How many rates of coupons can be taken of one order."""
        by_class: dict[str | None, list[int]] = {}
        for term in self.coupons:
            if term.rate:
                by_class.setdefault(term.upper.rule.stacking, []).append(1)
        return sum([len(self._top(name, ones)) for name, ones in by_class.items()])

    def _keeps(self) -> int:
        """Basis points of a further fen that rates leave at least."""
        by_class: dict[str | None, list[int]] = {}
        for term in self.coupons:
            by_class.setdefault(term.upper.rule.stacking, []).append(10_000 - term.upper.rule.least_rate)
        kept = 10_000 - sum([10_000 - term.upper.rule.least_rate for term in self.orders])
        return kept - sum([sum(self._top(name, offs)) for name, offs in by_class.items()])

    def _top(self, name: str | None, offs: list[int]) -> list[int]:
        """The highest of a class, as many as may be used."""
        limit = len(offs) if name is None else self._limits.get(name, 1)
        return sorted(offs, reverse=True)[:limit]

    def stand_on(self, counted: Counted, most: int, masks: Sequence[int]) -> None:
        """Take a selection to reckon from, while the lines whose masks are given cost up to `most` more."""
        self.bases, self.pieces, self._goods = counted.bases, counted.pieces, counted.goods
        self.moved = 0
        self.tops = [NEVER] * len(self.terms)
        for at, term in enumerate(self.terms):
            bit = term.upper.bit
            term.whole = all(mask & bit for mask in masks)
            if at < len(self.orders) or (term.upper.base != LEFT and not term.upper.fee and term in self.coupons):
                continue
            term.share, term.under = 0, []
            earlier = 0
            for order, common, parts, inside in counted.overlaps[at]:
                ceiling = self._order(order, most)
                floor = min(self._floor(order), self.bases[order] - earlier)
                if inside and floor >= ceiling:
                    term.share += floor
                elif inside and self.orders[order].whole and not self.orders[order].rate and not earlier:
                    term.under.append(order)
                elif floor > 0:
                    whole = self.bases[order] + most
                    term.share += floor if inside else max(0, floor * max(0, common - earlier) // whole - parts)
                earlier += ceiling

    def _order(self, number: int, extra: int) -> int:
        term = self.orders[number]
        extra = min(extra, self.tops[number])
        base = self.bases[number] + (extra if term.moves else 0)
        off = term.upper.discount(self.pieces[number] if term.pieces else base, base)
        return min(off, self._goods[number] + self.moved + extra)

    def _floor(self, number: int) -> int:
        """What an order rule takes at least, as it is applied."""
        term = self.orders[number]
        lowest = term.upper.rule.lowest
        if term.pieces:
            off = term.upper.discount(max(self.pieces[number], lowest), self.bases[number])
        else:
            base = max(self.bases[number], lowest)
            off = term.upper.discount(base, base)
        return min(off, self._goods[number])

    def gain(self, extra: int) -> int:
        """Fen that all rules take at most, when the lines cost `extra` more."""
        taken = [self._order(number, extra) for number in range(len(self.orders))]
        total = sum(taken)
        at = len(taken)
        offs: dict[str | None, list[int]] = {}
        for term in self.coupons:
            off = self._coupon(at, term, taken, extra)
            if off > 0:
                offs.setdefault(term.upper.rule.stacking, []).append(off)
            at += 1
        coupons = sum([sum(self._top(name, found)) for name, found in offs.items()])
        if not self.fees or not self._fee:
            return total + coupons
        return total + self._with_fee(at, taken, extra, coupons)

    def _left(self, at: int, term: Term, taken: Sequence[int], extra: int) -> int:
        base = self.bases[at] - term.share
        if term.moves:
            base += min(extra, self.tops[at])
        for order in term.under:
            base -= taken[order]
        return base

    def _coupon(self, at: int, term: Term, taken: Sequence[int], extra: int) -> int:
        base = self._left(at, term, taken, extra)
        reach = self.pieces[at] if term.pieces else base
        if term.upper.exchange:
            off = self._exchanges[term] if reach >= term.upper.rule.lowest else 0
        else:
            off = term.upper.discount(reach, base)
        return min(off, self._goods[at] + self.moved + extra)

    def _with_fee(self, at: int, taken: Sequence[int], extra: int, coupons: int) -> int:
        """With the rules of the fee that are in reach, as far as coupons leave them in reach."""
        best = coupons
        off = 0
        reached = []
        for place, term in enumerate(self.fees, at):
            base = self._left(place, term, taken, extra)
            room = NEVER
            if not term.pieces:
                room = base - term.upper.rule.lowest
                if room >= 0 and not (term.upper.covers and not term.upper.excludes):
                    room = NEVER
            elif self.pieces[place] < term.upper.rule.lowest:
                room = -1
            if room >= 0:
                reached.append((-room, term.upper.fee_off(self._fee)))
        # The least demanding first: each further one leaves coupons less room.
        for room, fee_off in sorted(reached):
            off += fee_off
            best = max(best, min(off, self._fee) + min(coupons, -room))
        return best

    def _exchange(self, upper: Upper) -> int:
        effect = upper.rule.effect
        assert isinstance(effect, Exchange)  # noqa: S101 - upper.exchange
        lines = [line for line in self._quote.lines if line.by_piece and self._quote.counts(upper, line)]
        # Half-up on some pieces of a part can be a fen above their price.
        return max(
            (min(effect.pieces, line.units) * max(0, line.price - effect.price_fen) + 1 for line in lines), default=0
        )

    def levels(self, most: int) -> list[tuple[int, int]]:
        """Extras from which some rule may take more: how much, and whose threshold it is, the nearest first."""
        found: set[tuple[int, int]] = set()
        for at, term in enumerate(self.orders):
            if term.moves and not term.pieces:
                found.update((step - self.bases[at], at) for step in _steps(term, self.bases[at], most))
        edges = [0, *sorted({level for level, _ in found})]
        for at, term in enumerate(self.terms[len(self.orders) :], len(self.orders)):
            if term.pieces or not term.moves:
                continue
            for edge in edges if term.under else edges[:1]:
                taken = [self._order(number, edge) for number in range(len(self.orders))]
                base = self._left(at, term, taken, 0)
                found.update((level, at) for step in _steps(term, base, most) if (level := step - base) >= edge)
        return sorted(found)

    def least_extra(self) -> int:
        """Extra without which an order rule would not be applied."""
        return max(
            [
                term.upper.rule.lowest - base
                for term, base in zip(self.orders, self.bases, strict=False)
                if not term.pieces
            ],
            default=0,
        )


def _steps(term: Term, base: int, most: int) -> Iterator[int]:
    steps = term.upper.rule.thresholds
    if getattr(term.upper.rule.effect, "repeat", False):
        step = steps[0]
        yield from range((base // step + 1) * step, base + most + 1, step)
        return
    for one in steps:
        if base < one <= base + most:
            yield one
