"""Sweeps leave the rows that `Settle` leaves through the general door, and go on where they were stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.points import service
from huixiang.points.jobs import JOB_HANDLERS, SCHEDULES
from huixiang.points.model import (
    POINTS,
    ClawBack,
    Command,
    Credit,
    EarnBatch,
    EarnEvent,
    Hold,
    Parcel,
    Receive,
    Release,
    Settle,
    Source,
    Spend,
)
from huixiang.points.service import single, sweep
from huixiang.points.service.merge import move_all
from huixiang.points.service.sweep import Due, Swept
from tests.points.test_bulk import MEMBERS, drop_staging, rows, undone
from tests.support import pristine
from tests.support.fixtures import NOW, TestDatabase

TODAY = date(2026, 3, 18)


@pytest_asyncio.fixture(scope="module")
async def quick_db(worker_database: TestDatabase, superuser: psycopg.Connection[Any]) -> AsyncIterator[Database]:
    """Clean, and left clean: what a test does here it undoes."""
    pristine.restore(superuser)
    db = await Database.open(
        worker_database.url("huixiang_app"), calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(NOW)
    )
    yield db
    await db.close()


def source(key: str) -> Source:
    return Source(key=key, cause="consumption", counter_account="issued:consumption", occurred_at=NOW)


def earn(member: UUID, key: str, points: int, last_day: int, matures_in: int | None = None) -> Credit:
    return Credit(
        member_id=member, book=POINTS, points=points, source=source(key), expires_on=TODAY + timedelta(days=last_day),
        matures_at=None if matures_in is None else NOW + timedelta(days=matures_in),
    )  # fmt: skip


members = st.sampled_from(MEMBERS)
earnings = st.builds(
    earn, members, st.integers(0, 10**6).map(str), st.integers(1, 500),
    st.sampled_from([-3, -1, 0, 1, 40, 41]), st.sampled_from([None, None, 0, 1, 20, 100]),
)  # fmt: skip
spendings = st.builds(
    lambda member, key, points: Spend(member_id=member, book=POINTS, points=points, source=source(f"s{key}")),
    members, st.integers(0, 10**6), st.integers(1, 300),
)  # fmt: skip
takings = st.builds(
    lambda member, key, points: ClawBack(
        member_id=member, book=POINTS, points=points, source=source(f"c{key}"), origin_key=None
    ),
    members, st.integers(0, 10**6), st.integers(1, 600),
)  # fmt: skip
holds = st.builds(
    lambda member, key, points, days: Hold(
        member_id=member, book=POINTS, hold_id=UUID(int=key), points=points, source=source(f"h{key}"),
        expires_at=None if days is None else NOW + timedelta(days=days),
    ),
    members, st.integers(0, 10**6), st.integers(1, 200), st.sampled_from([None, 1, 100]),
)  # fmt: skip
pasts = st.lists(st.one_of(earnings, earnings, earnings, earnings, spendings, holds, takings), max_size=25)


async def swept(tx: Transaction) -> None:
    for due in (Due.MATURITY, Due.EXPIRY, Due.HOLDS):
        await sweep.begin(tx, POINTS, due)
        done = await sweep.sweep(tx, POINTS, due, 1000)
        await tx.flush_events()
        await drop_staging(tx)
        await sweep.settle_left(tx, POINTS, done.left)
        await tx.flush_events()


async def settled(tx: Transaction) -> None:
    """The same through the general door, in the same turns: who has something due is settled whole."""
    for member_id in MEMBERS:
        await service.post(tx, [Settle(member_id=member_id, book=POINTS)])


async def live(tx: Transaction, past: Sequence[Command], days: int, end: Any) -> dict[str, list[tuple[Any, ...]]]:
    await service.try_post(tx, past)
    await tx.flush_events()
    for member_id in MEMBERS:  # so that every account is there in both
        await service.lock_accounts(tx, [member_id], [POINTS])
    tx.now = NOW + timedelta(days=days)
    await end(tx)
    return await rows(tx)


@pytest.mark.requirement("PTS-11", "PTS-05")
@given(past=pasts, days=st.sampled_from([0, 1, 2, 30, 41, 60]))
async def test_a_sweep_settles_as_the_general_door_does(past: list[Command], days: int, quick_db: Database) -> None:
    async with undone(quick_db) as tx:
        expected = await live(tx, past, days, settled)
    async with undone(quick_db) as tx:
        found = await live(tx, past, days, swept)
        assert await sweep.begin(tx, POINTS, Due.EXPIRY) == 0
        assert (await sweep.sweep(tx, POINTS, Due.MATURITY, 1000)).over
    for table, expected_rows in expected.items():
        assert found[table] == expected_rows, table


async def begin(db: Database) -> int:
    async with db.transaction() as tx:
        return await sweep.begin(tx, POINTS, Due.EXPIRY)


async def chunk(db: Database, accounts: int) -> Swept:
    async with db.transaction() as tx:
        return await sweep.sweep(tx, POINTS, Due.EXPIRY, accounts)


async def balances(db: Database, members: Iterable[UUID]) -> set[int]:
    """What stands in the tables, whatever a reading would settle; and that the ledger holds."""
    async with db.snapshot() as tx:
        assert (await service.verify(tx)).differences == 0
        rows = await tx.fetch("SELECT balance FROM points.account WHERE member_id = ANY ($1)", list(members))
    return {row["balance"] for row in rows}


async def test_a_sweep_goes_on_where_it_was_stopped(db: Database, clock: SettableClock) -> None:
    everyone = [UUID(int=n) for n in range(1, 41)]
    async with db.transaction() as tx:
        await service.post(tx, [earn(member, "e", 10, 0) for member in everyone])
    clock.advance(timedelta(days=1))
    done: list[int] = []
    over = await begin(db) != 1
    while not over:
        async with undone(db) as tx:
            await sweep.sweep(tx, POINTS, Due.EXPIRY, 15)  # killed before its commit
        await begin(db)  # at its next turn it finds itself begun
        swept = await chunk(db, 15)
        assert swept.left == []
        done.append(swept.settled)
        over = swept.over
    assert done == [15, 15, 10, 0]
    assert await balances(db, everyone) == {0}


async def test_no_two_sweeps_are_at_the_same_accounts(db: Database, clock: SettableClock) -> None:
    everyone = [UUID(int=n) for n in range(1, 601)]
    async with db.transaction() as tx:
        await service.post(tx, [earn(member, "e", 10, 0) for member in everyone])
    clock.advance(timedelta(days=1))
    assert await begin(db) == 2
    async with db.transaction() as one, db.transaction() as other:
        first, second = [await sweep.sweep(tx, POINTS, Due.EXPIRY, 50) for tx in (one, other)]
        assert (first.settled, second.settled) == (50, 50)
        assert await begin(db) == 2  # an hour later; what is being swept is not shared out again
        assert (await chunk(db, 50)).over
    assert await sweep.sweep_all(db, POINTS, Due.EXPIRY, limit=50) == 500
    assert await balances(db, everyone) == {0}
    assert await begin(db) == 0


async def test_a_sweep_and_the_doors_go_side_by_side(db: Database, clock: SettableClock) -> None:
    """Batches that lock what two sweepers are at, while both go on: nobody gives way to a deadlock, nothing is lost."""
    everyone = [UUID(int=n) for n in range(1, 401)]
    async with db.transaction() as tx:
        await service.post(tx, [earn(member, f"{n}", 10, n) for member in everyone for n in (0, 40)])
    clock.advance(timedelta(days=1))

    async def at_the_doors(turn: int) -> None:
        async with db.transaction() as tx:
            await service.post(tx, [earn(member, f"b{turn}", 1, 40) for member in reversed(everyone[turn::3])])
        for member in everyone[turn::20]:
            await single.earn(db, earn(member, f"s{turn}", 1, 40))

    async with asyncio.TaskGroup() as group:
        group.create_task(sweep.sweep_all(db, POINTS, Due.EXPIRY, limit=20))
        for turn in range(3):
            group.create_task(at_the_doors(turn))
    assert await begin(db) == 0
    assert await balances(db, everyone) == {11, 12}


async def test_what_gets_a_past_day_after_a_sweep_is_swept_too(db: Database, clock: SettableClock) -> None:
    """Late postings, what a hold gives back, and what comes with another member's account."""
    late, holder, partly, gone, stays = (UUID(int=n) for n in range(1, 6))
    until = NOW + timedelta(days=3)
    async with db.transaction() as tx:
        await service.post(tx, [
            earn(late, "e", 10, 0), earn(holder, "e", 10, 0), earn(partly, "e", 10, 0), earn(gone, "e", 10, 0),
            earn(gone, "f", 5, 9),
            Hold(member_id=holder, book=POINTS, hold_id=UUID(int=1), points=10, source=source("h"), expires_at=until),
            Hold(member_id=partly, book=POINTS, hold_id=UUID(int=1), points=4, source=source("h"), expires_at=None),
        ])  # fmt: skip
        [sent] = await move_all(tx, gone, stays, merge_id=UUID(int=9))
    clock.advance(timedelta(days=1))
    assert await sweep.sweep_all(db, POINTS, Due.EXPIRY) == 2  # late, and of partly what is free
    assert await begin(db) == 0  # what is held is not looked at every hour

    async with db.transaction() as tx:
        await service.post(tx, [earn(late, "late", 7, -3)])
        await service.post(tx, [Release(member_id=partly, hold_id=UUID(int=1), book=POINTS, source=source("r"))])
        parcels = (Parcel(10, TODAY), Parcel(5, TODAY + timedelta(days=9)))
        [arrived] = await service.post(tx, [
            Receive(member_id=stays, book=POINTS, parcels=parcels, kind="merged_in", source=source("in"))
        ])  # fmt: skip
    assert (sent.points, arrived.posting and arrived.posting.points) == (15, 15)
    assert await sweep.sweep_all(db, POINTS, Due.EXPIRY) == 2
    assert [await balances(db, [member]) for member in (late, stays)] == [{0}, {5}]

    clock.advance(timedelta(days=4))  # the hold is over, and so is the day that its points and those given back had
    assert await sweep.sweep_all(db, POINTS, Due.EXPIRY) == 1
    assert await sweep.sweep_all(db, POINTS, Due.HOLDS) == 1
    await sweep.sweep_all(db, POINTS, Due.EXPIRY)
    assert await balances(db, [late, holder, partly]) == {0}


async def test_an_account_that_moved_meanwhile_is_read_again(db: Database, clock: SettableClock) -> None:
    """Another transaction holds the account while the sweep reads it, and commits before the sweep writes."""
    async with db.transaction() as tx:
        await service.post(tx, [earn(MEMBERS[0], "a", 10, 0), earn(MEMBERS[1], "a", 10, 0)])
    clock.advance(timedelta(days=1))
    await begin(db)
    async with db.transaction() as tx:
        await service.post(tx, [earn(MEMBERS[0], "b", 7, 40)])
        task = asyncio.create_task(chunk(db, 100))
        await asyncio.sleep(0.3)  # it waits for the row that is locked here
        assert not task.done()
    assert (await task).settled == 2
    assert await balances(db, [MEMBERS[0]]) == {7}


@pytest.mark.requirement("PTS-11")
async def test_members_are_reminded_once_for_each_day(db: Database, clock: SettableClock) -> None:
    async with db.transaction() as tx:
        await service.post(
            tx, [earn(MEMBERS[0], "a", 10, 29), earn(MEMBERS[0], "b", 5, 29), earn(MEMBERS[1], "a", 7, 45)]
        )

    async def told() -> list[tuple[UUID, str, int]]:
        async with db.transaction() as tx:
            last = None
            while (last := await sweep.remind(tx, POINTS, last, 1)) is not None:
                pass
            await tx.flush_events()
            return [
                tuple(row)
                for row in await tx.fetch(
                    """
                    SELECT member_id, event->>'expires_on', (event->>'points')::int
                    FROM platform.outbox, jsonb_array_elements(events::jsonb) AS event
                    WHERE event->>'type' = 'points.expiring_soon.v1' ORDER BY recorded_at, member_id
                    """
                )
            ]

    first = (MEMBERS[0], "2026-04-16", 15)
    assert await told() == [first]
    assert await told() == [first]
    clock.advance(timedelta(days=20))
    assert await told() == [first, (MEMBERS[1], "2026-05-02", 7)]


async def test_a_large_sweep_of_tables_just_made_takes_no_square_of_time(db: Database, clock: SettableClock) -> None:
    batch = EarnBatch(book=POINTS, cause="consumption", counter_account="issued:consumption")
    events = [
        EarnEvent(member_id=UUID(int=n), key="a", points=5, occurred_at=NOW, expires_on=TODAY) for n in range(1, 20_001)
    ]
    async with db.transaction() as tx:
        assert not (await service.earn_bulk(tx, batch, events)).left
    clock.advance(timedelta(days=1))
    assert await begin(db) == 2
    assert sum([(await chunk(db, 100_000)).settled for _ in range(2)]) == 20_000


async def waiting(db: Database) -> list[tuple[str, bytes]]:
    """The jobs that wait, off the queue."""
    async with db.transaction() as tx:
        rows = await tx.fetch("DELETE FROM jobs.pgqueuer RETURNING id, entrypoint, payload")
    return [(row["entrypoint"], row["payload"]) for row in sorted(rows, key=lambda row: row["id"])]


async def test_the_worker_sweeps_through_two_jobs_at_once(db: Database, clock: SettableClock) -> None:
    everyone = [UUID(int=n) for n in range(1, 401)]
    held = Hold(member_id=everyone[0], book=POINTS, hold_id=UUID(int=1), points=3, source=source("h"), expires_at=None)
    async with db.transaction() as tx:
        await service.post(tx, [*(earn(member, "e", 10, 0) for member in everyone), held])
    clock.advance(timedelta(days=1))
    handlers = {job.name: job for job in JOB_HANDLERS}
    [schedule] = [one for one in SCHEDULES if one.name == "points.expire"]
    async with db.transaction() as tx:
        await schedule.run(tx)
        await schedule.run(tx)  # the next hour: the one before is not over
    jobs, ran = await waiting(db), list[str]()
    assert len(jobs) == 2
    while jobs:
        for name, payload in jobs:
            async with db.transaction() as tx:
                await handlers[name].run(tx, msgspec.json.decode(payload, type=handlers[name].payload))
            ran.append(name)
        jobs = await waiting(db)
    assert set(ran) == {"points.sweep_chunk", "points.settle_left"}
    assert await balances(db, everyone[1:]) == {0}
    assert await balances(db, everyone[:1]) == {3}


def test_every_sweep_has_its_job() -> None:
    assert {"points.sweep_chunk", "points.settle_left", "points.remind_chunk"} <= {job.name for job in JOB_HANDLERS}
