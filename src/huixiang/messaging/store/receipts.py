"""Receipts in the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.messaging.model import Channel, StoredMessage
from huixiang.messaging.model.receipts import Delivery, ProviderReceipt, Told
from huixiang.messaging.store import COLUMNS, message_of
from huixiang.platform.db import Transaction


async def lock_named(tx: Transaction, receipt: ProviderReceipt) -> StoredMessage | None:
    """The message that a receipt names by the stable id."""
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM messaging.message WHERE message_id = $1 FOR UPDATE", receipt.message_id
    )
    return message_of(dict(row)) if row else None


async def lock_by_reference(tx: Transaction, receipt: ProviderReceipt) -> StoredMessage | None:
    """The message that WeChat knows by this id."""
    row = await tx.fetchrow(
        f"""
        SELECT {COLUMNS} FROM messaging.message WHERE channel = 'wechat_template' AND provider_ref = $1
        ORDER BY message_id DESC LIMIT 1 FOR UPDATE
        """,
        receipt.provider_ref,
    )
    return message_of(dict(row)) if row else None


async def insert(tx: Transaction, message: StoredMessage, receipt: ProviderReceipt) -> bool:
    """False where it was told before."""
    return bool(
        await tx.execute(
            """
            INSERT INTO messaging.receipt (member_id, message_id, provider, state, code, occurred_at, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            message.member_id,
            message.message_id,
            receipt.provider,
            receipt.state.value,
            receipt.code,
            receipt.occurred_at,
            tx.now,
        )
    )


async def set_delivery(tx: Transaction, message: StoredMessage, receipt: ProviderReceipt) -> None:
    await tx.execute(
        """
        UPDATE messaging.message SET delivery = $3, delivery_code = $4, delivery_at = $5
        WHERE member_id = $1 AND message_id = $2
        """,
        message.member_id,
        message.message_id,
        receipt.state.value,
        receipt.code,
        receipt.occurred_at,
    )


async def told_of(tx: Transaction, member_id: UUID, message_id: UUID) -> list[Told]:
    """All that was told of a message, in the order in which it happened."""
    rows = await tx.fetch(
        """
        SELECT provider, state, code, occurred_at, received_at FROM messaging.receipt
        WHERE member_id = $1 AND message_id = $2 ORDER BY occurred_at, received_at
        """,
        member_id,
        message_id,
    )
    return [Told(**(dict(row) | {"state": Delivery(row["state"])})) for row in rows]


async def keep_early(tx: Transaction, receipt: ProviderReceipt) -> None:
    await tx.execute(
        """
        INSERT INTO messaging.early_receipt (provider, provider_ref, state, code, occurred_at, received_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """,
        receipt.provider,
        receipt.provider_ref,
        receipt.state.value,
        receipt.code,
        receipt.occurred_at,
        tx.now,
    )


async def take_early(tx: Transaction, provider: str, channel: Channel, provider_ref: str) -> list[ProviderReceipt]:
    """What came before the provider's id was known here; it is no longer early."""
    rows = await tx.fetch(
        """
        DELETE FROM messaging.early_receipt WHERE provider = $1 AND provider_ref = $2
        RETURNING state, code, occurred_at
        """,
        provider,
        provider_ref,
    )
    return [
        ProviderReceipt(
            provider=provider, channel=channel, provider_ref=provider_ref,
            state=Delivery(row["state"]), code=row["code"], occurred_at=row["occurred_at"],
        )
        for row in rows
    ]  # fmt: skip


async def drop_early(tx: Transaction, received_before: datetime, limit: int) -> int:
    """Delete some that nothing came to name; how many."""
    return await tx.execute(
        """
        DELETE FROM messaging.early_receipt AS r USING (
            SELECT provider, provider_ref, state, code, occurred_at FROM messaging.early_receipt
            WHERE received_at < $1 LIMIT $2
        ) AS old
        WHERE (r.provider, r.provider_ref, r.state, r.code, r.occurred_at)
            = (old.provider, old.provider_ref, old.state, old.code, old.occurred_at)
        """,
        received_before,
        limit,
    )


async def forget(tx: Transaction, below: UUID, limit: int) -> int:
    """Delete some messages with ids below one, their evidence and receipts too; how many."""
    gone: int = await tx.fetchval("SELECT messaging.forget($1, $2)", below, limit)
    return gone
