"""Sweeps leave the rows that `Settle` leaves through the general door, and go on where they were stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.points import service
from huixiang.points.jobs import JOB_HANDLERS
from huixiang.points.model import POINTS, ClawBack, Command, Credit, EarnBatch, EarnEvent, Hold, Settle, Source, Spend
from huixiang.points.service import sweep
from huixiang.points.service.sweep import Due
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
        assert (await sweep.sweep(tx, POINTS, Due.EXPIRY, 1000)).found == 0
        await drop_staging(tx)
        assert (await sweep.sweep(tx, POINTS, Due.MATURITY, 1000)).found == 0
    for table, expected_rows in expected.items():
        assert found[table] == expected_rows, table


async def test_a_sweep_goes_on_where_it_was_stopped(db: Database, clock: SettableClock) -> None:
    async with db.transaction() as tx:
        await service.post(tx, [earn(UUID(int=n), "e", 10, 0) for n in range(1, 41)])
    clock.advance(timedelta(days=1))
    done: list[int] = []
    while not done or done[-1]:
        async with undone(db) as tx:
            await sweep.sweep(tx, POINTS, Due.EXPIRY, 15)  # killed before its commit
        async with db.transaction() as tx:
            chunk = await sweep.sweep(tx, POINTS, Due.EXPIRY, 15)
        assert chunk.left == []
        done.append(chunk.settled)
    assert done == [15, 15, 10, 0]
    async with db.snapshot() as tx:
        assert {(await service.balance(tx, UUID(int=n), POINTS)).balance for n in range(1, 41)} == {0}
        assert (await service.verify(tx)).differences == 0


async def test_an_account_that_moved_meanwhile_is_read_again(db: Database, clock: SettableClock) -> None:
    """Another transaction holds the account while the sweep reads it, and commits before the sweep writes."""
    async with db.transaction() as tx:
        await service.post(tx, [earn(MEMBERS[0], "a", 10, 0), earn(MEMBERS[1], "a", 10, 0)])
    clock.advance(timedelta(days=1))

    async def sweeping() -> int:
        async with db.transaction() as tx:
            return (await sweep.sweep(tx, POINTS, Due.EXPIRY, 100)).settled

    async with db.transaction() as tx:
        await service.post(tx, [earn(MEMBERS[0], "b", 7, 40)])
        task = asyncio.create_task(sweeping())
        await asyncio.sleep(0.3)  # it waits for the row that is locked here
        assert not task.done()
    assert await task == 2
    async with db.snapshot() as tx:
        assert (await service.balance(tx, MEMBERS[0], POINTS)).balance == 7
        assert (await service.verify(tx)).differences == 0


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
    async with db.transaction() as tx:
        assert (await sweep.sweep(tx, POINTS, Due.EXPIRY, 100_000)).settled == 20_000


def test_every_sweep_has_its_job() -> None:
    assert {"points.sweep_chunk", "points.settle_left", "points.remind_chunk"} <= {job.name for job in JOB_HANDLERS}
