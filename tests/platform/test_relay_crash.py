"""The relay when it is killed, loses its lease or its database: nothing is lost, nothing done twice, it goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.kernel.ids import new_id
from huixiang.platform import migrations
from huixiang.platform.backlog import ROWS_PER_BATCH
from huixiang.platform.db import Database, Transaction
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import LEASE_LOCK, Relay
from tests.platform.notices import (
    NOTHING_LEFT,
    Noted,
    announce,
    handled,
    left,
    make_record,
    record,
    recorder,
)
from tests.platform.relay_worker import RECORDING, SUBSCRIBERS, subscription
from tests.support.server import chosen_programs

pytestmark = [pytest.mark.requirement("INT-02"), pytest.mark.usefixtures("logs")]
noted = pytest.mark.usefixtures("handled_table")

OWNER, OTHER = sorted(new_id() for _ in range(2))


@asynccontextmanager
async def opened(db: Database, url: str, name: str = "huixiang") -> AsyncIterator[Database]:
    """The same database through a pool of its own."""
    other = await Database.open(url, calendar=db.calendar, clock=db.clock, application_name=name)
    try:
        yield other
    finally:
        await other.close()


@asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[asyncio.Event]:
    """Relays at work; leaving stops them, and fails where one of them ended with an exception."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(relay.run(stop)) for relay in relays]
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - a database changes it, and signals nothing
            await asyncio.sleep(0.02)


def got(db: Database, subscriber: str, expected: dict[UUID, list[int]]) -> Callable[[], Awaitable[bool]]:
    async def compare() -> bool:
        return await handled(db, subscriber) == expected

    return compare


async def kill_in(url: str, stays: str) -> None:
    """Start a relay, let it come to subscriber `stays`, and kill it there."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.platform.relay_worker", url, stays, stdout=asyncio.subprocess.PIPE
    )
    assert worker.stdout is not None
    try:
        assert await asyncio.wait_for(worker.stdout.readline(), 60) == b"handling\n"
    finally:
        worker.kill()
        await worker.wait()


@noted
async def test_each_event_is_handled_once_though_the_relay_is_killed(
    db: Database, database_url: str, clock: SettableClock
) -> None:
    owners = [new_id() for _ in range(20)]
    sent: dict[UUID, list[int]] = {owner: [] for owner in owners}

    async def send(rows: int) -> None:
        for _ in range(rows):
            for numbers in sent.values():
                numbers += [len(numbers), len(numbers) + 1]
            clock.advance(timedelta(milliseconds=1))
            await announce(db, {owner: numbers[-2:] for owner, numbers in sent.items()})

    rows_of_each = ROWS_PER_BATCH // len(owners)
    await send(rows_of_each + 10)
    # In the first's transaction; between the first's and the second's commit; when both have committed, twice.
    for stays in ("first", "second", "last", "last"):
        await kill_in(database_url, stays)
        await send(2)
    committed = await handled(db, "second")
    assert committed == {owner: numbers[: 2 * rows_of_each] for owner, numbers in sent.items()}
    assert (await left(db))["delivery"] == 2 * len(owners)

    await Relay(db, [subscription(name, None) for name in SUBSCRIBERS]).drain()
    for subscriber in RECORDING:
        assert await handled(db, subscriber) == sent
    assert await left(db) == NOTHING_LEFT


@noted
async def test_relays_without_a_lease_still_deliver_once(db: Database, database_url: str) -> None:
    """As when the lease was lost in mid-batch: what one has read, another has finished meanwhile."""
    owners = [new_id() for _ in range(30)]
    async with opened(db, database_url) as other, opened(db, database_url) as third:
        relays = [Relay(one, [subscription(name, None) for name in SUBSCRIBERS]) for one in (db, other, third)]
        for turn in range(8):
            await announce(db, {owner: [turn] for owner in owners})
            await asyncio.gather(*(relay.drain() for relay in relays))
        for turn in range(8, 12):
            await announce(db, {owner: [turn] for owner in owners})
        await asyncio.gather(*(relay.drain() for relay in relays))
    for subscriber in RECORDING:
        assert await handled(db, subscriber) == {owner: list(range(12)) for owner in owners}
    assert await left(db) == NOTHING_LEFT


@noted
async def test_what_another_relay_has_finished_meanwhile_is_not_delivered_again(
    db: Database, database_url: str
) -> None:
    """As when a relay that lost its lease wakes up with rows in hand."""
    for number in range(3):
        await announce(db, {OWNER: [number], OTHER: [number]})
    single = await Database.open(database_url, calendar=db.calendar, clock=db.clock, max_size=1)
    notes = Subscription("notes", (Noted,), recorder("notes"))
    stale = asyncio.create_task(Relay(single, [notes]).drain_once())
    await asyncio.sleep(0)  # it takes its only connection to read with
    async with single.connections.lend():  # and has read, and waits for it to deliver
        await Relay(db, [notes]).drain()
        assert await left(db) == NOTHING_LEFT
        await announce(db, {OWNER: [3]})
    assert await stale == 6
    assert await handled(db, "notes") == {OWNER: [0, 1, 2], OTHER: [0, 1, 2]}
    assert (await left(db))["outbox"] == 1
    await Relay(single, [notes]).drain()
    assert await handled(db, "notes") == {OWNER: [0, 1, 2, 3], OTHER: [0, 1, 2]}
    await single.close()


@noted
@pytest.mark.parametrize("aside", [False, True])
async def test_an_owner_that_another_relay_parked_meanwhile_waits(
    db: Database, database_url: str, clock: SettableClock, *, aside: bool
) -> None:
    """As when a relay that lost its lease wakes up with rows in hand: it neither delivers what comes after the row that
    failed, nor takes it for done."""

    async def fail(tx: Transaction, events: Sequence[Event]) -> None:
        await record(tx, "notes", events)
        if any(isinstance(event, Noted) and event.number == 2 for event in events):
            raise LookupError

    for number in (1, 2, 3):
        await announce(db, {OWNER: [number], OTHER: [number + 100]})
    single = await Database.open(database_url, calendar=db.calendar, clock=db.clock, max_size=1)
    notes = Subscription("notes", (Noted,), recorder("notes"))
    stale = asyncio.create_task(Relay(single, [notes]).drain_once())
    await asyncio.sleep(0)  # it takes its only connection to read with
    async with single.connections.lend():  # and has read, and waits for it to deliver
        failing = Relay(db, [Subscription("notes", (Noted,), fail)])
        assert await failing.drain_once() == 6
        if aside:
            assert await failing.drain_once() == 2
    assert await stale == 6
    expected = {OWNER: [1], OTHER: [101, 102, 103]}
    assert await handled(db, "notes") == expected
    assert await left(db) == {"outbox": 2, "delivery": 0, "parked": 1}
    clock.advance(timedelta(seconds=1))
    await Relay(db, [notes]).drain()
    assert await handled(db, "notes") == expected | {OWNER: [1, 2, 3]}
    assert await left(db) == NOTHING_LEFT
    await single.close()


def holders(superuser: psycopg.Connection[Any]) -> list[int]:
    """The server processes that hold the lease in this database."""
    rows = superuser.execute(
        "SELECT l.pid FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database"
        " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = %s AND l.granted",
        (LEASE_LOCK,),
    ).fetchall()
    return [pid for (pid,) in rows]


@noted
async def test_of_two_relays_one_works_and_the_other_takes_over(
    db: Database, database_url: str, superuser: psycopg.Connection[Any]
) -> None:
    async def leased() -> bool:
        return len(holders(superuser)) == 1

    async with opened(db, database_url, "relay one") as one, opened(db, database_url, "relay two") as two:
        relays = {
            name: Relay(pool, [Subscription("notes", (Noted,), recorder(name))])
            for name, pool in (("one", one), ("two", two))
        }
        async with running(relays["one"]):
            await until(leased)
            async with running(relays["two"]):
                for number in range(5):
                    await announce(db, {OWNER: [number]})
                    await until(got(db, "one", {OWNER: list(range(number + 1))}))
                assert await handled(db, "two") == {}
                assert len(holders(superuser)) == 1
                superuser.execute("SELECT pg_terminate_backend(%s)", (holders(superuser)[0],))
                await until(leased)
                await announce(db, {OWNER: [5]})

                async def arrived() -> bool:
                    both = [await handled(db, name) for name in ("one", "two")]
                    return sorted(number for some in both for number in some.get(OWNER, [])) == list(range(6))

                await until(arrived)
        assert await left(db) == NOTHING_LEFT
    assert holders(superuser) == []


@noted
async def test_a_relay_that_lost_its_lease_stops_until_it_has_it_again(
    db: Database, database_url: str, superuser: psycopg.Connection[Any]
) -> None:
    relay = Relay(db, [Subscription("notes", (Noted,), recorder("notes"))])
    async with running(relay):
        await announce(db, {OWNER: [1]})
        await until(got(db, "notes", {OWNER: [1]}))
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as elsewhere:
            taking = asyncio.create_task(elsewhere.execute("SELECT pg_advisory_lock(%s)", (LEASE_LOCK,)))
            await asyncio.sleep(0.1)  # it stands in the queue for the lease
            superuser.execute("SELECT pg_terminate_backend(%s)", (holders(superuser)[0],))
            await taking
            await announce(db, {OWNER: [2]})
            await asyncio.sleep(1.5)  # longer than the relay's longest pause and its next try for the lease
            assert await handled(db, "notes") == {OWNER: [1]}
        await until(got(db, "notes", {OWNER: [1, 2]}))
    assert holders(superuser) == []


@noted
async def test_connections_cut_in_mid_batch_are_made_up_for(
    db: Database, database_url: str, superuser: psycopg.Connection[Any]
) -> None:
    cuts = 3

    async def cut(tx: Transaction, events: Sequence[Event]) -> None:
        nonlocal cuts
        await record(tx, "notes", events)
        if cuts:
            cuts -= 1
            superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut'")

    db.clock = SystemClock()  # an owner that was cut off is tried again a second later
    async with opened(db, database_url, "cut") as victim, running(Relay(victim, [Subscription("cut", (Noted,), cut)])):
        for number in range(3):
            await announce(db, {OWNER: [number], OTHER: [number]})
        await until(got(db, "notes", {OWNER: [0, 1, 2], OTHER: [0, 1, 2]}))
    assert cuts == 0


async def test_a_restart_of_the_database_is_waited_out(tmp_path: Path) -> None:
    server = EmbeddedPostgres(
        Home(tmp_path / "home"),
        Identity.for_servers("nobody"),
        programs=chosen_programs(),
        overrides={"fsync": "off"},  # what was committed outlives the server, if not the machine
    )
    server.start()
    try:
        migrations.upgrade(server.url("huixiang_owner"))
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            make_record(connection)
        db = await Database.open(
            server.url("huixiang_app"), calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock()
        )
        async with running(Relay(db, [Subscription("notes", (Noted,), recorder("notes"))])):
            await announce(db, {OWNER: [1]})
            await until(got(db, "notes", {OWNER: [1]}))
            for number, end in enumerate((signal.SIGKILL, signal.SIGINT), 2):
                await announce(db, {OWNER: [number]})
                os.kill(server.pid, end)
                await asyncio.sleep(1.2)  # down while the relay looks for work, and tries for its lease again
                server.restart()
                await until(got(db, "notes", {OWNER: list(range(1, number + 1))}))
        assert await left(db) == NOTHING_LEFT
        await db.close()
    finally:
        server.stop()
