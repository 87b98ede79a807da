"""Orders as they were placed, and what they come to."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from huixiang.checkout.model import Measure, Order, OrderLine, OrderState, OrderSummary, SourceTotals, Tender
from huixiang.checkout.store.placing import DIRECTORY_ORDER
from huixiang.kernel.ids import order_number
from huixiang.platform.db import Transaction

LINE_FIELDS = OrderLine.__struct_fields__
SUMMARY_COLUMNS = tuple(field for field in OrderSummary.__struct_fields__ if field != "order_number")


async def owner_of_order(tx: Transaction, order_id: UUID) -> UUID | None:
    owner: UUID | None = await tx.fetchval(
        "SELECT member_id FROM platform.directory WHERE kind = $1 AND key = $2", DIRECTORY_ORDER, str(order_id)
    )
    return owner


async def load_order(tx: Transaction, member_id: UUID, order_id: UUID, *, lock: bool = False) -> Order | None:
    row = await tx.fetchrow(
        f"""
        SELECT source, external_id, state, store_id, channel, programme, earning_version, tiers_version, payable_fen,
               cash_fen, earns, points, growth, refunded_fen, refunded_points, refunded_growth, completed_at,
               business_day
        FROM checkout.orders WHERE member_id = $1 AND order_id = $2 {"FOR UPDATE" if lock else ""}
        """,
        member_id,
        order_id,
    )
    if row is None:
        return None
    lines = await tx.fetch(
        f"""
        SELECT {", ".join(LINE_FIELDS)} FROM checkout.order_line
        WHERE member_id = $1 AND order_id = $2 ORDER BY line_no
        """,
        member_id,
        order_id,
    )
    tenders = await tx.fetch(
        """
        SELECT kind, amount_fen, line_id FROM checkout.order_tender
        WHERE member_id = $1 AND order_id = $2 ORDER BY tender_no
        """,
        member_id,
        order_id,
    )
    return Order(
        **dict(row) | {"state": OrderState(row["state"])},
        order_id=order_id,
        order_number=order_number(order_id, row["business_day"]),
        member_id=member_id,
        lines=[OrderLine(**dict(line) | {"measure": Measure(line["measure"])}) for line in lines],
        tenders=[Tender(*tender) for tender in tenders],
    )


async def orders_of(
    tx: Transaction, member_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[OrderSummary]:
    """A member's orders, the latest first, below a place in that order."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(SUMMARY_COLUMNS)} FROM checkout.orders
        WHERE member_id = $1 AND ($2::timestamptz IS NULL OR (completed_at, order_id) < ($2, $3))
        ORDER BY completed_at DESC, order_id DESC LIMIT $4
        """,
        member_id,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [
        OrderSummary(
            **dict(row) | {"state": OrderState(row["state"])},
            order_number=order_number(row["order_id"], row["business_day"]),
        )
        for row in rows
    ]


async def source_totals(tx: Transaction, source: str) -> SourceTotals:
    """Counted from the rows themselves: orders, lines and tenders each from its own table."""
    orders = await tx.fetch("SELECT order_id, cash_fen FROM checkout.orders WHERE source = $1", source)
    lines = await tx.fetchrow(
        """
        SELECT count(*) AS count, coalesce(sum(l.payable_fen), 0)::bigint AS fen
        FROM checkout.orders AS o JOIN checkout.order_line AS l USING (member_id, order_id) WHERE o.source = $1
        """,
        source,
    )
    tenders = await tx.fetchrow(
        """
        SELECT count(*) AS count, coalesce(sum(t.amount_fen), 0)::bigint AS fen
        FROM checkout.orders AS o JOIN checkout.order_tender AS t USING (member_id, order_id) WHERE o.source = $1
        """,
        source,
    )
    return SourceTotals(
        order_ids=[row["order_id"] for row in orders],
        cash_fen=sum(row["cash_fen"] for row in orders),
        lines=lines["count"] if lines else 0,
        payable_fen=lines["fen"] if lines else 0,
        tenders=tenders["count"] if tenders else 0,
        tender_fen=tenders["fen"] if tenders else 0,
    )


async def refunds_by_day(tx: Transaction) -> dict[date, tuple[int, int]]:
    """How many refunds there were on each business day, and what they came to in fen."""
    rows = await tx.fetch(
        """
        SELECT business_day, count(*) AS refunds, sum(refund_fen)::bigint AS refunded_fen
        FROM checkout.refund GROUP BY business_day
        """
    )
    return {row["business_day"]: (row["refunds"], row["refunded_fen"]) for row in rows}
