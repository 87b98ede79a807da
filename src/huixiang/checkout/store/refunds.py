"""What came back of orders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from huixiang.checkout.model import NOTHING_REVERSED, Order, Refund, RefundedLine
from huixiang.checkout.store.reversals import load_reversals
from huixiang.platform.db import Transaction
from huixiang.points.model import ClawBackPolicy

RefundKey = tuple[UUID, str]  # the order, and the caller's number for the refund within it

# What a refund and its row have alike.
FIELDS = (
    "refund_id", "order_id", "external_id", "reason", "refund_fen", "cash_refund_fen", "gifts_fen", "gifts_held_fen",
    "fees_fen", "points", "points_before", "points_short", "points_returned", "reward", "reward_short", "growth",
    "growth_before", "claw_back", "rule_version", "occurred_at", "not_reckoned",
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
    refunds = await _whole(tx, [(row[0], row[2:]) for row in rows])
    return {
        (refund.order_id, refund.external_id): (refund, row["input_hash"])
        for refund, row in zip(refunds, rows, strict=True)
    }


async def load_refund(tx: Transaction, member_id: UUID, order_id: UUID, refund_id: UUID) -> Refund | None:
    rows = await tx.fetch(
        f"SELECT {', '.join(FIELDS)} FROM checkout.refund WHERE member_id = $1 AND refund_id = $3 AND order_id = $2",
        member_id,
        order_id,
        refund_id,
    )
    return next(iter(await _whole(tx, [(member_id, tuple(row)) for row in rows])), None)


async def refunds_of(tx: Transaction, member_id: UUID, order_id: UUID, after: UUID | None, limit: int) -> list[Refund]:
    """The refunds of an order, the first one first, beyond an id in that order."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(FIELDS)} FROM checkout.refund
        WHERE member_id = $1 AND order_id = $2 AND ($3::uuid IS NULL OR refund_id > $3)
        ORDER BY refund_id LIMIT $4
        """,
        member_id,
        order_id,
        after,
        limit,
    )
    return await _whole(tx, [(member_id, tuple(row)) for row in rows])


async def _whole(tx: Transaction, rows: Sequence[tuple[UUID, Sequence[Any]]]) -> list[Refund]:
    """Refunds of members' FIELDS, with their lines and the record of what they undid."""
    if not rows:
        return []
    owned = [(member_id, dict(zip(FIELDS, values, strict=True))) for member_id, values in rows]
    lines = await tx.fetch(
        """
        SELECT r.refund_id, l.line_id, r.quantity, r.refund_fen, r.points, r.growth
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS wanted (member_id, refund_id, order_id)
        JOIN checkout.refund_line AS r ON r.member_id = wanted.member_id AND r.refund_id = wanted.refund_id
        JOIN checkout.order_line AS l
          ON l.member_id = wanted.member_id AND l.order_id = wanted.order_id AND l.line_no = r.line_no
        ORDER BY r.line_no
        """,
        [member_id for member_id, _ in owned],
        *([fields[name] for _, fields in owned] for name in ("refund_id", "order_id")),
    )
    by_refund: dict[UUID, list[RefundedLine]] = {}
    for refund_id, *line in lines:
        by_refund.setdefault(refund_id, []).append(RefundedLine(*line))
    reversals = await load_reversals(tx, [(member_id, fields["refund_id"]) for member_id, fields in owned])
    return [
        Refund(
            **fields | {"claw_back": ClawBackPolicy(fields["claw_back"])},
            lines=by_refund.get(fields["refund_id"], []),
            reversal=reversals.get(fields["refund_id"], NOTHING_REVERSED),
        )
        for _, fields in owned
    ]


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
    counts = (
        "refunded_fen", "cash_refunded_fen", "gifts_held_fen", "refunded_points", "points_short", "refunded_growth",
    )  # fmt: skip
    await tx.execute(
        """
        UPDATE checkout.orders AS o
        SET state = r.state, refunded_fen = r.fen, cash_refunded_fen = r.cash_fen, gifts_held_fen = r.held_fen,
            refunded_points = r.points, points_short = r.short, refunded_growth = r.growth
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                    $8::bigint[], $9::bigint[])
             AS r (member_id, order_id, state, fen, cash_fen, held_fen, points, short, growth)
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
