"""Events that leave with the transaction that made them.

A transaction collects what its services emit, and stores it as its last statement: one row per owner, numbered under
that owner's row in `platform.outbox_head`. The lock on that row is held to the commit, so numbers are gapless and in
commit order per owner, and whoever reads a number has every number before it. A row is recorded at the instant of its
transaction, but never before the row before it of its owner: so an owner's rows are in order of time, too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact a module announces. A subclass sets `tag="module.fact.v1"`; it carries ids and amounts, never names or
    phones. A published version never changes its fields: a change is a new version."""

    member_id: UUID
    occurred_at: datetime


class Subscription(msgspec.Struct, frozen=True):
    """A reaction to events. `handle` gets a batch, in order per owner, inside the transaction that records the
    delivery: what it writes there happens exactly once."""

    name: str
    events: tuple[type[Event], ...]
    handle: Callable[[Transaction, Sequence[Event]], Awaitable[None]]


def event_type(event: type[Event]) -> str:
    return str(event.__struct_config__.tag)


def encode_events(events: Sequence[Event]) -> str:
    """The text of one outbox row."""
    return msgspec.json.encode(events).decode()


async def store_events(tx: Transaction, events: Sequence[Event]) -> None:
    """Write one outbox row per owner. Owners are locked in id order, so that two batches cannot wait for each other."""
    by_owner: dict[UUID, list[Event]] = {}
    for event in events:
        by_owner.setdefault(event.member_id, []).append(event)
    owners = sorted(by_owner)
    await tx.execute(
        """
        WITH input AS (
            SELECT * FROM unnest($1::uuid[], $2::text[]) AS input (member_id, events)
        ), head AS (
            INSERT INTO platform.outbox_head AS h (member_id, seq, recorded_at)
            SELECT member_id, 1, $3 FROM input ORDER BY member_id
            ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1, recorded_at = greatest(h.recorded_at, $3)
            RETURNING h.member_id, h.seq, h.recorded_at
        )
        INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
        SELECT member_id, head.seq, head.recorded_at, input.events FROM head JOIN input USING (member_id)
        """,
        owners,
        [encode_events(by_owner[owner]) for owner in owners],
        tx.now,
    )
