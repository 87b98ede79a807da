"""Pop-ups in the database."""

from __future__ import annotations

from uuid import UUID

from huixiang.messaging.model import StoredMessage
from huixiang.messaging.store import COLUMNS, OWN, message_of
from huixiang.platform.db import Transaction


async def waiting(tx: Transaction, member_id: UUID, limit: int) -> list[StoredMessage]:
    """Those of a member, and of who was merged into them, that are due and were not shown, notices before marketing,
    the oldest first."""
    rows = await tx.fetch(
        f"""
        SELECT {COLUMNS} FROM messaging.message
        WHERE member_id = ANY ({OWN}) AND channel = 'popup' AND state = 'queued' AND due_at <= $2 AND expires_at > $2
        ORDER BY class DESC, message_id LIMIT $3
        """,
        member_id,
        tx.now,
        limit,
    )
    return [message_of(dict(row)) for row in rows]


async def mark_dismissed(tx: Transaction, message: StoredMessage) -> None:
    await tx.execute(
        """
        UPDATE messaging.message SET dismissed_at = $3, requests = requests + 1
        WHERE member_id = $1 AND message_id = $2
        """,
        message.member_id,
        message.message_id,
        tx.now,
    )
