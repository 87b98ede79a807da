"""PostgreSQL and workers are killed at random moments of a mixed load; nothing is lost and nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from huixiang.platform import migrations
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.relay import Relay
from huixiang.points import handlers
from tests.concurrency.load import LOST, REFUSED, Doors, Step, differences, doors, opened
from tests.concurrency.movement import KINDS, PERIOD, family, mixed, sums
from tests.concurrency.processes import Worker
from tests.support.server import chosen_programs

SEED = 20260318
KILLS = 20
CONNECTIONS = 8
ISSUED = 4000


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
@pytest.mark.requirement("PTS-09")
async def test_what_was_answered_is_there_once_and_a_retry_makes_the_rest_be_there_once(
    killable: EmbeddedPostgres,
) -> None:
    """Every second time a worker, every second time the server, from under a worker that asks again: commands on
    members' accounts by every door, transfers, a family pool's tickets, a partner's points in and out."""
    chance = random.Random(SEED)
    url = killable.url("huixiang_app")
    db = await opened(url, 2)
    ids = await family(db, 4, ISSUED // 4)
    await db.close()
    said: dict[int, str] = {}
    first = 0
    for _ in range(KILLS // 2):
        worker = await Worker.start(url, "mixed", CONNECTIONS, SEED, first, 0, ids)
        worker.go()
        await some_more(worker, chance)
        os.kill(killable.pid, signal.SIGKILL)
        killable.restart()  # here: a server's life hangs on the thread that starts it
        await some_more(worker, chance)
        said |= await worker.kill()
        # Those after the last that was answered were begun or not; the next worker begins after them.
        first = max(said) + CONNECTIONS + 1
    db = await opened(url, 2)
    try:
        async with doors(db) as ledger:
            await settled(db, ledger, said, {number: mixed(ids, SEED, number) for number in range(first)})
    finally:
        await db.close()


async def settled(db: Database, ledger: Doors, said: dict[int, str], steps: dict[int, Step]) -> None:
    """Ask again for what was not answered, and for all of it, and see that everything is there once."""
    assert len(said) > KILLS * 5
    unanswered = [number for number in steps if number not in said]
    assert unanswered
    done = Counter(number % PERIOD for number in said if said[number] != REFUSED)
    assert done.keys() >= KINDS.keys()
    await check(db, steps, said)
    for number in unanswered:
        said[number] = await certainly(ledger, steps[number])
    await check(db, steps, said)
    for number, step in steps.items():
        if said[number] != REFUSED:
            assert await certainly(ledger, step) == said[number]
    await check(db, steps, said)
    await Relay(db, handlers.SUBSCRIPTIONS).drain()
    after = await sums(db)
    assert (after.owned, after.on_the_way) == (after.brought, 0)
    assert after.owned == ISSUED + sum(int(said[n]) for n, step in steps.items() if step.moves and said[n] != REFUSED)
    assert await differences(db) == []


async def some_more(worker: Worker, chance: random.Random) -> None:
    """Until the worker has been answered some more times: a moment that nobody can foresee."""
    enough = len(worker.said) + chance.randint(1, 40)
    async with asyncio.timeout(180):
        while len(worker.said) < enough:  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(0.001)


async def certainly(ledger: Doors, step: Step) -> str:
    for _ in range(10):
        try:
            return await step.answer(ledger)
        except LOST:
            await asyncio.sleep(0.05)
    raise AssertionError("the server does not come back")


async def check(db: Database, steps: dict[int, Step], said: dict[int, str]) -> None:
    """Each step that was answered is in the journal once, as it was answered, or not at all if it was refused; and
    what has left one account and has not come into another is on its way."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT key, count(*) AS times, min(points) AS points FROM points.posting GROUP BY key")
    journal = {row["key"]: (row["times"], str(row["points"])) for row in rows}
    for number, what in said.items():
        assert journal.get(steps[number].key) == (None if what == REFUSED else (1, what)), number
    now = await sums(db)
    assert now.owned + now.on_the_way == now.brought
