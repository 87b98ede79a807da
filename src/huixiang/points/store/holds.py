"""Open holds as people ask for them. When a hold was made stands in its posting."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import Book
from huixiang.points.model.requests import OpenHold

MADE = """
    SELECT h.member_id, h.hold_id, b.code AS book, h.points, p.cause, p.recorded_at AS made_at, h.expires_at,
           h.order_ref
    FROM points.hold AS h
    JOIN points.book AS b ON b.book = h.book
    JOIN points.posting AS p ON p.member_id = h.member_id AND p.book = h.book AND p.key = 'hold:' || h.hold_id
"""
Place = tuple[datetime, UUID]


async def open_holds(
    tx: Transaction, member_id: UUID, book: Book | None, after: Place | None, limit: int
) -> list[OpenHold]:
    """A member's holds that are not past their time, the earliest made first."""
    made_at, hold_id = after or (None, None)
    rows = await tx.fetch(
        f"""
        {MADE}
        WHERE h.member_id = $1 AND ($2::smallint IS NULL OR h.book = $2) AND (h.expires_at IS NULL OR h.expires_at > $3)
          AND ($4::timestamptz IS NULL OR (p.recorded_at, h.hold_id) > ($4, $5::uuid))
        ORDER BY p.recorded_at, h.hold_id LIMIT $6
        """,
        member_id,
        None if book is None else book.number,
        tx.now,
        made_at,
        hold_id,
        limit,
    )
    return [_hold(tuple(row)) for row in rows]


async def placed_before(tx: Transaction, made_before: datetime, after: Place | None, limit: int) -> list[OpenHold]:
    """Placed holds of all members that were made before an instant, the earliest first."""
    made_at, hold_id = after or (None, None)
    rows = await tx.fetch(
        f"""
        {MADE}
        WHERE h.expires_at IS NULL AND p.recorded_at < $1
          AND ($2::timestamptz IS NULL OR (p.recorded_at, h.hold_id) > ($2, $3::uuid))
        ORDER BY p.recorded_at, h.hold_id LIMIT $4
        """,
        made_before,
        made_at,
        hold_id,
        limit,
    )
    return [_hold(tuple(row)) for row in rows]


def _hold(row: tuple[UUID, UUID, str, int, str, datetime, datetime | None, UUID | None]) -> OpenHold:
    member_id, hold_id, book, points, cause, made_at, expires_at, order_id = row
    return OpenHold(
        member_id=member_id, hold_id=hold_id, book=book, points=points, cause=cause, made_at=made_at,
        expires_at=expires_at, order_id=order_id,
    )  # fmt: skip
