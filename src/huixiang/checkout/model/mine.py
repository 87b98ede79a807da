"""Orders as their member sees them: on their way, completed, cancelled. Amounts are fen."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.checkout.model.instructions import Kind as PaymentKind
from huixiang.checkout.model.instructions import State as PaymentState
from huixiang.checkout.model.orders import Measure
from huixiang.checkout.model.placing import Payment
from huixiang.checkout.model.requests import MyRefundRequest
from huixiang.kernel.text import Text
from huixiang.pricing.model.rules import Layer

MyOrderState = Literal["placed", "fulfilled", "completed", "refunded", "cancelled"]
NAMED_GOODS = 3  # of an order in a list, as many are named


class MyOrderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order in my list. ordered_at: when it was placed; of what is completed, when it was. goods: the first of its
    lines, by name; lines: how many there are. cash_fen: what is to be paid, or was. payment: null of what is
    completed."""

    order_id: UUID
    order_number: str
    state: MyOrderState
    payment: Payment | None
    store: Text | None
    channel: str
    ordered_at: datetime
    pay_by: datetime | None
    cash_fen: int
    refunded_fen: int
    points: int
    lines: int
    goods: list[Text]


class MyOrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line. quantity: what is charged for; ordered: what was asked for, which differs where less was picked.
    payable_fen: after all discounts, before points. replaces: the line whose goods were missing. returnable: what of it
    may still be asked back."""

    line_id: str
    sku: str
    name: Text | None
    measure: Measure
    ordered: int
    quantity: int
    list_fen: int
    payable_fen: int
    replaces: str | None
    refunded_quantity: int
    returnable: int


class MyDiscount(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule took off: of the goods, or of the fee in the layer `delivery`. coupon_id: by a coupon of mine."""

    rule: str
    layer: Layer
    name: Text
    saved_fen: int
    coupon_id: str | None


class MyPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A sum that the shop is to charge or to give back, and whether it moved."""

    kind: PaymentKind
    fen: int
    cause: str
    state: PaymentState
    asked_at: datetime
    settled_at: datetime | None


class MyOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order of mine. discounts: as they were quoted. cash_fen: what is to be paid, or was: of the lines, with the
    fees, less points_off_fen for points_spent and tendered_fen by other means. points: earned; refunded_points: of
    them, taken back. refunded_fen: the worth of what came back, cash_refunded_fen: paid back for it,
    fees_refunded_fen: paid back of the fees."""

    order_id: UUID
    order_number: str
    state: MyOrderState
    payment: Payment | None
    store: Text | None
    channel: str
    ordered_at: datetime
    pay_by: datetime | None
    completed_at: datetime | None
    reason: str | None
    list_fen: int
    discounts: list[MyDiscount]
    delivery_fen: int
    packaging_fen: int
    points_spent: int
    points_off_fen: int
    tendered_fen: int
    cash_fen: int
    points: int
    refunded_points: int
    refunded_fen: int
    cash_refunded_fen: int
    fees_refunded_fen: int
    lines: list[MyOrderLine]
    payments: list[MyPayment]
    requests: list[MyRefundRequest]
