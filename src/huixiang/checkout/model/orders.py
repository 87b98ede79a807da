"""Orders. Amounts in fen; `paid_fen` of a line is its share of what was paid in cash for the order."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.money import AMOUNT_MAX, FenNonNegative, FenPositive
from huixiang.members.model import MemberRef

Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$(?!\n)")]
ExternalId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$(?!\n)")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
QUANTITY_MAX = 1_000_000
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Instant = Annotated[datetime, Meta(tz=True)]
PointsToRedeem = Annotated[int, Meta(ge=1, le=10_000_000, description="Points.")]

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


POINTS_TENDER = "points"
"""The kind of tender by which an order says that points were spent on it."""


class Redeem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points that are taken with an order, and what the caller let them take off it: their worth, to the fen."""

    points: PointsToRedeem
    off_fen: FenPositive


class NewOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A completed order that was priced elsewhere. (source, external_id) is the caller's own number for it, unique.
    redeem: points that pay a part of it, taken by this command; those that were taken before it are a tender."""

    source: Code
    external_id: ExternalId
    member: MemberRef
    channel: Code
    completed_at: Instant
    lines: Annotated[list[NewLine], Meta(min_length=1, max_length=LINES_MAX)]
    store_id: Name | None = None
    programme: Code = "default"
    tenders: Annotated[list[Tender], Meta(max_length=LINES_MAX)] = []
    redeem: Redeem | None = None

    def __post_init__(self) -> None:
        line_ids = {line.line_id for line in self.lines}
        if len(line_ids) != len(self.lines):
            raise ValueError("two lines have the same line_id")
        payable_fen = sum(line.payable_fen for line in self.lines)
        tendered_fen = sum(tender.amount_fen for tender in self.tenders)
        tendered_fen += self.redeem.off_fen if self.redeem is not None else 0
        if max(payable_fen, tendered_fen) > AMOUNT_MAX:
            raise ValueError(f"an order comes to at most {AMOUNT_MAX} fen, and so do its tenders")
        for tender in self.tenders:
            if tender.line_id is not None and tender.line_id not in line_ids:
                raise ValueError(f"a tender names line {tender.line_id!r}, which the order does not have")
            if self.redeem is not None and tender.kind == POINTS_TENDER:
                raise ValueError("redeem takes points by itself: leave out the tender of kind 'points'")


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

    kind: priced elsewhere, or placed on a quote. points_cut: what caps took off the points that it would have earned.
    refunded_fen: the worth of what came back; cash_refunded_fen: what was paid back for it. points_short: of the
    refunded points, those that were not found and are not owed. gifts_held_fen: of what came back, kept back for gifts
    that have not come back yet.
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
    kind: Literal["till", "placed"] = "till"
    points_cut: int = 0
    cash_refunded_fen: int = 0
    points_short: int = 0
    gifts_held_fen: int = 0
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
    points_redeemed: taken by this order, worth points_off_fen of it.
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
    points_redeemed: int = 0
    points_off_fen: int = 0


class SourceTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What the orders of one source come to."""

    order_ids: list[UUID]
    cash_fen: int
    lines: int
    payable_fen: int
    tenders: int
    tender_fen: int
