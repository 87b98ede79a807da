"""Many connections of two processes on one account, and transfers both ways between two accounts."""

from __future__ import annotations

import asyncio
import random
from uuid import UUID

import pytest

from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import NEVER, POINTS, Credit, Outcome, Parcel, Receive, Source, Spend
from tests.concurrency.load import OCCURRED_AT, command, differences, opened, perform, post_all
from tests.concurrency.processes import Worker

pytestmark = pytest.mark.requirement("PTS-14")

CONNECTIONS = 32  # of each of two processes
COMMANDS = 160  # of each
LEAST_AVAILABLE = """
    SELECT min(available) FROM (
        SELECT sum(points + debt_delta - held_delta - pending_delta) OVER (ORDER BY seq) AS available
        FROM points.posting WHERE member_id = $1
    ) AS after
"""


async def test_sixty_four_connections_on_one_account(db: Database, database_url: str) -> None:
    member = new_id()
    workers = [await Worker.start(database_url, CONNECTIONS, seed, 0, COMMANDS, [member]) for seed in (1, 2)]
    async with db.transaction() as tx:
        used = await tx.fetchval("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    assert used >= 2 * CONNECTIONS
    for worker in workers:
        worker.go()
    said = [await worker.finish() for worker in workers]
    assert [sorted(numbers) for numbers in said] == [list(range(COMMANDS))] * 2
    posted = {f"{seed}:{n}": int(what) for seed in (1, 2) for n, what in said[seed - 1].items() if what != "refused"}
    assert len(posted) > COMMANDS
    async with db.transaction() as tx:
        account = await tx.fetchrow("SELECT balance, debt, seq FROM points.account WHERE member_id = $1", member)
        least = await tx.fetchval(LEAST_AVAILABLE, member)
    assert account is not None
    assert account["balance"] - account["debt"] == sum(posted.values())
    assert account["seq"] == len(posted)
    assert least >= 0
    again = await post_all(db, [command([member], seed, n) for seed in (1, 2) for n in said[seed - 1]])
    replayed = [one for one in again if isinstance(one, Outcome) and one.replayed]
    assert len(replayed) == len(posted)
    assert await differences(db) == []


@pytest.mark.requirement("PTS-09")
async def test_transfers_both_ways_between_two_accounts_change_no_sum(database_url: str, db: Database) -> None:
    pair = [new_id(), new_id()]
    issued = 3000
    for member in pair:
        source = Source(key="issue", cause="load", counter_account="issued:load", occurred_at=OCCURRED_AT)
        await perform(db, Credit(member_id=member, book=POINTS, points=issued // 2, source=source))
    many = await opened(database_url, 16)
    done = asyncio.Event()
    watching = asyncio.create_task(watch(db, done))
    moved = await asyncio.gather(*(transfer(many, pair, number) for number in range(120)))
    done.set()
    assert set(await watching) == {issued}
    assert sum(moved) > 60
    await many.close()
    async with db.transaction() as tx:
        on_the_way = await tx.fetchval("SELECT sum(points) FROM points.posting WHERE counter_account = 'in_transit'")
        members = await tx.fetchval("SELECT sum(balance) FROM points.account")
    assert (on_the_way, members) == (0, issued)
    assert await differences(db) == []


async def transfer(db: Database, pair: list[UUID], number: int) -> bool:
    """Out of one account and into the other, each in its own transaction; whether there was enough."""
    chance = random.Random(number)
    giver, taker = chance.sample(pair, 2)
    points = chance.randint(1, 60)
    out, into = (
        Source(key=f"moved:{number}:{way}", cause="load", counter_account="in_transit", occurred_at=OCCURRED_AT)
        for way in ("out", "in")
    )
    taken = await perform(db, Spend(member_id=giver, book=POINTS, points=points, source=out, kind="transfer_out"))
    if isinstance(taken, DomainError):
        return False
    await asyncio.sleep(chance.random() / 50)
    given = await perform(db, Receive(member_id=taker, book=POINTS, parcels=(Parcel(points, NEVER),), source=into))
    assert isinstance(given, Outcome)
    return True


async def watch(db: Database, done: asyncio.Event) -> list[int]:
    """What members have and what is on the way to them, seen again and again."""
    seen = []
    while not done.is_set():
        async with db.snapshot() as tx:
            members = await tx.fetchval("SELECT sum(balance - debt) FROM points.account")
            on_the_way = await tx.fetchval(
                "SELECT coalesce(sum(-points), 0)::bigint FROM points.posting WHERE counter_account = 'in_transit'"
            )
        seen.append(int(members) + int(on_the_way))
        await asyncio.sleep(0.01)
    return seen
