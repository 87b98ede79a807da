"""Sums of the business, and what is kept of tills that post late (`delays`)."""

from huixiang.insight.service.sums import (
    BOOK,
    ISSUING,
    add,
    count_buyers,
    count_merged,
    coupon_sums,
    follow_tiers,
    kept,
    overview,
    recount,
)

__all__ = [
    "BOOK",
    "ISSUING",
    "add",
    "count_buyers",
    "count_merged",
    "coupon_sums",
    "follow_tiers",
    "kept",
    "overview",
    "recount",
]
