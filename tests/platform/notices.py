"""Events and reactions for the tests of the outbox and the relay, and a record of what was handled in which order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event

Handle = Callable[[Transaction, Sequence[Event]], Awaitable[None]]

OWNER, OTHER, THIRD = sorted(new_id() for _ in range(3))
# Of a module of tests of the relay.
RELAYING = [pytest.mark.postgres15, pytest.mark.usefixtures("handled_table", "logs")]

# Without a key: what is handled twice stands here twice.
RECORD = """
DROP TABLE IF EXISTS public.handled;
CREATE TABLE public.handled (
    place bigserial, subscriber text NOT NULL, member_id uuid NOT NULL, number integer NOT NULL
);
GRANT SELECT, INSERT ON public.handled TO huixiang_app;
GRANT USAGE ON SEQUENCE public.handled_place_seq TO huixiang_app;
"""


class Noted(Event, frozen=True, kw_only=True, tag="test.noted.v1"):
    number: int


class Echoed(Event, frozen=True, kw_only=True, tag="test.echoed.v1"):
    number: int


class Unheard(Event, frozen=True, kw_only=True, tag="test.unheard.v1"):
    number: int


def make_record(superuser: psycopg.Connection[Any]) -> None:
    superuser.execute(RECORD)


def drop_record(superuser: psycopg.Connection[Any]) -> None:
    superuser.execute("DROP TABLE public.handled")


async def record(tx: Transaction, subscriber: str, events: Sequence[Event]) -> None:
    await tx.executemany(
        "INSERT INTO public.handled (subscriber, member_id, number) VALUES ($1, $2, $3)",
        [(subscriber, event.member_id, getattr(event, "number")) for event in events],  # noqa: B009 - of several kinds
    )


def recorder(subscriber: str) -> Handle:
    """A handler that notes what it got, in its transaction."""

    async def handle(tx: Transaction, events: Sequence[Event]) -> None:
        await record(tx, subscriber, events)

    return handle


async def handled(db: Database, subscriber: str) -> dict[UUID, list[int]]:
    """What a subscriber has handled, per owner in the order in which it did."""
    async with db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT member_id, number FROM public.handled WHERE subscriber = $1 ORDER BY place", subscriber
        )
    found: dict[UUID, list[int]] = {}
    for row in rows:
        found.setdefault(row["member_id"], []).append(row["number"])
    return found


async def announce(db: Database, numbers: dict[UUID, Sequence[int]]) -> None:
    """One transaction with a Noted for each number."""
    async with db.transaction() as tx:
        for owner, some in numbers.items():
            for number in some:
                tx.emit(Noted(member_id=owner, occurred_at=tx.now, number=number))


async def queue_up(db: Database, owner: UUID, count: int) -> None:
    """As many transactions as that, each with a Noted: 1, 2, 3 ..."""
    async with db.transaction() as tx:
        await tx.execute(
            """
            WITH head AS (INSERT INTO platform.outbox_head VALUES ($1, $2, $3) RETURNING *)
            INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
            SELECT member_id, n, recorded_at, json_build_array(json_build_object(
                'type', 'test.noted.v1', 'member_id', member_id, 'occurred_at', '2026-03-18T00:00:00Z', 'number', n
            ))::text
            FROM head CROSS JOIN generate_series(1, seq) AS n
            """,
            owner,
            count,
            tx.now,
        )


async def left(db: Database) -> dict[str, int]:
    """How many rows each of the outbox's tables has, without the heads; those that stand aside are in the outbox."""
    async with db.transaction() as tx:
        row = await tx.fetchrow(
            """
            SELECT (SELECT count(*) FROM platform.outbox)
                       + (SELECT count(*) FROM platform.outbox_aside) AS outbox,
                   (SELECT count(*) FROM platform.outbox_delivery) AS delivery,
                   (SELECT count(*) FROM platform.outbox_parked) AS parked
            """
        )
    assert row is not None
    return dict(row)


NOTHING_LEFT = {"outbox": 0, "delivery": 0, "parked": 0}
