"""Reads over balances and the journal that decide nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import Book


async def sums_by_day(
    tx: Transaction, member_ids: Collection[UUID], book: Book, since: datetime
) -> dict[UUID, dict[date, int]]:
    """Points by business day of `occurred_at`, from an instant on."""
    rows = await tx.fetch(
        """
        SELECT member_id, (occurred_at AT TIME ZONE $4)::date AS day, sum(points)::bigint AS points
        FROM points.posting
        WHERE member_id = ANY ($1::uuid[]) AND book = $2 AND occurred_at >= $3
        GROUP BY member_id, day
        """,
        list(member_ids),
        book.number,
        since,
        tx.calendar.zone_name,
    )
    sums: dict[UUID, dict[date, int]] = {}
    for row in rows:
        sums.setdefault(row["member_id"], {})[row["day"]] = row["points"]
    return sums


async def earned_by_orders(tx: Transaction, order_ids: Sequence[UUID]) -> dict[int, int]:
    rows = await tx.fetch(
        """
        SELECT p.book, sum(p.points)::bigint AS points
        FROM points.posting AS p
        JOIN unnest($1::uuid[]) AS wanted (order_id) ON p.order_ref = wanted.order_id
        WHERE p.kind = 'earn' GROUP BY p.book
        """,
        order_ids,
    )
    return {row["book"]: row["points"] for row in rows}
