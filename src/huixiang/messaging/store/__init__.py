"""Messages, evidence and the sink in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
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
from huixiang.messaging.model.receipts import Delivery
from huixiang.platform.db import Transaction

COLUMNS = (
    "member_id, message_id, channel, class AS message_class, template, state, urgent, secret, sealed, created_at,"
    " due_at, expires_at, tried_at, tries, asks, requests, provider, provider_ref, reason, sent_at, read_at,"
    " template_version, delivery, delivery_code, delivery_at, dismissed_at"
)
# Whose messages a member ($1) reads: their own, and of who was merged into them. Those stay where they were sent to.
OWN = """
    ARRAY(SELECT $1::uuid UNION ALL SELECT a.member_id FROM members.members_aliases_facts AS a WHERE a.into_id = $1)
"""


async def insert(
    tx: Transaction,
    member_id: UUID,
    message_id: UUID,
    new: NewMessage,
    *,
    digest: bytes,
    sealed: bytes,
    urgent: bool,
    step: Step,
) -> bool:
    """False where the owner has a message under this key. step: where it begins."""
    return bool(
        await tx.execute(
            """
            INSERT INTO messaging.message (
                member_id, message_id, key, digest, channel, class, template, state, urgent, secret, sealed, created_at,
                due_at, expires_at, sent_at, reason, template_version, tries, asks, requests
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, 0)
            ON CONFLICT (member_id, key) DO NOTHING
            """,
            member_id,
            message_id,
            new.key,
            digest,
            new.channel.value,
            new.message_class.value,
            new.template,
            step.state.value,
            urgent,
            new.secret,
            sealed,
            tx.now,
            step.due_at,
            new.expires_at,
            tx.now if step.state is MessageState.SENT else None,
            step.reason,
            new.template_version,
        )
    )


async def under_key(tx: Transaction, member_id: UUID, key: str) -> tuple[StoredMessage, bytes] | None:
    """The message with this key, and the digest of what was asked for."""
    row = await tx.fetchrow(
        f"SELECT {COLUMNS}, digest FROM messaging.message WHERE member_id = $1 AND key = $2", member_id, key
    )
    if row is None:
        return None
    columns = dict(row)
    digest = columns.pop("digest")
    return message_of(columns), digest


async def lock_due(
    tx: Transaction, *, urgent: bool, room: Mapping[Channel, int], order_kept: timedelta
) -> list[StoredMessage]:
    """What is due of each channel, the longest due first, as many as there is room for; what another worker is at is
    passed over. So is what would overtake an earlier message of its member, class and channel, unless it expires: that
    waits for nobody. order_kept: how long one that is unknown is waited for."""
    rows = await tx.fetch(
        f"""
        SELECT due.* FROM unnest($1::text[], $2::int[]) AS wanted (channel, room)
        CROSS JOIN LATERAL (
            SELECT {COLUMNS} FROM messaging.message AS m
            WHERE m.channel = wanted.channel AND m.urgent = $3 AND m.due_at <= $4
              AND (m.state <> 'queued' OR m.expires_at IS NOT NULL OR NOT EXISTS (
                  SELECT FROM messaging.message AS e
                  WHERE e.member_id = m.member_id AND e.channel = m.channel AND e.message_id < m.message_id
                    AND e.class = m.class AND e.urgent = m.urgent AND e.due_at IS NOT NULL AND e.expires_at IS NULL
                    AND (e.state <> 'unknown' OR e.tried_at > $5)
              ))
            ORDER BY m.due_at, m.message_id LIMIT wanted.room FOR UPDATE SKIP LOCKED
        ) AS due
        """,
        [channel.value for channel in room],
        list(room.values()),
        urgent,
        tx.now,
        tx.now - order_kept,
    )
    return [message_of(dict(row)) for row in rows]


async def lock(tx: Transaction, member_id: UUID, message_id: UUID) -> StoredMessage | None:
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM messaging.message WHERE member_id = $1 AND message_id = $2 FOR UPDATE",
        member_id,
        message_id,
    )
    return message_of(dict(row)) if row else None


async def lock_own(tx: Transaction, member_id: UUID, message_id: UUID) -> StoredMessage | None:
    """As `lock`, for who reads it: one that was sent to who was merged into the member, too."""
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM messaging.message WHERE member_id = ANY ({OWN}) AND message_id = $2 FOR UPDATE",
        member_id,
        message_id,
    )
    return message_of(dict(row)) if row else None


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


async def hold_back(tx: Transaction, message: StoredMessage, until: datetime) -> None:
    """Let what follows a message look for its turn no earlier than the message itself."""
    await tx.execute(
        """
        UPDATE messaging.message SET due_at = $6
        WHERE member_id = $1 AND channel = $2 AND message_id > $3 AND class = $4 AND urgent = $5
          AND due_at < $6 AND state = 'queued' AND expires_at IS NULL
        """,
        message.member_id,
        message.channel.value,
        message.message_id,
        message.message_class.value,
        message.urgent,
        until,
    )


async def expire(tx: Transaction, limit: int) -> int:
    """Give up some of what waits and is of no use any more, whether or not its channel has a provider; how many."""
    return await tx.execute(
        """
        WITH over AS MATERIALIZED (
            SELECT member_id, message_id FROM messaging.message
            WHERE due_at IS NOT NULL AND state = 'queued' AND expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE messaging.message AS m
        SET state = 'failed', due_at = NULL, reason = 'expired', sealed = CASE WHEN secret THEN NULL ELSE sealed END
        FROM over WHERE m.member_id = over.member_id AND m.message_id = over.message_id
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
        SELECT m.* FROM unnest({OWN}) AS own (id) CROSS JOIN LATERAL (
            SELECT {COLUMNS} FROM messaging.message
            WHERE member_id = own.id AND message_id < $2 AND channel = 'inbox' AND state = 'sent'
            ORDER BY message_id DESC LIMIT $3
        ) AS m ORDER BY m.message_id DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )
    return [message_of(dict(row)) for row in rows]


async def unread(tx: Transaction, member_id: UUID) -> int:
    count: int = await tx.fetchval(
        f"""
        SELECT count(*) FROM messaging.message
        WHERE member_id = ANY ({OWN}) AND channel = 'inbox' AND state = 'sent' AND read_at IS NULL
        """,
        member_id,
    )
    return count


async def mark_read(tx: Transaction, message: StoredMessage) -> None:
    await tx.execute(
        "UPDATE messaging.message SET read_at = $3 WHERE member_id = $1 AND message_id = $2",
        message.member_id,
        message.message_id,
        tx.now,
    )


async def mark_all_read(tx: Transaction, member_id: UUID, through: UUID) -> int:
    """Those of an inbox up to one of them, that one too; how many were not read before."""
    return await tx.execute(
        f"""
        UPDATE messaging.message SET read_at = $3
        WHERE member_id = ANY ({OWN}) AND message_id <= $2 AND channel = 'inbox' AND state = 'sent' AND read_at IS NULL
        """,
        member_id,
        through,
        tx.now,
    )


async def find(tx: Transaction, message_id: UUID) -> StoredMessage | None:
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM messaging.message WHERE message_id = $1", message_id)
    return message_of(dict(row)) if row else None


async def latest(tx: Transaction, before: UUID, limit: int) -> list[StoredMessage]:
    """Messages of all owners, the latest first, from before one of them."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM messaging.message WHERE message_id < $1 ORDER BY message_id DESC LIMIT $2",
        before,
        limit,
    )
    return [message_of(dict(row)) for row in rows]


async def latest_of(tx: Transaction, member_id: UUID, before: UUID, limit: int) -> list[StoredMessage]:
    """Messages of one owner, and of who was merged into them, the latest first, from before one of them."""
    rows = await tx.fetch(
        f"""
        SELECT m.* FROM unnest({OWN}) AS own (id) CROSS JOIN LATERAL (
            SELECT {COLUMNS} FROM messaging.message WHERE member_id = own.id AND message_id < $2
            ORDER BY message_id DESC LIMIT $3
        ) AS m ORDER BY m.message_id DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )
    return [message_of(dict(row)) for row in rows]


def message_of(columns: dict[str, object]) -> StoredMessage:
    typed = {
        "channel": Channel(str(columns["channel"])),
        "message_class": MessageClass(str(columns["message_class"])),
        "state": MessageState(str(columns["state"])),
        "delivery": Delivery(str(columns["delivery"])) if columns["delivery"] is not None else None,
    }
    return StoredMessage(**(columns | typed))  # type: ignore[arg-type]
