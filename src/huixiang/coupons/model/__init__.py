"""Nouns of coupons, one file per topic."""

from huixiang.coupons.model.copies import (
    RETURNED_DAYS,
    Coupon,
    Holding,
    NewCoupon,
    RuleCode,
    State,
    What,
    Why,
)
from huixiang.coupons.model.errors import CouponStateFixed, CouponUnknown

__all__ = [
    "RETURNED_DAYS",
    "Coupon",
    "CouponStateFixed",
    "CouponUnknown",
    "Holding",
    "NewCoupon",
    "RuleCode",
    "State",
    "What",
    "Why",
]
