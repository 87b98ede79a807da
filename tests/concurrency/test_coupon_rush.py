"""Ten thousand claim a hundred copies: real connections, two processes, one of which may be killed (CPN-04)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.entry.background import HOLDERS
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.stock import service as stock
from tests.concurrency.coupon_worker import claim, people
from tests.concurrency.stock_processes import COUPONS, Rusher, rush
from tests.coupons.ground import breaches, publish_template
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-04")

CONNECTIONS = 64
PEOPLE = 10_000
MEMBERS = 2_000  # each of whom claims five times at once, and may have one


async def ready(db: Database, total: int, members: int) -> None:
    await load_programme(db)
    await register_members(db, members)
    await publish_template(db, claim={}, total=total, per_member=1)


async def copies(db: Database) -> tuple[int, int]:
    """How many there are, and how many members have one."""
    async with db.transaction(read_only=True) as tx:
        row = await tx.fetchrow("SELECT count(*) AS copies, count(DISTINCT member_id) AS members FROM coupons.coupon")
    assert row is not None
    return row["copies"], row["members"]


async def test_a_hundred_copies_go_to_a_hundred_of_ten_thousand_claims(db: Database, database_url: str) -> None:
    await ready(db, 100, MEMBERS)
    said = await rush(database_url, "", CONNECTIONS, PEOPLE, "ten", MEMBERS, worker=COUPONS)
    answers = said.counted
    assert answers["issued"] == 100
    assert answers.keys() <= {"issued", "stock_exhausted", "coupon_limit_reached"}
    assert answers.total() == PEOPLE
    await Relay(db, SUBSCRIPTIONS).drain()
    assert await copies(db) == (100, 100)
    assert await breaches(db) == []


async def test_what_a_killed_process_had_not_issued_is_had_by_others(
    db: Database, database_url: str, clock: SettableClock
) -> None:
    await ready(db, 400, 500)
    rusher = await Rusher.start(database_url, "", 16, range(400), "ten", 500, worker=COUPONS)
    rusher.go()
    async with asyncio.timeout(60):
        while len(rusher.said.answers) < 50:  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(0.001)
    told = (await rusher.kill()).counted
    issued, _ = await copies(db)
    assert told["issued"] <= issued < 400
    async with db.transaction(read_only=True) as tx:
        last = await tx.fetchval("SELECT max(expires_at) FROM stock.ticket")
    clock.set(max(clock.now(), last) + timedelta(seconds=1))
    async with db.transaction() as tx:
        await stock.sweep(tx, HOLDERS)
    answers = Counter[str]()
    for member in await people(db):
        answers[await claim(db, member, "ten", "after")] += 1
    assert answers["issued"] == 400 - issued
    await Relay(db, SUBSCRIPTIONS).drain()
    assert await copies(db) == (400, 400)
    assert await breaches(db) == []
