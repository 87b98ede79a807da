"""An order on its way into the books."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.checkout import store
from huixiang.checkout.model import NewOrder, OrderResult
from huixiang.checkout.rules import Settlement
from huixiang.kernel.fields import alike
from huixiang.kernel.ids import order_number
from huixiang.points.model import Earning
from huixiang.rulebook.model import Document

NOTHING = Earning(0, [])


class Draft(msgspec.Struct):
    """An order on its way: its place in the batch, whose it is, the rules in force when it was completed, whether the
    member's state allows earning, and, once decided, what it earns.

    kind: priced elsewhere, or placed on a quote. numbered_on: the day that its number tells, where that is another.
    tier: the member's before this order. points: what caps left of what it earns; points_cut: what they took.
    """

    place: int
    order: NewOrder
    order_id: UUID
    member_id: UUID
    birthday: str | None
    input_hash: bytes
    business_day: date
    earning: Document
    tiers: Document
    settlement: Settlement
    earns: bool
    kind: Literal["till", "placed"] = "till"
    numbered_on: date | None = None
    tier: str | None = None
    points: Earning = NOTHING
    points_cut: int = 0
    growth: Earning = NOTHING

    @property
    def key(self) -> str:
        return store.external_key(self.order.source, self.order.external_id)

    @property
    def line_ids(self) -> list[str]:
        return [line.line_id for line in self.order.lines]

    def posted(self) -> store.PostedOrder:
        return store.PostedOrder(
            member_id=self.member_id,
            order_id=self.order_id,
            cash_fen=self.settlement.cash_fen,
            earns=self.earns,
            programme=self.order.programme,
            earning_version=self.earning.version,
            points=self.points.points,
            points_cut=self.points_cut,
            growth=self.growth.points,
            business_day=self.business_day,
            input_hash=self.input_hash,
        )


def result_of(posted: store.PostedOrder, *, created: bool) -> OrderResult:
    """What the caller is told of an order that is in the books."""
    number = order_number(posted.order_id, posted.business_day)
    return OrderResult(order_number=number, created=created, **alike(posted, OrderResult))
