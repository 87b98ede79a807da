"""The local sink in the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.messaging.model import Channel
from huixiang.messaging.store import OWN
from huixiang.platform.db import Transaction


async def insert_sunk(
    tx: Transaction, member_id: UUID, message_id: UUID, channel: Channel, template: str, sealed: bytes
) -> bool:
    """False where it has arrived before."""
    return bool(
        await tx.execute(
            """
            INSERT INTO messaging.sink (member_id, message_id, channel, template, sealed, arrived_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            member_id,
            message_id,
            channel.value,
            template,
            sealed,
            tx.now,
        )
    )


async def has_sunk(tx: Transaction, member_id: UUID, message_id: UUID) -> bool:
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM messaging.sink WHERE member_id = $1 AND message_id = $2)", member_id, message_id
    )
    return found


async def sunk(
    tx: Transaction, member_id: UUID | None, before: UUID, limit: int
) -> list[tuple[UUID, UUID, Channel, str, bytes, datetime]]:
    """(owner, message, channel, template, sealed, arrived_at), the latest first, from before one of them."""
    rows = await tx.fetch(
        f"""
        SELECT member_id, message_id, channel, template, sealed, arrived_at FROM messaging.sink
        WHERE ($1::uuid IS NULL OR member_id = ANY ({OWN})) AND message_id < $2 ORDER BY message_id DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )
    return [(row[0], row[1], Channel(row[2]), row[3], row[4], row[5]) for row in rows]


async def drain_sink(tx: Transaction, arrived_before: datetime, limit: int) -> int:
    """Delete some of what arrived before; how many."""
    return await tx.execute(
        """
        DELETE FROM messaging.sink AS s USING (
            SELECT member_id, message_id FROM messaging.sink WHERE arrived_at < $1 ORDER BY message_id LIMIT $2
        ) AS old WHERE s.member_id = old.member_id AND s.message_id = old.message_id
        """,
        arrived_before,
        limit,
    )
