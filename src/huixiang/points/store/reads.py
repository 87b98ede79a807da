"""Reads over balances and the journal that decide nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import NEVER, Book, Moment

BALANCE = """
SELECT a.balance, a.held, a.pending, a.debt,
       (a.held > 0 AND EXISTS (
            SELECT FROM points.hold AS h WHERE h.member_id = $1 AND h.book = $2 AND h.expires_at <= $3
       )) OR (a.pending > 0 AND EXISTS (
            SELECT FROM points.lot AS l WHERE l.member_id = $1 AND l.book = $2 AND l.matures_at <= $3
       )) OR EXISTS (
            SELECT FROM points.lot AS l
            WHERE l.member_id = $1 AND l.book = $2 AND (l.expires_on, l.lot_no) >= (a.open_from, a.open_lot)
              AND l.expires_on < $4 AND l.remaining > l.held
       ) AS due,
       ARRAY (
            SELECT ROW (l.expires_on, sum(l.remaining)::bigint) FROM points.lot AS l
            WHERE l.member_id = $1 AND l.book = $2 AND (l.expires_on, l.lot_no) >= (a.open_from, a.open_lot)
              AND l.expires_on < $5 AND l.remaining > 0
            GROUP BY l.expires_on ORDER BY l.expires_on LIMIT $6
       ) AS expiring
FROM points.account AS a WHERE a.member_id = $1 AND a.book = $2
"""


class Standing(NamedTuple):
    """An account's sums, whether something is due on it, and the next days on which points expire, with how many."""

    balance: int = 0
    held: int = 0
    pending: int = 0
    debt: int = 0
    due: bool = False
    expiring: Sequence[tuple[date, int]] = ()


async def standing(tx: Transaction, member_id: UUID, book: Book, moment: Moment, days: int) -> Standing:
    """An account as it stands, not locked; nothing where there is none."""
    row = await tx.fetchrow(BALANCE, member_id, book.number, moment.recorded_at, moment.today, NEVER, days)
    return Standing(*row) if row else Standing()


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
