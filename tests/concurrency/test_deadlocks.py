"""A deadlock, found by PostgreSQL itself, is done again by who had to give way, and no caller hears of it (PTS-14)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, ClawBack, Credit, Outcome, Source
from huixiang.points.service import together
from huixiang.points.service.coalesce import Coalescer
from tests.checkout.shop import opened
from tests.support.fixtures import TestDatabase
from tests.support.programme import line, load_programme, register_members, till_order

pytestmark = pytest.mark.requirement("PTS-14")

ACCOUNT = "SELECT FROM points.account WHERE member_id = $1 FOR UPDATE"
HEAD = "SELECT FROM platform.outbox_head WHERE member_id = $1 FOR UPDATE"
# Locks of other databases are in the table too.
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
FOUND = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@asynccontextmanager
async def rival(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """Another connection, which looks for deadlocks later than ours: so ours is the one that gives way."""
    connection = await asyncpg.connect(database.url("postgres"))
    try:
        await connection.execute("SET deadlock_timeout = '60s'")
        yield connection
    finally:
        await connection.close()


async def embrace(
    rival: asyncpg.Connection, first: tuple[str, UUID], then: tuple[str, UUID], ours: Callable[[], Awaitable[None]]
) -> None:
    """Let the rival hold what ours comes to later, and then ask for what ours holds. Both finish."""
    before = await rival.fetchval(FOUND)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks, rival.transaction():
        await rival.execute(*first)
        tasks.create_task(_as_task(ours))
        while not await rival.fetchval(WAITS):  # noqa: ASYNC110 - nobody tells of a lock
            await asyncio.sleep(0.01)
        await rival.execute(*then)  # waits until ours was told to give way
    async with asyncio.timeout(10):
        while await rival.fetchval(FOUND) == before:
            await asyncio.sleep(0.1)
            await rival.execute("SELECT pg_stat_clear_snapshot()")


async def _as_task(ours: Callable[[], Awaitable[None]]) -> None:
    await ours()


async def two_members(db: Database, now: datetime) -> tuple[UUID, UUID]:
    """In the order in which accounts are locked, each with accounts."""
    await load_programme(db)
    smaller, larger = sorted(await register_members(db, 2))
    async with db.transaction() as tx:
        await points.post(tx, [credit(member, "before", now) for member in (smaller, larger)])
        await points.lock_accounts(tx, [smaller, larger], [POINTS, GROWTH])
    return smaller, larger


def credit(member: UUID, key: str, now: datetime) -> Credit:
    source = Source(key=key, cause="gift", counter_account="issued:gift", occurred_at=now)
    return Credit(member_id=member, book=POINTS, points=10, source=source)


def taking(member: UUID, now: datetime) -> ClawBack:
    """What the general door alone decides."""
    source = Source(key="k", cause="breach", counter_account="clawed_back:breach", occurred_at=now)
    return ClawBack(member_id=member, book=POINTS, points=4, origin_key=None, source=source)


async def balances(db: Database, *members: UUID) -> list[int]:
    async with db.transaction() as tx:
        return [(await points.balance(tx, member, POINTS)).balance for member in members]


@pytest.mark.parametrize("common", [True, False], ids=["decided in SQL", "by the general door"])
async def test_commands_that_share_a_transaction_are_each_done_alone(
    db: Database, worker_database: TestDatabase, now: datetime, *, common: bool
) -> None:
    smaller, larger = await two_members(db, now)

    def make(member: UUID) -> Credit | ClawBack:
        return credit(member, "k", now) if common else taking(member, now)

    async def ours() -> None:
        async with Coalescer(db, connections=1) as coalescer:
            await asyncio.gather(*(coalescer.post(make(member)) for member in (smaller, larger)))

    async with rival(worker_database) as other:
        await embrace(other, (ACCOUNT, larger), (ACCOUNT, smaller), ours)
    assert await balances(db, smaller, larger) == ([20, 20] if common else [6, 6])


async def test_a_command_alone_is_done_again(db: Database, worker_database: TestDatabase, now: datetime) -> None:
    member, _ = await two_members(db, now)

    async def ours() -> None:
        async with Coalescer(db, connections=1) as coalescer:
            outcome = await coalescer.post(taking(member, now))
            assert not outcome.replayed

    async with rival(worker_database) as other:
        await embrace(other, (HEAD, member), (ACCOUNT, member), ours)
    assert await balances(db, member) == [6]


async def test_an_upload_is_done_again(db: Database, worker_database: TestDatabase, now: datetime) -> None:
    smaller, larger = await two_members(db, now)
    orders = [till_order(member, f"o{place}", now, [line("a", 1000)]) for place, member in enumerate((smaller, larger))]

    async def ours() -> None:
        async with opened(db) as shop:
            assert [row["outcome"] for row in await shop.upload(*orders)] == ["created", "created"]

    async with rival(worker_database) as other:
        await embrace(other, (ACCOUNT, larger), (ACCOUNT, smaller), ours)
    assert await balances(db, smaller, larger) == [20, 20]


async def test_an_account_opened_while_others_are_waited_for_is_left_alone(
    db: Database, worker_database: TestDatabase, now: datetime
) -> None:
    """It is not locked, so whoever locked it would write what it was decided to hold."""
    await load_programme(db)
    smaller, larger = sorted(await register_members(db, 2))
    async with db.transaction() as tx:
        await points.lock_accounts(tx, [smaller], [POINTS])
    async with (
        rival(worker_database) as other,
        rival(worker_database) as third,
        asyncio.timeout(30),
        third.transaction(),
    ):
        async with other.transaction():
            await other.execute(ACCOUNT, smaller)
            asked = asyncio.create_task(together.post(db, [credit(one, "k", now) for one in (smaller, larger)]))
            while not await other.fetchval(WAITS):  # noqa: ASYNC110 - nobody tells of a lock
                await asyncio.sleep(0.01)
            async with db.transaction() as tx:
                await points.lock_accounts(tx, [larger], [POINTS])
            await third.execute(ACCOUNT, larger)
        posted, left = await asked  # while the third still holds the larger
    assert isinstance(posted, Outcome)
    assert left is None
