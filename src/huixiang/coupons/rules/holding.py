"""Decisions of coupons."""

from __future__ import annotations

from uuid import UUID

from huixiang.coupons.model import Coupon, Why


def why_not_held(copy: Coupon | None, order_id: UUID) -> Why | None:
    """Why an order could not hold a copy, None where it holds it already. One that is issued could not be held because
    its end has passed."""
    if copy is None:
        return "unknown"
    if copy.state == "held" and copy.order_id == order_id:
        return None
    return "expired" if copy.state == "issued" else copy.state
