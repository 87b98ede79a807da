"""Refunds by line. Amounts in fen, points and growth."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.checkout.model.fulfilment import NotReckoned
from huixiang.checkout.model.orders import LINES_MAX, Code, ExternalId, Instant, Name, NewOrder, Quantity
from huixiang.checkout.model.reversals import NOTHING_REVERSED, Reversal
from huixiang.kernel.money import FenNonNegative
from huixiang.points.model import ClawBackPolicy


class RefundLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a line comes back, in the line's own measure: pieces, grams, or 1 for an amount."""

    line_id: Name
    quantity: Quantity


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refund by line, of fees, or both. `external_id` is the caller's own number for it, unique within the order.
    fees_fen: of what delivery and packaging of a placed order cost. instruct: of a till's order, which pays out itself:
    ask the shop to give the cash back, as of a placed order is always done."""

    external_id: ExternalId
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    occurred_at: Instant
    lines: Annotated[list[RefundLine], Meta(max_length=LINES_MAX)] = []
    fees_fen: FenNonNegative = 0
    instruct: bool = False

    def __post_init__(self) -> None:
        if not self.lines and not self.fees_fen:
            raise ValueError("give lines, or fees_fen")
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
    points and the growth that they had earned; and beside it `fees_fen` of what delivery and packaging cost.

    points_before, growth_before: of the points and the growth, what something else than a refund had taken back.
    points_short: of the points, those that were not found; under the policy `cash` their worth is off the cash, under
    `pending_only` they are let go. points_returned: what was spent on the order and came back. reward: what the order
    was rewarded with beside what its lines earned, and points that rules gave with it, taken back with the last of
    them; reward_short: not found of it. gifts_fen: the worth of gifts that were used, off the cash; gifts_held_fen:
    kept back of the cash for gifts that have not come back, below zero where that is over.
    claw_back: that policy; rule_version: of the rules of kind `spending` that said so. not_reckoned: why the order goes
    line by line, where its rules say *reckon*.
    """

    refund_id: UUID
    order_id: UUID
    external_id: str
    reason: str
    refund_fen: int
    cash_refund_fen: int
    gifts_fen: int = 0
    gifts_held_fen: int = 0
    fees_fen: int = 0
    points: int
    points_before: int
    points_short: int
    points_returned: int
    reward: int
    reward_short: int
    growth: int
    growth_before: int
    claw_back: ClawBackPolicy
    rule_version: int
    occurred_at: datetime
    lines: list[RefundedLine]
    not_reckoned: NotReckoned | None = None
    reversal: Reversal = NOTHING_REVERSED
