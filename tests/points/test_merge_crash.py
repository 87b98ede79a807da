"""Merges while the relay that carries them is killed between and inside steps: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import POINTS, ClawBack, Source
from huixiang.points.service import post
from huixiang.points.service.merge import move_all, read_merge
from tests.points.movement import assert_lawful, balance, in_transit, members_with, owned, relay
from tests.points.test_transfer_crash import killed_after, watched

pytestmark = pytest.mark.requirement("PTS-09", "PTS-14", "MEM-02")
KILLS = 4
PAIRS = 24
STAYS_OWNS = 10


async def test_the_sum_is_constant_at_every_commit_though_relays_are_killed_and_merges_retried(
    db: Database, database_url: str, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    chance = random.Random(11)
    points = [0 if n % 4 == 3 else chance.randint(1, 900) for n in range(PAIRS)]
    members = await members_with(db, clock, *points, *[STAYS_OWNS] * PAIRS)
    gone, stays = members[:PAIRS], members[PAIRS:]
    for member, had in zip(gone, points, strict=True):
        if not had:
            source = Source(key="breach", cause="breach", counter_account="adjusted", occurred_at=clock.now())
            taken = ClawBack(member_id=member, book=POINTS, points=30, origin_key=None, source=source)
            async with db.transaction() as tx:
                await post(tx, [taken])
    expected = [STAYS_OWNS + had if had else STAYS_OWNS - 30 for had in points]
    total = owned(superuser)
    assert total == sum(expected)
    merges = [(old, new, new_id()) for old, new in zip(gone, stays, strict=True)]

    async def merge(worker: int) -> None:
        for old, new, merge_id in merges[worker::2]:
            for _ in range(2):  # a retry of what was answered
                async with db.transaction() as tx:
                    await move_all(tx, old, new, merge_id=merge_id)
            await asyncio.sleep(chance.uniform(0, 0.05))

    stop = asyncio.Event()
    watcher = asyncio.create_task(watched(superuser, total, stop))
    mergers = [asyncio.create_task(merge(worker)) for worker in (0, 0, 1)]  # two of them make the same ones
    for _ in range(KILLS):
        await killed_after(database_url, clock, chance.uniform(0.02, 0.2))
    await asyncio.gather(*mergers)
    await relay(db)
    stop.set()
    assert await watcher > KILLS
    assert (in_transit(superuser), owned(superuser)) == (0, total)
    for old, new, merge_id in merges:
        async with db.transaction(read_only=True) as tx:
            assert [one.state for one in await read_merge(tx, old, merge_id)] == ["received"]
        left = await balance(db, old)
        assert (left.balance, left.debt) == (0, 0)
        has = await balance(db, new)
        assert has.balance - has.debt == expected[stays.index(new)]
    assert_lawful(superuser)
