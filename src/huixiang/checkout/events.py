"""What checkout announces."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from huixiang.platform.outbox import Event


class OrderCompleted(Event, frozen=True, kw_only=True, tag="checkout.order_completed.v1"):
    """An order is completed; what it earned, if anything, is posted. `lines` counts them."""

    order_id: UUID
    source: str
    store_id: str | None
    channel: str
    business_day: date
    payable_fen: int
    cash_fen: int
    points: int
    growth: int
    lines: int


class OrderRefunded(Event, frozen=True, kw_only=True, tag="checkout.order_refunded.v1"):
    """A part of an order came back; `business_day` is the refund's. `refund_fen` is the worth of the goods that came
    back, `cash_refund_fen` what was paid back for them, `fees_fen` what was paid back of delivery and packaging."""

    order_id: UUID
    refund_id: UUID
    business_day: date
    refund_fen: int
    cash_refund_fen: int
    points: int
    growth: int
    ticketed: bool = False
    fees_fen: int = 0


class GiftToTakeBack(Event, frozen=True, kw_only=True, tag="checkout.gift_to_take_back.v1"):
    """An order came back whole, and a gift coupon of it is another member's by now. coupon_id: the copy as it was
    issued with the order; effect_no: of the refund's record."""

    order_id: UUID
    refund_id: UUID
    effect_no: int
    gift_no: int
    coupon_id: UUID


class OrderPlaced(Event, frozen=True, kw_only=True, tag="checkout.order_placed.v1"):
    """An order is placed on a quote: its points, coupons and limits are held. due_fen: what is left to pay. ticketed:
    it holds tickets of stock, which are confirmed by this."""

    order_id: UUID
    source: str
    store_id: str | None
    channel: str
    business_day: date
    payable_fen: int
    points: int
    due_fen: int
    lines: int
    ticketed: bool


class OrderCancelled(Event, frozen=True, kw_only=True, tag="checkout.order_cancelled.v1"):
    """A placed order is not to be: everything that it held is free again. why: `asked`, or `unpaid`. picked: its goods
    were, and go back to the shelf."""

    order_id: UUID
    source: str
    store_id: str | None
    business_day: date
    why: str
    given_back_fen: int
    ticketed: bool
    picked: bool = False


class PaymentInstructed(Event, frozen=True, kw_only=True, tag="checkout.payment_instructed.v1"):
    """A sum is to be charged or given back by the shop, who says what became of it. kind: `charge` or `give_back`;
    cause: what for; tries: 1, and more where it is sent again after a failure."""

    order_id: UUID
    instruction_id: UUID
    kind: str
    fen: int
    cause: str
    tries: int


class PaymentChanged(Event, frozen=True, kw_only=True, tag="checkout.payment_changed.v1"):
    """What became of an instruction. state: `confirmed`, `failed`, or `voided`: it is not to be charged any more."""

    order_id: UUID
    instruction_id: UUID
    kind: str
    fen: int
    state: str


class PaymentsOverdue(Event, frozen=True, kw_only=True, tag="checkout.payments_overdue.v1"):
    """Instructions are open for longer than they should be; somebody should look. Of the programme, not of a member."""

    charges: int
    charge_fen: int
    give_backs: int
    give_back_fen: int
    oldest_sent_at: datetime


class PaymentDayJudged(Event, frozen=True, kw_only=True, tag="checkout.payment_day_judged.v1"):
    """What a business day came to when it was held against its statement: `missing`, `differs`, or `agrees` after it
    was one of these. Of the programme, not of a member. only_ours, only_theirs, figures, open: differences."""

    business_day: date
    outcome: str
    told_at: datetime | None
    agreed: int
    only_ours: int
    only_theirs: int
    figures: int
    open: int
    our_charge_fen: int
    their_charge_fen: int
    our_give_back_fen: int
    their_give_back_fen: int


class RefundAsked(Event, frozen=True, kw_only=True, tag="checkout.refund_asked.v1"):
    """A part of an order is asked to come back. asked_by: `member`, `staff` or `system`; worth_fen: what the lines
    would give back now."""

    order_id: UUID
    request_id: UUID
    store_id: str | None
    business_day: date
    asked_by: str
    worth_fen: int


class RefundDecided(Event, frozen=True, kw_only=True, tag="checkout.refund_decided.v1"):
    """What became of a request. outcome: `refunded`, `refused` or `withdrawn`; decided_by: `rule`, `staff`, `member` or
    `system`; refund_id: where it was refunded."""

    order_id: UUID
    request_id: UUID
    store_id: str | None
    business_day: date
    outcome: str
    decided_by: str
    refund_id: UUID | None
