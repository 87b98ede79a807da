"""What coupons announces."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.platform.outbox import Event


class CouponTicketUsed(Event, frozen=True, kw_only=True, tag="coupons.ticket_used.v1"):
    """A copy was issued for which a part of what members share had been kept: that is its own now."""

    coupon_id: UUID
    template: str


class CouponChanged(Event, frozen=True, kw_only=True, tag="coupons.changed.v1"):
    """A copy was issued, used, returned, expired or voided (`what`), and is now in `state`. order_id: of the order that
    used it, or gave it back."""

    coupon_id: UUID
    rule: str
    template: str | None
    what: str
    state: str
    order_id: UUID | None
    expires_at: datetime | None


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


class CouponPackRefused(Event, frozen=True, kw_only=True, tag="coupons.pack_refused.v1"):
    """A member reached the tier, or began the plan, that a pack is given on, and could not have it. why: the code of
    the refusal."""

    pack: str
    why: str


class CouponGiven(Event, frozen=True, kw_only=True, tag="coupons.given.v1"):
    """A member gives a copy on: until `ends_at` whoever has the link can take it."""

    gift_id: UUID
    coupon_id: UUID
    template: str
    ends_at: datetime


class CouponGiftTaken(Event, frozen=True, kw_only=True, tag="coupons.gift_taken.v1"):
    """Somebody took a gift: a copy is on its way to them. member_id: who gave it."""

    gift_id: UUID
    coupon_id: UUID
    receiver_id: UUID


class CouponGiftReceived(Event, frozen=True, kw_only=True, tag="coupons.gift_received.v1"):
    """The receiver of a gift has a copy, under the gift's id. member_id: the receiver."""

    gift_id: UUID
    giver_id: UUID
    template: str
    expires_at: datetime | None


class CouponGiftRefused(Event, frozen=True, kw_only=True, tag="coupons.gift_refused.v1"):
    """The receiver of a gift could not have it. member_id: the receiver."""

    gift_id: UUID
    giver_id: UUID
    why: str


class CouponGiftReturned(Event, frozen=True, kw_only=True, tag="coupons.gift_returned.v1"):
    """A copy that was given is its giver's again. why: withdrawn, untaken, ended, limit, receiver_unknown,
    receiver_state, own; refunded: the order that had brought it came back, and the copy is voided at once."""

    gift_id: UUID
    coupon_id: UUID
    template: str
    why: str
