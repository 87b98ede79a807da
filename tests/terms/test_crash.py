"""The worker that tells members of a change is killed on its way: each is told once all the same (CON-08)."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.support.programme import register_members
from tests.terms.hall import look, publish, told

pytestmark = pytest.mark.requirement("CON-08")
MEMBERS = 120


async def reached(db: Database, so_many: int, *, ended: bool = False) -> None:
    async with asyncio.timeout(60):
        while True:
            [one] = await told(db)
            if one.members >= so_many and (one.ended_at is not None or not ended):
                return
            await asyncio.sleep(0.005)


async def test_a_killed_worker_tells_everybody_once(
    db: Database,
    database_url: str,
    clock: SettableClock,
    home: Path,
    programme: None,  # noqa: ARG001 - rules first
    superuser: psycopg.Connection[tuple[int, int]],
) -> None:
    await register_members(db, MEMBERS, registered_at=clock.now() - timedelta(days=400))
    await publish(db)
    await look(db)
    for part in (1, MEMBERS // 3, 2 * MEMBERS // 3, MEMBERS):
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.terms.worker", database_url, clock.now().isoformat(), str(home),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert worker.stdout is not None
        try:
            assert await asyncio.wait_for(worker.stdout.readline(), 60) == b"working\n"
            await reached(db, part, ended=part == MEMBERS)
        finally:
            worker.kill()
            await worker.wait()
        assert ((await told(db))[0].ended_at is None) == (part < MEMBERS), "it was killed on its way"
    [one] = await told(db)
    assert (one.members, one.messages) == (MEMBERS, MEMBERS)
    sent = "SELECT count(*), count(DISTINCT member_id) FROM messaging.message WHERE template = 'terms_changed'"
    assert superuser.execute(sent).fetchone() == (MEMBERS, MEMBERS)
