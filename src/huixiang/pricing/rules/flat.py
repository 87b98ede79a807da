"""The common basket: every rule above the groups counts every line, so that what they take depends on one number.

Then the payable is a function of what the lines come to, and the search is over that sum alone: it can fall only where
a threshold is reached, so the sums to look at are the cheapest one and, for each threshold, the least that reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import partial
from itertools import combinations, pairwise

from huixiang.pricing.model.effects import Off, RateOff
from huixiang.pricing.rules.compiled import LEFT, LIST
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper

NEVER = 1 << 60
ENDLESS = datetime.max.replace(tzinfo=UTC)
MOST_ORDERS = 6  # whose sets are all looked at
MOST_STEPS = 1_000  # of one repeating rule
Set = tuple[Upper, ...]
Best = tuple[int, int, list[Set]]


class TooWide(Exception):
    """More sums than are looked at here."""


def is_flat(quote: Quote) -> bool:
    """Whether the payable depends on the sum of the lines alone, and so does which of equal answers is chosen."""
    if not quote.flat or quote.drop or quote.add_ons or len(quote.orders) > MOST_ORDERS:
        return False
    stacking = quote.rule_set.stacking
    if stacking.on_order or stacking.of_class or stacking.of_layer:
        return False
    for upper in quote.uppers:
        if upper.excludes or not upper.rule.by_sum:
            return False
    return not (quote.uppers and quote.rule_set.has_quotas and any(rule.quota for rule in quote.touching))


class Flat:
    """The rules above the groups as functions of the sum. coupons: the sets that may stand, the preferred first."""

    __slots__ = ("_coupons", "_deliveries", "_fee", "_lines", "_list", "_orders", "_shown")

    def __init__(self, quote: Quote, coupons: Sequence[Set]) -> None:
        self._orders = quote.orders
        self._coupons = coupons
        self._shown = quote.coupons
        self._deliveries = quote.deliveries
        self._fee = quote.fee
        self._lines = quote.lines
        self._list = quote.list_fen

    def best(self, amount: int) -> Best:
        """The lowest goods and delivery for a sum, the number of the coupons with which it is reached, and the sets of
        order rules under which it is: several where they come to the same."""
        least, at = NEVER, 0
        under: list[Set] = []
        fee = self._fee
        for left, chosen in self._after_orders(amount) if self._orders else ((amount, ()),):
            for number, coupons in enumerate(self._coupons):
                rest = self._after_coupons(coupons, amount, left) if coupons else left
                if rest is None:
                    continue
                found = rest + self._fee_left(rest, coupons) if fee else rest
                if found < least or (found == least and number < at):
                    least, at, under = found, number, [chosen]
                elif found == least and number == at:
                    under.append(chosen)
        return least, at, under

    def _after_orders(self, amount: int) -> list[tuple[int, Set]]:
        """What sets of order rules that each give something leave of a sum."""
        found: list[tuple[int, Set]] = [(amount, ())]
        for upper in self._orders:
            off = self.off(upper, amount, amount)
            if off > 0:
                found += [(max(left - off, 0), (*chosen, upper)) for left, chosen in found if left > 0]
        return found

    def _after(self, chosen: Set, amount: int) -> int | None:
        """What just these order rules leave of a sum; None where one of them gives nothing."""
        left = amount
        for upper in chosen:
            off = self.off(upper, amount, amount)
            if off <= 0 or left <= 0:
                return None
            left = max(left - off, 0)
        return left

    def off(self, upper: Upper, amount: int, left: int) -> int:
        """What a rule takes off where lines come to `amount` and order rules leave `left`, before it is cut."""
        base = left if upper.base == LEFT else self._list if upper.base == LIST else amount
        return upper.discount(self.reach(upper, base), base)

    def seen(self, upper: Upper, amount: int, left: int) -> int:
        """What its threshold sees of them."""
        return self.reach(upper, left if upper.base == LEFT else self._list if upper.base == LIST else amount)

    def reach(self, upper: Upper, base: int) -> int:
        """What a rule's threshold sees."""
        if upper.rule.counts_pieces:
            return sum([line.units for line in self._lines if line.by_piece])
        return base

    def _after_coupons(self, chosen: Set, amount: int, left: int) -> int | None:
        rest = left
        for upper in chosen:
            if not upper.fee:
                off = self.off(upper, amount, left)
                if off <= 0 or rest <= 0:
                    return None
                rest = rest - off if off < rest else 0
        return rest

    def _fee_left(self, goods: int, coupons: Set) -> int:
        fee = whole = self._fee
        for upper in (*coupons, *self._deliveries):
            if upper.fee and self.reach(upper, goods) >= upper.rule.lowest:
                fee -= upper.fee_off(whole)
                if fee <= 0:
                    return 0
        return fee

    def may_drop(self, amount: int) -> bool:
        """Whether some rule may take more of a sum above this, up to the list price, but for what it takes of each fen:
        `drops` are none where it may not."""
        full, low = self._list, amount
        for upper in self._orders:
            if upper.rule.repeats or self._has_step(upper, amount):
                return True
            low -= self.off(upper, full, full)
        after = low
        for upper in self._shown:
            if not upper.fee:
                if upper.rule.repeats or self._has_step(upper, low if upper.base == LEFT else amount):
                    return True
                after -= self.off(upper, full, full)
        if not self._fee:
            return False
        by_fee = [*self._deliveries, *[upper for upper in self._shown if upper.fee]]
        return any(after < upper.rule.lowest <= full and not upper.rule.counts_pieces for upper in by_fee)

    def _has_step(self, upper: Upper, above: int) -> bool:
        """Whether it takes more from some amount above this on."""
        if upper.rule.counts_pieces or upper.base == LIST:
            return False
        most = self._list
        for step in upper.rule.thresholds:  # noqa: SIM110 - a generator costs more than the one or two steps
            if above < step <= most:
                return True
        return False

    def drops(self, amount: int, most: int, least: int) -> list[int]:
        """The sums above `amount`, up to `most`, from which some rule may take more, and which may cost no more than
        `least`; ascending. Raises TooWide."""
        found: set[int] = set()
        for upper in self._orders:
            found.update(self._steps(upper, amount, most))
        coupons = {upper for chosen in self._coupons for upper in chosen}
        for upper in coupons:
            if upper.base != LEFT and not upper.fee:
                found.update(self._steps(upper, amount, most))
        waiting = self._waiting(coupons, amount, most, least)
        if waiting[0] or waiting[1]:
            edges = [amount, *sorted(found), most + 1]
            for chosen in order_sets(self._orders):
                found.update(self._later(partial(self._after, chosen), edges, *waiting))
        return sorted([one for one in found if amount < one <= most])

    @staticmethod
    def _steps(upper: Upper, amount: int, most: int) -> Sequence[int]:
        if upper.rule.counts_pieces or upper.base == LIST:
            return ()
        steps = upper.rule.thresholds
        if upper.rule.repeats and steps[0]:
            every = range((amount // steps[0] + 1) * steps[0], most + 1, steps[0])
            if len(every) > MOST_STEPS:
                raise TooWide
            return every
        return [step for step in steps if amount < step <= most]

    def _waiting(self, coupons: AbstractSet[Upper], amount: int, most: int, least: int) -> tuple[set[int], set[int]]:
        """Thresholds that what is left after order rules, and after coupons, may come to reach: none that it never
        falls below, nor any from which on goods alone cost more than `least`."""
        left = amount - sum([self.off(upper, most, most) for upper in self._orders])
        steps = {
            step
            for upper in coupons if upper.base == LEFT and not upper.fee and not upper.rule.counts_pieces
            for step in upper.rule.thresholds if left < step <= most
        }  # fmt: skip
        if not self._fee:
            return steps, set()
        rest = left - sum([self.off(upper, most, most) for upper in coupons if not upper.fee])
        by_fee = [*self._deliveries, *[upper for upper in coupons if upper.fee and not upper.rule.counts_pieces]]
        return steps, {upper.rule.lowest for upper in by_fee if rest < upper.rule.lowest <= min(most, least)}

    def _later(
        self, after: Callable[[int], int | None], edges: Sequence[int], steps: set[int], fees: set[int]
    ) -> Iterator[int]:
        """Where coupons and delivery rules come into reach of what order rules leave."""
        found: list[int] = []
        for threshold in steps:
            found += _least(after, threshold, edges)
        yield from found
        if not fees:
            return
        finer = sorted({*edges, *found})
        for chosen in self._coupons:
            for threshold in fees:
                yield from _least(partial(self._rest, after, chosen), threshold, finer)

    def _rest(self, after: Callable[[int], int | None], chosen: Set, amount: int) -> int | None:
        left = after(amount)
        return None if left is None else self._after_coupons(chosen, amount, left)


def _least(function: Callable[[int], int | None], threshold: int, edges: Sequence[int]) -> Iterator[int]:
    """In each stretch between edges, over which a function does not fall: where it first reaches a threshold."""
    for first, end in pairwise(edges):
        low, high = first, end - 1
        highest, lowest = function(high), function(low)
        if highest is None or highest < threshold or (lowest is not None and lowest >= threshold):
            continue
        while low < high:
            middle = (low + high) // 2
            value = function(middle)
            if value is not None and value >= threshold:
                high = middle
            else:
                low = middle + 1
        yield high


def order_sets(orders: Sequence[Upper]) -> list[Set]:
    """Every set of order rules, the largest first."""
    return [chosen for count in range(len(orders), -1, -1) for chosen in combinations(orders, count)]


def coupon_sets(coupons: Sequence[Upper]) -> list[Set]:
    """Every set of coupons, one of each class, as law P9 prefers them: the fewest first, then the earliest ending."""
    sets: list[Set] = [()]
    if not coupons:
        return sets
    if len(coupons) == 1:
        return [(), (coupons[0],)]
    by_class: dict[str | None, list[Upper]] = {}
    for upper in coupons:
        by_class.setdefault(upper.rule.stacking, []).append(upper)
    for name, members in by_class.items():
        most = len(members) if name is None else 1
        mine = [chosen for count in range(most + 1) for chosen in combinations(members, count)]
        sets = [(*one, *chosen) for one in sets for chosen in mine]
    if len(sets) > 2:
        sets = [tuple(sorted(chosen, key=lambda upper: upper.order)) for chosen in sets]
        sets.sort(key=lambda chosen: (len(chosen), sorted(one.expires_at or ENDLESS for one in chosen)))
    return sets


def parallel_rates(quote: Quote) -> bool:
    """Whether two rates can be taken of one base: then rounding can make a dearer sum a fen cheaper."""
    if len(quote.orders) + len(quote.coupons) < 2:
        return False
    rates = sum([upper.rule.least_rate < 10_000 for upper in quote.orders])
    by_class = {upper.rule.stacking for upper in quote.coupons if upper.rule.least_rate < 10_000}
    elsewhere = any(upper.base != LEFT for upper in quote.coupons)
    return rates > 1 or len(by_class) > 1 or bool(rates and by_class and elsewhere)


def kept_of_extra(quote: Quote) -> int:
    """Basis points of a further fen that rates, and steps that repeat, leave at least in the long run."""
    kept = 10_000
    for upper in quote.orders:
        kept -= upper.rule.per_fen
    if len(quote.coupons) > 1:
        return kept - _of_coupons(quote.coupons)
    for upper in quote.coupons:
        kept -= upper.rule.per_fen
    return kept


def _of_coupons(coupons: Sequence[Upper]) -> int:
    """Of rates the deepest of each class alone."""
    taken = 0
    by_class: dict[str, int] = {}
    for upper in coupons:
        rule = upper.rule
        if rule.repeats or rule.stacking is None:
            taken += rule.per_fen
        else:
            by_class[rule.stacking] = max(by_class.get(rule.stacking, 0), rule.per_fen)
    return taken + sum(by_class.values())


def useful_extra(quote: Quote, kept: int) -> int:
    """More extra than this is never made up for: all that thresholds can give, once, over what a further fen costs."""
    jumps = quote.fee
    for upper in (*quote.orders, *quote.coupons):
        effect = upper.rule.effect
        if isinstance(effect, Off):
            jumps += max(step.off_fen for step in effect.steps)
        elif isinstance(effect, RateOff) and effect.steps[-1].at:
            jumps += quote.list_fen * (10_000 - upper.rule.least_rate) // 10_000 + 1
    return jumps * 10_000 // kept + 1
