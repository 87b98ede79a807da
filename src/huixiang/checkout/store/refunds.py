"""What came back of orders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from huixiang.checkout.model import Order, Refund, RefundedLine
from huixiang.platform.db import Transaction
from huixiang.points.model import ClawBackPolicy

RefundKey = tuple[UUID, str]  # the order, and the caller's number for the refund within it

# What a refund and its row have alike.
FIELDS = (
    "refund_id", "order_id", "external_id", "reason", "refund_fen", "cash_refund_fen", "points", "points_before",
    "points_short", "growth", "claw_back", "rule_version", "occurred_at",
)  # fmt: skip


async def find_refunds(
    tx: Transaction, wanted: Collection[tuple[UUID, UUID, str]]
) -> dict[RefundKey, tuple[Refund, bytes]]:
    """Refunds made before of (member, order) under the caller's numbers, and the hash of what was asked."""
    rows = await tx.fetch(
        f"""
        SELECT r.member_id, r.input_hash, {", ".join(f"r.{field}" for field in FIELDS)}
        FROM checkout.refund AS r
        JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS wanted (member_id, order_id, external_id)
          ON r.member_id = wanted.member_id AND r.order_id = wanted.order_id AND r.external_id = wanted.external_id
        """,
        *([one[place] for one in wanted] for place in range(3)),
    )
    if not rows:
        return {}
    lines = await tx.fetch(
        """
        SELECT r.refund_id, l.line_id, r.quantity, r.refund_fen, r.points, r.growth
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS wanted (member_id, refund_id, order_id)
        JOIN checkout.refund_line AS r ON r.member_id = wanted.member_id AND r.refund_id = wanted.refund_id
        JOIN checkout.order_line AS l
          ON l.member_id = wanted.member_id AND l.order_id = wanted.order_id AND l.line_no = r.line_no
        ORDER BY r.line_no
        """,
        *([row[name] for row in rows] for name in ("member_id", "refund_id", "order_id")),
    )
    found = {}
    for _, input_hash, *values in rows:
        fields: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
        fields["claw_back"] = ClawBackPolicy(fields["claw_back"])
        its = [RefundedLine(*line[1:]) for line in lines if line["refund_id"] == fields["refund_id"]]
        refund = Refund(**fields, lines=its)
        found[refund.order_id, refund.external_id] = (refund, input_hash)
    return found


async def insert_refunds(tx: Transaction, made: Sequence[tuple[Order, Refund, bytes]]) -> None:
    await tx.insert(
        "checkout.refund",
        ("member_id", *FIELDS, "business_day", "recorded_at", "input_hash"),
        [
            (order.member_id, *(getattr(refund, field) for field in FIELDS), tx.calendar.day(refund.occurred_at),
             tx.now, input_hash)
            for order, refund, input_hash in made
        ],
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for order, refund, _ in made:
        line_no = {line.line_id: number for number, line in enumerate(order.lines, 1)}
        rows += [
            (order.member_id, refund.refund_id, line_no[line.line_id], line.quantity, line.refund_fen, line.points,
             line.growth)
            for line in refund.lines
        ]  # fmt: skip
    await tx.insert(
        "checkout.refund_line",
        ("member_id", "refund_id", "line_no", "quantity", "refund_fen", "points", "growth"),
        rows,
    )


async def save_refunded(tx: Transaction, orders: Sequence[Order]) -> None:
    """Write what is refunded of orders and their lines, and their state."""
    counts = ("refunded_fen", "cash_refunded_fen", "refunded_points", "points_short", "refunded_growth")
    await tx.execute(
        """
        UPDATE checkout.orders AS o
        SET state = r.state, refunded_fen = r.fen, cash_refunded_fen = r.cash_fen, refunded_points = r.points,
            points_short = r.short, refunded_growth = r.growth
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                    $8::bigint[]) AS r (member_id, order_id, state, fen, cash_fen, points, short, growth)
        WHERE o.member_id = r.member_id AND o.order_id = r.order_id
        """,
        [order.member_id for order in orders],
        [order.order_id for order in orders],
        [order.state for order in orders],
        *([getattr(order, count) for order in orders] for count in counts),
    )
    lines = [(order, number, line) for order in orders for number, line in enumerate(order.lines, 1)]
    line_counts = ("refunded_quantity", "refunded_fen", "refunded_points", "refunded_growth")
    await tx.execute(
        """
        UPDATE checkout.order_line AS l
        SET refunded_quantity = r.quantity, refunded_fen = r.fen, refunded_points = r.points, refunded_growth = r.growth
        FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[])
             AS r (member_id, order_id, line_no, quantity, fen, points, growth)
        WHERE l.member_id = r.member_id AND l.order_id = r.order_id AND l.line_no = r.line_no
        """,
        [order.member_id for order, _, _ in lines],
        [order.order_id for order, _, _ in lines],
        [number for _, number, _ in lines],
        *([getattr(line, count) for _, _, line in lines] for count in line_counts),
    )
