"""What time does to copies: announced some days before their end, and written down after it (CPN-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huixiang.coupons import jobs
from huixiang.coupons import service as coupons
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.coupons.ground import breaches, publish_template
from tests.support.programme import load_programme, register_members

pytestmark = [pytest.mark.requirement("CPN-05"), pytest.mark.requirement("CPN-03")]


async def end(db: Database, chunk: int) -> list[int]:
    """How many were announced and written off, chunk by chunk, until none is left."""
    done: list[int] = []
    while not done or done[-1]:
        async with db.transaction() as tx:
            done.append(await coupons.announce_due(tx, chunk) + await coupons.expire_due(tx, chunk))
    return done


async def told(db: Database) -> list[Any]:
    async with db.transaction(read_only=True) as tx:
        return await tx.fetch("SELECT events FROM platform.outbox WHERE events::text LIKE '%end_near%'")


async def test_an_end_is_announced_once_and_then_written_down(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    members = await register_members(db, 5)
    await publish_template(db, days=6, remind_days=2)
    copies = [new_id() for _ in members]
    async with db.transaction() as tx:
        for member, copy in zip(members, copies, strict=True):
            await coupons.issue(tx, member, "ten", copy, "test")
        held = await coupons.hold(tx, members[0], [copies[0]], new_id())
    assert held.held == (copies[0],)
    assert await end(db, 3) == [0]
    clock.advance(timedelta(days=5))
    assert await end(db, 3) == [3, 1, 0], "what an order holds is not announced"
    assert len(await told(db)) == 4
    clock.advance(timedelta(days=2))
    async with db.transaction() as tx:
        await jobs.end_chunk(tx, jobs.EndCoupons(copies=3))
    assert await end(db, 3) == [1, 0], "what an order holds does not expire"
    assert len(await told(db)) == 4
    async with db.transaction(read_only=True) as tx:
        states = await tx.fetch("SELECT state, count(*) FROM coupons.coupon GROUP BY state ORDER BY state")
    assert [tuple(one) for one in states] == [("expired", 4), ("held", 1)]
    assert await breaches(db) == []
