"""How little a basket could cost: a bound for all ways to price its lines, under given order rules.

One number is varied: by how many fen the lines cost more than a selection that is known. No base grows by more than
that, so what rules take can grow only so far, and it jumps only at thresholds: a few levels of extra are enough to look
at. What order rules take of a coupon's goods is bounded from below, by classes of parts that the same rules count.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from huixiang.pricing.model.effects import Exchange
from huixiang.pricing.rules.compiled import COUPON, GROUP_AMOUNT
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.taking import Left, Taking
from huixiang.pricing.rules.tally import PIECES, Tally
from huixiang.pricing.rules.term import Term
from huixiang.pricing.rules.upper import Upper

NEVER = 1 << 60
Offs = dict[str | None, list[int]]
"""By class, what its coupons take."""
Standing = tuple[list[int], list[int], list[int], list[int], int, int]


class Bound:
    """Bounds for one set of order rules, all of which are to be applied. counted: by class, the bits of the rules that
    count its parts. bases, pieces: what each term counts at most of the selection that the bound stands on; moved: what
    the lines cost more already than that; tops: by how much each base can still grow at most."""

    def __init__(
        self,
        quote: Quote,
        orders: Sequence[Upper],
        coupons: Sequence[Upper],
        deliveries: Sequence[Upper],
        counted: Sequence[int],
    ) -> None:
        self._fee = quote.fee
        self._quote = quote
        self._limits = quote.rule_set.stacking.of_class
        self._most_coupons = quote.rule_set.stacking.of_layer.get(COUPON, len(coupons))
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
        for term in self.coupons:
            if term.upper.fee:
                term.whole = min(quote.fee, term.upper.fee_off(quote.fee))
            elif term.upper.exchange:
                term.whole = self._exchange(term.upper)
        for term in self.fees:
            term.whole = term.upper.fee_off(quote.fee)
        self.slack = max(0, sum([term.rate for term in self.orders]) + self._rates_of_coupons() - 1)
        self._kept = self._keeps()
        self.steep = self._kept <= 0

    def _rates_of_coupons(self) -> int:
        """How many rates of coupons can be taken of one order."""
        by_class: dict[str | None, list[int]] = {}
        for term in self.coupons:
            if term.rate:
                by_class.setdefault(term.upper.rule.stacking, []).append(1)
        return min(self._most_coupons, sum([len(self._top(name, ones)) for name, ones in by_class.items()]))

    def _keeps(self) -> int:
        """Basis points of a further fen that rates leave at least."""
        by_class: dict[str | None, list[int]] = {}
        for term in self.coupons:
            by_class.setdefault(term.upper.rule.stacking, []).append(10_000 - term.upper.rule.least_rate)
        kept = 10_000 - sum([10_000 - term.upper.rule.least_rate for term in self.orders])
        return kept - self._together(by_class)

    def _top(self, name: str | None, offs: list[int]) -> list[int]:
        """The highest of a class, as many as may be used."""
        limit = len(offs) if name is None else self._limits.get(name, 1)
        return [max(offs)] if limit == 1 else sorted(offs, reverse=True)[:limit]

    def _together(self, by_class: dict[str | None, list[int]]) -> int:
        """The most that coupons take together, as many as may be used of each class and of all."""
        offs = [off for name, found in by_class.items() for off in self._top(name, found)]
        if len(offs) > self._most_coupons:
            offs = sorted(offs, reverse=True)[: self._most_coupons]
        return sum(offs)

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

    def over(self, extra: int) -> int:
        """What is to be paid at least, beyond the lines at their cheapest and all of the fee, when the lines cost
        `extra` more: mostly less than nothing."""
        return self._over(extra)[0]

    def _over(self, extra: int) -> tuple[int, int]:
        """The same, and without what delivery thresholds leave goods to pay: that grows with the extra from here on."""
        goods, offs, of_fee = self._taken(extra)
        alone = goods - self._together(offs)
        if not (of_fee or self.fees):
            return alone, alone
        both, by_coupon = alone, 0
        if of_fee:
            by_coupon = self._together(of_fee)
            every = {name: [*offs.get(name, ()), *of_fee.get(name, ())] for name in (*offs, *of_fee)}
            both = goods - self._together(every)
        return self._with_fee(extra, alone, both, by_coupon)

    def _taken(self, extra: int) -> tuple[int, Offs, Offs]:
        """What order rules leave of the extra, and what each coupon takes at most, of goods and of the fee."""
        at = len(self.orders)
        goods = extra - sum([self._order(number, extra) for number in range(at)])
        offs: Offs = {}
        of_fee: Offs = {}
        bases, shares, tops, pieces = self.bases, self.shares, self.tops, self.pieces
        for term in self.coupons:
            base = bases[at] - shares[at]
            if term.moves:
                base += min(extra, tops[at])
            reach = pieces[at] if term.pieces else base
            if reach >= term.lowest:
                off = term.whole if term.whole >= 0 else term.upper.discount(reach, base)
                if off > 0:
                    kind = of_fee if term.upper.fee else offs
                    kind.setdefault(term.name, []).append(off)
            at += 1
        return goods, offs, of_fee

    def _left(self, at: int, term: Term, extra: int) -> int:
        base = self.bases[at] - self.shares[at]
        return base + min(extra, self.tops[at]) if term.moves else base

    def _with_fee(self, extra: int, alone: int, both: int, by_coupon: int) -> tuple[int, int]:
        """With the delivery rules that are in reach: each of them leaves goods its threshold to pay, whatever coupons
        do. alone: without what coupons take of the fee, `by_coupon` at most; both: with it."""
        reached = []
        for place, term in enumerate(self.fees, len(self.orders) + len(self.coupons)):
            if (self.pieces[place] if term.pieces else self._left(place, term, extra)) >= term.lowest:
                reached.append((0 if term.pieces else term.lowest, term.whole))
        amount = self.amount + self.moved
        least, growing, off = both, both, 0
        # The least demanding first.
        for lowest, fee_off in sorted(reached):
            off += fee_off
            all_off = min(self._fee, off + by_coupon)
            taken = max(both - off, alone - self._fee)
            growing = min(growing, taken)
            least = min(least, max(taken, lowest - amount - all_off))
        return least, growing

    def _exchange(self, upper: Upper) -> int:
        effect = upper.rule.effect
        assert isinstance(effect, Exchange)  # noqa: S101 - upper.exchange
        lines = [line for line in self._quote.lines if line.by_piece and self._quote.counts(upper, line)]
        # Half-up on some pieces of a part can be a fen above their price.
        return max(
            (min(effect.pieces, line.units) * max(0, line.price - effect.price_fen) + 1 for line in lines), default=0
        )

    def least(self, most: int) -> int:
        """What is to be paid at least beyond the cheapest lines and the fee, where lines may cost up to `most` more;
        NEVER where the order rules cannot all be applied."""
        must = max(0, self.least_extra())
        if must > most or self._out_of_reach():
            return NEVER
        if self.steep:
            return self.over(most) - most - self.slack
        extras = [must, *[level for level in self.edges(most) if level > must]]
        self._values = [(extra, *self._over(extra)) for extra in extras]
        return min([value for _, value, _ in self._values]) - self.slack

    def useful(self, most: int, worst: int) -> int:
        """Beyond what extra, up to `most`, more than `worst` is to be paid in any case, by what `least` found."""
        if self.steep:
            return most
        found = 0
        for (level, value, growing), (end, _, _) in pairwise([*self._values, (most + 1, 0, 0)]):
            if value - self.slack <= worst:
                # Each rate can round a fen away.
                spare = worst - growing + 2 * self.slack + 1
                found = max(found, min(level + spare * 10_000 // self._kept, end - 1))
        return found

    def edges(self, most: int) -> list[int]:
        """The extras from which some rule may take more."""
        return sorted({level for level, _ in self.levels(most)})

    def levels(self, most: int) -> list[tuple[int, int]]:
        """Extras from which some rule may take more: how much, and whose threshold it is, the nearest first."""
        found: set[tuple[int, int]] = set()
        for at, term in enumerate(self.terms):
            if term.moves and not term.pieces:
                base = self._left(at, term, 0)
                top = min(most, self.tops[at])
                if top > 0:
                    found.update([(step - base, at) for step in term.steps(base, top)])
        return sorted(found)

    def for_fee(self, most: int) -> list[tuple[int, int]]:
        """Extras with which goods reach a threshold of the fee, with all that coupons take; as `levels`."""
        goods, offs, _ = self._taken(0)
        goods += self.amount + self.moved - self._together(offs)
        first = len(self.orders) + len(self.coupons)
        return [
            (short, at)
            for at, term in enumerate(self.fees, first)
            if not term.pieces and 0 < (short := term.lowest - goods) <= min(most, self.tops[at])
        ]

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
