"""What a coupon gives, in the few figures that a wallet shows."""

from __future__ import annotations

from huixiang.pricing.model.effects import Exchange, Fee, FeeOff, Off, RateOff
from huixiang.pricing.model.rules import CouponRule
from huixiang.pricing.model.wallet import CouponGives, CouponStep


def gives(rule: CouponRule) -> CouponGives:
    """The effect of a coupon's rule."""
    effect = rule.effect
    if isinstance(effect, Off):
        off = [CouponStep(at=one.at, off_fen=one.off_fen) for one in effect.steps]
        return CouponGives(kind="off", at=off[0].at, counts=rule.count, steps=off, repeats=effect.repeat)
    if isinstance(effect, RateOff):
        rates = [CouponStep(at=one.at, rate_bp=one.rate_bp) for one in effect.steps]
        return CouponGives(kind="rate", at=rates[0].at, counts=rule.count, steps=rates, max_off_fen=effect.max_off_fen)
    if isinstance(effect, Exchange):
        return CouponGives(kind="exchange", at=effect.at, price_fen=effect.price_fen, pieces=effect.pieces)
    if isinstance(effect, Fee):
        return CouponGives(kind="fee", at=effect.at, fee_fen=effect.fee_fen)
    if isinstance(effect, FeeOff):
        return CouponGives(kind="fee_off", at=effect.at, off_fen=effect.off_fen)
    return CouponGives(kind="gift", at=effect.at, counts=rule.count)


def is_narrow(rule: CouponRule) -> bool:
    """Whether it is good for a part of the goods alone."""
    scope = rule.scope
    return bool(scope.skus or scope.categories or scope.brands or scope.tags or scope.but) or not scope.weighed
