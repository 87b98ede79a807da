"""Many connections of two processes on one account, by every door, and transfers both ways between two accounts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points import handlers
from huixiang.points.model import Outcome
from tests.concurrency.load import REFUSED, command, differences, post_all
from tests.concurrency.movement import family, sums
from tests.concurrency.processes import Worker

pytestmark = pytest.mark.requirement("PTS-14")

CONNECTIONS = 32  # of each of two processes
COMMANDS = 160  # of each
SEEDS = (1, 2)
LEAST_AVAILABLE = """
    SELECT min(available) FROM (
        SELECT sum(points + debt_delta - held_delta - pending_delta) OVER (ORDER BY seq) AS available
        FROM points.posting WHERE member_id = $1
    ) AS after
"""
OPEN = """
    SELECT application_name, count(*)::int FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'load _' GROUP BY application_name
"""
WAITING = """
    SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'load _'
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


async def race(url: str, db: Database, load: str, ids: Sequence[UUID]) -> tuple[list[dict[int, str]], list[int]]:
    """Two processes at once with 32 connections each; what they said, and how much was in all meanwhile."""
    workers = [await Worker.start(url, load, CONNECTIONS, seed, 0, COMMANDS, ids) for seed in SEEDS]
    async with db.transaction() as tx:
        assert dict(await tx.fetch(OPEN)) == {f"load {seed}": CONNECTIONS for seed in SEEDS}
    done = asyncio.Event()
    watching = asyncio.create_task(watch(db, done))
    for worker in workers:
        worker.go()
    said = [await worker.finish() for worker in workers]
    done.set()
    seen, waited = await watching
    # They really met: connections of both processes were seen waiting for one another's locks.
    assert waited.keys() == {f"load {seed}" for seed in SEEDS}
    assert [sorted(numbers) for numbers in said] == [list(range(COMMANDS))] * 2
    return said, seen


async def watch(db: Database, done: asyncio.Event) -> tuple[list[int], Counter[str]]:
    """What members have and what is on the way to them, seen again and again; and who was seen waiting."""
    seen, waited = [], Counter[str]()
    while not done.is_set():
        now = await sums(db)
        seen.append(now.owned + now.on_the_way)
        async with db.transaction() as tx:
            waited.update(row[0] for row in await tx.fetch(WAITING))
        await asyncio.sleep(0.01)
    return seen, waited


async def test_sixty_four_connections_on_one_account(
    db: Database, database_url: str, superuser: psycopg.Connection[tuple[int]]
) -> None:
    """By the single door, the coalesced one and the general one."""
    member, before = new_id(), superuser.execute(DEADLOCKS).fetchone()
    said, _ = await race(database_url, db, "commands", [member])
    posted = {f"{seed}:{n}": int(what) for seed in SEEDS for n, what in said[seed - 1].items() if what != REFUSED}
    assert len(posted) > COMMANDS
    async with db.transaction() as tx:
        account = await tx.fetchrow("SELECT balance, debt, seq FROM points.account WHERE member_id = $1", member)
        least = await tx.fetchval(LEAST_AVAILABLE, member)
    assert account is not None
    assert account["balance"] - account["debt"] == sum(posted.values())
    assert account["seq"] == len(posted)
    assert least >= 0
    again = await post_all(db, [command([member], seed, n) for seed in SEEDS for n in said[seed - 1]])
    replayed = [one for one in again if isinstance(one, Outcome) and one.replayed]
    assert len(replayed) == len(posted)
    assert superuser.execute(DEADLOCKS).fetchone() == before
    assert await differences(db) == []


@pytest.mark.requirement("PTS-09")
async def test_transfers_both_ways_between_two_accounts_change_no_sum(
    db: Database, database_url: str, superuser: psycopg.Connection[tuple[int]]
) -> None:
    """With two relays beside them that bring what is sent."""
    issued, before = 7000, superuser.execute(DEADLOCKS).fetchone()
    *pair, _ = await family(db, 2, issued // 2)
    said, seen = await race(database_url, db, "transfers", pair)
    assert set(seen) == {issued}
    assert len(seen) > 1
    sent = [int(what) for numbers in said for what in numbers.values() if what != REFUSED]
    assert len(sent) > COMMANDS
    await Relay(db, handlers.SUBSCRIPTIONS).drain()
    after = await sums(db)
    assert (after.owned, after.on_the_way) == (issued, 0)
    async with db.transaction() as tx:
        arrived = await tx.fetchval("SELECT sum(points)::int FROM points.posting WHERE kind = 'transfer_in'")
    assert arrived == -sum(sent)
    assert superuser.execute(DEADLOCKS).fetchone() == before
    assert await differences(db) == []
