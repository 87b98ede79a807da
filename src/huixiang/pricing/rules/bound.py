"""How little a basket could cost: a bound for all ways to price its lines, under given order rules.

One number is varied: by how many fen the lines cost more than a selection that is known. No base grows by more than
that, so what rules take can grow only so far, and it jumps only at thresholds: a few levels of extra are enough to look
at. A coupon that is reached only if order rules leave more than they may leaves its threshold to pay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import itemgetter

from huixiang.pricing.model.effects import Exchange
from huixiang.pricing.rules.compiled import COUPON
from huixiang.pricing.rules.footing import Footing
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper

NEVER = 1 << 60
_first = itemgetter(0)
Offs = dict[str | None, list[int]]
"""By class, what its coupons take."""


class Bound(Footing):
    """Bounds for one set of order rules, all of which are to be applied."""

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
        super().__init__(quote, orders, coupons, deliveries, counted)
        for term in self.coupons:
            if term.upper.fee:
                term.whole = min(quote.fee, term.upper.fee_off(quote.fee))
            elif term.upper.exchange:
                term.whole = self._exchange(term.upper)
        for term in self.fees:
            term.whole = term.upper.fee_off(quote.fee)
        rates = sum([term.rate for term in self.orders])
        self._slack_of_orders = max(0, rates - 1)
        self._slack = max(0, rates + self._rates_of_coupons() - 1)
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

    def over(self, extra: int) -> int:
        """What is to be paid at least, beyond the lines at their cheapest and all of the fee, when the lines cost just
        `extra` more: mostly less than nothing."""
        return self._over(extra, exact=True)[0]

    def over_from(self, extra: int) -> int:
        """The same when they cost so much or more, up to the next threshold."""
        return self._over(extra, exact=False)[0]

    def _over(self, extra: int, *, exact: bool) -> tuple[int, int]:
        """What is to be paid; then without what thresholds leave goods to pay, which grows with the extra from here on.
        exact: for just this extra; else each rate can round a fen away. Thresholds are not rounded."""
        goods, offs, of_fee, tight, slack = self._taken(extra)
        if exact:
            slack = 0
        alone = both = goods - self._together(offs)
        by_coupon = 0
        if of_fee:
            by_coupon = self._together(of_fee)
            every = {name: [*offs.get(name, ()), *of_fee.get(name, ())] for name in (*offs, *of_fee)}
            both = goods - self._together(every)
        has_fee = bool(of_fee or self.fees)
        least, growing = self._with_fee(extra, alone, both, by_coupon, slack) if has_fee else (alone, alone)
        if tight:
            spare = slack if exact else self._slack_of_orders
            alone = max(alone, self._leave(extra, goods, spare, fee=False) + slack - spare)
            both = max(both, self._leave(extra, goods, spare, fee=True) + slack - spare)
            least = self._with_fee(extra, alone, both, by_coupon, slack)[0] if has_fee else alone
        return least - slack, growing - slack

    def _taken(self, extra: int) -> tuple[int, Offs, Offs, bool, int]:
        """What order rules leave of the extra; what each coupon takes at most, of goods and of the fee; whether some is
        reached only if order rules leave more than they may; the fen that rates can round away."""
        at = len(self.orders)
        goods = extra - sum([self._order(number, extra) for number in range(at)])
        whole = goods + self.amount + self.moved - self._slack
        offs: Offs = {}
        of_fee: Offs = {}
        rates: dict[str | None, int] = {}
        watched = self._slack > self._slack_of_orders
        tight = False
        bases, shares, tops, pieces = self.bases, self.shares, self.tops, self.pieces
        for term in self.coupons:
            base = bases[at] - shares[at]
            top = base + tops[at]
            if term.moves:
                base += min(extra, tops[at])
            reach = pieces[at] if term.pieces else base
            if reach >= term.lowest:
                off = term.whole if term.whole >= 0 else term.upper.discount(reach, base)
                if watched and term.rate:
                    rates[term.name] = max(
                        rates.get(term.name, 0), term.upper.discount(reach if term.pieces else top, top)
                    )
                if off > 0:
                    kind = of_fee if term.upper.fee else offs
                    kind.setdefault(term.name, []).append(off)
                    tight |= term.leaves and term.lowest > whole
            at += 1
        slack = self._slack if rates and self._matter(rates, offs) else self._slack_of_orders
        return goods, offs, of_fee, tight, slack

    def _matter(self, rates: Mapping[str | None, int], offs: Offs) -> bool:
        """Whether rates of coupons may be worth to be used: by class, what the highest takes when the lines cost most.
        Where one of a class is used and another takes more, even once both are rounded, none of its rates is."""
        spare = self._slack - self._slack_of_orders
        for name, off in rates.items():
            if name is None or self._limits.get(name, 1) != 1 or max(offs.get(name, [0])) < off + spare:
                return True
        return False

    def _leave(self, extra: int, goods: int, slack: int, *, fee: bool) -> int:
        """What coupons leave of goods at least, from this extra on up to the next threshold: whichever of them are
        used, goods are left the highest of their thresholds to pay before coupons. slack: what order rules round away
        at most; rates of coupons are taken at their highest, which is not. fee: with those on the fee."""
        amount = self.amount + self.moved - slack
        reached: list[tuple[int, int, str | None]] = []
        for at, term in enumerate(self.coupons, len(self.orders)):
            base = self._left(at, term, extra)
            reach = self.pieces[at] if term.pieces else base
            if reach >= term.lowest and (fee or not term.upper.fee):
                # A rate takes more the more the lines cost, and how much that is in the end is not known here.
                base = self._left(at, term, self.tops[at]) if term.rate else base
                off = term.whole
                if off < 0:
                    off = term.upper.discount(self.pieces[at] if term.pieces else base, base)
                reached.append((max(goods, term.lowest - amount) if term.leaves else goods, off, term.name))
        reached.sort(key=_first)
        offs: Offs = {}
        least = goods
        for to_pay, off, name in reached:
            offs.setdefault(name, []).append(off)
            least = min(least, to_pay - self._together(offs))
        return least

    def _with_fee(self, extra: int, alone: int, both: int, by_coupon: int, slack: int) -> tuple[int, int]:
        """With the delivery rules that are in reach: each of them leaves goods its threshold to pay, whatever coupons
        do. alone: without what coupons take of the fee, `by_coupon` at most; both: with it."""
        reached = []
        for place, term in enumerate(self.fees, len(self.orders) + len(self.coupons)):
            if (self.pieces[place] if term.pieces else self._left(place, term, extra)) >= term.lowest:
                reached.append((0 if term.pieces else term.lowest, term.whole))
        amount = self.amount + self.moved - slack
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
            return self.over_from(most) - most
        extras = [must, *[level for level in self.edges(most) if level > must]]
        self._values = [(extra, *self._over(extra, exact=False)) for extra in extras]
        return min([value for _, value, _ in self._values])

    def useful(self, most: int, worst: int) -> int:
        """Beyond what extra, up to `most`, more than `worst` is to be paid in any case, by what `least` found."""
        if self.steep:
            return most
        found = 0
        for (level, value, growing), (end, _, _) in pairwise([*self._values, (most + 1, 0, 0)]):
            if value <= worst:
                # Each rate can round a fen away, here and there.
                spare = worst - growing + 2 * self._slack + 1
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
        goods, offs, _, _, _ = self._taken(0)
        goods += self.amount + self.moved - self._together(offs)
        first = len(self.orders) + len(self.coupons)
        return [
            (short, at)
            for at, term in enumerate(self.fees, first)
            if not term.pieces and 0 < (short := term.lowest - goods) <= min(most, self.tops[at])
        ]
