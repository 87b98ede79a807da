"""What coupons announces."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.platform.outbox import Event


class CouponTicketUsed(Event, frozen=True, kw_only=True, tag="coupons.ticket_used.v1"):
    """A copy was issued for which a part of what members share had been kept: that is its own now."""

    coupon_id: UUID
    template: str


class CouponEndNear(Event, frozen=True, kw_only=True, tag="coupons.end_near.v1"):
    """A copy that can still be used ends soon: as many days before as its template says."""

    coupon_id: UUID
    template: str
    expires_at: datetime


class CouponPackIssued(Event, frozen=True, kw_only=True, tag="coupons.pack_issued.v1"):
    """A member was given a pack of coupons, whole. worth_fen: of all its copies together."""

    pack: str
    pack_version: int
    copies: int
    worth_fen: int
