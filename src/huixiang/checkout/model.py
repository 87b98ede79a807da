"""Nouns of checkout. Amounts in fen; `paid_fen` of a line is its share of what was paid in cash for the order."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import AMOUNT_MAX, FenNonNegative, FenPositive
from huixiang.kernel.text import Text
from huixiang.members.model import MemberRef
from huixiang.points.model import ClawBackPolicy

Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$(?!\n)")]
ExternalId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$(?!\n)")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Quantity = Annotated[int, Meta(ge=1, le=1_000_000)]
Instant = Annotated[datetime, Meta(tz=True)]

LINES_MAX = 2000


class Measure(StrEnum):
    """What a line's quantity counts. An amount is a value without units: fuel, a service, a deposit."""

    PIECE = "piece"
    GRAM = "gram"
    AMOUNT = "amount"


class NewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line as the till priced it: exactly one of pieces, grams and amount; `payable_fen` is for the whole line."""

    line_id: Name
    sku: Name
    payable_fen: FenNonNegative
    pieces: Quantity | None = None
    grams: Quantity | None = None
    amount: Literal[True] | None = None

    def __post_init__(self) -> None:
        if (self.pieces is not None) + (self.grams is not None) + (self.amount is not None) != 1:
            raise ValueError("a line needs exactly one of pieces, grams and amount")

    @property
    def measure(self) -> Measure:
        if self.pieces is not None:
            return Measure.PIECE
        return Measure.GRAM if self.grams is not None else Measure.AMOUNT

    @property
    def quantity(self) -> int:
        return self.pieces or self.grams or 1


class Tender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a part of the payable was settled with, beside cash; which earns nothing; with `line_id`, of that line."""

    kind: Code
    amount_fen: FenPositive
    line_id: Name | None = None


class NewOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A completed order that was priced elsewhere. (source, external_id) is the caller's own number for it, unique."""

    source: Code
    external_id: ExternalId
    member: MemberRef
    channel: Code
    completed_at: Instant
    lines: Annotated[list[NewLine], Meta(min_length=1, max_length=LINES_MAX)]
    store_id: Name | None = None
    programme: Code = "default"
    tenders: Annotated[list[Tender], Meta(max_length=LINES_MAX)] = []

    def __post_init__(self) -> None:
        line_ids = {line.line_id for line in self.lines}
        if len(line_ids) != len(self.lines):
            raise ValueError("two lines have the same line_id")
        payable_fen = sum(line.payable_fen for line in self.lines)
        tendered_fen = sum(tender.amount_fen for tender in self.tenders)
        if max(payable_fen, tendered_fen) > AMOUNT_MAX:
            raise ValueError(f"an order comes to at most {AMOUNT_MAX} fen, and so do its tenders")
        for tender in self.tenders:
            if tender.line_id is not None and tender.line_id not in line_ids:
                raise ValueError(f"a tender names line {tender.line_id!r}, which the order does not have")


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    sku: str
    measure: Measure
    quantity: int
    payable_fen: int
    paid_fen: int
    points: int
    growth: int
    refunded_quantity: int = 0
    refunded_fen: int = 0
    refunded_points: int = 0
    refunded_growth: int = 0


class OrderState(StrEnum):
    COMPLETED = "completed"
    REFUNDED = "refunded"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it was posted. `earns` is false where the state of the member did not allow earning then (MEM-14):
    it has neither points nor growth, whatever the rules of those versions give.

    points_cut: what caps took off the points that it would have earned. refunded_fen: the worth of what came back;
    cash_refunded_fen: what was paid back for it. points_short: of the refunded points, those that were not found and
    are not owed.
    """

    order_id: UUID
    order_number: str
    member_id: UUID
    source: str
    external_id: str
    state: OrderState
    store_id: str | None
    channel: str
    programme: str
    earning_version: int
    tiers_version: int
    payable_fen: int
    cash_fen: int
    earns: bool
    points: int
    growth: int
    refunded_fen: int
    refunded_points: int
    refunded_growth: int
    completed_at: datetime
    business_day: date
    points_cut: int = 0
    cash_refunded_fen: int = 0
    points_short: int = 0
    lines: list[OrderLine]
    tenders: list[Tender]


class OrderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list, without its lines."""

    order_id: UUID
    order_number: str
    state: OrderState
    store_id: str | None
    channel: str
    payable_fen: int
    cash_fen: int
    points: int
    refunded_fen: int
    completed_at: datetime
    business_day: date


class OrderResult(msgspec.Struct, frozen=True, kw_only=True):
    """What posting an order did. `created` is false where it was there already with the same content; `earns` where the
    state of the member does not allow earning, so that the order is kept without points and growth.

    programme, earning_version: the earning rules that decided. points_cut: what caps took off the points.
    """

    order_id: UUID
    order_number: str
    member_id: UUID
    cash_fen: int
    earns: bool
    programme: str
    earning_version: int
    points: int
    points_cut: int
    growth: int
    created: bool


class SourceTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What the orders of one source come to."""

    order_ids: list[UUID]
    cash_fen: int
    lines: int
    payable_fen: int
    tenders: int
    tender_fen: int


class RefundLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a line comes back, in the line's own measure: pieces, grams, or 1 for an amount."""

    line_id: Name
    quantity: Quantity


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refund by line. `external_id` is the caller's own number for it, unique within the order."""

    external_id: ExternalId
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    occurred_at: Instant
    lines: Annotated[list[RefundLine], Meta(min_length=1, max_length=LINES_MAX)]

    def __post_init__(self) -> None:
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("two lines have the same line_id")


class OrderName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order by the number that its source gave it."""

    source: Code
    external_id: ExternalId


class NewRefund(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a bulk upload: a refund by line of the order named. `external_id` is the caller's own number for the
    refund, unique within the order."""

    order: OrderName
    external_id: ExternalId
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    occurred_at: Instant
    lines: Annotated[list[RefundLine], Meta(min_length=1, max_length=LINES_MAX)]

    def __post_init__(self) -> None:
        self.request  # noqa: B018 - it has the same shape, and the same is refused

    @property
    def request(self) -> RefundRequest:
        """What the route of one refund would be sent."""
        return RefundRequest(
            external_id=self.external_id, reason=self.reason, occurred_at=self.occurred_at, lines=self.lines
        )


UploadRow = NewOrder | NewRefund


class RefundedLine(msgspec.Struct, frozen=True):
    line_id: str
    quantity: int
    refund_fen: int
    points: int
    growth: int


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: goods worth `refund_fen`, for which `cash_refund_fen` is to be paid to the member, with the
    points and the growth that they had earned.

    points_before: of the points, those that something else than a refund had taken back. points_short: those that were
    not found; under the policy `cash` their worth is off the cash, under `pending_only` they are let go.
    claw_back: that policy; rule_version: of the rules of kind `spending` that said so.
    """

    refund_id: UUID
    order_id: UUID
    external_id: str
    reason: str
    refund_fen: int
    cash_refund_fen: int
    points: int
    points_before: int
    points_short: int
    growth: int
    claw_back: ClawBackPolicy
    rule_version: int
    occurred_at: datetime
    lines: list[RefundedLine]


class OrderUnknown(DomainError):
    code = "order_unknown"
    status = 404
    title = Text(zh="订单不存在", en="Unknown order")
    detail = Text(zh="没有订单 {order_id}。", en="There is no order {order_id}.")


class OrderConflict(DomainError):
    code = "order_conflict"
    status = 409
    title = Text(zh="订单冲突", en="Order conflict")
    detail = Text(
        zh="{source} 的订单 {external_id} 已以不同内容入账。",
        en="Order {external_id} of {source} was posted before with other content.",
    )


class OrderInFuture(DomainError):
    code = "order_in_future"
    status = 422
    title = Text(zh="完成时间在未来", en="Completed in the future")
    detail = Text(
        zh="completed_at {completed_at} 晚于当前时间;请检查时区。",
        en="completed_at {completed_at} is later than now; check the time zone.",
    )


class ProgrammeUnknown(DomainError):
    code = "programme_unknown"
    status = 422
    title = Text(zh="积分方案不存在", en="Unknown programme")
    detail = Text(
        zh="在该时间没有名为 {programme} 的积分方案。", en="No earning programme {programme} is in force at that time."
    )


class RefundConflict(DomainError):
    code = "refund_conflict"
    status = 409
    title = Text(zh="退款冲突", en="Refund conflict")
    detail = Text(
        zh="退款 {external_id} 已以不同内容入账。", en="Refund {external_id} was made before with other content."
    )


class RefundLineUnknown(DomainError):
    code = "refund_line_unknown"
    status = 422
    title = Text(zh="订单没有该行", en="Unknown order line")
    detail = Text(zh="订单没有行 {line_id}。", en="The order has no line {line_id}.")


class RefundTooMuch(DomainError):
    code = "refund_too_much"
    status = 409
    title = Text(zh="超过可退数量", en="More than can be refunded")
    detail = Text(
        zh="行 {line_id} 还可退 {refundable},请求退 {requested}。",
        en="Line {line_id} has {refundable} left to refund, {requested} were asked for.",
    )


class RefundBeforeOrder(DomainError):
    code = "refund_before_order"
    status = 422
    title = Text(zh="退款早于订单", en="Refund before the order")
    detail = Text(
        zh="occurred_at {occurred_at} 早于订单完成时间或晚于当前时间。",
        en="occurred_at {occurred_at} is before the order was completed, or later than now.",
    )
