"""PostgreSQL and workers are killed at random moments of a mixed load; nothing is lost and nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform import migrations
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.points.model import Outcome, posting_key
from tests.concurrency.load import LOST, command, differences, opened, perform
from tests.concurrency.processes import Worker
from tests.support.server import chosen_programs

SEED = 20260318
KILLS = 20
CONNECTIONS = 8


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(
        Home(tmp_path / "home"),
        Identity.for_servers("nobody"),
        programs=chosen_programs(),
        overrides={"fsync": "off"},  # what was committed outlives the server, if not the machine
    )
    server.start()
    migrations.upgrade(server.url("huixiang_owner"))
    yield server
    server.stop()


@pytest.mark.requirement("PTS-14")
async def test_what_was_answered_is_there_once_and_a_retry_makes_the_rest_be_there_once(
    killable: EmbeddedPostgres,
) -> None:
    """Every second time a worker, every second time the server, from under a worker that asks again."""
    chance = random.Random(SEED)
    members = [new_id() for _ in range(4)]
    url = killable.url("huixiang_app")
    said: dict[int, str] = {}
    first = 0
    for _ in range(KILLS // 2):
        worker = await Worker.start(url, CONNECTIONS, SEED, first, 0, members)
        worker.go()
        await some_more(worker, chance)
        os.kill(killable.pid, signal.SIGKILL)
        killable.restart()  # here: a server's life hangs on the thread that starts it
        await some_more(worker, chance)
        said |= await worker.kill()
        # Those after the last that was answered were begun or not; the next worker begins after them.
        first = max(said) + CONNECTIONS + 1
    db = await opened(url, 1)
    try:
        numbers = range(first)
        assert len(said) > KILLS * 5
        unanswered = [number for number in numbers if number not in said]
        assert unanswered
        await check(db, members, said)
        for number in unanswered:
            said[number] = told(await retried(db, members, number))
        await check(db, members, said)
        for number in numbers:
            if said[number] != "refused":
                assert told(await retried(db, members, number)) == said[number]
        await check(db, members, said)
        assert await differences(db) == []
    finally:
        await db.close()


async def some_more(worker: Worker, chance: random.Random) -> None:
    """Until the worker has been answered some more times: a moment that nobody can foresee."""
    enough = len(worker.said) + chance.randint(1, 40)
    async with asyncio.timeout(60):
        while len(worker.said) < enough:  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(0.001)


async def retried(db: Database, members: list[UUID], number: int) -> Outcome | DomainError:
    for _ in range(10):
        try:
            return await perform(db, command(members, SEED, number))
        except LOST:
            await asyncio.sleep(0.05)
    raise AssertionError("the server does not come back")


def told(outcome: Outcome | DomainError) -> str:
    if isinstance(outcome, DomainError):
        return "refused"
    return str(outcome.posting.points if outcome.posting else 0)


async def check(db: Database, members: list[UUID], said: dict[int, str]) -> None:
    """Each command that was answered is in the journal once, as it was answered, or not at all if it was refused."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT key, count(*) AS times, min(points) AS points FROM points.posting GROUP BY key")
    journal = {row["key"]: (row["times"], str(row["points"])) for row in rows}
    for number, what in said.items():
        found = journal.get(posting_key(command(members, SEED, number)))
        assert found == (None if what == "refused" else (1, what)), number
