"""The relay: each event once per subscriber and in order per owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
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
    Echoed,
    Noted,
    Unheard,
    announce,
    handled,
    left,
    queue_up,
    record,
    recorder,
)

pytestmark = [pytest.mark.requirement("INT-02"), *RELAYING]


async def test_each_subscriber_gets_its_events_in_order_per_owner(db: Database) -> None:
    relay = Relay(
        db,
        [
            Subscription("notes", (Noted,), recorder("notes")),
            Subscription("both", (Noted, Echoed), recorder("both")),
            Subscription("echoes", (Echoed,), recorder("echoes")),
        ],
    )
    for turn in range(3):
        await announce(db, {OTHER: [2 * turn], OWNER: [2 * turn, 2 * turn + 1]})
        async with db.transaction() as tx:
            tx.emit(Echoed(member_id=OWNER, occurred_at=tx.now, number=100 + turn))
    await relay.drain()
    assert await handled(db, "notes") == {OWNER: [0, 1, 2, 3, 4, 5], OTHER: [0, 2, 4]}
    assert await handled(db, "both") == {OWNER: [0, 1, 100, 2, 3, 101, 4, 5, 102], OTHER: [0, 2, 4]}
    assert await handled(db, "echoes") == {OWNER: [100, 101, 102]}
    assert await left(db) == NOTHING_LEFT


async def test_a_handler_gets_events_as_they_were_emitted(db: Database) -> None:
    arrived: list[Event] = []

    async def keep(_tx: Transaction, events: Sequence[Event]) -> None:
        arrived.extend(events)

    async with db.transaction() as tx:
        emitted = [
            Noted(member_id=OWNER, occurred_at=tx.now, number=2**53),
            Echoed(member_id=OWNER, occurred_at=tx.now - timedelta(microseconds=1), number=-1),
        ]
        for event in emitted:
            tx.emit(event)
    await Relay(db, [Subscription("keep", (Noted, Echoed), keep)]).drain()
    assert arrived == emitted


async def test_a_backlog_longer_than_a_batch_is_handed_over_whole(db: Database) -> None:
    await queue_up(db, OWNER, ROWS_PER_BATCH + 7)
    await announce(db, {OTHER: [0]})
    relay = Relay(db, [Subscription("notes", (Noted,), recorder("notes"))])
    assert await relay.drain_once() == ROWS_PER_BATCH
    await relay.drain()
    assert await handled(db, "notes") == {OWNER: list(range(1, ROWS_PER_BATCH + 8)), OTHER: [0]}


async def test_who_has_waited_longest_comes_first(db: Database, clock: SettableClock) -> None:
    """However much of others came later, and whichever ids they have."""
    await announce(db, {OTHER: [0]})
    clock.advance(timedelta(seconds=1))
    await queue_up(db, OWNER, ROWS_PER_BATCH)
    await queue_up(db, THIRD, ROWS_PER_BATCH)
    relay = Relay(db, [Subscription("notes", (Noted,), recorder("notes"))])
    assert await relay.drain_once() == ROWS_PER_BATCH
    assert await handled(db, "notes") == {OTHER: [0], OWNER: list(range(1, ROWS_PER_BATCH))}


async def test_a_clock_that_goes_back_leaves_an_owners_events_in_order(db: Database, clock: SettableClock) -> None:
    for number in range(4):
        await announce(db, {OWNER: [number], **({OTHER: [number]} if number else {})})
        clock.set(clock.now() - timedelta(hours=1))
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT member_id, seq FROM platform.outbox ORDER BY recorded_at, member_id, seq")
    assert [tuple(row) for row in rows] == [
        (OTHER, 1), (OTHER, 2), (OTHER, 3), (OWNER, 1), (OWNER, 2), (OWNER, 3), (OWNER, 4),
    ]  # fmt: skip
    await Relay(db, [Subscription("notes", (Noted,), recorder("notes"))]).drain()
    assert await handled(db, "notes") == {OWNER: [0, 1, 2, 3], OTHER: [1, 2, 3]}


async def test_large_rows_come_in_small_batches(db: Database) -> None:
    class Bulky(Noted, frozen=True, kw_only=True, tag="test.bulky.v1"):
        words: list[int]

    numbers: list[int] = []
    sizes: list[int] = []

    async def note(_tx: Transaction, events: Sequence[Event]) -> None:
        sizes.append(len(events))
        numbers.extend(event.number for event in events if isinstance(event, Bulky))

    for number in range(12):
        async with db.transaction() as tx:
            words = [(number * 7919 + place * place * 104729) % 2**53 for place in range(60_000)]
            tx.emit(Bulky(member_id=OWNER, occurred_at=tx.now, number=number, words=words))
    await Relay(db, [Subscription("bulk", (Bulky,), note)]).drain()
    assert numbers == list(range(12))
    assert len(sizes) > 1


async def test_what_a_handler_emits_arrives_too(db: Database) -> None:
    async def echo(tx: Transaction, events: Sequence[Event]) -> None:
        await record(tx, "notes", events)
        for event in events:
            if isinstance(event, Noted):
                tx.emit(Echoed(member_id=OTHER, occurred_at=tx.now, number=event.number))

    relay = Relay(db, [Subscription("notes", (Noted,), echo), Subscription("echoes", (Echoed,), recorder("echoes"))])
    await announce(db, {OWNER: [1, 2]})
    await announce(db, {OWNER: [3]})
    await relay.drain()
    assert await handled(db, "echoes") == {OTHER: [1, 2, 3]}
    assert await left(db) == NOTHING_LEFT


async def test_events_that_nobody_knows_are_passed_over(db: Database, superuser: psycopg.Connection[Any]) -> None:
    async with db.transaction() as tx:
        tx.emit(Unheard(member_id=OTHER, occurred_at=tx.now, number=1))
        tx.emit(Unheard(member_id=OWNER, occurred_at=tx.now, number=1))
        tx.emit(Noted(member_id=OWNER, occurred_at=tx.now, number=2))
    superuser.execute(
        "INSERT INTO platform.outbox (member_id, seq, recorded_at, events) VALUES (%s, 1, '2026-03-18', %s)",
        (THIRD, '[{"type": "gone.since.v1", "deep": [[{"a": null}]]}, {"type": "gone.v2"}]'),
    )
    await Relay(db, [Subscription("notes", (Noted,), recorder("notes"))]).drain()
    assert await handled(db, "notes") == {OWNER: [2]}
    assert await left(db) == NOTHING_LEFT


async def test_without_subscribers_the_outbox_is_emptied(db: Database) -> None:
    await announce(db, {OWNER: [1], OTHER: [1]})
    await Relay(db, []).drain()
    assert await left(db) == NOTHING_LEFT


async def test_a_subscriber_begins_with_what_is_not_yet_finished(db: Database) -> None:
    async def fail(_tx: Transaction, _events: Sequence[Event]) -> None:
        raise LookupError

    await announce(db, {OWNER: [1]})
    await Relay(db, [Subscription("notes", (Noted,), recorder("notes"))]).drain()
    await announce(db, {OWNER: [2]})
    await Relay(
        db, [Subscription("notes", (Noted,), recorder("notes")), Subscription("broken", (Noted,), fail)]
    ).drain()
    # The broken one is taken away, a new one comes: it gets what waited, and not what was done before.
    settable = db.clock
    assert isinstance(settable, SettableClock)
    settable.advance(timedelta(minutes=1))
    await announce(db, {OWNER: [3]})
    await Relay(
        db,
        [Subscription("notes", (Noted,), recorder("notes")), Subscription("new", (Noted,), recorder("new"))],
    ).drain()
    assert await handled(db, "notes") == {OWNER: [1, 2, 3]}
    assert await handled(db, "new") == {OWNER: [2, 3]}
    assert await left(db) == NOTHING_LEFT


def test_subscriptions_that_contradict_each_other_are_refused(db: Database) -> None:
    class NotedAgain(Event, frozen=True, kw_only=True, tag="test.noted.v1"):
        number: str

    with pytest.raises(ValueError, match="the same name"):
        Relay(db, [Subscription("a", (Noted,), recorder("a")), Subscription("a", (Echoed,), recorder("a"))])
    with pytest.raises(ValueError, match="read as two classes"):
        Relay(db, [Subscription("a", (Noted,), recorder("a")), Subscription("b", (NotedAgain,), recorder("b"))])
