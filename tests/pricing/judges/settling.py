"""Sections 5 to 8 of docs/domain/pricing.md: given all portions, every subset of order rules, coupons and delivery
rules, one after the other in the order in which they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huixiang.pricing.model.effects import AddOn, Exchange, Fee, FeeOff, GiftOver, Off, RateOff
from huixiang.pricing.model.rules import CouponRule, OrderRule
from tests.pricing.judges.arithmetic import rate_of, rounded, shares
from tests.pricing.judges.availability import Merged, Offer
from tests.pricing.judges.selections import Portion
from tests.pricing.judges.stacking import Stacking

NEVER = 1 << 62
Rank = tuple[int, int, bool, tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Step:
    """An offer of the order or later, with what does not change in one basket."""

    offer: Offer
    bars: frozenset[str]
    most: int  # no answer of it takes off more

    @property
    def is_fee(self) -> bool:
        return isinstance(self.offer.rule.effect, Fee | FeeOff)


@dataclass(frozen=True, slots=True)
class Answer:
    """rank: payable, coupons, whether a quota is used, instants of the coupons' ends, gift value below zero.
    paid: what each portion pays. applied: codes, a coupon's once for each copy."""

    rank: Rank
    paid: tuple[int, ...]
    fee: int
    applied: tuple[str, ...]
    coupons: tuple[str, ...]


def most_off(offer: Offer, lines: Sequence[Merged], delivery_fen: int) -> int:
    """A bound that is plain to see: on the list amounts of everything in scope, above which no base is."""
    whole = sum(lines[number].list_fen for number in offer.lines)
    pieces = sum(lines[number].pieces for number in offer.lines)
    rule = offer.rule
    match rule.effect:
        case Fee() | FeeOff():
            return delivery_fen
        case GiftOver() | AddOn():
            return 0
        case Off(steps, repeat):
            reach = pieces if getattr(rule, "count", "fen") == "pieces" else whole
            times = reach // steps[0].at if repeat else 1
            off = max(step.off_fen for step in steps) * times
        case RateOff(steps):
            off = max(whole - rate_of(whole, step.rate_bp) for step in steps)
        case _:
            return whole
    return min(whole, off if offer.room_fen is None else min(off, offer.room_fen))


class Settling:
    """One basket. `best` is kept over all selections that are settled. forced: every offer has to be applied, which is
    how an answer that somebody else gave is reckoned again; `full` has then what each would take if it were not cut.
    """

    def __init__(
        self,
        offers: Sequence[Offer],
        lines: Sequence[Merged],
        stacking: Stacking,
        delivery_fen: int,
        packaging_fen: int,
        *,
        forced: bool = False,
    ) -> None:
        self._lines = lines
        self._stacking = stacking
        self._delivery = delivery_fen
        self._packaging = packaging_fen
        self._steps = {
            layer: [
                Step(offer, stacking.bars(offer.rule.code), most_off(offer, lines, delivery_fen))
                for offer in offers
                if offer.layer == layer
            ]
            for layer in ("order", "coupon", "delivery")
        }
        self._in_order = [*self._steps["order"], *self._steps["coupon"]]
        self._fee_off = min(
            delivery_fen, sum(step.most for layer in self._steps.values() for step in layer if step.is_fee)
        )
        to_come = 0
        self._to_come = [0]
        for step in reversed(self._in_order):
            to_come += 0 if step.is_fee else step.most
            self._to_come.append(to_come)
        self._to_come.reverse()
        self.best: Answer | None = None
        self.visited = 0
        self._forced = forced
        self.full: dict[tuple[str, str], int] = {}

    def hopeless(self, goods_fen: int, place: int = 0) -> bool:
        """Nothing that is to come can make up for what the goods cost; equal ones are not hopeless."""
        least = max(0, goods_fen - self._to_come[place]) + self._delivery - self._fee_off + self._packaging
        return self.best is not None and least > self.best.rank[0]

    def settle(
        self, portions: list[Portion], rules: frozenset[str], selling: frozenset[str], *, quota_used: bool
    ) -> None:
        self._portions = portions
        self._selling = selling
        self._quota_used = quota_used
        self._holders = [set(portion.holders) for portion in portions]
        self._applied = sorted(rules)
        self._coupons: list[Offer] = []
        self._fees: list[tuple[Step, list[int]]] = []
        self._gifts = 0
        if self._stacking.allowed(self._applied):
            self._walk(0, [portion.group_fen for portion in portions], None)

    def _walk(self, place: int, left: list[int], after_order: list[int] | None) -> None:
        self.visited += 1
        if self.hopeless(sum(left), place):
            return
        if place == len(self._in_order):
            self._deliver(left)
            return
        step = self._in_order[place]
        if after_order is None and step.offer.layer == "coupon":
            after_order = left
        sells = step.offer.rule.code in self._selling
        if sells or not isinstance(step.offer.rule.effect, AddOn):
            self._try(step, place, left, after_order)
        if not sells and not self._forced:
            self._walk(place + 1, left, after_order)

    def _try(self, step: Step, place: int, left: list[int], after_order: list[int] | None) -> None:
        counted = self._counted(step)
        if not counted or not self._stacking.allowed([*self._applied, step.offer.rule.code]):
            return
        then = self._taken(step, counted, left, after_order or left)
        if then is not None:
            self._apply(step, counted, place, then, after_order)

    def _apply(
        self, step: Step, counted: list[int], place: int, left: list[int], after_order: list[int] | None
    ) -> None:
        """Goes on with the rule applied, and takes it back."""
        code = step.offer.rule.code
        new = [number for number in counted if code not in self._holders[number]]
        for number in new:
            self._holders[number].add(code)
        self._applied.append(code)
        coupon = step.offer.layer == "coupon"
        gift = step.offer.rule.effect.gift.value_fen if isinstance(step.offer.rule.effect, GiftOver) else 0
        self._gifts += gift
        if coupon:
            self._coupons.append(step.offer)
        if step.is_fee:
            self._fees.append((step, counted))
        self._walk(place + 1, left, after_order)
        if step.is_fee:
            self._fees.pop()
        if coupon:
            self._coupons.pop()
        self._gifts -= gift
        self._applied.pop()
        for number in new:
            self._holders[number].remove(code)

    def _counted(self, step: Step) -> list[int]:
        return [
            number
            for number, portion in enumerate(self._portions)
            if portion.line in step.offer.lines
            and not portion.add_on
            and not (step.bars and not step.bars.isdisjoint(self._holders[number]))
        ]

    def _amounts(self, step: Step, counted: list[int], after_order: list[int]) -> list[int]:
        rule = step.offer.rule
        assert isinstance(rule, OrderRule | CouponRule)
        match rule.base:
            case "list":
                return [self._portions[number].list_fen for number in counted]
            case "unit":
                return [self._portions[number].unit_fen for number in counted]
            case "group":
                return [self._portions[number].group_fen for number in counted]
            case "order":
                return [after_order[number] for number in counted]

    def _taken(self, step: Step, counted: list[int], left: list[int], after_order: list[int]) -> list[int] | None:
        """What is left of all portions after one rule of the order or one coupon; None where it is not applied."""
        if step.is_fee:
            return left
        rule = step.offer.rule
        assert isinstance(rule, OrderRule | CouponRule)
        amounts = self._amounts(step, counted, after_order)
        whole = sum(amounts)
        reach = sum(self._portions[number].pieces for number in counted) if rule.count == "pieces" else whole
        match rule.effect:
            case GiftOver(at) | AddOn(at):
                return left if at <= reach else None
            case Exchange() as exchange:
                return self._exchanged(step.offer, exchange, counted, (amounts, reach), left)
            case Off() as effect:
                off = stepped(effect, reach)
            case RateOff() as effect:
                off = rated(effect, reach, whole)
            case _:
                raise AssertionError(rule)
        if step.offer.room_fen is not None:
            off = min(off, step.offer.room_fen)
        self.full[rule.code, step.offer.coupon_id] = off
        return cut(off, counted, left)

    def _exchanged(
        self, offer: Offer, exchange: Exchange, counted: list[int], base: tuple[list[int], int], left: list[int]
    ) -> list[int] | None:
        amounts, reach = base
        sold = [place for place, number in enumerate(counted) if self._portions[number].pieces]
        if reach < exchange.at or not sold:
            return None
        first = min(sold, key=lambda place: -self._lines[self._portions[counted[place]].line].line.list_price_fen)
        pieces = self._portions[counted[first]].pieces
        some = min(exchange.pieces, pieces)
        off = max(0, rounded(amounts[first] * some, pieces) - some * exchange.price_fen)
        self.full[offer.rule.code, offer.coupon_id] = off
        return cut(off, [counted[first]], left)

    def _deliver(self, left: list[int]) -> None:
        fee = self._delivery
        for step, counted in self._fees:
            off = self._fee_taken(step, counted, left, fee)
            if off <= 0:
                return
            fee -= off
        self._deliver_by_rules(0, left, fee, [])

    def _fee_taken(self, step: Step, counted: list[int], left: list[int], fee: int) -> int:
        rule = step.offer.rule
        effect = rule.effect
        assert isinstance(effect, Fee | FeeOff)
        by_pieces = isinstance(rule, CouponRule) and rule.count == "pieces"
        reach = sum(self._portions[number].pieces if by_pieces else left[number] for number in counted)
        if not counted or reach < effect.at:
            return 0
        return min(fee, max(0, self._delivery - effect.fee_fen) if isinstance(effect, Fee) else effect.off_fen)

    def _deliver_by_rules(self, place: int, left: list[int], fee: int, applied: list[str]) -> None:
        steps = self._steps["delivery"]
        if place == len(steps):
            self._judge(left, fee, applied)
            return
        step = steps[place]
        if not self._forced:
            self._deliver_by_rules(place + 1, left, fee, applied)
        off = self._fee_taken(step, self._counted(step), left, fee)
        then = [*applied, step.offer.rule.code]
        if off > 0 and self._stacking.allowed([*self._applied, *then]):
            self._deliver_by_rules(place + 1, left, fee - off, then)

    def _judge(self, left: list[int], fee: int, applied: list[str]) -> None:
        payable = sum(left) + fee + self._packaging
        if self.best is not None and payable > self.best.rank[0]:
            return
        ends = sorted(
            NEVER if offer.expires_at is None else int(offer.expires_at.timestamp()) for offer in self._coupons
        )
        rank = payable, len(self._coupons), self._quota_used, tuple(ends), -self._gifts
        if self.best is None or rank < self.best.rank:
            coupons = tuple(sorted(offer.coupon_id for offer in self._coupons))
            self.best = Answer(rank, tuple(left), fee, (*self._applied, *applied), coupons)
            self.best_portions = list(self._portions)


def stepped(effect: Off, reach: int) -> int:
    if effect.repeat:
        (step,) = effect.steps
        times = reach // step.at
        return step.off_fen * (times if effect.times is None else min(times, effect.times))
    reached = [step for step in effect.steps if step.at <= reach]
    return max(reached, key=lambda step: step.at).off_fen if reached else 0


def rated(effect: RateOff, reach: int, whole: int) -> int:
    reached = [step for step in effect.steps if step.at <= reach]
    if not reached:
        return 0
    off = whole - rate_of(whole, max(reached, key=lambda step: step.at).rate_bp)
    return off if effect.max_off_fen is None else min(off, effect.max_off_fen)


def cut(off: int, counted: list[int], left: list[int]) -> list[int] | None:
    """Takes it off in proportion to what is left; None where that is nothing."""
    here = [left[number] for number in counted]
    off = min(off, sum(here))
    if off <= 0:
        return None
    then = list(left)
    for number, share in zip(counted, shares(off, here), strict=True):
        then[number] -= share
    return then
