"""Why each rule that touched a basket was not applied: cheap enough to be told with every quote.

Of several reasons the first of `model.priced.Reason` is told.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from operator import itemgetter
from typing import Literal

import msgspec

from huixiang.pricing.model.effects import AddOn
from huixiang.pricing.model.priced import NotApplied, Reason
from huixiang.pricing.model.rules import LAYERS
from huixiang.pricing.rules.compiled import COUPON, PAID, PIECES, Compiled
from huixiang.pricing.rules.ending import Ending
from huixiang.pricing.rules.explain_below import Below
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper

Copy = tuple[int, str, NotApplied]
_place = itemgetter(0, 1)


def not_applied_of(quote: Quote, outcome: Outcome) -> tuple[NotApplied, ...]:
    """In the order in which rules are taken; coupons by copy."""
    reasons = Reasons(quote, outcome)
    found = reasons.below()
    copies: list[Copy] = []
    for rule, why, coupon in quote.reasons:
        if coupon is None:
            found[rule.place] = rule.because(why)
        else:
            copies.append((rule.place, coupon, _because(rule, why, coupon)))
    for upper in quote.uppers:
        if upper not in reasons.used:
            one = reasons.above(upper)
            if upper.coupon_id is None:
                found[upper.rule.place] = one
            else:
                copies.append((upper.rule.place, upper.coupon_id, one))
    if quote.beyond:
        reasons.add_beyond(found, copies)
    places = sorted(found)
    if not copies:
        return tuple(map(found.__getitem__, places))
    # Coupons stand together: after order rules, before delivery.
    copies.sort(key=_place)
    at = bisect(places, copies[0][0])
    return (
        *map(found.__getitem__, places[:at]),
        *[one for _, _, one in copies],
        *map(found.__getitem__, places[at:]),
    )


def _because(rule: Compiled, reason: Reason, coupon_id: str | None = None, by: str | None = None) -> NotApplied:
    one = rule.because(reason)
    if coupon_id is None and by is None:
        return one
    return msgspec.structs.replace(one, coupon_id=coupon_id, by=by)


class Reasons:
    """Of the rules that were at hand, for what was applied."""

    __slots__ = ("_applied", "_ending", "_limits", "_on_order", "_quote", "used")

    def __init__(self, quote: Quote, outcome: Outcome) -> None:
        self._quote = quote
        self._ending = Ending(quote, outcome)
        self._applied = outcome.rules()
        self.used = [taken.upper for taken in outcome.used] if quote.uppers else []
        stacking = quote.rule_set.stacking
        self._on_order = stacking.on_order
        self._limits = bool(stacking.of_class or stacking.of_layer)

    def below(self) -> dict[int, NotApplied]:
        """Of unit and group rules, by place."""
        free = not (self._limits or self._on_order)
        return Below(self._quote, self._kept_out, free=free).reasons(self._applied)

    def add_beyond(self, found: dict[int, NotApplied], copies: list[Copy]) -> None:
        """Of rules whose threshold the whole basket at list price does not reach."""
        some: dict[Compiled, int] = {}
        for rule, coupon in self._quote.beyond:
            if rule.general:
                seen = self._ending.total(rule.sees)
            else:
                some = some or self._seen_by_some()
                seen = some[rule]
            one = _too_low(rule, coupon, seen)
            if coupon is None:
                found[rule.place] = one
            else:
                copies.append((rule.place, coupon, one))

    def _seen_by_some(self) -> dict[Compiled, int]:
        """What the thresholds of the rules for some goods see, portion by portion."""
        ending, lines = self._ending, self._quote.lines
        seen = {rule: 0 for rule, _ in self._quote.beyond if not rule.general}
        coupons = [rule for rule in seen if rule.layer == COUPON]
        for at, part in enumerate(ending.parts):
            if part.add_on is None:
                touching = lines[part.line].touching
                inside = [rule for rule in touching.above if rule in seen]
                inside += [rule for rule in coupons if touching.has_coupon(rule)]
                for rule in inside:
                    seen[rule] += ending.column(rule.sees)[at]
        return seen

    def above(self, upper: Upper) -> NotApplied:
        """Of an order rule, a coupon or a delivery rule that was at hand."""
        rule, coupon, ending = upper.rule, upper.coupon_id, self._ending
        counted: Sequence[int]
        if ending.whole and upper.covers and not upper.excludes:
            counted = range(len(ending.parts))
            reach = ending.total(rule.sees)
        else:
            counted = ending.counted(upper, ending.places(upper))
            reach = ending.reach(rule.sees, counted)
        if reach < rule.lowest or not counted:
            return self._too_low_or_excluded(upper, reach)
        return self._kept_out(rule, upper) or _because(rule, self._saving(upper, counted), coupon)

    def _too_low_or_excluded(self, upper: Upper, reach: int) -> NotApplied:
        """Excluded only where all its goods together would reach its threshold."""
        rule, coupon, ending = upper.rule, upper.coupon_id, self._ending
        lines = self._quote.lines
        inside = [
            at
            for at, part in enumerate(ending.parts)
            if part.add_on is None and self._quote.counts(upper, lines[part.line])
        ]
        if not inside:
            return _because(rule, "no_goods", coupon)
        by = self._holder(upper, inside) if ending.reach(rule.sees, inside) >= rule.lowest else None
        return _too_low(rule, coupon, reach) if by is None else _because(rule, "excluded", coupon, by)

    def _holder(self, upper: Upper, inside: Sequence[int]) -> str | None:
        """The first rule that holds one of these portions against it."""
        classes = self._quote.rule_set.stacking.on_line.get(upper.rule.stacking or "", frozenset())
        for at in inside:
            part = self._ending.parts[at]
            for rule in (*part.unit, part.group):
                if rule is not None and rule.stacking in classes:
                    return rule.code
            held = self._ending.held_before(upper, at) & upper.excludes
            for earlier in self.used:
                if earlier.bit & held:
                    return earlier.rule.code
        return None

    def _kept_out(self, rule: Compiled, upper: Upper | None = None) -> NotApplied | None:
        """By what was applied: a rule that does not stand in one order with it, or as many of its kind as may be."""
        name = rule.stacking
        coupon = None if upper is None else upper.coupon_id
        others = self._on_order.get(name) if name is not None else None
        if others:
            for other in sorted(self._applied, key=lambda one: one.place):
                if other.stacking in others:
                    return _because(rule, "excluded", coupon, other.code)
        if rule.layer == COUPON or self._limits:
            by = self._filled(rule)
            if by is not None:
                return _because(rule, "maximum", coupon, by)
        return None

    def _filled(self, rule: Compiled) -> str | None:
        """The first rule applied of a class or layer that may have no more; the rule itself where it may have none."""
        stacking = self._quote.rule_set.stacking
        name = rule.stacking
        copies = [upper.rule for upper in self.used if upper.coupon_id is not None]
        others = [*copies, *[one for one in self._applied if one.layer != COUPON]]
        limits: list[tuple[int | None, list[Compiled]]] = []
        if name is not None:
            limits.append((stacking.of_class.get(name), [one for one in others if one.stacking == name]))
            if rule.layer == COUPON:
                limits.append((stacking.of_class.get(name, 1), [one for one in copies if one.stacking == name]))
        limits.append((stacking.of_layer.get(rule.layer), [one for one in others if one.layer == rule.layer]))
        for limit, members in limits:
            if limit is not None and len(members) >= limit:
                return min(members, key=lambda one: one.place).code if members else rule.code
        return None

    def _saving(self, upper: Upper, counted: Sequence[int]) -> Reason:
        """Of a rule that could stand beside what was applied."""
        rule, ending = upper.rule, self._ending
        if upper.fee:
            some = ending.outcome.delivery and upper.fee_off(self._quote.fee) > 0
            return "dearer" if some else "saves_nothing"
        if isinstance(rule.effect, AddOn):
            return self._selling(rule, rule.effect)
        if rule.gift is not None:
            return "saves_nothing" if rule.layer == COUPON else "dearer"
        if upper.exchange:
            if not ending.reach(PIECES, counted):
                return "no_goods"
            return "dearer" if ending.goods().worth(upper, counted) > 0 else "saves_nothing"
        base = ending.reach(rule.base, counted)
        off = upper.discount(ending.reach(PIECES, counted) if rule.counts_pieces else base, base)
        return "dearer" if off > 0 and ending.reach(PAID, counted) else "saves_nothing"

    def _selling(self, rule: Compiled, effect: AddOn) -> Reason:
        sold = [line.price for line in self._quote.lines if line.by_piece and line.touching.is_sold(rule)]
        if not sold:
            return "no_goods"
        return "dearer" if effect.price_fen < max(sold) else "saves_nothing"


def _too_low(rule: Compiled, coupon_id: str | None, reach: int) -> NotApplied:
    counts: Literal["fen", "pieces"] = "pieces" if rule.counts_pieces else "fen"
    short = rule.lowest - reach
    return NotApplied(rule.code, LAYERS[rule.layer], rule.rule.name, "short", None, coupon_id, short, counts)
