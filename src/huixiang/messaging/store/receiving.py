"""How much marketing a member has had, counted by one transaction at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.messaging.model import Channel, MessageClass, StoredMessage
from huixiang.messaging.store import OWN
from huixiang.platform.db import Transaction

COUNTING_LOCK = 7_081_037  # advisory lock, with a hash of the member: who counts, counts alone


async def try_counting(tx: Transaction, message: StoredMessage) -> bool:
    """False for marketing whose member is being counted by somebody else just now. Held until the transaction ends."""
    if message.message_class is not MessageClass.MARKETING:
        return True
    got: bool = await tx.fetchval(
        "SELECT pg_try_advisory_xact_lock($1, hashtext($2))", COUNTING_LOCK, str(message.member_id)
    )
    return got


async def count_alone(tx: Transaction, member_id: UUID) -> None:
    await tx.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", COUNTING_LOCK, str(member_id))


async def marketing_had(
    tx: Transaction, member_id: UUID, since: datetime, but: UUID | None
) -> list[tuple[Channel, datetime]]:
    """The marketing that reached a member, and who was merged into them, or may have, by channel and time; but for one
    message."""
    rows = await tx.fetch(
        f"""
        SELECT channel, coalesce(tried_at, sent_at) FROM messaging.message
        WHERE member_id = ANY ({OWN}) AND class = 'marketing' AND state IN ('sending', 'sent', 'unknown')
          AND coalesce(tried_at, sent_at) >= $2 AND message_id IS DISTINCT FROM $3
        """,
        member_id,
        since,
        but,
    )
    return [(Channel(row[0]), row[1]) for row in rows]
