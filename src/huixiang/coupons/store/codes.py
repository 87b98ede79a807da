"""Codes in the database, by their keyed hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import numpy as np

from huixiang.coupons.model.codes import KnownCode
from huixiang.platform.copying import CopyRow, stream
from huixiang.platform.db import Transaction


async def insert(tx: Transaction, batch_id: UUID, attempt: int, hashes: Sequence[bytes]) -> None:
    """Free codes. In the order of their hashes, which spares the index and tells nothing of the file's order."""
    octets = np.frombuffer(b"".join(sorted(hashes)), np.uint8).reshape(len(hashes), -1)
    row = CopyRow(3)
    row.octets_of(octets)
    row.text(batch_id.bytes)
    row.constant((2).to_bytes(4) + attempt.to_bytes(2))
    columns = ("code_hash", "batch_id", "attempt")
    await tx.copy_rows("coupons.code", columns, stream(row.rows(len(octets)).tobytes()))


async def find(tx: Transaction, code_hash: bytes) -> KnownCode | None:
    row = await tx.fetchrow(
        """
        SELECT b.template,
               b.state = 'handed' AND c.attempt = b.attempt AND (b.opens_at IS NULL OR b.opens_at <= $2)
                   AND (b.closes_at IS NULL OR b.closes_at > $2) AS good,
               c.coupon_id, c.taken_by IS NOT NULL AND c.taken_until IS NULL AS settled
        FROM coupons.code AS c JOIN coupons.code_batch AS b USING (batch_id) WHERE c.code_hash = $1
        """,
        code_hash,
        tx.now,
    )
    return KnownCode(**row) if row else None


async def take(tx: Transaction, code_hash: bytes, member_id: UUID, coupon_id: UUID, ttl: timedelta) -> bool:
    """Make a code a member's for so long, in one statement; False where somebody else has it. Whoever tries again takes
    it for the copy of this time."""
    return bool(
        await tx.execute(
            """
            UPDATE coupons.code SET taken_by = $2, coupon_id = $3, taken_at = $4, taken_until = $4 + $5::interval
            WHERE code_hash = $1
              AND (taken_by IS NULL OR taken_until <= $4 OR taken_by = $2 AND taken_until IS NOT NULL)
            """,
            code_hash,
            member_id,
            coupon_id,
            tx.now,
            ttl,
        )
    )


async def settle(tx: Transaction, code_hash: bytes, member_id: UUID, coupon_id: UUID) -> bool:
    """A taken code is the member's for good, for this copy. Whoever was so slow that it was freed has it again if
    nobody else has it by now; else False."""
    return bool(
        await tx.execute(
            """
            UPDATE coupons.code SET taken_by = $2, coupon_id = $3, taken_at = coalesce(taken_at, $4), taken_until = NULL
            WHERE code_hash = $1 AND (taken_by = $2 AND coupon_id = $3 OR taken_by IS NULL)
            """,
            code_hash,
            member_id,
            coupon_id,
            tx.now,
        )
    )


async def free(tx: Transaction, code_hash: bytes, coupon_id: UUID) -> None:
    """A code that was taken for a copy which never came may be taken again."""
    await tx.execute(
        """
        UPDATE coupons.code SET taken_by = NULL, coupon_id = NULL, taken_at = NULL, taken_until = NULL
        WHERE code_hash = $1 AND coupon_id = $2 AND taken_until IS NOT NULL
        """,
        code_hash,
        coupon_id,
    )


async def free_lapsed(tx: Transaction, limit: int) -> int:
    """Free takings that were not finished in time; how many."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT code_hash FROM coupons.code WHERE taken_until <= $1
            ORDER BY taken_until, code_hash LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE coupons.code SET taken_by = NULL, coupon_id = NULL, taken_at = NULL, taken_until = NULL
        WHERE code_hash IN (TABLE due)
        """,
        tx.now,
        limit,
    )


async def taken_of(tx: Transaction, batch_id: UUID) -> int:
    """How many codes of a batch members have, those too that are being taken."""
    count: int = await tx.fetchval(
        "SELECT count(*) FROM coupons.code WHERE batch_id = $1 AND taken_by IS NOT NULL", batch_id
    )
    return count
