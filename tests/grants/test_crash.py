"""The worker of a grant is killed in the middle, giving and undoing: what was done is done once, and it goes on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from huixiang.grants import service
from huixiang.grants.model import Step
from huixiang.grants.service.running import AtOnce
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.coupons.ground import publish_template
from tests.grants.office import POINTS_GIFT, Office
from tests.support.programme import register_members

pytestmark = [pytest.mark.requirement("CON-07"), pytest.mark.usefixtures("lawful")]
Superuser = psycopg.Connection[Any]
MEMBERS = 250
Seen = Callable[[], Awaitable[int]]


@asynccontextmanager
async def worker(url: str, clock: SettableClock) -> AsyncIterator[None]:
    """A worker that is killed in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.grants.worker", url, clock.now().isoformat(), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"working\n"
        yield
    finally:
        process.kill()
        await process.wait()


async def reached(seen: Seen, so_many: int) -> None:
    async with asyncio.timeout(60):
        while await seen() < so_many:  # noqa: ASYNC110 - another process changes it, and signals nothing
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    "gift", [POINTS_GIFT, {"kind": "coupons", "template": "ten", "copies": 1}], ids=["points", "coupons"]
)
async def test_a_killed_worker_gives_and_takes_nothing_twice(
    office: Office, db: Database, database_url: str, clock: SettableClock, superuser: Superuser, gift: dict[str, Any]
) -> None:
    await publish_template(db, total=MEMBERS + 5, per_member=1)
    members = await register_members(db, MEMBERS, "x", registered_at=clock.now() - timedelta(days=400))
    grant = await office.make(members, gift=gift)
    await office.start(grant)

    async def granted() -> int:
        return int((await office.read(grant))["granted"])

    async def looked_at() -> int:
        return int((await office.read(grant))["looked_at"])

    for part in (1, MEMBERS // 4, MEMBERS // 2):
        async with worker(database_url, clock):
            await reached(granted, part)
        stood = await office.read(grant)
        assert stood["state"] == "running", "it was killed on its way"
        assert 0 < stood["granted"] < MEMBERS
    async with worker(database_url, clock):
        await reached(granted, MEMBERS)
        await reached(lambda: _state(office, grant, "done"), 1)
    done = await office.read(grant)
    amount = gift.get("points") or gift["copies"]
    assert (done["granted"], done["given"], done["skipped"], done["failed"]) == (MEMBERS, MEMBERS * amount, 0, 0)
    table = "points.posting WHERE cause = 'grant'" if "points" in gift else "coupons.coupon"
    rows = f"SELECT count(*), count(DISTINCT member_id) FROM {table}"  # noqa: S608 - one of two
    assert superuser.execute(rows.encode()).fetchone() == (MEMBERS, MEMBERS)
    left = "SELECT remaining FROM stock.stock_facts WHERE kind = 'coupon_template'"
    assert superuser.execute(left).fetchall() == ([] if "points" in gift else [(5,)])

    asked = await office.verb(grant, "undo", 202)
    await office.decide(asked["undo_id"])
    async with worker(database_url, clock):
        await reached(looked_at, MEMBERS // 4)
    assert 0 < await looked_at() < MEMBERS
    async with worker(database_url, clock):
        await reached(lambda: _state(office, grant, "undone"), 1)
    undone = await office.read(grant)
    assert (undone["looked_at"], undone["taken"]) == (MEMBERS, MEMBERS * amount)
    assert await office.rows(grant, "rest") == []


async def _state(office: Office, grant: dict[str, Any], state: str) -> int:
    return int((await office.read(grant))["state"] == state)


async def test_a_chain_that_was_paused_does_not_go_on_beside_the_one_that_resumed(
    office: Office, db: Database, clock: SettableClock
) -> None:
    """Jobs of before a pause are still in the queue when it is resumed."""
    members = await register_members(db, 60, "y", registered_at=clock.now() - timedelta(days=400))
    grant = await office.make(members)
    started = await office.start(grant)
    old = Step(started["grant_id"], started["generation"])
    await office.verb(grant, "pause")
    resumed = await office.verb(grant, "resume")
    async with db.transaction() as tx:
        await service.step(tx, old, AtOnce(points=10))
    assert (await office.read(grant))["granted"] == 0
    async with db.transaction() as tx:
        await service.step(tx, Step(old.grant_id, resumed["generation"]), AtOnce(points=10))
    assert (await office.read(grant))["granted"] == 10
