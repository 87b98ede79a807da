"""What a transfer costs, and whether it may be made."""

from __future__ import annotations

from datetime import datetime, timedelta

from huixiang.kernel.money import at_rate
from huixiang.points.model.transfer import (
    Sent,
    TransferNotAllowed,
    TransferOutsideLimit,
    TransferRules,
    TransferTooSoon,
)


def fee_of(rules: TransferRules, points: int) -> int:
    """What the sender pays on top."""
    return rules.fee_points + at_rate(points, rules.fee_bp)


def check_transfer(rules: TransferRules, points: int, sent: Sent, registered_at: datetime, now: datetime) -> None:
    """Raises TransferNotAllowed, TransferTooSoon, TransferOutsideLimit, in this order."""
    if not rules.allowed:
        raise TransferNotAllowed
    allowed_from = registered_at + timedelta(days=rules.waiting_days)
    if now < allowed_from:
        raise TransferTooSoon(allowed_from=allowed_from.isoformat())
    if points < rules.min_points:
        raise TransferOutsideLimit(limit="min_points", points=points, left=rules.min_points)
    limits = (
        ("max_points", rules.max_points),
        ("daily_points", rules.daily_points - sent.today),
        ("monthly_points", rules.monthly_points - sent.this_month),
    )
    for limit, left in limits:
        if points > left:
            raise TransferOutsideLimit(limit=limit, points=points, left=max(left, 0))
