"""Whose rows have to be reckoned again. Whoever writes a member's row holds the mark, so that two never write one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.platform.db import Transaction


async def mark(tx: Transaction, due: Mapping[UUID, datetime]) -> None:
    """Have these reckoned, not before an instant each; one that is marked already for the earlier of the two."""
    ordered = sorted(due.items())
    await tx.execute(
        """
        INSERT INTO habits.mark AS m (member_id, due_at) SELECT * FROM unnest($1::uuid[], $2::timestamptz[])
        ON CONFLICT (member_id) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < m.due_at
        """,
        [member_id for member_id, _ in ordered],
        [due_at for _, due_at in ordered],
    )


async def mark_turning(tx: Transaction, today: date, version: int, limit: int) -> int:
    """Mark those whose rows are of a day that is over, or of other rules; how many rows were found."""
    return await tx.execute(
        """
        INSERT INTO habits.mark AS m (member_id, due_at)
        SELECT member_id, $1 FROM (
            (SELECT member_id FROM habits.member WHERE turns_on <= $2 LIMIT $4)
            UNION
            (SELECT member_id FROM habits.member WHERE rule_version < $3 OR rule_version > $3 LIMIT $4)
        ) AS turning
        WHERE NOT EXISTS (SELECT FROM habits.mark AS x WHERE x.member_id = turning.member_id)
        ORDER BY member_id
        ON CONFLICT (member_id) DO NOTHING
        """,
        tx.now,
        today,
        version,
        limit,
    )


async def take_due(tx: Transaction, limit: int) -> list[UUID]:
    """Take the marks that are due, the oldest first, but for those that somebody else is at."""
    rows = await tx.fetch(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id FROM habits.mark WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM habits.mark WHERE member_id IN (TABLE due)
        RETURNING member_id
        """,
        tx.now,
        limit,
    )
    return [row["member_id"] for row in rows]


async def take(tx: Transaction, member_ids: Iterable[UUID]) -> None:
    """Take the marks of these, marked or not, and wait for whoever is at them."""
    ordered = sorted(member_ids)
    await tx.execute(
        """
        INSERT INTO habits.mark (member_id, due_at) SELECT member_id, $2 FROM unnest($1::uuid[]) AS t (member_id)
        ON CONFLICT (member_id) DO UPDATE SET due_at = excluded.due_at
        """,
        ordered,
        tx.now,
    )
    await tx.execute("DELETE FROM habits.mark WHERE member_id = ANY ($1::uuid[])", ordered)


async def waiting(tx: Transaction, member_ids: Sequence[UUID]) -> set[UUID]:
    rows = await tx.fetch("SELECT member_id FROM habits.mark WHERE member_id = ANY ($1::uuid[])", member_ids)
    return {row["member_id"] for row in rows}
