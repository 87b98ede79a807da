"""One transaction: what it keeps, what it undoes, and how it writes many rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import msgspec
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.platform.db import COPY_FROM_ROWS, Database, Transaction
from tests.platform.notices import Echoed, Noted

pytestmark = pytest.mark.postgres15

OWNER = new_id()
OTHER = new_id()


def noted(tx: Transaction, number: int) -> Noted:
    return Noted(member_id=OWNER, occurred_at=tx.now, number=number)


async def stored(db: Database) -> list[list[int]]:
    """The numbers of OWNER's events, a list for each outbox row in order."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT events FROM platform.outbox WHERE member_id = $1 ORDER BY seq", OWNER)
    return [[event["number"] for event in msgspec.json.decode(row["events"])] for row in rows]


async def enter(tx: Transaction, key: str) -> int:
    """Write a row that anybody can look for."""
    return await tx.execute(
        "INSERT INTO platform.directory (kind, key, member_id, recorded_at) VALUES ('test', $1, $2, $3)",
        key,
        OWNER,
        tx.now,
    )


async def entered(db: Database) -> set[str]:
    async with db.transaction() as tx:
        return {row["key"] for row in await tx.fetch("SELECT key FROM platform.directory WHERE kind = 'test'")}


@pytest.mark.requirement("INT-02")
async def test_what_is_emitted_is_stored_with_the_commit(db: Database) -> None:
    async with db.transaction() as tx:
        tx.emit(noted(tx, 1))
        tx.emit(Echoed(member_id=OTHER, occurred_at=tx.now, number=9))
        await enter(tx, "a")
        tx.emit(noted(tx, 2))
        assert await tx.fetchval("SELECT count(*) FROM platform.outbox") == 0
    assert await stored(db) == [[1, 2]]
    async with db.transaction() as tx:
        (row,) = await tx.fetch("SELECT * FROM platform.outbox WHERE member_id = $1", OTHER)
    assert (row["seq"], row["recorded_at"]) == (1, tx.now)
    assert msgspec.json.decode(row["events"]) == [
        {"type": "test.echoed.v1", "member_id": str(OTHER), "occurred_at": "2026-03-18T02:30:00Z", "number": 9}
    ]


@pytest.mark.requirement("INT-02")
async def test_nothing_is_stored_of_what_is_rolled_back(db: Database) -> None:
    async def change_of_mind(*, flush: bool) -> None:
        async with db.transaction() as tx:
            tx.emit(noted(tx, 1))
            await enter(tx, "a")
            if flush:
                await tx.flush_events()
            raise LookupError

    for flush in (False, True):
        with pytest.raises(LookupError):
            await change_of_mind(flush=flush)
    assert (await stored(db), await entered(db)) == ([], set())
    async with db.transaction() as tx:
        tx.emit(noted(tx, 2))
        assert await tx.fetchval("SELECT count(*) FROM platform.outbox_head") == 0
    assert await stored(db) == [[2]]


async def test_a_savepoint_is_undone_alone_and_its_events_with_it(db: Database) -> None:
    async def fail(tx: Transaction, *, flush: bool) -> None:
        async with tx.savepoint():
            tx.emit(noted(tx, 2))
            await enter(tx, "inside")
            if flush:
                await tx.flush_events()
            raise LookupError

    for flush in (False, True):
        async with db.transaction() as tx:
            tx.emit(noted(tx, 1))
            with pytest.raises(LookupError):
                await fail(tx, flush=flush)
            tx.emit(noted(tx, 3))
            async with tx.savepoint():
                tx.emit(noted(tx, 4))
                await enter(tx, f"kept {flush}")
    assert await stored(db) == [[1, 3, 4], [1, 3, 4]]
    assert await entered(db) == {"kept False", "kept True"}


async def test_a_flush_stores_once_and_what_follows_is_a_row_of_its_own(db: Database) -> None:
    async with db.transaction() as tx:
        tx.emit(noted(tx, 1))
        await tx.flush_events()
        await tx.flush_events()
        tx.emit(noted(tx, 2))
    assert await stored(db) == [[1], [2]]


def posting(number: int) -> tuple[Any, ...]:
    """A row of points.posting: nearly every type there is, nulls, and an array."""
    return (
        OWNER, 1, number, -number, -number, 0, 0, 2**40 + number, 0, "earn", "词", "issued", None,
        None if number % 2 else "rule", None if number % 2 else number, OTHER if number % 3 else None,
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, number, tzinfo=UTC), f"key {number}", bytes([number]) * 32,
        [number, -number], [], b"",
    )  # fmt: skip


POSTING_COLUMNS = (
    "member_id", "book", "seq", "points", "requested", "lapsed", "held_delta", "pending_delta", "debt_delta", "kind",
    "cause", "counter_account", "budget", "rule", "rule_version", "order_ref", "occurred_at", "recorded_at", "key",
    "input_hash", "alloc", "opened", "hash",
)  # fmt: skip


async def test_few_rows_and_many_are_stored_alike(db: Database) -> None:
    few = [posting(number) for number in range(COPY_FROM_ROWS)]
    many = [posting(number) for number in range(COPY_FROM_ROWS, 2 * COPY_FROM_ROWS + 1)]
    assert len(few) <= COPY_FROM_ROWS < len(many)
    async with db.transaction() as tx:
        await tx.insert("points.posting", POSTING_COLUMNS, few)
        await tx.insert("points.posting", POSTING_COLUMNS, many)
        await tx.insert("points.posting", POSTING_COLUMNS, [])
        rows = await tx.fetch(f"SELECT {', '.join(POSTING_COLUMNS)} FROM points.posting ORDER BY seq")  # noqa: S608
    assert [tuple(row) for row in rows] == few + many


@pytest.mark.parametrize("count", [1, COPY_FROM_ROWS + 1])
async def test_a_row_that_is_there_raises_however_many_come_with_it(db: Database, count: int) -> None:
    async with db.transaction() as tx:
        await tx.insert("points.posting", POSTING_COLUMNS, [posting(0)])
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.transaction() as tx:
            await tx.insert("points.posting", POSTING_COLUMNS, [posting(number) for number in range(count)])


async def test_a_statement_says_how_many_rows_it_touched(db: Database) -> None:
    async with db.transaction() as tx:
        assert [await enter(tx, "a"), await enter(tx, "b")] == [1, 1]
        assert await tx.execute("UPDATE platform.directory SET object_id = member_id WHERE kind = 'test'") == 2
        assert await tx.execute("DELETE FROM platform.directory WHERE kind = 'nothing'") == 0
        assert await tx.execute("SET LOCAL lock_timeout = '1s'") == 0


@pytest.mark.requirement("INV-8")
async def test_a_transaction_has_one_instant(db: Database, clock: SettableClock, now: datetime) -> None:
    async with db.transaction() as tx:
        clock.advance(timedelta(hours=14))
        assert tx.now == now
        assert tx.calendar.day(tx.now) == date(2026, 3, 18)
    async with db.transaction() as tx:
        assert tx.calendar.day(tx.now) == date(2026, 3, 19)
    async with db.transaction(now=now) as tx:
        assert tx.now == now
        assert await tx.fetchval("SELECT $1::timestamptz", tx.now) == now


def test_a_service_cannot_commit() -> None:
    assert not {"commit", "rollback", "begin"} & set(dir(Transaction))


async def test_a_read_only_transaction_writes_nothing(db: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with db.transaction(read_only=True) as tx:
            await enter(tx, "a")
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with db.snapshot() as tx:
            await enter(tx, "a")
    for statement in (
        "INSERT INTO platform.directory (kind, key, member_id, recorded_at) VALUES ('test', 'a', $1, $2) RETURNING 1",
        "WITH gone AS (DELETE FROM platform.directory WHERE recorded_at < $2 RETURNING $1::uuid) SELECT * FROM gone",
    ):
        with pytest.raises((asyncpg.PostgresSyntaxError, asyncpg.FeatureNotSupportedError)):
            async with db.single_read() as tx:
                await tx.fetch(statement, OWNER, tx.now)
    with pytest.raises(InvariantBroken, match="execute"):
        async with db.single_read() as tx:
            await enter(tx, "a")
    with pytest.raises(InvariantBroken, match="execute"):
        async with db.single_read() as tx:
            tx.emit(noted(tx, 1))
    assert (await entered(db), await stored(db)) == (set(), [])


@pytest.mark.parametrize("begin", [Database.snapshot, partial(Database.transaction, read_only=True)])
async def test_a_read_sees_one_moment(
    db: Database, begin: Callable[[Database], AbstractAsyncContextManager[Transaction]]
) -> None:
    async with begin(db) as before:
        assert await before.fetchval("SELECT count(*) FROM platform.directory WHERE kind = 'test'") == 0
        async with db.transaction() as tx:
            await enter(tx, "a")
        assert await before.fetchval("SELECT count(*) FROM platform.directory WHERE kind = 'test'") == 0
    assert await entered(db) == {"a"}


async def test_a_single_read_is_one_statement_outside_of_a_transaction(db: Database, clock: SettableClock) -> None:
    async with db.single_read() as tx:
        rows = await tx.fetch("SELECT n FROM generate_series(1, $1::int) AS n ORDER BY n DESC", 3)
        assert ([row["n"] for row in rows], tx.now) == ([3, 2, 1], clock.now())
        async with db.transaction() as beside:
            assert not await beside.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state ~ '^idle in'"
            )
        with pytest.raises(InvariantBroken, match="twice"):
            await tx.fetchval("SELECT 1")


async def sleep(db: Database, seconds: int) -> None:
    async with db.transaction() as tx:
        await enter(tx, "slept")
        await tx.execute("SELECT pg_sleep($1)", seconds)


async def enter_twice(db: Database, key: str) -> None:
    async with db.transaction() as tx:
        await enter(tx, key)
        await enter(tx, key)


async def test_a_long_statement_is_ended_except_in_a_snapshot(database_url: str, db: Database) -> None:
    impatient = await Database.open(database_url, calendar=db.calendar, clock=db.clock, statement_timeout_s=1)
    try:
        async with impatient.snapshot() as tx:
            assert await tx.fetchval("SELECT current_setting('statement_timeout')") == "0"
        async with impatient.snapshot(statement_timeout_s=7) as tx:
            assert await tx.fetchval("SELECT current_setting('statement_timeout')") == "7s"
        with pytest.raises(asyncpg.QueryCanceledError):
            await sleep(impatient, 5)
    finally:
        await impatient.close()


async def test_a_cursor_reads_rows_as_they_are_asked_for(db: Database) -> None:
    async with db.snapshot() as tx:
        rows = tx.cursor("SELECT n FROM generate_series($1::int, 2500) AS n", 1, prefetch=100)
        numbers = [row["n"] async for row in rows]
    assert numbers == list(range(1, 2501))


async def test_a_connection_comes_back_clean_after_a_failure(database_url: str, db: Database) -> None:
    single = await Database.open(database_url, calendar=db.calendar, clock=db.clock, max_size=1)
    try:
        for _ in range(3):
            with pytest.raises(asyncpg.UniqueViolationError):
                await enter_twice(single, "a")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(sleep(single, 5), 0.05)
        async with single.transaction() as tx:
            await enter(tx, "c")
    finally:
        await single.close()
    assert await entered(db) == {"c"}
