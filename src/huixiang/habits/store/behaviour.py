"""When members were last seen, and what they looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.habits.model import Behaviour
from huixiang.platform.db import Transaction


async def note(tx: Transaction, member_id: UUID, seen_at: datetime, category: str | None) -> datetime | None:
    """Keep what is later than what is there; when the member was last seen before."""
    before = await tx.fetchrow("SELECT last_seen_at FROM habits.behaviour WHERE member_id = $1 FOR UPDATE", member_id)
    await tx.execute(
        """
        INSERT INTO habits.behaviour AS b (member_id, last_seen_at, last_viewed_category, last_viewed_at)
        VALUES ($1, $2::timestamptz, $3::text, CASE WHEN $3::text IS NULL THEN NULL ELSE $2::timestamptz END)
        ON CONFLICT (member_id) DO UPDATE SET
            last_seen_at = greatest(b.last_seen_at, excluded.last_seen_at),
            last_viewed_category = CASE WHEN excluded.last_viewed_at >= coalesce(b.last_viewed_at, '-infinity')
                                        THEN excluded.last_viewed_category ELSE b.last_viewed_category END,
            last_viewed_at = greatest(b.last_viewed_at, excluded.last_viewed_at)
        """,
        member_id,
        seen_at,
        category,
    )
    return before["last_seen_at"] if before is not None else None


async def behaviour_of(tx: Transaction, member_id: UUID) -> Behaviour | None:
    row = await tx.fetchrow(
        "SELECT last_seen_at, last_viewed_category, last_viewed_at FROM habits.behaviour WHERE member_id = $1",
        member_id,
    )
    return None if row is None else Behaviour(*row)


async def is_forgotten(tx: Transaction, member_id: UUID) -> bool:
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM habits.forgotten WHERE member_id = $1)", member_id))


async def forget(tx: Transaction, member_id: UUID) -> None:
    await tx.execute(
        "INSERT INTO habits.forgotten (member_id, recorded_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        member_id,
        tx.now,
    )
    await tx.execute("DELETE FROM habits.behaviour WHERE member_id = $1", member_id)
    await tx.execute("DELETE FROM habits.member WHERE member_id = $1", member_id)
