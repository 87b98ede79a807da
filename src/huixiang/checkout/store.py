"""SQL of checkout."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.checkout.model import (
    Measure,
    Order,
    OrderLine,
    OrderState,
    OrderSummary,
    Refund,
    RefundedLine,
    SourceTotals,
    Tender,
)
from huixiang.kernel.ids import order_number
from huixiang.platform.db import Transaction

DIRECTORY_ORDER = "order"
DIRECTORY_EXTERNAL = "order_external"

ORDER_COLUMNS = (
    "member_id", "order_id", "source", "external_id", "kind", "state", "store_id", "channel", "programme",
    "earning_version", "tiers_version", "payable_fen", "cash_fen", "points", "growth", "refunded_fen",
    "refunded_points", "refunded_growth", "completed_at", "business_day", "recorded_at", "input_hash",
)  # fmt: skip
LINE_FIELDS = OrderLine.__struct_fields__
LINE_COLUMNS = ("member_id", "order_id", "line_no", *LINE_FIELDS)
TENDER_COLUMNS = ("member_id", "order_id", "tender_no", "kind", "line_id", "amount_fen")
SUMMARY_COLUMNS = tuple(field for field in OrderSummary.__struct_fields__ if field != "order_number")


class PostedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a posted order came to, and the hash of what was posted."""

    member_id: UUID
    order_id: UUID
    cash_fen: int
    points: int
    growth: int
    business_day: date
    input_hash: bytes


async def claim_external(tx: Transaction, claims: Mapping[str, tuple[UUID, UUID]]) -> set[str]:
    """Take order keys for (member, order); those that are returned were free. Waits for a twin that is not yet
    committed; keys go in order, so that two batches cannot wait for each other."""
    rows = await tx.fetch(
        """
        INSERT INTO platform.directory (kind, key, member_id, object_id, recorded_at)
        SELECT $1, claim.key, claim.member_id, claim.order_id, $5
        FROM unnest($2::text[], $3::uuid[], $4::uuid[]) AS claim (key, member_id, order_id)
        ORDER BY claim.key
        ON CONFLICT DO NOTHING
        RETURNING key
        """,
        DIRECTORY_EXTERNAL,
        list(claims),
        [member_id for member_id, _ in claims.values()],
        [order_id for _, order_id in claims.values()],
        tx.now,
    )
    return {row["key"] for row in rows}


async def find_external(tx: Transaction, keys: Collection[str]) -> dict[str, PostedOrder]:
    """The orders that hold these keys."""
    if not keys:
        return {}
    rows = await tx.fetch(
        """
        SELECT d.key, o.member_id, o.order_id, o.cash_fen, o.points, o.growth, o.business_day, o.input_hash
        FROM platform.directory AS d
        JOIN checkout.orders AS o ON o.member_id = d.member_id AND o.order_id = d.object_id
        WHERE d.kind = $1 AND d.key = ANY ($2::text[])
        """,
        DIRECTORY_EXTERNAL,
        list(keys),
    )
    return {key: PostedOrder(**fields) for key, fields in ((row["key"], _without(row, "key")) for row in rows)}


def _without(row: Any, column: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != column}


async def insert_orders(
    tx: Transaction,
    orders: Sequence[tuple[Any, ...]],
    lines: Sequence[tuple[Any, ...]],
    tenders: Sequence[tuple[Any, ...]],
) -> None:
    """New orders with their lines and tenders, as rows of ORDER_COLUMNS, LINE_COLUMNS and TENDER_COLUMNS."""
    await tx.insert(
        "platform.directory",
        ("kind", "key", "member_id", "object_id", "recorded_at"),
        [(DIRECTORY_ORDER, str(row[1]), row[0], row[1], tx.now) for row in orders],
    )
    await tx.insert("checkout.orders", ORDER_COLUMNS, orders)
    await tx.insert("checkout.order_line", LINE_COLUMNS, lines)
    await tx.insert("checkout.order_tender", TENDER_COLUMNS, tenders)


async def owner_of_order(tx: Transaction, order_id: UUID) -> UUID | None:
    owner: UUID | None = await tx.fetchval(
        "SELECT member_id FROM platform.directory WHERE kind = $1 AND key = $2", DIRECTORY_ORDER, str(order_id)
    )
    return owner


async def load_order(tx: Transaction, member_id: UUID, order_id: UUID, *, lock: bool = False) -> Order | None:
    row = await tx.fetchrow(
        f"""
        SELECT source, external_id, state, store_id, channel, programme, earning_version, tiers_version, payable_fen,
               cash_fen, points, growth, refunded_fen, refunded_points, refunded_growth, completed_at, business_day
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


async def birth_months(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = await tx.fetch(
        """
        SELECT member_id, birth_month FROM members.members_facts
        WHERE member_id = ANY ($1::uuid[]) AND birth_month IS NOT NULL
        """,
        list(member_ids),
    )
    return {row["member_id"]: row["birth_month"] for row in rows}


async def find_refund(tx: Transaction, order: Order, external_id: str) -> tuple[Refund, bytes] | None:
    """A refund made before under the caller's number, and the hash of what was asked."""
    row = await tx.fetchrow(
        """
        SELECT refund_id, reason, refund_fen, points, growth, occurred_at, input_hash
        FROM checkout.refund WHERE member_id = $1 AND order_id = $2 AND external_id = $3
        """,
        order.member_id,
        order.order_id,
        external_id,
    )
    if row is None:
        return None
    lines = await tx.fetch(
        """
        SELECT l.line_id, r.quantity, r.refund_fen, r.points, r.growth
        FROM checkout.refund_line AS r
        JOIN checkout.order_line AS l
          ON l.member_id = r.member_id AND l.order_id = $3 AND l.line_no = r.line_no
        WHERE r.member_id = $1 AND r.refund_id = $2 ORDER BY r.line_no
        """,
        order.member_id,
        row["refund_id"],
        order.order_id,
    )
    refund = Refund(
        **_without(row, "input_hash"),
        order_id=order.order_id,
        external_id=external_id,
        lines=[RefundedLine(*line) for line in lines],
    )
    return refund, row["input_hash"]


async def insert_refund(tx: Transaction, order: Order, refund: Refund, input_hash: bytes) -> None:
    await tx.execute(
        """
        INSERT INTO checkout.refund (member_id, refund_id, order_id, external_id, reason, refund_fen, points, growth,
                                     occurred_at, business_day, recorded_at, input_hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        order.member_id,
        refund.refund_id,
        order.order_id,
        refund.external_id,
        refund.reason,
        refund.refund_fen,
        refund.points,
        refund.growth,
        refund.occurred_at,
        tx.calendar.day(refund.occurred_at),
        tx.now,
        input_hash,
    )
    line_no = {line.line_id: number for number, line in enumerate(order.lines, 1)}
    await tx.insert(
        "checkout.refund_line",
        ("member_id", "refund_id", "line_no", "quantity", "refund_fen", "points", "growth"),
        [
            (
                order.member_id,
                refund.refund_id,
                line_no[line.line_id],
                line.quantity,
                line.refund_fen,
                line.points,
                line.growth,
            )
            for line in refund.lines
        ],
    )


async def save_refunded(tx: Transaction, order: Order) -> None:
    """Write what is refunded of an order and its lines, and its state."""
    await tx.execute(
        """
        UPDATE checkout.orders
        SET state = $3, refunded_fen = $4, refunded_points = $5, refunded_growth = $6
        WHERE member_id = $1 AND order_id = $2
        """,
        order.member_id,
        order.order_id,
        order.state,
        order.refunded_fen,
        order.refunded_points,
        order.refunded_growth,
    )
    await tx.execute(
        """
        UPDATE checkout.order_line AS l
        SET refunded_quantity = r.quantity, refunded_fen = r.fen, refunded_points = r.points, refunded_growth = r.growth
        FROM unnest($3::smallint[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[])
             AS r (line_no, quantity, fen, points, growth)
        WHERE l.member_id = $1 AND l.order_id = $2 AND l.line_no = r.line_no
        """,
        order.member_id,
        order.order_id,
        list(range(1, len(order.lines) + 1)),
        [line.refunded_quantity for line in order.lines],
        [line.refunded_fen for line in order.lines],
        [line.refunded_points for line in order.lines],
        [line.refunded_growth for line in order.lines],
    )
