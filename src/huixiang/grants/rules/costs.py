"""What gifts cost at most."""

from __future__ import annotations

from huixiang.pricing.model.effects import CouponEffect, FeeOff, Off, RateOff


def most_off(effect: CouponEffect) -> int | None:
    """The most that a coupon takes off an order, in fen; None where its rule sets no bound."""
    match effect:
        case Off(steps=steps, repeat=False):
            return max(step.off_fen for step in steps)
        case Off(steps=(step,), times=int(times)):
            return step.off_fen * times
        case RateOff(max_off_fen=most):
            return most
        case FeeOff(off_fen=most):
            return most
    return None
