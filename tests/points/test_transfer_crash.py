"""Transfers both ways at once, while the relay that brings them is killed: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import random
import sys
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import InsufficientPoints
from huixiang.points.service.transfer import transfer
from huixiang.rulebook import service as rulebook
from tests.points.movement import assert_lawful, balance, in_transit, members_with, owned, relay, set_state
from tests.points.test_transfer import RULES

pytestmark = pytest.mark.requirement("PTS-09", "PTS-14")
KILLS = 4
SENDERS = 6
OWNED = 3000
CUT_OFF = 4  # whoever is this one, or later, may not receive


async def without_fee_and_limits(db: Database) -> None:
    unlimited = {"max_points": 10**9, "daily_points": 10**9, "monthly_points": 10**9, "fee_points": 0, "fee_bp": 0}
    async with db.transaction() as tx:
        await rulebook.publish(tx, "transfer", "default", RULES | unlimited, tx.now, "test", "test")


async def killed_after(url: str, clock: SettableClock, seconds: float) -> None:
    """Let a relay work for a while, and kill it."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.points.relay_worker", url, clock.now().isoformat(), stdout=asyncio.subprocess.PIPE
    )
    assert worker.stdout is not None
    try:
        assert await asyncio.wait_for(worker.stdout.readline(), 60) == b"relaying\n"
        await asyncio.sleep(seconds)
    finally:
        worker.kill()
        await worker.wait()


async def watched(superuser: psycopg.Connection[Any], total: int, stop: asyncio.Event) -> int:
    """See, until told to stop, that what members own and what is on its way is constant; how often it was seen."""
    seen = 0
    while not stop.is_set():
        with superuser.transaction():
            superuser.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            assert owned(superuser) + in_transit(superuser) == total
        seen += 1
        await asyncio.sleep(0.01)
    return seen


async def test_the_sum_is_constant_at_every_commit_though_relays_are_killed(
    db: Database, database_url: str, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    chance = random.Random(9)
    members = await members_with(db, clock, *[OWNED] * 6)
    await without_fee_and_limits(db)
    for closed in members[CUT_OFF:]:
        set_state(superuser, closed, "closed")
    total = OWNED * len(members)
    sent: list[tuple[UUID, UUID, int, UUID]] = []

    async def send() -> None:
        while not enough.is_set():
            sender = chance.choice(members[:CUT_OFF])
            receiver = chance.choice([one for one in members if one != sender])
            wanted = (sender, receiver, chance.randint(10, 400), new_id())
            for _ in range(2):  # a retry of what was answered
                try:
                    async with db.transaction() as tx:
                        await transfer(tx, *wanted[:3], transfer_id=wanted[3])
                except InsufficientPoints:
                    break
            else:
                sent.append(wanted)
            await asyncio.sleep(chance.uniform(0, 0.3))

    enough, stop = asyncio.Event(), asyncio.Event()
    watcher = asyncio.create_task(watched(superuser, total, stop))
    senders = [asyncio.create_task(send()) for _ in range(SENDERS)]
    for _ in range(KILLS):
        await killed_after(database_url, clock, chance.uniform(0.02, 0.2))
    enough.set()
    await asyncio.gather(*senders)
    await relay(db)
    stop.set()
    assert await watcher > KILLS
    assert in_transit(superuser) == 0
    assert owned(superuser) == total
    assert len(sent) > 10 * KILLS
    expected = dict.fromkeys(members, OWNED)
    for sender, receiver, points, _ in sent:
        if receiver in members[:CUT_OFF]:
            expected[sender] -= points
            expected[receiver] += points
    assert {member: (await balance(db, member)).balance for member in members} == expected
    assert any(receiver in members[CUT_OFF:] for _, receiver, _, _ in sent)
    assert_lawful(superuser)
