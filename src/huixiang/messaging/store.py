"""Messages, evidence and the sink in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from huixiang.messaging.model import (
    Channel,
    Evidence,
    MessageClass,
    MessageState,
    NewMessage,
    Outcome,
    Step,
    StoredMessage,
)
from huixiang.platform.db import Transaction

_COLUMNS = (
    "member_id, message_id, channel, class AS message_class, template, state, urgent, secret, sealed, created_at,"
    " due_at, expires_at, tried_at, tries, asks, requests, provider, provider_ref, reason, sent_at, read_at"
)


async def insert(
    tx: Transaction,
    member_id: UUID,
    message_id: UUID,
    new: NewMessage,
    *,
    digest: bytes,
    sealed: bytes,
    urgent: bool,
    due_at: datetime,
) -> bool:
    """False where the owner has a message under this key. One for the inbox arrives when it is due."""
    arrives = new.channel is Channel.INBOX
    return bool(
        await tx.execute(
            """
            INSERT INTO messaging.message (
                member_id, message_id, key, digest, channel, class, template, state, urgent, secret, sealed, created_at,
                due_at, expires_at, sent_at, tries, asks, requests
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, 0)
            ON CONFLICT (member_id, key) DO NOTHING
            """,
            member_id,
            message_id,
            new.key,
            digest,
            new.channel.value,
            new.message_class.value,
            new.template,
            (MessageState.SENT if arrives else MessageState.QUEUED).value,
            urgent,
            new.secret,
            sealed,
            tx.now,
            None if arrives else due_at,
            new.expires_at,
            due_at if arrives else None,
        )
    )


async def under_key(tx: Transaction, member_id: UUID, key: str) -> tuple[StoredMessage, bytes] | None:
    """The message with this key, and the digest of what was asked for."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS}, digest FROM messaging.message WHERE member_id = $1 AND key = $2", member_id, key
    )
    if row is None:
        return None
    columns = dict(row)
    digest = columns.pop("digest")
    return _message(columns), digest


async def lock_due(tx: Transaction, *, urgent: bool, room: Mapping[Channel, int]) -> list[StoredMessage]:
    """What is due of each channel, the longest due first, as many as there is room for; what another worker is at is
    passed over."""
    rows = await tx.fetch(
        f"""
        SELECT due.* FROM unnest($1::text[], $2::int[]) AS wanted (channel, room)
        CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM messaging.message AS m
            WHERE m.channel = wanted.channel AND m.urgent = $3 AND m.due_at <= $4
            ORDER BY m.due_at LIMIT wanted.room FOR UPDATE SKIP LOCKED
        ) AS due
        """,
        [channel.value for channel in room],
        list(room.values()),
        urgent,
        tx.now,
    )
    return [_message(dict(row)) for row in rows]


async def lock(tx: Transaction, member_id: UUID, message_id: UUID) -> StoredMessage | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM messaging.message WHERE member_id = $1 AND message_id = $2 FOR UPDATE",
        member_id,
        message_id,
    )
    return _message(dict(row)) if row else None


async def move(tx: Transaction, message: StoredMessage, step: Step) -> None:
    """Take a locked message a step further. Where nothing is left to do, nothing is left of a secret content."""
    await tx.execute(
        """
        UPDATE messaging.message
        SET state = $3, due_at = $4, reason = $5, sent_at = CASE WHEN $3 = 'sent' THEN $6::timestamptz END,
            sealed = CASE WHEN secret AND $7 THEN NULL ELSE sealed END
        WHERE member_id = $1 AND message_id = $2
        """,
        message.member_id,
        message.message_id,
        step.state.value,
        step.due_at,
        step.reason,
        tx.now,
        step.due_at is None,
    )


async def expire(tx: Transaction, limit: int) -> int:
    """Give up some of what waits and is of no use any more, whether or not its channel has a provider; how many."""
    return await tx.execute(
        """
        UPDATE messaging.message AS m
        SET state = 'failed', due_at = NULL, reason = 'expired', sealed = CASE WHEN secret THEN NULL ELSE sealed END
        FROM (
            SELECT member_id, message_id FROM messaging.message
            WHERE due_at IS NOT NULL AND state = 'queued' AND expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED
        ) AS over WHERE m.member_id = over.member_id AND m.message_id = over.message_id
        """,
        tx.now,
        limit,
    )


async def count_request(tx: Transaction, message: StoredMessage, provider: str, *, send: bool) -> None:
    """A request is about to be made of a provider; asking is counted from the last request to send."""
    await tx.execute(
        """
        UPDATE messaging.message
        SET provider = $3, requests = requests + 1, tries = tries + $4,
            asks = CASE WHEN $4 = 1 THEN 0 ELSE asks + 1 END,
            tried_at = CASE WHEN $4 = 1 THEN $5 ELSE tried_at END
        WHERE member_id = $1 AND message_id = $2
        """,
        message.member_id,
        message.message_id,
        provider,
        int(send),
        tx.now,
    )


async def name_reference(tx: Transaction, message: StoredMessage, provider_ref: str) -> None:
    await tx.execute(
        "UPDATE messaging.message SET provider_ref = $3 WHERE member_id = $1 AND message_id = $2",
        message.member_id,
        message.message_id,
        provider_ref,
    )


async def insert_evidence(tx: Transaction, member_id: UUID, message_id: UUID, one: Evidence) -> None:
    await tx.execute(
        """
        INSERT INTO messaging.evidence (
            member_id, message_id, number, action, provider, began_at, ended_at, outcome, reason, provider_ref
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
        """,
        member_id,
        message_id,
        one.number,
        one.action,
        one.provider,
        one.began_at,
        one.ended_at,
        one.outcome.value,
        one.reason,
        one.provider_ref,
    )


async def evidence_of(tx: Transaction, member_id: UUID, message_id: UUID) -> list[Evidence]:
    rows = await tx.fetch(
        """
        SELECT number, action, provider, began_at, ended_at, outcome, reason, provider_ref FROM messaging.evidence
        WHERE member_id = $1 AND message_id = $2 ORDER BY number, ended_at
        """,
        member_id,
        message_id,
    )
    return [Evidence(**(dict(row) | {"outcome": Outcome(row["outcome"])})) for row in rows]


async def inbox(tx: Transaction, member_id: UUID, before: UUID, limit: int) -> list[StoredMessage]:
    """What has arrived in the inbox of a member, the latest first, from before one of them."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM messaging.message
        WHERE member_id = $1 AND message_id < $2 AND channel = 'inbox' AND sent_at <= $3
        ORDER BY message_id DESC LIMIT $4
        """,
        member_id,
        before,
        tx.now,
        limit,
    )
    return [_message(dict(row)) for row in rows]


async def unread(tx: Transaction, member_id: UUID) -> int:
    count: int = await tx.fetchval(
        """
        SELECT count(*) FROM messaging.message
        WHERE member_id = $1 AND channel = 'inbox' AND sent_at <= $2 AND read_at IS NULL
        """,
        member_id,
        tx.now,
    )
    return count


async def mark_read(tx: Transaction, message: StoredMessage) -> None:
    await tx.execute(
        "UPDATE messaging.message SET read_at = $3 WHERE member_id = $1 AND message_id = $2",
        message.member_id,
        message.message_id,
        tx.now,
    )


async def find(tx: Transaction, message_id: UUID) -> StoredMessage | None:
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM messaging.message WHERE message_id = $1", message_id)
    return _message(dict(row)) if row else None


async def latest(tx: Transaction, member_id: UUID | None, before: UUID, limit: int) -> list[StoredMessage]:
    """Messages of one owner or of all, the latest first, from before one of them."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM messaging.message WHERE ($1::uuid IS NULL OR member_id = $1) AND message_id < $2
        ORDER BY message_id DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )
    return [_message(dict(row)) for row in rows]


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
        """
        SELECT member_id, message_id, channel, template, sealed, arrived_at FROM messaging.sink
        WHERE ($1::uuid IS NULL OR member_id = $1) AND message_id < $2 ORDER BY message_id DESC LIMIT $3
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


def _message(columns: dict[str, object]) -> StoredMessage:
    typed = {
        "channel": Channel(str(columns["channel"])),
        "message_class": MessageClass(str(columns["message_class"])),
        "state": MessageState(str(columns["state"])),
    }
    return StoredMessage(**(columns | typed))  # type: ignore[arg-type]
