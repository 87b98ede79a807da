"""What came back of orders."""

from __future__ import annotations

from huixiang.checkout.model import Order, Refund, RefundedLine
from huixiang.platform.db import Transaction


async def find_refund(tx: Transaction, order: Order, external_id: str) -> tuple[Refund, bytes] | None:
    """A refund made before under the caller's number, and the hash of what was asked."""
    row = await tx.fetchrow(
        """
        SELECT input_hash, refund_id, reason, refund_fen, points, growth, occurred_at
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
    fields = dict(row)
    input_hash = fields.pop("input_hash")
    refund = Refund(
        **fields, order_id=order.order_id, external_id=external_id, lines=[RefundedLine(*line) for line in lines]
    )
    return refund, input_hash


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
