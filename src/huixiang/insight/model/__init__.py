"""Nouns of insight: `sums` of the business, `delays` of tills."""

from huixiang.insight.model.sums import (
    Additions,
    CouponsBy,
    CouponSums,
    DaySum,
    MonthSum,
    Overview,
    Recount,
    TierShare,
    Totals,
)

__all__ = [
    "Additions",
    "CouponSums",
    "CouponsBy",
    "DaySum",
    "MonthSum",
    "Overview",
    "Recount",
    "TierShare",
    "Totals",
]
