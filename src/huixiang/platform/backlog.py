"""The outbox from the relay's side: whose rows are due, how far each subscriber got, and who is parked.

The outbox is read from its beginning, in the order of its key, so what is read has no row without those before it of
the same owner. Rows of a parked owner step aside when they are met: once, and not to be passed over at every look. When
the owner's time has come, they are read from there, until none is left.

Who delivers, finishes, parks or sets aside holds one lock. Another may have done so since the rows were read, so each
looks again what is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction

ROWS_PER_BATCH = 1000  # of the outbox, and as many of those that stood aside
BYTES_PER_BATCH = 4_000_000  # of events as the database keeps them, likewise; one row may be larger
RETRY_FIRST = timedelta(seconds=1)
RETRY_MAX = timedelta(hours=1)
DELIVERY_LOCK = 7_081_002  # advisory lock of a transaction: one delivery at a time


class Due(msgspec.Struct, frozen=True):
    """A row that was read. aside: it had stepped aside, and its owner's time has come."""

    recorded_at: datetime
    member_id: UUID
    seq: int
    aside: bool
    events: str


class Look(msgspec.Struct, frozen=True):
    """due: by owner and number. parked: rows of the outbox whose owners are parked."""

    due: list[Due]
    parked: list[Due]


async def load_due(tx: Transaction) -> Look:
    """The rows that have waited longest; of each owner the first ones, never a row without those before it."""
    records = await tx.fetch(
        """
        WITH oldest AS (
            SELECT *, sum(bytes) OVER (ORDER BY recorded_at, member_id, seq) - bytes AS bytes_before
            FROM (
                SELECT *, CASE WHEN parked THEN 0 ELSE pg_column_size(events) END AS bytes
                FROM (
                    SELECT recorded_at, member_id, seq, events,
                           EXISTS (SELECT FROM platform.outbox_parked AS p WHERE p.member_id = o.member_id) AS parked
                    FROM platform.outbox AS o ORDER BY recorded_at, member_id, seq LIMIT $2
                ) AS o
            ) AS o
        ), returning_owner AS (
            SELECT member_id, retry_at FROM platform.outbox_parked
            WHERE retry_at <= $1 ORDER BY retry_at, member_id LIMIT $2
        ), returned AS (
            SELECT *, sum(bytes) OVER (ORDER BY retry_at, member_id, seq) - bytes AS bytes_before
            FROM (
                SELECT o.retry_at, o.member_id, a.*
                FROM returning_owner AS o
                CROSS JOIN LATERAL (
                    SELECT recorded_at, seq, events, pg_column_size(events) AS bytes
                    FROM platform.outbox_aside WHERE member_id = o.member_id ORDER BY seq LIMIT $2
                ) AS a
                ORDER BY o.retry_at, o.member_id, a.seq LIMIT $2
            ) AS a
        )
        SELECT recorded_at, member_id, seq, false AS aside, CASE WHEN NOT parked THEN events END AS events
        FROM oldest WHERE bytes_before < $3
        UNION ALL
        SELECT recorded_at, member_id, seq, true, events FROM returned WHERE bytes_before < $3
        ORDER BY member_id, seq
        """,
        tx.now,
        ROWS_PER_BATCH,
        BYTES_PER_BATCH,
    )
    look = Look([], [])
    for recorded_at, member_id, seq, aside, events in records:
        (look.parked if events is None else look.due).append(Due(recorded_at, member_id, seq, aside, events or ""))
    return look


async def waiting_since(tx: Transaction) -> datetime | None:
    """Since when the row waits that has waited longest, None where none does. Those of parked owners are left out as
    soon as they stand aside: nobody knows how long they will."""
    oldest: datetime | None = await tx.fetchval("SELECT min(recorded_at) FROM platform.outbox")
    return oldest


async def set_aside(tx: Transaction, parked: Sequence[Due]) -> None:
    """Move rows of owners that are parked out of the way."""
    await _take_turn(tx)
    await tx.execute(
        """
        WITH moved AS (
            DELETE FROM platform.outbox AS o
            USING unnest($1::timestamptz[], $2::uuid[], $3::bigint[]) AS met (recorded_at, member_id, seq)
            WHERE o.recorded_at = met.recorded_at AND o.member_id = met.member_id AND o.seq = met.seq
              AND EXISTS (SELECT FROM platform.outbox_parked AS p WHERE p.member_id = met.member_id)
            RETURNING o.member_id, o.seq, o.recorded_at, o.events
        )
        INSERT INTO platform.outbox_aside (member_id, seq, recorded_at, events) SELECT * FROM moved
        """,
        *_keys(parked),
    )


async def look_again(tx: Transaction, subscriber: str, rows: Sequence[Due]) -> tuple[list[bool], dict[UUID, int]]:
    """Of rows that were read: whether each is still to be delivered to the subscriber; and the owners that somebody
    else has parked meanwhile, with the first row that has to wait. What is neither is done."""
    await _take_turn(tx)
    records = await tx.fetch(
        """
        SELECT EXISTS (
                   SELECT FROM platform.outbox AS o WHERE NOT read.aside
                      AND o.recorded_at = read.recorded_at AND o.member_id = read.member_id AND o.seq = read.seq
                   UNION ALL
                   SELECT FROM platform.outbox_aside AS a
                   WHERE read.aside AND a.member_id = read.member_id AND a.seq = read.seq
               ) AND read.seq > coalesce((
                   SELECT max(d.seq) FROM platform.outbox_delivery AS d
                   WHERE d.member_id = read.member_id AND d.subscriber = $5
               ), 0) AS left_over,
               NOT read.aside AND EXISTS (
                   SELECT FROM platform.outbox_parked AS p WHERE p.member_id = read.member_id AND p.seq <= read.seq
               ) AS waits
        FROM unnest($1::timestamptz[], $2::uuid[], $3::bigint[], $4::boolean[]) WITH ORDINALITY
            AS read (recorded_at, member_id, seq, aside, place)
        ORDER BY read.place
        """,
        *_keys(rows),
        [row.aside for row in rows],
        subscriber,
    )
    waiting: dict[UUID, int] = {}
    for row, (_, waits) in zip(rows, records, strict=True):
        if waits:
            waiting.setdefault(row.member_id, row.seq)
    return [left_over and not waits for left_over, waits in records], waiting


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


async def finish(tx: Transaction, done: Sequence[Due]) -> None:
    """Remove rows that everybody has handled, with what is recorded about them. An owner that was parked for one of
    them goes on with what else stood aside, and is parked no longer when there is nothing."""
    await _take_turn(tx)
    gone = await _remove(tx, [row for row in done if not row.aside], "outbox", "o.recorded_at = done.recorded_at AND")
    if returned := [row for row in done if row.aside]:
        ended = await _remove(tx, returned, "outbox_aside", "")
        await _unpark(tx, ended)
        gone |= ended
    await tx.execute(
        """
        DELETE FROM platform.outbox_delivery AS d
        USING unnest($1::uuid[], $2::bigint[]) AS gone (member_id, seq)
        WHERE d.member_id = gone.member_id AND d.seq <= gone.seq
        """,
        list(gone),
        list(gone.values()),
    )


async def _remove(tx: Transaction, done: Sequence[Due], table: str, condition: str) -> dict[UUID, int]:
    """The last row of each owner that was there to be removed."""
    records = await tx.fetch(
        f"""
        WITH gone AS (
            DELETE FROM platform.{table} AS o
            USING unnest($1::timestamptz[], $2::uuid[], $3::bigint[]) AS done (recorded_at, member_id, seq)
            WHERE {condition} o.member_id = done.member_id AND o.seq = done.seq
            RETURNING o.member_id, o.seq
        )
        SELECT member_id, max(seq) FROM gone GROUP BY member_id
        """,  # noqa: S608 - ours
        *_keys(done),
    )
    return dict(records)


async def _unpark(tx: Transaction, ended: Mapping[UUID, int]) -> None:
    owners = (list(ended), list(ended.values()))
    await tx.execute(
        """
        UPDATE platform.outbox_parked AS p SET seq = next.seq, attempts = 0
        FROM unnest($1::uuid[], $2::bigint[]) AS ended (member_id, seq)
        CROSS JOIN LATERAL (
            SELECT a.seq FROM platform.outbox_aside AS a WHERE a.member_id = ended.member_id ORDER BY a.seq LIMIT 1
        ) AS next
        WHERE p.member_id = ended.member_id AND p.seq <= ended.seq
        """,
        *owners,
    )
    await tx.execute(
        """
        DELETE FROM platform.outbox_parked AS p
        USING unnest($1::uuid[], $2::bigint[]) AS ended (member_id, seq)
        WHERE p.member_id = ended.member_id AND p.seq <= ended.seq
        """,
        *owners,
    )


async def park(tx: Transaction, row: Due, subscriber: str, error: str) -> int:
    """Let an owner wait for a row, longer with every attempt in a row; how many there were, 0 where the row is gone."""
    await _take_turn(tx)
    # Only the error's class is kept: its text may quote a row.
    attempts: int | None = await tx.fetchval(
        """
        INSERT INTO platform.outbox_parked AS p (member_id, seq, subscriber, attempts, error, retry_at)
        SELECT $1, $2, $3, 1, $4, $5
        WHERE EXISTS (SELECT FROM platform.outbox WHERE member_id = $1 AND seq = $2 AND recorded_at = $6)
           OR EXISTS (SELECT FROM platform.outbox_aside WHERE member_id = $1 AND seq = $2)
        ON CONFLICT (member_id) DO UPDATE
        SET seq = excluded.seq, subscriber = excluded.subscriber, error = excluded.error, attempts = p.attempts + 1
        RETURNING attempts
        """,
        row.member_id,
        row.seq,
        subscriber,
        error,
        tx.now,
        row.recorded_at,
    )
    if attempts is None:
        return 0
    delay = min(RETRY_FIRST * 2 ** min(attempts - 1, 20), RETRY_MAX)
    await tx.execute(
        "UPDATE platform.outbox_parked SET retry_at = $2 WHERE member_id = $1", row.member_id, tx.now + delay
    )
    return attempts


async def _take_turn(tx: Transaction) -> None:
    """In a statement of its own, so that the look that follows sees what was done meanwhile."""
    await tx.execute("SELECT pg_advisory_xact_lock($1)", DELIVERY_LOCK)


def _keys(rows: Sequence[Due]) -> tuple[list[datetime], list[UUID], list[int]]:
    return [row.recorded_at for row in rows], [row.member_id for row in rows], [row.seq for row in rows]
