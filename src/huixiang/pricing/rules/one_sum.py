"""The search of a basket whose payable depends on one sum alone (`flat`)."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter, sub
from typing import TYPE_CHECKING

from huixiang.pricing.model.effects import Off
from huixiang.pricing.rules.above import Taken
from huixiang.pricing.rules.components import Components, Sums
from huixiang.pricing.rules.extras import Extras
from huixiang.pricing.rules.flat import (
    Best,
    Flat,
    Set,
    TooWide,
    coupon_sets,
    is_flat,
    kept_of_extra,
    parallel_rates,
    useful_extra,
)
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.upper import Upper

if TYPE_CHECKING:
    from huixiang.pricing.rules.search import Search

MOST_SETS = 64  # of coupons
MOST_WIDTH = 1 << 18  # fen above the lowest sum that are looked at, a bit each for every line
_line = attrgetter("line")
_groups_fen = attrgetter("groups_fen")


def one_sum(search: Search) -> bool:
    """Search over one sum, where the basket is such; whether it was. Then `search.best` is set."""
    quote = search.quote
    if not is_flat(quote):
        return False
    if not quote.uppers:
        return _goods_alone(search)
    try:
        return _over_sums(search)
    except TooWide:
        return False


def _over_sums(search: Search) -> bool:
    """Raises TooWide."""
    quote = search.quote
    kept = kept_of_extra(quote)
    sets = coupon_sets(quote.coupons)
    if len(sets) > MOST_SETS or kept <= 0 or parallel_rates(quote):
        return False
    components = Sums(quote, search.budget)
    parts = components.alone
    if components.linked:
        parts = [*parts, *[part for one in components.linked for part in one.cheapest.parts]]
    amount = sum(map(_groups_fen, parts))
    flat = Flat(quote, sets)
    best = flat.best(amount)
    search.count()
    if amount < quote.list_fen and flat.may_drop(amount):
        higher = _higher(search, components, flat, amount, best, kept)
        if higher is not None:
            parts, best = higher
    if components.linked:
        search.proven &= components.all_whole
        parts.sort(key=_line)
    _, number, under = best
    for chosen in under:
        found = _settled(quote, flat, parts, chosen, sets[number])
        if search.best is None or found.better_than(search.best):
            search.best = found
    return True


def _goods_alone(search: Search) -> bool:
    """Nothing stands above the groups: the lowest prices are the answer."""
    quote = search.quote
    components = Sums(quote, search.budget)
    search.count()
    parts = components.alone
    if components.linked:
        parts = sorted([*parts, *[part for one in components.linked for part in one.cheapest.parts]], key=_line)
        search.proven &= components.all_whole
    goods = sum(map(_groups_fen, parts))
    search.best = Outcome(parts, (), (), (), (goods, quote.fee, goods + quote.fee + quote.packaging))
    return True


def _higher(
    search: Search, components: Components, flat: Flat, amount: int, best: Best, kept: int
) -> tuple[list[Part], Best] | None:
    """A dearer sum of the lines that ends lower, or as low with coupons that are preferred. Raises TooWide."""
    least = best[0]
    most = min(search.quote.list_fen, amount + useful_extra(search.quote, kept))
    hopeful = sorted([(*flat.best(drop)[:2], drop) for drop in flat.drops(amount, most, least)])
    hopeful = [one for one in hopeful if one[:2] < best[:2]]
    search.count(len(hopeful))
    if not hopeful:
        return None
    # Each further fen costs at least what rates leave of it.
    width = max([drop - amount + (least - value) * 10_000 // kept for value, _, drop in hopeful]) + 1
    width = min(most - amount, width)
    if width > MOST_WIDTH:
        raise TooWide
    extras = Extras(components, width)
    found = None
    for value, number, drop in hopeful:
        if (value, number) >= best[:2]:
            break
        extra = extras.least(drop - amount)
        if extra is not None:
            search.count()
            other = flat.best(amount + extra)
            if other[:2] < best[:2]:
                best, found = other, extra
    return None if found is None else (extras.parts(found), best)


def _settled(quote: Quote, flat: Flat, parts: Sequence[Part], orders: Set, coupons: Set) -> Outcome:
    """The answer with just these order rules and coupons: what each takes, from every part."""
    goods = _Goods(flat, parts)
    by_order = [goods.take(upper, goods.amount) for upper in orders] if orders else []
    left = goods.total
    by_coupon = [goods.take(upper, left) for upper in coupons if not upper.fee] if coupons else []
    fee = quote.fee
    by_fee: list[Taken] = []
    if fee:
        for upper in (*coupons, *quote.deliveries):
            if upper.fee and flat.reach(upper, goods.total) >= upper.rule.lowest:
                off = upper.fee_off(quote.fee)
                fits = min(off, fee)
                if fits > 0:
                    fee -= fits
                    by_fee.append(Taken(upper, fits, off - fits, goods.places))
    return Outcome(parts, by_order, by_coupon, by_fee, (goods.total, fee, goods.total + fee + quote.packaging))


class _Goods:
    """Parts while rules that count all of them take from them. amount: before any; total: what is left."""

    __slots__ = ("_flat", "_left", "amount", "places", "total")

    def __init__(self, flat: Flat, parts: Sequence[Part]) -> None:
        self._flat = flat
        self._left = list(map(_groups_fen, parts))
        self.amount = self.total = sum(self._left)
        self.places = range(len(parts))

    def take(self, upper: Upper, left: int) -> Taken:
        """left: of the goods after order rules, or the amount while those are taken."""
        off = self._flat.off(upper, self.amount, left)
        fits = min(off, self.total)
        shares = share(fits, self._left)
        self._left = list(map(sub, self._left, shares))
        self.total -= fits
        times = self._times(upper, left) if upper.rule.repeats else 1
        return Taken(upper, fits, off - fits, self.places, shares, times)

    def _times(self, upper: Upper, left: int) -> int:
        effect = upper.rule.effect
        assert isinstance(effect, Off)  # noqa: S101 - nothing else repeats
        times = self._flat.seen(upper, self.amount, left) // effect.steps[0].at
        return times if effect.times is None else min(times, effect.times)
