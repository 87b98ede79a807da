"""Adjustments and what became of them: rows are added and never changed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import Adjustment, NewAdjustment

SHOWN = """
    SELECT a.adjustment_id, a.member_id, a.points, a.ground, a.reason, a.attachment, a.made_by, a.made_at,
           coalesce(d.state, 'waiting') AS state, d.checked_by, d.decided_at, d.note, d.seq
    FROM points.adjustment AS a
    LEFT JOIN points.adjustment_decision AS d
      ON d.member_id = a.member_id AND d.adjustment_id = a.adjustment_id
"""


async def insert(
    tx: Transaction, member_id: UUID, adjustment_id: UUID, asked: NewAdjustment, made_by: UUID, rule_version: int
) -> None:
    await tx.execute(
        """
        INSERT INTO points.adjustment (member_id, adjustment_id, points, ground, reason, attachment, made_by, made_at,
                                       business_day, rule_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        member_id,
        adjustment_id,
        asked.points,
        asked.ground,
        asked.reason,
        asked.attachment,
        made_by,
        tx.now,
        tx.calendar.day(tx.now),
        rule_version,
    )


async def insert_decision(
    tx: Transaction,
    member_id: UUID,
    adjustment_id: UUID,
    *,
    state: str,
    checked_by: UUID | None,
    note: str | None,
    seq: int | None,
) -> None:
    await tx.execute(
        """
        INSERT INTO points.adjustment_decision (member_id, adjustment_id, state, checked_by, note, decided_at, seq)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        member_id,
        adjustment_id,
        state,
        checked_by,
        note,
        tx.now,
        seq,
    )


async def find(tx: Transaction, member_id: UUID, adjustment_id: UUID) -> Adjustment | None:
    row = await tx.fetchrow(f"{SHOWN} WHERE a.member_id = $1 AND a.adjustment_id = $2", member_id, adjustment_id)
    return Adjustment(**dict(row)) if row else None


async def moved_unchecked(tx: Transaction, member_id: UUID, made_by: UUID, day: date) -> int:
    """Points that one person moved on one account in a day without anybody's approval, whichever way."""
    moved: int = await tx.fetchval(
        """
        SELECT coalesce(sum(abs(a.points)), 0)::bigint
        FROM points.adjustment AS a
        JOIN points.adjustment_decision AS d ON d.member_id = a.member_id AND d.adjustment_id = a.adjustment_id
        WHERE a.member_id = $1 AND a.made_by = $2 AND a.business_day = $3 AND d.state = 'posted'
          AND d.checked_by IS NULL
        """,
        member_id,
        made_by,
        day,
    )
    return moved


async def newest(
    tx: Transaction,
    member_id: UUID | None,
    state: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Adjustment]:
    """The latest first; of one member, or in one state, where that is given."""
    rows = await tx.fetch(
        f"""
        {SHOWN}
        WHERE ($1::uuid IS NULL OR a.member_id = $1) AND ($2::text IS NULL OR coalesce(d.state, 'waiting') = $2)
          AND ($3::timestamptz IS NULL OR (a.made_at, a.adjustment_id) < ($3, $4::uuid))
        ORDER BY a.made_at DESC, a.adjustment_id DESC LIMIT $5
        """,
        member_id,
        state,
        *(before or (None, None)),
        limit,
    )
    return [Adjustment(**dict(row)) for row in rows]
