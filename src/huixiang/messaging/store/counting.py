"""Messages counted by owner."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.platform.db import Transaction


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Unread ones of the inbox, and all the others."""
    rows = await tx.fetch(
        """
        SELECT member_id, count(*) AS all_of_them,
               count(*) FILTER (WHERE channel = 'inbox' AND state = 'sent' AND read_at IS NULL) AS unread
        FROM messaging.message WHERE member_id = ANY ($1::uuid[]) GROUP BY member_id
        """,
        member_ids,
    )
    return {row["member_id"]: (row["unread"], row["all_of_them"] - row["unread"]) for row in rows}
