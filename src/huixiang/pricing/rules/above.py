"""What stands above the groups, for lines that are priced: order rules, coupons and delivery, just as they say.

Nothing is chosen here: given which rules are applied, this is what each takes, and from what.
"""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.model.effects import Exchange, Off
from huixiang.pricing.rules.compiled import COUPON, GROUP_AMOUNT, LEFT, UNIT_AMOUNT
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.upper import Upper


class Taken:
    """What one rule took: `off` fen in all, from the parts at `places` in `shares` (none for delivery); `cut` fen did
    not fit; `times`: how often a repeating step paid."""

    __slots__ = ("cut", "off", "places", "shares", "times", "upper")

    def __init__(
        self,
        upper: Upper,
        off: int,
        cut: int = 0,
        places: Sequence[int] = (),
        shares: Sequence[int] = (),
        times: int = 1,
    ) -> None:
        self.upper = upper
        self.off = off
        self.cut = cut
        self.places = places
        self.shares = shares
        self.times = times


class Goods:
    """Parts while rules are taken from them: what is `left` of each, what was left when the layer began, and the bits
    of the rules that hold each."""

    __slots__ = ("before", "everywhere", "held", "left", "lines", "parts")

    def __init__(
        self, lines: Sequence[Merged], parts: Sequence[Part], everywhere: list[int] | None, left: list[int]
    ) -> None:
        self.lines = lines
        self.parts = parts
        self.everywhere = everywhere
        self.left = left
        self.before = left
        self.held = [0] * len(parts)

    def copy(self) -> Goods:
        """The same, for the next layer: what is left now is what it begins with."""
        copied = Goods(self.lines, self.parts, self.everywhere, self.left[:])
        copied.before = self.left
        copied.held = self.held[:]
        return copied

    def places(self, upper: Upper) -> list[int]:
        """The parts that a rule counts: in scope, and not held by an earlier one that excludes it there."""
        if self.everywhere is not None:
            return self.everywhere
        bit, excludes, held = upper.bit, upper.excludes, self.held
        if excludes:
            return [at for at, part in enumerate(self.parts) if part.mask & bit and not held[at] & excludes]
        return [at for at, part in enumerate(self.parts) if part.mask & bit]

    def hold(self, upper: Upper, places: Sequence[int]) -> None:
        held, bit = self.held, upper.bit
        for at in places:
            held[at] |= bit

    def base(self, upper: Upper, places: Sequence[int]) -> int:
        """Fen of the layer that a rule names, over the parts that it counts."""
        if upper.base == LEFT:
            before = self.before
            return sum([before[at] for at in places])
        parts = self.parts
        if upper.base == GROUP_AMOUNT:
            return sum([parts[at].groups_fen for at in places])
        if upper.base == UNIT_AMOUNT:
            return sum([parts[at].unit_fen for at in places])
        return sum([parts[at].list_fen for at in places])

    def reach(self, upper: Upper, places: Sequence[int], base: int) -> int:
        """What a rule's thresholds see."""
        if upper.rule.counts_pieces:
            return sum([self.parts[at].pieces for at in places])
        return base

    def worth(self, upper: Upper, places: Sequence[int]) -> int:
        """Fen that a rule would take, before what does not fit is cut; 0 below its threshold."""
        base = self.base(upper, places)
        reach = self.reach(upper, places, base)
        if not upper.exchange:
            return upper.discount(reach, base)
        at = self.exchanged(upper, places, reach)
        return 0 if at is None else self._exchange(upper, at)

    def exchanged(self, upper: Upper, places: Sequence[int], reach: int) -> int | None:
        """The part that an exchange coupon is for."""
        by_piece = [at for at in places if self.parts[at].pieces]
        if reach < upper.rule.lowest or not by_piece:
            return None
        return min(by_piece, key=lambda at: (-self.lines[self.parts[at].line].price, self.parts[at].line, at))

    def _exchange(self, upper: Upper, at: int) -> int:
        effect = upper.rule.effect
        assert isinstance(effect, Exchange)  # noqa: S101 - upper.exchange
        part = self.parts[at]
        count = min(effect.pieces, part.pieces)
        base = self.base(upper, [at])
        return max(0, (2 * base * count + part.pieces) // (2 * part.pieces) - count * effect.price_fen)

    def take(self, upper: Upper, places: Sequence[int], off: int) -> Taken:
        """Take fen from what is left of the parts that a rule counts, in proportion, and cut what does not fit."""
        if upper.exchange:
            base = self.base(upper, places)
            at = self.exchanged(upper, places, self.reach(upper, places, base))
            places = [] if at is None else [at]
        left = self.left
        weights = [left[at] for at in places]
        fits = min(off, sum(weights))
        shares = share(fits, weights) if fits else [0] * len(weights)
        for at, part in zip(places, shares, strict=True):
            left[at] -= part
        return Taken(upper, fits, off - fits, places, shares, self._times(upper, places))

    def _times(self, upper: Upper, places: Sequence[int]) -> int:
        effect = upper.rule.effect
        if not isinstance(effect, Off) or not effect.repeat:
            return 1
        times = self.reach(upper, places, self.base(upper, places)) // effect.steps[0].at
        return times if effect.times is None else min(times, effect.times)


def whole_goods(lines: Sequence[Merged], parts: Sequence[Part], *, flat: bool = False) -> Goods:
    """Parts from which nothing is taken. flat: every rule counts all of them."""
    return Goods(lines, parts, list(range(len(parts))) if flat else None, [part.groups_fen for part in parts])


def take_orders(goods: Goods, chosen: Sequence[Upper]) -> list[Taken] | None:
    """Order rules, taken in their order; None where one of them counts nothing or gives nothing."""
    planned = []
    for upper in chosen:
        places = goods.places(upper)
        if not places:
            return None
        base = goods.base(upper, places)
        reach = goods.reach(upper, places, base)
        if reach < upper.rule.lowest or not _gives(goods, upper):
            return None
        off = upper.discount(reach, base)
        if off <= 0 and upper.rule.gift is None and not upper.add_on:
            return None
        goods.hold(upper, places)
        planned.append((upper, places, off))
    taken = []
    for upper, places, off in planned:
        one = goods.take(upper, places, off)
        if not one.off and off:
            return None
        taken.append(one)
    return taken


def _gives(goods: Goods, upper: Upper) -> bool:
    return not upper.add_on or any(part.add_on is upper.rule for part in goods.parts)


def take_coupons(goods: Goods, chosen: Sequence[Upper]) -> list[Taken] | None:
    """Coupons on goods, in their order, on what order rules left (`goods.before`); those on the fee only hold what they
    count. None where one counts nothing or gives nothing."""
    planned = []
    for upper in chosen:
        places = goods.places(upper)
        if not places:
            return None
        off = 0
        if not upper.fee:
            off = goods.worth(upper, places)
            if off <= 0 and (upper.rule.gift is None or not _reached(goods, upper, places)):
                return None
        goods.hold(upper, places)
        planned.append((upper, places, off))
    taken = []
    for upper, places, off in planned:
        if upper.fee:
            continue
        one = goods.take(upper, places, off)
        if not one.off and off:
            return None
        taken.append(one)
    return taken


def _reached(goods: Goods, upper: Upper, places: Sequence[int]) -> bool:
    return goods.reach(upper, places, goods.base(upper, places)) >= upper.rule.lowest


def take_fees(
    goods: Goods, coupons: Sequence[Upper], rules: Sequence[Upper], fee: int, *, all_: bool
) -> list[Taken] | None:
    """Fee coupons and delivery rules, on what the parts pay after coupons. None where a coupon gives nothing; a rule
    that gives nothing is left out, or with `all_` makes it None too."""
    taken = []
    left = fee
    for upper in (*coupons, *rules):
        places = _counted(goods, upper)
        base = sum([goods.left[at] for at in places])
        off = 0
        if places and goods.reach(upper, places, base) >= upper.rule.lowest:
            off = upper.fee_off(fee)
        fits = min(off, left)
        if fits <= 0:
            if all_ or upper.coupon_id is not None:
                return None
            continue
        left -= fits
        taken.append(Taken(upper, fits, off - fits, places))
    return taken


def _counted(goods: Goods, upper: Upper) -> list[int]:
    """A fee coupon counts what it counted among the coupons: it holds that."""
    if upper.rule.layer == COUPON and goods.everywhere is None:
        return [at for at, held in enumerate(goods.held) if held & upper.bit]
    return goods.places(upper)
