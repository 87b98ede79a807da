"""Orders that were placed, as refunds find them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.checkout.model import Measure, Order, OrderLine, OrderState

MEMBER = UUID(int=1)


def placed(lines: list[OrderLine], completed_at: datetime) -> Order:
    return Order(
        order_id=UUID(int=2),
        order_number="260318-0",
        member_id=MEMBER,
        source="till",
        external_id="1",
        state=OrderState.COMPLETED,
        store_id=None,
        channel="till",
        programme="base",
        earning_version=1,
        tiers_version=1,
        payable_fen=sum(line.payable_fen for line in lines),
        cash_fen=sum(line.paid_fen for line in lines),
        earns=True,
        points=sum(line.points for line in lines),
        growth=sum(line.growth for line in lines),
        refunded_fen=0,
        refunded_points=0,
        refunded_growth=0,
        completed_at=completed_at,
        business_day=completed_at.date(),
        lines=lines,
        tenders=[],
    )


def order_line(
    line_id: str, quantity: int, paid_fen: int, points: int = 0, payable_fen: int | None = None
) -> OrderLine:
    """payable_fen: what was due where tenders paid a part of it, else the same."""
    return OrderLine(
        line_id=line_id,
        sku=line_id,
        measure=Measure.PIECE,
        quantity=quantity,
        payable_fen=paid_fen if payable_fen is None else payable_fen,
        paid_fen=paid_fen,
        points=points,
        growth=paid_fen,
    )
