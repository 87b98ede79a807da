"""What a bound stands on: what the rules above the groups count of selections, and what order rules take of it.

What order rules take of a coupon's goods is bounded from below, by classes of parts that the same rules count.
"""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.rules.compiled import GROUP_AMOUNT
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.taking import Left, Taking
from huixiang.pricing.rules.tally import PIECES, Tally
from huixiang.pricing.rules.term import Term
from huixiang.pricing.rules.upper import Upper

Standing = tuple[list[int], list[int], list[int], list[int], int, int]


class Footing:
    """For one set of order rules. counted: by class, the bits of the rules that count its parts. bases, pieces: what
    each term counts at most of the selection that it stands on; moved: what the lines cost more already than that;
    tops: by how much each base can still grow at most; shares: what order rules take of each at least."""

    def __init__(
        self,
        quote: Quote,
        orders: Sequence[Upper],
        coupons: Sequence[Upper],
        deliveries: Sequence[Upper],
        counted: Sequence[int],
    ) -> None:
        bits = 0
        for upper in orders:
            bits |= upper.bit
        fitting = [upper for upper in coupons if not upper.against & bits]
        self.orders = [Term(upper, counted) for upper in orders]
        # Coupons on the fee are of no use without one.
        self.coupons = [Term(upper, counted) for upper in fitting if quote.fee or not upper.fee]
        by_fee = [upper for upper in deliveries if not upper.against & bits]
        self.fees = [Term(upper, counted) for upper in by_fee] if quote.fee else []
        self.terms = [*self.orders, *self.coupons, *self.fees]
        # Most terms count the same goods in the same way: that is summed up once.
        scopes: dict[tuple[int, tuple[int, ...]], int] = {}
        self._scope_of = [scopes.setdefault((term.column, tuple(term.classes)), len(scopes)) for term in self.terms]
        self._scopes = [(column, list(classes)) for column, classes in scopes]

    def stand_on(self, tally: Tally, amount: int, most: int, *, shared: bool = True) -> None:
        """Take selections to reckon from, whose lines cost from `amount` to `most` more. shared: reckon with what order
        rules take of what coupons count."""
        high = tally.high
        room = tally.room
        rooms = [sum([room[at] for at in classes]) for _, classes in self._scopes]
        sums = [
            tally.goods(classes) if column == GROUP_AMOUNT else sum([high[column][at] for at in classes])
            for column, classes in self._scopes
        ]
        self.tops = [min(most, rooms[scope]) for scope in self._scope_of]
        self.bases: list[int] = [sums[scope] for scope in self._scope_of]
        self.pieces = [sum([high[PIECES][at] for at in term.classes]) if term.pieces else 0 for term in self.terms]
        self.amount = amount
        self.moved = 0
        self.shares = [0] * len(self.terms)
        if shared and self.orders and (self.coupons or self.fees):
            self._share_out(tally)

    def place(self, tally: Tally, tops: list[int]) -> None:
        """Stand on one selection instead; what order rules take at least stays as it was reckoned over all."""
        sums = [sum([tally.high[column][at] for at in classes]) for column, classes in self._scopes]
        self.bases = [sums[scope] for scope in self._scope_of]
        self.tops, self.moved = tops, 0

    @property
    def standing(self) -> Standing:
        """All that it stands on, to come back to."""
        return self.bases, self.pieces, self.tops, self.shares, self.amount, self.moved

    @standing.setter
    def standing(self, kept: Standing) -> None:
        self.bases, self.pieces, self.tops, self.shares, self.amount, self.moved = kept

    def _share_out(self, tally: Tally) -> None:
        """What order rules take at least of what each later term counts. Order rules take in turn, in proportion to
        what is left, so what is left of each class is followed from both sides (`Left`)."""
        later: dict[tuple[int, ...], list[int]] = {}
        for number, term in enumerate(self.terms[len(self.orders) :], len(self.orders)):
            if term.shared:
                later.setdefault(tuple(term.classes), []).append(number)
        left = Left(tally)
        for number, term in enumerate(self.orders):
            least, most = self._least_off(number, tally), self._order(number, self.tops[number])
            if most <= 0:
                continue
            taking = Taking(left, term.classes, least, most, self.tops[number])
            for classes, numbers in later.items():
                share = taking.least_of(classes)
                for one in numbers:
                    self.shares[one] += share
            if number < len(self.orders) - 1:
                taking.apply()

    def _order(self, number: int, extra: int) -> int:
        term = self.orders[number]
        extra = min(extra, self.tops[number])
        base = self.bases[number] + (extra if term.moves else 0)
        # What is cut of it is not reckoned with: it would grow as fast as what the lines cost.
        return term.upper.discount(self.pieces[number] if term.pieces else base, base)

    def _least_off(self, number: int, tally: Tally) -> int:
        """What an order rule takes at least, as it is applied."""
        term = self.orders[number]
        lowest = term.lowest
        base = sum([tally.low[term.column][at] for at in term.classes])
        if term.pieces:
            return term.upper.discount(max(sum([tally.low[PIECES][at] for at in term.classes]), lowest), base)
        base = max(base, lowest)
        return term.upper.discount(base, base)

    def _left(self, at: int, term: Term, extra: int) -> int:
        base = self.bases[at] - self.shares[at]
        return base + min(extra, self.tops[at]) if term.moves else base

    def least_extra(self) -> int:
        """Extra without which an order rule would not be applied."""
        return max(
            [
                term.lowest - base
                for term, base in zip(self.orders, self.bases, strict=False)
                if not term.pieces and term.moves
            ],
            default=0,
        )

    def _out_of_reach(self) -> bool:
        """Whether an order rule counts too little whatever the lines cost."""
        for at, term in enumerate(self.orders):
            reach = self.pieces[at] if term.pieces else self.bases[at] + (self.tops[at] if term.moves else 0)
            if reach < term.lowest or not term.classes:
                return True
        return False
