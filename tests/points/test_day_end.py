"""One rule says when a business day is over, for its sums and for its signed root."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.adapters.signing_keys import FileSigner
from huixiang.points.service.closing import close_next_day
from huixiang.points.service.day_end import is_over
from huixiang.points.store.closing import LAG
from tests.points.test_sweep import earn
from tests.support.server import ServerInfo

pytestmark = [pytest.mark.requirement("PTS-15", "PTS-17"), pytest.mark.postgres15]


@pytest.fixture(autouse=True)
def signer(tmp_path: Path) -> None:
    service.use_signer(FileSigner(tmp_path / "keys" / "signing-keys.json"))


async def closed(db: Database) -> tuple[bool, bool]:
    """Whether the next day was summed, and whether it was signed."""
    async with db.transaction() as tx:
        summed = await close_next_day(tx) is not None
    async with db.transaction() as tx:
        return summed, await service.close_day(tx) is not None


async def test_a_day_is_summed_and_signed_from_the_same_instant_on(db: Database, clock: SettableClock) -> None:
    async with db.transaction() as tx:
        await service.post(tx, [earn(UUID(int=1), "a", 10, 40)])
    clock.set(db.calendar.start_of(db.calendar.day(clock.now()) + timedelta(days=1)) + LAG - timedelta(microseconds=1))
    assert await closed(db) == (False, False)
    clock.advance(timedelta(microseconds=1))
    assert await closed(db) == (True, True)
    assert await closed(db) == (False, False)


async def test_neither_is_done_while_somebody_writes(db: Database, clock: SettableClock, database_url: str) -> None:
    async with db.transaction() as tx:
        await service.post(tx, [earn(UUID(int=1), "a", 10, 40)])
    clock.advance(timedelta(days=1, hours=12))
    with psycopg.connect(database_url) as late:
        late.execute("UPDATE points.account SET recorded_at = recorded_at")
        closing = asyncio.create_task(closed(db))
        await asyncio.sleep(0.5)
        assert not closing.done()
        late.commit()
    assert await closing == (True, True)


async def test_a_read_that_sees_one_moment_is_told_that_it_cannot_wait(db: Database, clock: SettableClock) -> None:
    async with db.transaction(read_only=True) as tx:
        with pytest.raises(InvariantBroken, match="repeatable read"):
            await is_over(tx, clock.now() - timedelta(days=1))


async def test_who_writes_into_another_database_of_the_server_is_not_waited_for(
    db: Database, clock: SettableClock, server: ServerInfo
) -> None:
    async with db.transaction() as tx:
        await service.post(tx, [earn(UUID(int=1), "a", 10, 40)])
    clock.advance(timedelta(days=1, hours=12))
    with psycopg.connect(server.url("postgres", "postgres")) as stranger:
        stranger.execute("SELECT pg_current_xact_id()")
        assert await asyncio.wait_for(closed(db), 10) == (True, True)
