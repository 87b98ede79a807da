"""Connections at hand: who gets one, and what becomes of those that nobody uses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import psycopg
import pytest
import pytest_asyncio

from huixiang.platform.connections import KEPT_S
from huixiang.platform.db import Database

pytestmark = pytest.mark.postgres15

PID = "SELECT pg_backend_pid()"


@pytest_asyncio.fixture
async def pair(database_url: str, db: Database) -> AsyncIterator[Database]:
    """A database of two connections."""
    pair = await Database.open(database_url, calendar=db.calendar, clock=db.clock, max_size=2)
    yield pair
    await pair.close()


async def test_a_statement_after_the_other_takes_the_same_connection(pair: Database) -> None:
    first = await pair.call(PID)
    async with pair.single_read() as tx:
        assert await tx.fetchval(PID) == first
    async with pair.transaction() as tx:
        assert await tx.fetchval(PID) == first
        assert await pair.call(PID) != first
    assert pair.connections.idle == 2


async def test_who_waits_gets_a_connection_in_turn(pair: Database) -> None:
    done: list[int] = []

    async def ask(number: int) -> None:
        await pair.call("SELECT 1 FROM pg_sleep(0.001)")
        done.append(number)

    async with pair.transaction():
        await asyncio.gather(*(ask(number) for number in range(40)))
    assert done == list(range(40))


async def test_what_nobody_uses_is_there_for_who_asks_the_pool(pair: Database) -> None:
    await asyncio.gather(pair.call(PID), pair.call(PID))
    async with asyncio.timeout(20 * KEPT_S):
        held = [await pair.pool.acquire() for _ in range(2)]
    asking = asyncio.ensure_future(pair.call(PID))
    await asyncio.sleep(KEPT_S)
    assert not asking.done()
    for connection in held:
        await pair.pool.release(connection)
    await asking


async def test_who_asks_the_pool_is_not_passed_by(pair: Database) -> None:
    """Those who never leave a connection idle must not keep it from others."""
    until = asyncio.Event()

    async def ask_always() -> None:
        while not until.is_set():
            await pair.call(PID)

    asking = [asyncio.ensure_future(ask_always()) for _ in range(1)]
    async with pair.session(), asyncio.timeout(5), pair.session():
        until.set()
    await asyncio.gather(*asking)


async def test_giving_up_waiting_loses_no_connection(pair: Database) -> None:
    async with pair.transaction(), pair.transaction():
        waiting = [asyncio.ensure_future(pair.call(PID)) for _ in range(10)]
        await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [True, False] * 5
    assert await asyncio.gather(pair.call(PID), pair.call(PID))


async def test_a_connection_that_was_lost_is_replaced(pair: Database, superuser: psycopg.Connection[Any]) -> None:
    lost = await asyncio.gather(pair.call(PID), pair.call(PID))
    superuser.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (lost,))
    await asyncio.sleep(KEPT_S / 5)
    found = await asyncio.gather(*(pair.call(PID) for _ in range(6)))
    assert not set(found) & set(lost)


async def test_a_statement_that_fails_leaves_a_clean_connection(pair: Database) -> None:
    for _ in range(3):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await pair.call("SELECT 1 / 0")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pair.call("SELECT 1 FROM pg_sleep(9)"), 0.02)
    assert await asyncio.gather(*(pair.call("SELECT 1") for _ in range(9))) == [1] * 9


async def test_closing_waits_for_what_is_under_way(database_url: str, db: Database) -> None:
    closed = await Database.open(database_url, calendar=db.calendar, clock=db.clock, max_size=1)
    asking = [asyncio.ensure_future(closed.call("SELECT 7 FROM pg_sleep(0.05)")) for _ in range(1)]
    await asyncio.sleep(0.01)
    await closed.close()
    assert await asyncio.gather(*asking) == [7]
    with pytest.raises(asyncpg.InterfaceError):
        await closed.call(PID)
