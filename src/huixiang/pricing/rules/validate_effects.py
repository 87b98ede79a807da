"""What is wrong with what a rule does, where its layer or its own numbers do not allow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from huixiang.pricing.model.effects import (
    Fee,
    FeeOff,
    GiftOver,
    GroupRate,
    ListedPrice,
    Markdown,
    Off,
    OffStep,
    PriceOff,
    PriceRate,
    RateOff,
    RateStep,
)
from huixiang.pricing.model.rules import CouponRule, GroupRule, OrderRule, Rule, UnitRule

Wrong = tuple[str, str]


def wrong_effect(rule: Rule) -> Iterator[Wrong]:
    effect = rule.effect
    if isinstance(rule, UnitRule) and rule.on_top and not isinstance(effect, PriceRate | PriceOff):
        kind = type(effect).__struct_config__.tag
        yield ".effect", f"expected a rate or an amount off on top of a price, found {kind}"
    match effect:
        case ListedPrice(price_list=""):
            yield ".effect.price_list", "expected the code of a price list, found an empty text"
        case Markdown():
            yield from _markdown(effect)
        case GroupRate(cheapest=int(cheapest)) if isinstance(rule, GroupRule):
            yield from _cheapest(cheapest, sum(slot.pieces for slot in rule.slots))
        case Off():
            yield from _off(effect, counts_fen=isinstance(rule, OrderRule | CouponRule) and rule.count == "fen")
        case RateOff():
            yield from _rate_off(effect)
        case GiftOver() if not effect.gift.what:
            yield ".effect.gift.what", "expected a sku or a coupon template, found an empty text"
        case Fee() | FeeOff() if isinstance(rule, CouponRule):
            yield from _fee_coupon(rule)
        case _:
            return


def _markdown(effect: Markdown) -> Iterator[Wrong]:
    for place, (before, step) in enumerate(pairwise(effect.steps), 1):
        path = f".effect.steps[{place}]"
        if step.hours_left <= before.hours_left:
            yield f"{path}.hours_left", f"expected more than {before.hours_left}, found {step.hours_left}"
        elif step.rate_bp <= before.rate_bp:
            yield f"{path}.rate_bp", f"expected above {before.rate_bp}, as there is more time, found {step.rate_bp}"


def _cheapest(cheapest: int, size: int) -> Iterator[Wrong]:
    if cheapest > size:
        yield ".effect.cheapest", f"expected at most {size}, the pieces of a group, found {cheapest}"


def _off(effect: Off, *, counts_fen: bool) -> Iterator[Wrong]:
    yield from _repeated(effect)
    yield from _ascending(effect.steps)
    for place, (before, step) in enumerate(pairwise(effect.steps), 1):
        if step.off_fen <= before.off_fen:
            path = f".effect.steps[{place}].off_fen"
            yield path, f"expected above {before.off_fen}, which a lower step gives, found {step.off_fen}"
    for place, step in enumerate(effect.steps):
        # From 0 on is said on purpose: so much off whatever it is, cut where there is less.
        if counts_fen and 0 < step.at <= step.off_fen:
            yield f".effect.steps[{place}].off_fen", f"expected below the threshold {step.at}, found {step.off_fen}"


def _repeated(effect: Off) -> Iterator[Wrong]:
    if effect.repeat:
        if len(effect.steps) > 1:
            yield ".effect.steps", f"expected one step that repeats, found {len(effect.steps)}"
        if effect.steps[0].at == 0:
            yield ".effect.steps[0].at", "expected a threshold above 0 for a step that repeats"
    elif effect.times is not None:
        yield ".effect.times", "expected none without repeat"


def _rate_off(effect: RateOff) -> Iterator[Wrong]:
    yield from _ascending(effect.steps)
    for place, (before, step) in enumerate(pairwise(effect.steps), 1):
        if step.rate_bp >= before.rate_bp:
            path = f".effect.steps[{place}].rate_bp"
            yield path, f"expected below {before.rate_bp}, which a lower step gives, found {step.rate_bp}"


def _ascending(steps: Sequence[OffStep | RateStep]) -> Iterator[Wrong]:
    thresholds = [step.at for step in steps]
    for place, (before, at) in enumerate(pairwise(thresholds), 1):
        if at <= before:
            yield f".effect.steps[{place}].at", f"expected above {before}, found {at}"


def _fee_coupon(rule: CouponRule) -> Iterator[Wrong]:
    """The threshold of what is done to the fee is reckoned after all coupons, in fen."""
    if rule.base != "order":
        yield ".base", f"expected none for a coupon of the delivery fee, found {rule.base}"
    if rule.count != "fen":
        yield ".count", f"expected fen for a coupon of the delivery fee, found {rule.count}"
