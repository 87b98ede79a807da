"""Nouns of coupons, one file per topic."""

from huixiang.coupons.model.copies import (
    RETURNED_DAYS,
    Coupon,
    Holding,
    NewClaim,
    NewCoupon,
    RuleCode,
    State,
    TemplateCode,
    What,
    Why,
)
from huixiang.coupons.model.errors import (
    CouponClaimLapsed,
    CouponClaimNotOpen,
    CouponClaimOver,
    CouponLimitReached,
    CouponNotForMember,
    CouponNotOffered,
    CouponStateFixed,
    CouponTemplateOver,
    CouponTemplateUnknown,
    CouponUnknown,
)
from huixiang.coupons.model.templates import KIND, ClaimTerms, CodeTerms, CouponTemplate

__all__ = [
    "KIND",
    "RETURNED_DAYS",
    "ClaimTerms",
    "CodeTerms",
    "Coupon",
    "CouponClaimLapsed",
    "CouponClaimNotOpen",
    "CouponClaimOver",
    "CouponLimitReached",
    "CouponNotForMember",
    "CouponNotOffered",
    "CouponStateFixed",
    "CouponTemplate",
    "CouponTemplateOver",
    "CouponTemplateUnknown",
    "CouponUnknown",
    "Holding",
    "NewClaim",
    "NewCoupon",
    "RuleCode",
    "State",
    "TemplateCode",
    "What",
    "Why",
]
