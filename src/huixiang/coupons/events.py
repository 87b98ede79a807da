"""What coupons announces."""

from __future__ import annotations

from uuid import UUID

from huixiang.platform.outbox import Event


class CouponTicketUsed(Event, frozen=True, kw_only=True, tag="coupons.ticket_used.v1"):
    """A copy was issued for which a part of what members share had been kept: that is its own now."""

    coupon_id: UUID
    template: str
