"""Which accounts time has something for."""

from __future__ import annotations

from huixiang.platform.db import Transaction
from huixiang.points.model import AccountKey


async def accounts_with_due_lots(tx: Transaction, limit: int) -> list[AccountKey]:
    """Accounts with pending lots whose time has come, at most `limit` lots' worth."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT member_id, book FROM (
            SELECT member_id, book FROM points.lot WHERE matures_at <= $1 ORDER BY matures_at, member_id LIMIT $2
        ) AS due
        """,
        tx.now,
        limit,
    )
    return [(row["member_id"], row["book"]) for row in rows]
