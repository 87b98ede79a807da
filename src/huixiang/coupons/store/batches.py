"""Batches of codes in the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.coupons.model.codes import Batch
from huixiang.platform.db import Transaction

_COLUMNS = ", ".join(Batch.__struct_fields__)


async def insert(tx: Transaction, batch: Batch) -> None:
    places = ", ".join(f"${n}" for n in range(1, len(Batch.__struct_fields__) + 1))
    values = [getattr(batch, name) for name in Batch.__struct_fields__]
    await tx.execute(f"INSERT INTO coupons.code_batch ({_COLUMNS}) VALUES ({places})", *values)


async def find(tx: Transaction, batch_id: UUID, *, lock: bool = False) -> Batch | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM coupons.code_batch WHERE batch_id = $1 {'FOR UPDATE' if lock else ''}", batch_id
    )
    return Batch(**row) if row else None


async def of_request(tx: Transaction, approval_id: UUID) -> Batch | None:
    """It stays locked."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM coupons.code_batch WHERE approval_id = $1 FOR UPDATE", approval_id)
    return Batch(**row) if row else None


async def listed(tx: Transaction, before: tuple[datetime, UUID] | None, limit: int) -> list[Batch]:
    """The latest first, from before a place on."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM coupons.code_batch
        WHERE $1::timestamptz IS NULL OR (made_at, batch_id) < ($1, $2::uuid)
        ORDER BY made_at DESC, batch_id DESC LIMIT $3
        """,
        *(before or (None, None)),
        limit,
    )
    return [Batch(**row) for row in rows]


async def save(tx: Transaction, batch: Batch) -> None:
    """What changes of a batch that the caller has locked."""
    await tx.execute(
        """
        UPDATE coupons.code_batch
        SET state = $2, attempt = $3, stored = $4, handed_by = $5, handed_at = $6, voided_by = $7, voided_at = $8
        WHERE batch_id = $1
        """,
        batch.batch_id,
        batch.state,
        batch.attempt,
        batch.stored,
        batch.handed_by,
        batch.handed_at,
        batch.voided_by,
        batch.voided_at,
    )


async def advance(tx: Transaction, batch_id: UUID, attempt: int, stored: int, more: int) -> bool:
    """Say that more codes of an attempt are stored. False where it was voided, or another attempt began."""
    return bool(
        await tx.execute(
            """
            UPDATE coupons.code_batch SET stored = stored + $4
            WHERE batch_id = $1 AND attempt = $2 AND stored = $3 AND state = 'handing'
            """,
            batch_id,
            attempt,
            stored,
            more,
        )
    )


async def finish(tx: Transaction, batch_id: UUID, attempt: int) -> bool:
    """Say that all codes of an attempt were handed out. False where it was voided, or another attempt began."""
    return bool(
        await tx.execute(
            """
            UPDATE coupons.code_batch SET state = 'handed', handed_at = $3
            WHERE batch_id = $1 AND attempt = $2 AND stored = codes AND state = 'handing'
            """,
            batch_id,
            attempt,
            tx.now,
        )
    )
