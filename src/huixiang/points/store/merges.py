"""What a merge of two members asks of the one who goes."""

from __future__ import annotations

from uuid import UUID

from huixiang.platform.db import Transaction


async def books_of(tx: Transaction, member_id: UUID) -> list[str]:
    """Codes of the books in which a member has an account."""
    rows = await tx.fetch(
        """
        SELECT b.code FROM points.account AS a JOIN points.book AS b USING (book)
        WHERE a.member_id = $1 ORDER BY b.book
        """,
        member_id,
    )
    return [row["code"] for row in rows]


async def open_matters(tx: Transaction, member_id: UUID) -> list[str]:
    """What is not ended and would come back to a member's account later, but for holds."""
    row = await tx.fetchrow(
        """
        SELECT EXISTS (
                   SELECT FROM points.transfer WHERE member_id = $1 AND state = 'on_the_way' AND purpose <> 'merge'
               ) AS transfers,
               EXISTS (
                   SELECT FROM points.paused_credit
                   WHERE member_id = $1
                     AND (state = 'waiting' OR (state = 'released' AND cleared_at IS NULL))
               ) AS paused_credits,
               EXISTS (
                   SELECT FROM points.adjustment AS a
                   WHERE a.member_id = $1 AND NOT EXISTS (
                       SELECT FROM points.adjustment_decision AS d
                       WHERE d.member_id = a.member_id AND d.adjustment_id = a.adjustment_id
                   )
               ) AS adjustments
        """,
        member_id,
    )
    return [matter for matter, there in (row or {}).items() if there]


async def left_behind(tx: Transaction, limit: int) -> list[UUID]:
    """Members who were merged into another and have something in an account of theirs."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT a.member_id FROM members.members_aliases_facts AS f JOIN points.account AS a USING (member_id)
        WHERE a.balance <> 0 OR a.debt <> 0 ORDER BY a.member_id LIMIT $1
        """,
        limit,
    )
    return [row["member_id"] for row in rows]
