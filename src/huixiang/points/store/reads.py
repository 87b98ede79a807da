"""Reads over balances and the journal that decide nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import Book
from huixiang.points.model.earning import CONSUMPTION

# More open lots than most members ever have; who has more is read another way.
LOTS_READ = 100
BALANCE = f"""
SELECT a.balance, a.held, a.pending, a.debt, l.expires_on, l.remaining, l.pinned, l.matures_at
FROM points.account AS a
LEFT JOIN LATERAL (
    SELECT l.expires_on, l.remaining, l.held AS pinned, l.matures_at FROM points.lot AS l
    WHERE l.member_id = $1 AND l.book = $2 AND (l.expires_on, l.lot_no) >= (a.open_from, a.open_lot) AND l.remaining > 0
    ORDER BY l.expires_on, l.lot_no LIMIT {LOTS_READ}
) AS l ON true
WHERE a.member_id = $1 AND a.book = $2
"""

# (last day, remaining, held, matures at)
OpenLot = tuple[date, int, int, datetime | None]


class Standing(NamedTuple):
    """An account's sums, and its first open lots, the earliest expiry first. more: whether there may be others."""

    balance: int = 0
    held: int = 0
    pending: int = 0
    debt: int = 0
    lots: Sequence[OpenLot] = ()
    more: bool = False


async def standing(tx: Transaction, member_id: UUID, book: Book) -> Standing:
    """An account as it stands, not locked; nothing where there is none. One statement."""
    rows = await tx.fetch(BALANCE, member_id, book.number)
    if not rows:
        return Standing()
    balance, held, pending, debt, expires_on = rows[0][:5]
    lots = [row[4:] for row in rows] if expires_on is not None else ()
    return Standing(balance, held, pending, debt, lots, len(lots) == LOTS_READ)


async def is_hold_over(tx: Transaction, member_id: UUID, book: Book) -> bool:
    """Whether an account has a hold past its time."""
    over: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM points.hold WHERE member_id = $1 AND book = $2 AND expires_at <= $3)",
        member_id,
        book.number,
        tx.now,
    )
    return over


async def sums_by_day(
    tx: Transaction, member_ids: Collection[UUID], book: Book, since: datetime, kind: str | None = None
) -> dict[UUID, dict[date, int]]:
    """Points by business day of `occurred_at`, from an instant on; of postings of one kind, or of all."""
    rows = await tx.fetch(
        """
        SELECT member_id, (occurred_at AT TIME ZONE $4)::date AS day, sum(points)::bigint AS points
        FROM points.posting
        WHERE member_id = ANY ($1::uuid[]) AND book = $2 AND occurred_at >= $3 AND ($5::text IS NULL OR kind = $5)
        GROUP BY member_id, day
        """,
        list(member_ids),
        book.number,
        since,
        tx.calendar.zone_name,
        kind,
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
        WHERE p.kind = 'earn' AND p.cause = $2 GROUP BY p.book
        """,
        order_ids,
        CONSUMPTION,
    )
    return {row["book"]: row["points"] for row in rows}
