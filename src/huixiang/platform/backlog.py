"""The outbox from the relay's side: whose rows are due, how far each subscriber got, and who is parked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import asyncpg

from huixiang.platform.db import Transaction

ROWS_LOOKED_AT = 2000  # the oldest, whose owners' turn it is
OWNERS_PER_BATCH = 200
ROWS_PER_OWNER = 50
BYTES_PER_BATCH = 4_000_000  # of events as the database keeps them; one row may be larger
RETRY_FIRST = timedelta(seconds=1)
RETRY_MAX = timedelta(hours=1)
DELIVERY_LOCK = 7_081_002  # advisory lock of a transaction: one delivery at a time


async def load_due(tx: Transaction) -> list[asyncpg.Record]:
    """The first rows of the owners that have waited longest and are not parked, by owner and number: the head of each
    owner's queue, never a row without those before it."""
    return await tx.fetch(
        """
        WITH owner AS (
            SELECT member_id FROM (
                SELECT member_id, recorded_at FROM platform.outbox AS due
                WHERE NOT EXISTS (
                    SELECT FROM platform.outbox_parked AS parked
                    WHERE parked.member_id = due.member_id AND parked.retry_at > $1
                )
                ORDER BY recorded_at, member_id LIMIT $2
            ) AS oldest
            GROUP BY member_id ORDER BY min(recorded_at), member_id LIMIT $3
        ), head AS (
            SELECT o.member_id, o.seq, o.events, o.bytes,
                   sum(o.bytes) OVER (ORDER BY o.member_id, o.seq) - o.bytes AS bytes_before
            FROM owner
            CROSS JOIN LATERAL (
                SELECT member_id, seq, events, pg_column_size(events) AS bytes FROM platform.outbox
                WHERE member_id = owner.member_id ORDER BY seq LIMIT $4
            ) AS o
        )
        SELECT member_id, seq, events FROM head WHERE bytes_before < $5 ORDER BY member_id, seq
        """,
        tx.now,
        ROWS_LOOKED_AT,
        OWNERS_PER_BATCH,
        ROWS_PER_OWNER,
        BYTES_PER_BATCH,
    )


async def first_to_deliver(tx: Transaction, subscriber: str, owners: list[UUID]) -> dict[UUID, int]:
    """The number of the first row per owner that the subscriber has not handled; owners with none left are absent.

    The lock comes first and in a statement of its own, so that the look that follows sees what was delivered meanwhile.
    """
    await tx.execute("SELECT pg_advisory_xact_lock($1)", DELIVERY_LOCK)
    records = await tx.fetch(
        """
        SELECT owner.member_id, greatest(left_over.seq, handled.seq + 1) AS seq
        FROM unnest($1::uuid[]) AS owner (member_id)
        CROSS JOIN LATERAL (
            SELECT seq FROM platform.outbox WHERE member_id = owner.member_id ORDER BY seq LIMIT 1
        ) AS left_over
        LEFT JOIN LATERAL (
            SELECT max(seq) AS seq FROM platform.outbox_delivery
            WHERE member_id = owner.member_id AND subscriber = $2
        ) AS handled ON true
        """,
        owners,
        subscriber,
    )
    return {record["member_id"]: record["seq"] for record in records}


async def record_delivery(tx: Transaction, subscriber: str, handled: Mapping[UUID, int]) -> None:
    """Note the last row of each owner that the subscriber has handled."""
    await tx.execute(
        """
        INSERT INTO platform.outbox_delivery (member_id, seq, subscriber)
        SELECT member_id, seq, $3 FROM unnest($1::uuid[], $2::bigint[]) AS handled (member_id, seq)
        """,
        list(handled),
        list(handled.values()),
        subscriber,
    )


async def finish(tx: Transaction, done: Mapping[UUID, int]) -> None:
    """Remove what everybody has handled: per owner all rows up to a number, with what is recorded about them."""
    await tx.execute("SELECT pg_advisory_xact_lock($1)", DELIVERY_LOCK)
    for table in ("outbox", "outbox_delivery", "outbox_parked"):
        await tx.execute(
            f"""
            DELETE FROM platform.{table} AS gone
            USING unnest($1::uuid[], $2::bigint[]) AS done (member_id, seq)
            WHERE gone.member_id = done.member_id AND gone.seq <= done.seq
            """,  # noqa: S608 - constants
            list(done),
            list(done.values()),
        )


async def park(tx: Transaction, member_id: UUID, seq: int, subscriber: str, error: str) -> int:
    """Let an owner wait, longer with every attempt in a row; how many there were."""
    # Only the error's class is kept: its text may quote a row.
    attempts: int = await tx.fetchval(
        """
        INSERT INTO platform.outbox_parked AS p (member_id, seq, subscriber, attempts, error, retry_at)
        VALUES ($1, $2, $3, 1, $4, $5)
        ON CONFLICT (member_id) DO UPDATE
        SET seq = excluded.seq, subscriber = excluded.subscriber, error = excluded.error, attempts = p.attempts + 1
        RETURNING attempts
        """,
        member_id,
        seq,
        subscriber,
        error,
        tx.now,
    )
    delay = min(RETRY_FIRST * 2 ** min(attempts - 1, 20), RETRY_MAX)
    await tx.execute("UPDATE platform.outbox_parked SET retry_at = $2 WHERE member_id = $1", member_id, tx.now + delay)
    return attempts
