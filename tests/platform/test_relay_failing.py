"""The relay when a handler fails: its owner waits, and nobody else."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.backlog import ROWS_PER_BATCH
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from tests.platform.notices import (
    NOTHING_LEFT,
    OTHER,
    OWNER,
    RELAYING,
    THIRD,
    Noted,
    announce,
    handled,
    left,
    queue_up,
    record,
    recorder,
)

pytestmark = [pytest.mark.requirement("INT-02"), *RELAYING]


async def parked(db: Database) -> list[dict[str, Any]]:
    async with db.transaction() as tx:
        return [dict(row) for row in await tx.fetch("SELECT * FROM platform.outbox_parked ORDER BY member_id")]


class Poison:
    """Notes what it gets, unless the number is one that it cannot bear."""

    def __init__(self, name: str, *numbers: int) -> None:
        self.name = name
        self.numbers = set(numbers)

    async def __call__(self, tx: Transaction, events: Sequence[Event]) -> None:
        await record(tx, self.name, events)
        if any(isinstance(event, Noted) and event.number in self.numbers for event in events):
            raise ZeroDivisionError("13812345678")


async def test_a_failing_event_parks_its_owner_and_nobody_else(
    db: Database, clock: SettableClock, logs: list[MutableMapping[str, Any]]
) -> None:
    poison = Poison("notes", 13)
    relay = Relay(db, [Subscription("notes", (Noted,), poison), Subscription("others", (Noted,), recorder("others"))])
    for number in (11, 12, 13, 14):
        await announce(db, {OWNER: [number], OTHER: [number + 100], THIRD: [number + 200]})
    await relay.drain()
    others = {OTHER: [111, 112, 113, 114], THIRD: [211, 212, 213, 214]}
    assert await handled(db, "notes") == {OWNER: [11, 12]} | others
    assert await handled(db, "others") == {OWNER: [11, 12]} | others
    (waiting,) = await parked(db)
    assert (waiting["member_id"], waiting["seq"], waiting["subscriber"]) == (OWNER, 3, "notes")
    assert waiting["error"] == "ZeroDivisionError"  # and nothing of its text
    (told,) = logs
    assert (told["event"], told["subscriber"], told["seq"]) == ("outbox_event_failed", "notes", 3)

    # New events of others go on, and those of the parked owner wait in their place.
    await announce(db, {OWNER: [15], OTHER: [115]})
    await relay.drain()
    others[OTHER].append(115)
    assert await handled(db, "notes") == {OWNER: [11, 12]} | others

    poison.numbers.clear()
    await relay.drain()
    assert await handled(db, "notes") == {OWNER: [11, 12]} | others  # its time has not come
    clock.advance(timedelta(seconds=1))
    await relay.drain()
    assert await handled(db, "notes") == {OWNER: [11, 12, 13, 14, 15]} | others
    assert await handled(db, "others") == {OWNER: [11, 12, 13, 14, 15]} | others
    assert await left(db) == NOTHING_LEFT


async def test_the_wait_doubles_up_to_an_hour(db: Database, clock: SettableClock) -> None:
    poison = Poison("notes", 13)
    relay = Relay(db, [Subscription("notes", (Noted,), poison)])
    await announce(db, {OWNER: [13]})
    waits = []
    for _ in range(14):
        await relay.drain()
        (waiting,) = await parked(db)
        waits.append((waiting["attempts"], (waiting["retry_at"] - clock.now()).total_seconds()))
        clock.set(waiting["retry_at"] - timedelta(microseconds=1))
        assert await relay.drain_once() == 0
        clock.set(waiting["retry_at"])
    assert waits == [(attempt, min(2 ** (attempt - 1), 3600)) for attempt in range(1, 15)]
    poison.numbers.clear()
    await relay.drain()
    assert await handled(db, "notes") == {OWNER: [13]}
    assert await left(db) == NOTHING_LEFT


async def test_two_subscribers_that_fail_at_different_events_are_both_made_up_for(
    db: Database, clock: SettableClock
) -> None:
    late, early = Poison("late", 3), Poison("early", 2)
    relay = Relay(db, [Subscription("late", (Noted,), late), Subscription("early", (Noted,), early)])
    for number in (1, 2, 3, 4):
        await announce(db, {OWNER: [number]})
    for attempt in range(1, 4):
        await relay.drain()
        (waiting,) = await parked(db)
        assert waiting["attempts"] >= attempt
        clock.set(waiting["retry_at"])
    assert await handled(db, "late") == {OWNER: [1, 2]}
    assert await handled(db, "early") == {OWNER: [1]}
    early.numbers.clear()
    await relay.drain()
    assert await handled(db, "early") == {OWNER: [1, 2]}
    late.numbers.clear()
    clock.advance(timedelta(hours=1))
    await relay.drain()
    assert await handled(db, "late") == await handled(db, "early") == {OWNER: [1, 2, 3, 4]}
    assert await left(db) == NOTHING_LEFT


async def test_a_handler_that_emits_what_cannot_be_stored_parks_its_owner(db: Database) -> None:
    class Worded(Event, frozen=True, kw_only=True, tag="test.worded.v1"):
        word: str

    async def say(tx: Transaction, events: Sequence[Event]) -> None:
        for event in events:
            tx.emit(Worded(member_id=OTHER, occurred_at=tx.now, word="a\ud800" if event.member_id == OWNER else "b"))

    await announce(db, {OWNER: [1], THIRD: [1]})
    await Relay(db, [Subscription("say", (Noted,), say)]).drain()
    assert [(one["member_id"], one["error"]) for one in await parked(db)] == [(OWNER, "UnicodeEncodeError")]
    assert await left(db) == {"outbox": 1, "delivery": 0, "parked": 1}


async def test_an_event_that_cannot_be_read_parks_its_owner(db: Database, superuser: psycopg.Connection[Any]) -> None:
    relay = Relay(db, [Subscription("notes", (Noted,), recorder("notes"))])
    await announce(db, {OWNER: [1]})
    await announce(db, {OWNER: [2], OTHER: [1]})
    await announce(db, {OWNER: [3]})
    superuser.execute(
        "UPDATE platform.outbox SET events = jsonb_set(events::jsonb, %s, %s)::text WHERE member_id = %s AND seq = 2",
        (["0", "number"], '"two"', OWNER),
    )
    await relay.drain()
    assert await handled(db, "notes") == {OWNER: [1], OTHER: [1]}
    assert [(one["seq"], one["subscriber"], one["error"]) for one in await parked(db)] == [
        (2, "relay", "ValidationError")
    ]


async def test_many_owners_that_fail_do_not_hold_up_the_rest(db: Database) -> None:
    failing = [new_id() for _ in range(230)]
    async with db.transaction() as tx:
        for owner in failing:
            tx.emit(Noted(member_id=owner, occurred_at=tx.now, number=13))
    await announce(db, {OWNER: [1]})
    await Relay(db, [Subscription("notes", (Noted,), Poison("notes", 13))]).drain()
    assert await handled(db, "notes") == {OWNER: [1]}
    assert await left(db) == {"outbox": 230, "delivery": 0, "parked": 230}


async def standing_aside(db: Database) -> int:
    async with db.transaction() as tx:
        count: int = await tx.fetchval("SELECT count(*) FROM platform.outbox_aside")
    return count


async def test_a_long_backlog_of_a_parked_owner_is_passed_over_once(db: Database, clock: SettableClock) -> None:
    rows = 2 * ROWS_PER_BATCH + 100
    poison = Poison("notes", 1, ROWS_PER_BATCH + 50)
    relay = Relay(db, [Subscription("notes", (Noted,), poison), Subscription("others", (Noted,), recorder("others"))])
    await queue_up(db, OWNER, rows)
    await announce(db, {OTHER: [0]})
    await relay.drain()
    assert await handled(db, "notes") == {OTHER: [0]}
    assert await standing_aside(db) == rows
    # What comes later stands behind it.
    await announce(db, {OWNER: [rows + 1], OTHER: [-1]})
    assert await relay.drain_once() == 2
    assert await relay.drain_once() == 0
    assert await standing_aside(db) == rows + 1

    # It goes on up to the next event that fails, for which it waits as for a first one.
    poison.numbers.discard(1)
    clock.advance(timedelta(seconds=1))
    await relay.drain()
    expected = list(range(1, ROWS_PER_BATCH + 50))
    assert await handled(db, "notes") == await handled(db, "others") == {OWNER: expected, OTHER: [0, -1]}
    (waiting,) = await parked(db)
    assert (waiting["seq"], waiting["attempts"]) == (ROWS_PER_BATCH + 50, 1)
    assert waiting["retry_at"] == clock.now() + timedelta(seconds=1)

    poison.numbers.clear()
    clock.advance(timedelta(seconds=1))
    await announce(db, {OWNER: [rows + 2]})
    await relay.drain()
    everything = {OWNER: list(range(1, rows + 3)), OTHER: [0, -1]}
    assert await handled(db, "notes") == await handled(db, "others") == everything
    assert await left(db) == NOTHING_LEFT
