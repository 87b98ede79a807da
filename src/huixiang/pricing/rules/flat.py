"""The common basket: every rule above the groups counts every line, so that what they take depends on one number.

Then the payable is a function of what the lines come to, and the search is over that sum alone: it can fall only where a
threshold is reached, so the sums to look at are the cheapest one and, for each threshold, the least that reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import combinations

from huixiang.pricing.model.effects import RateOff
from huixiang.pricing.rules.compiled import LEFT, LIST, UNIT_AMOUNT
from huixiang.pricing.rules.components import Component
from huixiang.pricing.rules.part import Choice
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper

NEVER = 1 << 60
ENDLESS = datetime.max.replace(tzinfo=UTC)
Set = tuple[Upper, ...]


def is_flat(quote: Quote) -> bool:
    """Whether the payable depends on the sum of the lines alone."""
    if not quote.flat or quote.drop or quote.add_ons:
        return False
    return not any(
        upper.excludes or upper.exchange or upper.base == UNIT_AMOUNT or upper.against or upper.rule.gift
        for upper in quote.uppers
    )


class Flat:
    """The rules above the groups as functions of the sum. `pieces`: of all lines; `list_fen` too."""

    def __init__(
        self, quote: Quote, orders: Sequence[Set], coupons: Sequence[Set], deliveries: Sequence[Upper]
    ) -> None:
        self._quote = quote
        self._orders = orders
        self._coupons = coupons
        self._deliveries = deliveries
        self._pieces = sum([line.units for line in quote.lines if line.by_piece])
        self._list = quote.list_fen
        self.evaluated = 0

    def best(self, amount: int) -> tuple[int, Set, Set]:
        """The lowest goods and delivery for a sum, and the order rules and coupons with which it is reached."""
        least = NEVER
        under: Set = ()
        using: Set = ()
        for chosen in self._orders:
            left = self._after(chosen, amount)
            if left is not None:
                for coupons in self._coupons:
                    rest = self._after_coupons(coupons, amount, left)
                    if rest is not None:
                        found = rest + self._fee(rest, coupons)
                        if found < least or (found == least and len(coupons) < len(using)):
                            least, under, using = found, chosen, coupons
        return least, under, using

    def _after(self, chosen: Set, amount: int) -> int | None:
        """What order rules leave of a sum; None where one of them gives nothing."""
        left = amount
        for upper in chosen:
            off = self._off(upper, amount, amount)
            if off <= 0 or left <= 0:
                return None
            left -= off
            if left < 0:
                left = 0
        return left

    def _off(self, upper: Upper, amount: int, left: int) -> int:
        base = left if upper.base == LEFT else self._list if upper.base == LIST else amount
        return upper.discount(self._pieces if upper.rule.counts_pieces else base, base)

    def _after_coupons(self, chosen: Set, amount: int, left: int) -> int | None:
        rest = left
        for upper in chosen:
            if not upper.fee:
                off = self._off(upper, amount, left)
                if off <= 0:
                    return None
                rest = rest - off if off < rest else 0
        return rest

    def _fee(self, goods: int, coupons: Set) -> int:
        fee = whole = self._quote.fee
        if not whole:
            return 0
        for upper in (*[one for one in coupons if one.fee], *self._deliveries):
            reach = self._pieces if upper.rule.counts_pieces else goods
            if reach >= upper.rule.lowest:
                fee -= upper.fee_off(whole)
                if fee <= 0:
                    return 0
        return fee

    def drops(self, amount: int, most: int) -> list[int]:
        """The sums above `amount`, up to `most`, from which some rule may take more; ascending."""
        found = {
            threshold for chosen in self._orders for upper in chosen for threshold in self._steps(upper, amount, most)
        }
        edges = [amount, *sorted(found), most + 1]
        for chosen in self._orders:
            found.update(self._later(partial(self._after, chosen), edges))
        return sorted(one for one in found if amount < one <= most)

    def _steps(self, upper: Upper, amount: int, most: int) -> Sequence[int]:
        if upper.rule.counts_pieces or upper.base == LIST:
            return ()
        steps = upper.rule.thresholds
        if getattr(upper.rule.effect, "repeat", False):
            return range((amount // steps[0] + 1) * steps[0], most + 1, steps[0])
        return [step for step in steps if amount < step <= most]

    def _later(self, after: Callable[[int], int | None], edges: Sequence[int]) -> Iterator[int]:
        """Where coupons and delivery rules come into reach of what order rules leave."""
        thresholds = {
            step for chosen in self._coupons for upper in chosen if upper.base == LEFT and not upper.fee
            for step in upper.rule.thresholds if step
        }  # fmt: skip
        others = {
            step for chosen in self._coupons for upper in chosen if upper.base not in (LEFT, LIST) and not upper.fee
            for step in upper.rule.thresholds
        }  # fmt: skip
        yield from others
        found: list[int] = []
        for threshold in thresholds:
            found += _least(after, threshold, edges)
        yield from found
        if not self._quote.fee:
            return
        fees = {upper.rule.lowest for upper in self._deliveries}
        fees |= {upper.rule.lowest for chosen in self._coupons for upper in chosen if upper.fee}
        if not any(fees):
            return
        finer = sorted({*edges, *found, *others})
        for chosen in self._coupons:
            for threshold in fees:
                yield from _least(partial(self._rest, after, chosen), threshold, finer)

    def _rest(self, after: Callable[[int], int | None], chosen: Set, amount: int) -> int | None:
        left = after(amount)
        return None if left is None else self._after_coupons(chosen, amount, left)


def _least(function: Callable[[int], int | None], threshold: int, edges: Sequence[int]) -> Iterator[int]:
    """In each stretch between edges, over which a function does not fall: where it first reaches a threshold."""
    for low, high in zip(edges, edges[1:], strict=False):
        first, last = function(low), function(high - 1)
        if last is None or last < threshold or (first is not None and first >= threshold):
            continue
        while low < high - 1:
            middle = (low + high - 1) // 2
            value = function(middle)
            if value is not None and value >= threshold:
                high = middle + 1
            else:
                low = middle + 1
        yield high - 1


def order_sets(orders: Sequence[Upper]) -> list[Set]:
    """Every set of order rules, the largest first."""
    return [chosen for count in range(len(orders), -1, -1) for chosen in combinations(orders, count)]


def coupon_sets(coupons: Sequence[Upper], limits: dict[str, int]) -> list[Set]:
    """Every set of coupons that maxima allow, as law P9 prefers them: the fewest first, then the earliest to expire."""
    sets: list[Set] = [()]
    if not coupons:
        return sets
    by_class: dict[str | None, list[Upper]] = {}
    for upper in coupons:
        by_class.setdefault(upper.rule.stacking, []).append(upper)
    for name, members in by_class.items():
        most = len(members) if name is None else min(limits.get(name, 1), len(members))
        mine = [chosen for count in range(most + 1) for chosen in combinations(members, count)]
        sets = [(*one, *chosen) for one in sets for chosen in mine]
    found = [tuple(sorted(chosen, key=lambda upper: upper.order)) for chosen in sets]
    return sorted(found, key=lambda chosen: (len(chosen), sorted(one.expires_at or ENDLESS for one in chosen)))


def reachable(components: Sequence[Component], width: int) -> list[int]:
    """Bits of the extras that the components from each on can come to."""
    full = (1 << (width + 1)) - 1
    sums = [1]
    for component in reversed(components):
        bits = sums[-1]
        least = component.cheapest.amount
        for choice in component.choices:
            if choice.amount > least:
                bits |= sums[-1] << (choice.amount - least)
        sums.append(bits & full)
    sums.reverse()
    return sums


def with_extra(components: Sequence[Component], sums: Sequence[int], extra: int) -> list[Choice]:
    """The choices that come to just so much more than the cheapest."""
    selection = []
    for at, component in enumerate(components):
        least = component.cheapest.amount
        for choice in component.choices:
            more = choice.amount - least
            if more <= extra and sums[at + 1] >> (extra - more) & 1:
                selection.append(choice)
                extra -= more
                break
    return selection


def parallel_rates(quote: Quote) -> bool:
    """Whether two rates can be taken of one base: then rounding can make a dearer sum a fen cheaper."""
    rates = [upper for upper in quote.orders if isinstance(upper.rule.effect, RateOff)]
    by_class = {upper.rule.stacking for upper in quote.coupons if isinstance(upper.rule.effect, RateOff)}
    elsewhere = any(upper.base != LEFT for upper in quote.coupons)
    return len(rates) > 1 or len(by_class) > 1 or bool(rates and by_class and elsewhere)


def kept_of_extra(quote: Quote) -> int:
    """Basis points of a further fen that rates leave at least."""
    kept = 10_000 - sum([10_000 - upper.rule.least_rate for upper in quote.orders])
    by_class: dict[str | None, int] = {}
    for upper in quote.coupons:
        most = 10_000 - upper.rule.least_rate
        name = upper.rule.stacking
        by_class[name] = by_class.get(name, 0) + most if name is None else max(by_class.get(name, 0), most)
    return kept - sum(by_class.values())
