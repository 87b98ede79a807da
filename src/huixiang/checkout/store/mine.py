"""All orders of a member, as one list: those that were placed and are not completed, and those that are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.checkout.model.fulfilment import GrantedLine
from huixiang.kernel.ids import order_number
from huixiang.platform.db import Transaction

Place = tuple[datetime, UUID]

_LISTED = """
    WITH whose AS MATERIALIZED (
        SELECT $1::uuid AS member_id
        UNION ALL SELECT a.member_id FROM members.members_aliases_facts AS a WHERE a.into_id = $1
    )
    (
        SELECT member_id, order_id, state, payment, store_id, channel, placed_at AS ordered_at, NULL::date AS numbered,
               pay_by, cash_fen, 0::bigint AS refunded_fen, 0::bigint AS points, lines
        FROM checkout.placed
        WHERE member_id IN (SELECT member_id FROM whose) AND state <> 'completed'
          AND ($2::timestamptz IS NULL OR (placed_at, order_id) < ($2, $3::uuid))
        ORDER BY placed_at DESC, order_id DESC LIMIT $4
    ) UNION ALL (
        SELECT member_id, order_id, state, NULL, store_id, channel, completed_at, coalesce(numbered_on, business_day),
               NULL, cash_fen, refunded_fen, points, NULL
        FROM checkout.orders
        WHERE member_id IN (SELECT member_id FROM whose)
          AND ($2::timestamptz IS NULL OR (completed_at, order_id) < ($2, $3::uuid))
        ORDER BY completed_at DESC, order_id DESC LIMIT $4
    )
    ORDER BY ordered_at DESC, order_id DESC LIMIT $4
"""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the list. skus: the first of its lines; lines: how many there are."""

    order_id: UUID
    order_number: str
    state: str
    payment: str | None
    store_id: str | None
    channel: str
    ordered_at: datetime
    pay_by: datetime | None
    cash_fen: int
    refunded_fen: int
    points: int
    lines: int
    skus: list[str]


async def listed(tx: Transaction, member_id: UUID, before: Place | None, limit: int, named: int) -> list[Listed]:
    """A member's orders, and those of who was merged into them, the latest first, below a place in that order. named:
    how many goods of each."""
    rows = await tx.fetch(_LISTED, member_id, *(before or (None, None)), limit)
    sold = await _lines(tx, [(row["member_id"], row["order_id"]) for row in rows if row["lines"] is None], named)
    found = []
    for row in rows:
        if row["lines"] is None:
            count, skus = sold.get(row["order_id"], (0, []))
        else:
            lines = msgspec.json.decode(row["lines"], type=list[GrantedLine])
            count, skus = len(lines), [line.sku for line in lines[:named]]
        numbered = row["numbered"] or tx.calendar.day(row["ordered_at"])
        plain = {
            name: row[name]
            for name in (
                "order_id", "state", "payment", "store_id", "channel", "ordered_at", "pay_by", "cash_fen",
                "refunded_fen", "points",
            )
        }  # fmt: skip
        number = order_number(row["order_id"], numbered)
        found.append(Listed(**plain, order_number=number, lines=count, skus=skus))
    return found


async def _lines(tx: Transaction, wanted: Sequence[tuple[UUID, UUID]], named: int) -> dict[UUID, tuple[int, list[str]]]:
    """Of (member, order): how many lines, and the first goods."""
    rows = await tx.fetch(
        """
        SELECT l.order_id, count(*) AS lines, (array_agg(l.sku ORDER BY l.line_no))[1:$3] AS skus
        FROM checkout.order_line AS l
        JOIN unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, order_id)
          ON l.member_id = wanted.member_id AND l.order_id = wanted.order_id
        GROUP BY l.order_id
        """,
        [member_id for member_id, _ in wanted],
        [order_id for _, order_id in wanted],
        named,
    )
    return {row["order_id"]: (row["lines"], row["skus"]) for row in rows}
