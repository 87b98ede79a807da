"""Decisions of checkout: `settling` (what was paid for each line), `refunds` (what comes back); of orders placed on a
quote `granting` (what it grants) and `fulfil` (what is charged for what was picked, and what comes back of that)."""

from huixiang.checkout.rules.refunds import (
    after_refund,
    all_came_back,
    counted_in,
    refund_lines,
    spent_to_return,
    taken_back,
)
from huixiang.checkout.rules.settling import CLOCK_SKEW, Settlement, content_hash, in_future, settle

__all__ = [
    "CLOCK_SKEW",
    "Settlement",
    "after_refund",
    "all_came_back",
    "content_hash",
    "counted_in",
    "in_future",
    "refund_lines",
    "settle",
    "spent_to_return",
    "taken_back",
]
