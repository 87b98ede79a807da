"""The relay: from the outbox to its subscribers, in order per owner, each event exactly once per subscriber.

A subscriber handles a batch in one transaction that also records how far it got with each owner. Outbox rows go, with
those records, when every subscriber has handled them. A crash in between repeats the batch; what was recorded is left
out. A batch that fails is halved until the row that fails stands alone; its owner is parked with a growing delay: later
events of that owner wait, everybody else goes on.

One relay works at a time, which a lease decides: a lock of a connection's session. A relay whose lease is lost may
still be in the middle of a batch when the next one begins. So every delivery takes a lock of its own, and then looks
again what there is left to deliver.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Union
from uuid import UUID

import asyncpg
import msgspec
import structlog
from asyncpg.pool import PoolConnectionProxy

from huixiang.platform import backlog
from huixiang.platform.backlog import Due
from huixiang.platform.db import Database
from huixiang.platform.outbox import Event, Subscription, event_type

POLL_BUSY_S = 0.02
POLL_IDLE_MAX_S = 0.25
LEASE_LOCK = 7_081_001  # advisory lock of a session: one relay at a time
LEASE_RETRY_S = 1.0

log = structlog.get_logger(__name__)


class OutboxRow(msgspec.Struct, frozen=True):
    """What one transaction announced of one owner. Events that nobody subscribed to are left out."""

    due: Due
    events: list[Event]

    @property
    def member_id(self) -> UUID:
        return self.due.member_id

    @property
    def seq(self) -> int:
        return self.due.seq


class Relay:
    """Hands outbox rows to subscriptions until told to stop. Any number may run; one works, the others stand by."""

    def __init__(self, db: Database, subscriptions: Sequence[Subscription]) -> None:
        """Raises ValueError where two subscriptions have one name, or read one event type as different classes."""
        if len({subscription.name for subscription in subscriptions}) != len(subscriptions):
            raise ValueError("two subscriptions have the same name")
        self._db = db
        self._subscriptions = subscriptions
        self._reader = _Reader(subscriptions)

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set. An outage of the database is waited out, whatever it looks like from here."""
        while not stop.is_set():
            try:
                async with self._db.session() as session:
                    await self._run_connected(session, stop)
            except Exception:
                log.warning("relay_interrupted", exc_info=True)
            await _pause(stop, LEASE_RETRY_S)

    async def _run_connected(self, session: PoolConnectionProxy[asyncpg.Record], stop: asyncio.Event) -> None:
        """Stand by for the lease, and work while it lasts, which is as long as the session."""
        while not await session.fetchval("SELECT pg_try_advisory_lock($1)", LEASE_LOCK):
            await _pause(stop, LEASE_RETRY_S)
            if stop.is_set():
                return
        wait = POLL_BUSY_S
        while not stop.is_set() and not session.is_closed():
            taken = await self.drain_once()
            if taken < backlog.ROWS_PER_BATCH:
                wait = POLL_BUSY_S if taken else min(wait * 2, POLL_IDLE_MAX_S)
                await _pause(stop, wait)

    async def drain(self) -> None:
        """Hand over everything that is due now. For tests and for commands that wait for the handlers."""
        while await self.drain_once():
            pass

    async def drain_once(self) -> int:
        """Take up one batch; how many rows it had, 0 where nothing is due. Raises what the database raises."""
        async with self._db.single_read() as tx:
            look = await backlog.load_due(tx)
        if look.parked:
            async with self._db.transaction() as tx:
                await backlog.set_aside(tx, look.parked)
        failed: dict[UUID, int] = {}
        rows = await self._read(look.due, failed)
        for subscription in self._subscriptions:
            types = tuple(subscription.events)
            concerned = [row for row in rows if any(isinstance(event, types) for event in row.events)]
            await self._deliver(subscription, concerned, failed)
        if done := [row.due for row in rows if not _waits(row, failed)]:
            async with self._db.transaction() as tx:
                await backlog.finish(tx, done)
        return len(look.due) + len(look.parked)

    async def _read(self, due: Sequence[Due], failed: dict[UUID, int]) -> list[OutboxRow]:
        rows = []
        for one in due:
            if one.member_id in failed:
                continue
            try:
                rows.append(OutboxRow(one, self._reader.read(one.events)))
            except msgspec.DecodeError as error:
                await self._park(one, "relay", error, failed)
        return rows

    async def _deliver(self, subscription: Subscription, rows: list[OutboxRow], failed: dict[UUID, int]) -> None:
        """Rows come sorted by owner and number, so that halves keep the order; the first half goes first."""
        rows = [row for row in rows if not _waits(row, failed)]
        if not rows:
            return
        try:
            await self._handle(subscription, rows, failed)
        except _HandlerFailed as failure:
            if len(rows) == 1:
                await self._park(rows[0].due, subscription.name, failure.error, failed)
                return
            half = len(rows) // 2
            await self._deliver(subscription, rows[:half], failed)
            await self._deliver(subscription, rows[half:], failed)

    async def _handle(self, subscription: Subscription, rows: list[OutboxRow], failed: dict[UUID, int]) -> None:
        """Raises _HandlerFailed where the handler did; what else goes wrong is an outage, and no row's fault."""
        types = tuple(subscription.events)
        async with self._db.transaction() as tx:
            left, waiting = await backlog.look_again(tx, subscription.name, [row.due for row in rows])
            failed |= waiting
            fresh = [row for row, is_left in zip(rows, left, strict=True) if is_left]
            events = [event for row in fresh for event in row.events if isinstance(event, types)]
            if not events:
                return
            try:
                await subscription.handle(tx, events)
                # Inside: a handler that dawdles until the server cuts its transaction off has failed too.
                await backlog.record_delivery(tx, subscription.name, {row.member_id: row.seq for row in fresh})
                await tx.flush_events()
            except Exception as error:
                raise _HandlerFailed(error) from error

    async def _park(self, row: Due, subscriber: str, error: Exception, failed: dict[UUID, int]) -> None:
        failed[row.member_id] = row.seq
        async with self._db.transaction() as tx:
            attempts = await backlog.park(tx, row, subscriber, type(error).__name__)
        log.error(
            "outbox_event_failed",
            subscriber=subscriber,
            member_id=str(row.member_id),
            seq=row.seq,
            attempts=attempts,
            exc_info=error,
        )


class _HandlerFailed(Exception):
    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.error = error


class _Type(msgspec.Struct):
    type: str


class _Reader:
    """Reads the events that somebody subscribed to; the others are passed over, known or not."""

    def __init__(self, subscriptions: Sequence[Subscription]) -> None:
        kinds: dict[str, type[Event]] = {}
        for subscription in subscriptions:
            for kind in subscription.events:
                if kinds.setdefault(event_type(kind), kind) is not kind:
                    raise ValueError(f"event type {event_type(kind)} is read as two classes")
        self._known = msgspec.json.Decoder(list[Union[tuple(kinds.values()) or Event]])  # type: ignore[misc]  # noqa: UP007
        self._list = msgspec.json.Decoder(list[msgspec.Raw])
        self._type = msgspec.json.Decoder(_Type)
        self._kinds = {name: msgspec.json.Decoder(kind) for name, kind in kinds.items()}

    def read(self, text: str) -> list[Event]:
        """Raises msgspec.DecodeError."""
        try:
            known: list[Event] = self._known.decode(text)
        except msgspec.ValidationError:
            return self._pick(text)
        return known

    def _pick(self, text: str) -> list[Event]:
        """One by one: some are of no concern, or one is malformed."""
        events = []
        for raw in self._list.decode(text):
            decoder = self._kinds.get(self._type.decode(raw).type)
            if decoder is not None:
                events.append(decoder.decode(raw))
        return events


def _waits(row: OutboxRow, failed: Mapping[UUID, int]) -> bool:
    """Whether the row is one that failed, or comes after one of its owner."""
    return row.seq >= failed.get(row.member_id, row.seq + 1)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
