"""How little a basket could cost: a bound for all ways to price its lines, with given order rules.

One number is varied: by how many fen the lines cost more than a selection that is known. What rules take can grow with
it only so far, as no base grows by more, and jumps only at thresholds. So a few levels are enough: the least extra from
which a threshold is in reach, for each.
"""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.model.effects import Exchange, RateOff
from huixiang.pricing.rules.compiled import COUPON, LEFT
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper

Overlap = tuple[int, int, int, bool]
"""Of an order rule and a later term: the rule's number, fen that both count, in how many parts, and whether the term counts
all that the rule does."""


class Term:
    """One rule above the groups in a bound: what it takes at most when its base is `base` more fen. `reach` is what its
    thresholds see, `share` what order rules take of it at least."""

    __slots__ = ("moves", "pieces", "rate", "share", "thresholds", "upper")

    def __init__(self, upper: Upper) -> None:
        self.upper = upper
        self.pieces = upper.rule.counts_pieces
        self.moves = upper.base > 0
        self.rate = isinstance(upper.rule.effect, RateOff)
        self.share = 0
        self.thresholds = upper.rule.thresholds


class Bound:
    """Bounds for one set of order rules. `bases`: fen that each term counts, `pieces`: of those."""

    def __init__(
        self, quote: Quote, orders: Sequence[Upper], coupons: Sequence[Upper], deliveries: Sequence[Upper]
    ) -> None:
        self._quote = quote
        self._limits = quote.rule_set.stacking.of_class
        self.orders = [Term(upper) for upper in orders]
        self.coupons = [Term(upper) for upper in coupons if not upper.fee]
        self.fees = [Term(upper) for upper in (*[one for one in coupons if one.fee], *deliveries)]
        self.terms = [*self.orders, *self.coupons, *self.fees]
        self._classes: dict[str | None, list[Term]] = {}
        for term in self.coupons:
            self._classes.setdefault(term.upper.rule.stacking, []).append(term)
        rates = sum(term.rate for term in self.orders) + sum(term.rate for term in self.coupons)
        self.slack = max(0, rates - 1)
        most = [max((10_000 - _least_rate(term) for term in one), default=0) for one in self._classes.values()]
        self.steep = sum(most) + sum(10_000 - _least_rate(term) for term in self.orders) >= 10_000

    def gain(self, bases: Sequence[int], pieces: Sequence[int], extra: int) -> int:
        """Fen that all rules take at most, when lines cost `extra` more."""
        total = 0
        at = 0
        for term in self.orders:
            total += self._take(term, bases[at], pieces[at], extra)
            at += 1
        if self.coupons:
            offs: dict[str | None, list[int]] = {}
            for term in self.coupons:
                off = self._take(term, bases[at] - term.share, pieces[at], extra)
                if off > 0:
                    offs.setdefault(term.upper.rule.stacking, []).append(off)
                at += 1
            for name, found in offs.items():
                limit = len(found) if name is None else self._limits.get(name, 1)
                total += max(found) if limit == 1 else sum(sorted(found)[len(found) - min(limit, len(found)) :])
        if self.fees and self._quote.fee:
            off = 0
            for term in self.fees:
                reach = pieces[at] if term.pieces else bases[at] - term.share + extra
                if reach >= term.upper.rule.lowest:
                    off += term.upper.fee_off(self._quote.fee)
                at += 1
            total += min(off, self._quote.fee)
        return total

    def _take(self, term: Term, base: int, pieces: int, extra: int) -> int:
        if term.moves:
            base += extra
        upper = term.upper
        if upper.exchange:
            return self._exchange(upper, pieces) if (pieces if term.pieces else base) >= upper.rule.lowest else 0
        return upper.discount(pieces if term.pieces else base, base)

    def _exchange(self, upper: Upper, pieces: int) -> int:
        effect = upper.rule.effect
        assert isinstance(effect, Exchange)  # noqa: S101 - upper.exchange
        lines = [line for line in self._quote.lines if line.by_piece and self._quote.counts(upper, line)]
        # Half-up on some pieces of a part can be a fen above their price.
        return max(
            (min(effect.pieces, line.units) * max(0, line.price - effect.price_fen) + 1 for line in lines), default=0
        )

    def levels(self, bases: Sequence[int], most: int) -> list[tuple[int, int]]:
        """The thresholds in reach: how much each base is short of, and whose it is, the nearest first."""
        found = []
        for at, term in enumerate(self.terms):
            if term.pieces or not term.moves:
                continue
            base = bases[at] - term.share
            for threshold in self._thresholds(term, base, most):
                found.append((threshold - base, at))
        found.sort()
        return found

    def _thresholds(self, term: Term, base: int, most: int) -> Sequence[int]:
        effect = term.upper.rule.effect
        if getattr(effect, "repeat", False):
            step = term.thresholds[0]
            return range((base // step + 1) * step, base + most + 1, step)
        return [one for one in term.thresholds if base < one <= base + most]

    def set_shares(self, bases: Sequence[int], overlaps: Sequence[Sequence[Overlap]], most: int) -> None:
        """What order rules take at least of what a later term counts, while lines cost up to `most` more."""
        count = len(self.orders)
        offs = [self._take(term, bases[at], 0, 0) for at, term in enumerate(self.orders)]
        ceilings = [self._take(term, bases[at], 0, most) for at, term in enumerate(self.orders)]
        for at, term in enumerate(self.terms[count:], count):
            term.share = 0
            if term.upper.base != LEFT and term.upper.rule.layer == COUPON and not term.upper.fee:
                continue
            for order, common, parts, inside in overlaps[at]:
                whole, earlier = bases[order], sum(ceilings[:order])
                off = min(offs[order], whole - earlier)
                if off > 0:
                    term.share += off if inside else max(0, off * max(0, common - earlier) // (whole + most) - parts)


def _least_rate(term: Term) -> int:
    effect = term.upper.rule.effect
    if isinstance(effect, RateOff):
        return min(step.rate_bp for step in effect.steps)
    return 10_000
