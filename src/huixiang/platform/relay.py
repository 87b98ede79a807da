"""The relay: from the outbox to its subscribers, in order per owner, each event exactly once per subscriber.

A subscriber handles a batch in one transaction that also records what it handled. An outbox row goes when every
subscriber has handled it, together with those records. A crash in between repeats the batch; what was recorded is left
out. When a batch fails it is retried row by row, and the owner whose row fails is parked with a growing delay: later
events of that owner wait, everybody else goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog

from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription, event_type

OWNERS_PER_BATCH = 200
ROWS_PER_OWNER = 50
POLL_BUSY_S = 0.02
POLL_IDLE_MAX_S = 0.25
RETRY_FIRST = timedelta(seconds=1)
RETRY_MAX = timedelta(hours=1)
LEASE_LOCK = 7_081_001  # advisory lock: one relay at a time
LEASE_RETRY_S = 1.0

log = structlog.get_logger(__name__)

RowKey = tuple[UUID, int]


class OutboxRow(msgspec.Struct, frozen=True):
    member_id: UUID
    seq: int
    events: list[dict[str, Any]]

    @property
    def key(self) -> RowKey:
        return (self.member_id, self.seq)


class Relay:
    """Hands outbox rows to subscriptions until told to stop. Any number may run; one works, the others stand by."""

    def __init__(self, db: Database, subscriptions: Sequence[Subscription]) -> None:
        self._db = db
        self._subscriptions = subscriptions

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            async with self._db.pool.acquire() as lease:
                if await lease.fetchval("SELECT pg_try_advisory_lock($1)", LEASE_LOCK):
                    try:
                        await self._run_leased(stop)
                    finally:
                        await lease.execute("SELECT pg_advisory_unlock($1)", LEASE_LOCK)
            await _pause(stop, LEASE_RETRY_S)

    async def _run_leased(self, stop: asyncio.Event) -> None:
        wait = POLL_BUSY_S
        while not stop.is_set():
            wait = POLL_BUSY_S if await self.drain_once() else min(wait * 2, POLL_IDLE_MAX_S)
            await _pause(stop, wait)

    async def drain(self) -> None:
        """Hand over everything that is due now. For tests and for commands that wait for the handlers."""
        while await self.drain_once():
            pass

    async def drain_once(self) -> int:
        """One batch; how many rows were finished."""
        async with self._db.transaction(read_only=True) as tx:
            rows = await _load_rows(tx)
        failed: dict[UUID, int] = {}
        for subscription in self._subscriptions:
            waiting = [row for row in rows if row.seq < failed.get(row.member_id, row.seq + 1)]
            await self._deliver(subscription, waiting, failed)
        done = [row.key for row in rows if row.seq < failed.get(row.member_id, row.seq + 1)]
        if done:
            async with self._db.transaction() as tx:
                await _finish(tx, done)
        return len(done)

    async def _deliver(self, subscription: Subscription, rows: list[OutboxRow], failed: dict[UUID, int]) -> None:
        types = {event_type(event): event for event in subscription.events}
        concerned = [row for row in rows if any(event["type"] in types for event in row.events)]
        if not concerned:
            return
        try:
            await self._handle(subscription, types, concerned)
        except Exception:
            # One bad event must not hold up everybody: find it row by row.
            log.warning("outbox_batch_failed", subscriber=subscription.name, rows=len(concerned), exc_info=True)
            await self._deliver_singly(subscription, types, concerned, failed)

    async def _deliver_singly(
        self,
        subscription: Subscription,
        types: dict[str, type[Event]],
        rows: list[OutboxRow],
        failed: dict[UUID, int],
    ) -> None:
        for row in rows:
            if row.member_id in failed:
                continue
            try:
                await self._handle(subscription, types, [row])
            except Exception as error:  # noqa: BLE001 - whatever a handler raises, its owner is parked with it
                failed[row.member_id] = row.seq
                async with self._db.transaction() as tx:
                    await _park(tx, row, subscription.name, type(error).__name__)

    async def _handle(self, subscription: Subscription, types: dict[str, type[Event]], rows: list[OutboxRow]) -> None:
        async with self._db.transaction() as tx:
            fresh = await _record_delivery(tx, subscription.name, [row.key for row in rows])
            events = [
                msgspec.convert(event, types[event["type"]])
                for row in rows
                if row.key in fresh
                for event in row.events
                if event["type"] in types
            ]
            if events:
                await subscription.handle(tx, events)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _load_rows(tx: Transaction) -> list[OutboxRow]:
    records = await tx.fetch(
        """
        SELECT o.member_id, o.seq, o.events
        FROM (
            SELECT DISTINCT member_id FROM (
                SELECT member_id FROM platform.outbox AS due
                WHERE NOT EXISTS (
                    SELECT FROM platform.outbox_parked AS parked
                    WHERE parked.member_id = due.member_id AND parked.retry_at > $1
                )
                ORDER BY recorded_at, member_id LIMIT $2
            ) AS oldest
        ) AS owner
        CROSS JOIN LATERAL (
            SELECT member_id, seq, events FROM platform.outbox
            WHERE member_id = owner.member_id ORDER BY seq LIMIT $3
        ) AS o
        ORDER BY o.member_id, o.seq
        """,
        tx.now,
        OWNERS_PER_BATCH,
        ROWS_PER_OWNER,
    )
    return [OutboxRow(r["member_id"], r["seq"], msgspec.json.decode(r["events"])) for r in records]


async def _record_delivery(tx: Transaction, subscriber: str, keys: list[RowKey]) -> set[RowKey]:
    records = await tx.fetch(
        """
        INSERT INTO platform.outbox_delivery (member_id, seq, subscriber)
        SELECT member_id, seq, $3 FROM unnest($1::uuid[], $2::bigint[]) AS input (member_id, seq)
        ON CONFLICT DO NOTHING
        RETURNING member_id, seq
        """,
        [member_id for member_id, _ in keys],
        [seq for _, seq in keys],
        subscriber,
    )
    return {(r["member_id"], r["seq"]) for r in records}


async def _finish(tx: Transaction, keys: list[RowKey]) -> None:
    arguments = ([member_id for member_id, _ in keys], [seq for _, seq in keys])
    for table in ("outbox", "outbox_delivery", "outbox_parked"):
        await tx.execute(
            f"""
            DELETE FROM platform.{table} AS gone
            USING unnest($1::uuid[], $2::bigint[]) AS done (member_id, seq)
            WHERE gone.member_id = done.member_id AND gone.seq = done.seq
            """,
            *arguments,
        )


async def _park(tx: Transaction, row: OutboxRow, subscriber: str, error: str) -> None:
    # Only the error's class is kept: its text may quote a row.
    attempts = await tx.fetchval(
        """
        INSERT INTO platform.outbox_parked AS p (member_id, seq, subscriber, attempts, error, retry_at)
        VALUES ($1, $2, $3, 1, $4, $5)
        ON CONFLICT (member_id) DO UPDATE
        SET seq = excluded.seq, subscriber = excluded.subscriber, error = excluded.error,
            attempts = CASE WHEN p.seq = excluded.seq THEN p.attempts + 1 ELSE 1 END
        RETURNING attempts
        """,
        row.member_id,
        row.seq,
        subscriber,
        error,
        tx.now,
    )
    delay = min(RETRY_FIRST * 2 ** min(attempts - 1, 20), RETRY_MAX)
    await tx.execute(
        "UPDATE platform.outbox_parked SET retry_at = $2 WHERE member_id = $1", row.member_id, tx.now + delay
    )
    log.error(
        "outbox_event_failed", subscriber=subscriber, member_id=str(row.member_id), seq=row.seq, attempts=attempts
    )
