"""Jobs: enqueued with a transaction, done exactly once, retried, held; and schedules."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from huixiang.platform.db import Database, Transaction
from huixiang.platform.queue import JobHandler, JobRunner, Schedule, enqueue
from tests.platform.job_worker import POLL, SILENCE, Mark, write_mark

ONCE = "00000000-0000-0000-0000-000000000001"


@asynccontextmanager
async def running(
    db: Database, handlers: Sequence[JobHandler], schedules: Sequence[Schedule] = ()
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(JobRunner(db, handlers, schedules, silence=SILENCE, poll=POLL).run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - another process changes it, and signals nothing
            await asyncio.sleep(0.02)


async def marks(db: Database) -> dict[str, str]:
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT key, member_id FROM platform.directory WHERE kind = 'mark'")
    return {row["key"]: str(row["member_id"]) for row in rows}


async def queue(db: Database) -> list[dict[str, Any]]:
    async with db.transaction() as tx:
        return [dict(row) for row in await tx.fetch("SELECT * FROM jobs.pgqueuer ORDER BY id")]


async def test_a_job_is_done_once_if_its_transaction_commits(db: Database) -> None:
    async def change_of_mind() -> None:
        async with db.transaction() as tx:
            await enqueue(tx, "mark", Mark("rolled back"))
            raise LookupError

    with pytest.raises(LookupError):
        await change_of_mind()
    async with db.transaction() as tx:
        assert await enqueue(tx, "mark", Mark("committed"))

    async def all_done() -> bool:
        return not await queue(db)

    async with running(db, [JobHandler("mark", Mark, write_mark)]):
        await until(all_done)
    assert await marks(db) == {"committed": ONCE}


async def test_of_one_key_one_job_waits(db: Database) -> None:
    async with db.transaction() as tx:
        assert await enqueue(tx, "mark", Mark("first"), key="k")
        assert not await enqueue(tx, "mark", Mark("second"), key="k")
        assert await enqueue(tx, "mark", Mark("third"), key="other")
        assert await enqueue(tx, "another", Mark("fourth"), key="k")
    assert [msgspec.json.decode(job["payload"])["key"] for job in await queue(db)] == ["first", "third", "fourth"]


async def test_a_job_waits_for_its_time(db: Database) -> None:
    async with db.transaction() as tx:
        await enqueue(tx, "mark", Mark("later"), run_at=tx.now + timedelta(hours=2))
        await enqueue(tx, "mark", Mark("overdue"), run_at=tx.now - timedelta(hours=2))

    async def overdue_done() -> bool:
        return "overdue" in await marks(db)

    async with running(db, [JobHandler("mark", Mark, write_mark)]):
        await until(overdue_done)
    [left] = await queue(db)
    assert msgspec.json.decode(left["payload"]) == {"key": "later"}
    assert left["execute_after"] - left["created"] == timedelta(hours=2)


async def test_a_failing_job_is_tried_again_then_held_without_its_text(db: Database) -> None:
    tries = []

    async def fail(tx: Transaction, mark: Mark) -> None:
        tries.append(mark.key)
        await write_mark(tx, mark)
        raise LookupError("13812345678")

    async with db.transaction() as tx:
        await enqueue(tx, "fail", Mark("never"))

    async def held() -> bool:
        return [job["status"] for job in await queue(db)] == ["failed"]

    async with running(db, [JobHandler("fail", Mark, fail, attempts=2)]):
        await until(held)
    assert tries == ["never", "never"]
    assert await marks(db) == {}
    async with db.transaction() as tx:
        records = [row["traceback"] for row in await tx.fetch("SELECT traceback FROM jobs.pgqueuer_log")]
    assert any("LookupError" in record for record in records if record)
    assert not any("13812345678" in record for record in records if record)


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_job_of_a_dead_or_hung_worker_is_done_once_by_another(
    db: Database, database_url: str, fate: signal.Signals
) -> None:
    async with db.transaction() as tx:
        await enqueue(tx, "mark", Mark("shared"))
    first = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.platform.job_worker", database_url, "0.3", stdout=asyncio.subprocess.PIPE
    )
    assert first.stdout is not None
    try:
        assert await asyncio.wait_for(first.stdout.readline(), 20) == b"started\n"
        first.send_signal(fate)

        async def done() -> bool:
            return await marks(db) == {"shared": ONCE} and not await queue(db)

        if fate == signal.SIGKILL:
            assert await marks(db) == {}
            async with running(db, [JobHandler("mark", Mark, write_mark)]):
                await until(done)
        else:
            other = JobHandler("mark", Mark, _mark_elsewhere)
            async with running(db, [other]):
                await until(_is_empty(db))
            first.send_signal(signal.SIGCONT)
            await asyncio.sleep(0.6)
            assert await marks(db) == {"elsewhere": ONCE}
    finally:
        if first.returncode is None:
            first.kill()
        await first.wait()


async def _mark_elsewhere(tx: Transaction, _mark: Mark) -> None:
    # Another row than the hung worker's: that one still holds its lock.
    await write_mark(tx, Mark("elsewhere"))


def _is_empty(db: Database) -> Callable[[], Awaitable[bool]]:
    async def is_empty() -> bool:
        return not await queue(db)

    return is_empty


async def test_a_schedule_runs_at_its_turns(db: Database) -> None:
    turns = []

    async def turn(tx: Transaction) -> None:
        turns.append(tx.now)

    async def twice() -> bool:
        return len(turns) >= 2

    async with running(db, [], [Schedule("every second", "* * * * * *", turn)]):
        await until(twice)
    async with db.transaction() as tx:
        done = await tx.fetchval(
            "SELECT count(*) FROM jobs.pgqueuer_log WHERE entrypoint = 'every second' AND status = 'successful'"
        )
    assert done == len(turns)


async def test_an_outage_of_the_database_is_waited_out(
    db: Database, database_url: str, superuser: psycopg.Connection[Any]
) -> None:
    async def done() -> bool:
        return await marks(db) == {"after": ONCE}

    other = await Database.open(database_url, calendar=db.calendar, clock=db.clock, application_name="runner")
    async with running(other, [JobHandler("mark", Mark, write_mark)]):
        await until(_listens(db))
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'runner'")
        async with db.transaction() as tx:
            await enqueue(tx, "mark", Mark("after"))
        await until(done)
    await other.close()


async def test_a_listener_lost_in_an_outage_does_not_cost_the_pool_a_connection(
    db: Database, database_url: str, superuser: psycopg.Connection[Any]
) -> None:
    other = await Database.open(
        database_url, calendar=db.calendar, clock=db.clock, application_name="runner", max_size=3
    )
    for _ in range(8):  # which of the runner's statements meets the outage is chance
        async with running(other, [JobHandler("mark", Mark, write_mark)]):
            await until(_listens(db))
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'runner'"
            )
            await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        held = [await other.pool.acquire() for _ in range(3)]
    for connection in held:
        await other.pool.release(connection)
    await other.close()


def _listens(db: Database) -> Callable[[], Awaitable[bool]]:
    async def listens() -> bool:
        async with db.transaction() as tx:
            return bool(
                await tx.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'runner' AND query ~ '^LISTEN'"
                )
            )

    return listens
