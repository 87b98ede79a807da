"""Ten thousand ask for a hundred: real connections, two processes; processes and Valkey are killed (BEN-05, CPN-04)."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.valkey import EmbeddedValkey
from huixiang.stock import service
from huixiang.stock.model import Fate, Holder, StockExhausted, StockRefusal
from tests.concurrency.stock_processes import Rusher, rush
from tests.concurrency.stock_worker import holder_of
from tests.stock.ground import breaches, define, free, left, order, reserve, row, somebody, want

pytestmark = [
    pytest.mark.requirement("BEN-05"),
    pytest.mark.requirement("CPN-04"),
    pytest.mark.requirement("MALL-03"),
]

CONNECTIONS = 64
PEOPLE = 10_000


async def taken(db: Database) -> dict[UUID, int]:
    """What holders have, by holder."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT holder_id, amount FROM stock.ticket WHERE state <> 'freed'")
    found = Counter({row["holder_id"]: row["amount"] for row in rows})
    assert len(found) == len(rows)
    return dict(found)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(Home(tmp_path / "home"), Identity.for_servers("nobody"))
    server.start()
    yield server
    server.stop()


async def test_valkey_may_die_in_the_middle(db: Database, database_url: str, valkey: EmbeddedValkey) -> None:
    await define(db, row("rush", 100, shards=8, per_member=1))
    rushers = [
        await Rusher.start(database_url, valkey.url, 16, numbers, "rush")
        for numbers in (range(3_000), range(3_000, 6_000))
    ]
    for rusher in rushers:
        rusher.go()
    async with asyncio.timeout(60):
        while sum(len(rusher.said.answers) for rusher in rushers) < 1_000:  # noqa: ASYNC110 - others make it so
            await asyncio.sleep(0.001)
    os.kill(valkey.pid, signal.SIGKILL)
    said = Counter[str]()
    for rusher in rushers:
        said += (await rusher.finish()).counted
    assert said == {"taken": 100, "exhausted": 5_900}
    assert (len(await taken(db)), await left(db, "rush")) == (100, [0])
    assert await breaches(db) == []


@pytest.mark.parametrize("shards", [1, 8])
async def test_a_hundred_are_given_to_ten_thousand_who_ask(db: Database, database_url: str, shards: int) -> None:
    await define(db, row("rush", 100, shards=shards, per_member=1))
    said = await rush(database_url, "", CONNECTIONS, PEOPLE, "rush")
    assert said.counted == {"taken": 100, "exhausted": PEOPLE - 100}
    told = {holder_of(number).holder_id: 1 for number, answer in said.answers.items() if answer == "taken"}
    assert (await taken(db), await left(db, "rush")) == (told, [0])
    assert await breaches(db) == []
    # One place that comes back is given to the next, and to nobody else.
    await free(db, Holder("order", next(iter(told))))
    assert len(await reserve(db, order(), want("rush"), member=somebody(1))) == 1
    with pytest.raises(StockExhausted):
        await reserve(db, order(), want("rush"), member=somebody(2))


async def test_a_budget_is_spent_to_the_last_fen(db: Database, database_url: str) -> None:
    """7 fen each of 10,003: 1,429 of them, and then whoever wants the last fen has it."""
    await define(db, row("fen", 10_003 - 3, unit="fen", shards=8))
    said = await rush(database_url, "", CONNECTIONS, 2_000, "fen", 7)
    assert said.counted == {"taken": 1_428, "exhausted": 572}
    assert await left(db, "fen") == [4]
    last = await rush(database_url, "", 8, 20, "fen", 1, first=5_000)
    assert last.counted == {"taken": 4, "exhausted": 16}
    assert (await left(db, "fen"), sum((await taken(db)).values())) == ([0], 10_000)
    assert await breaches(db) == []


class Placed:
    """Orders that came to be; the others died with their process."""

    def __init__(self, placed: Collection[UUID]) -> None:
        self._placed = set(placed)

    async def outcome(self, _tx: Transaction, holder_ids: Collection[UUID]) -> Mapping[UUID, Fate]:
        return {one: "stands" if one in self._placed else "gone" for one in holder_ids}


async def test_what_a_killed_process_held_is_there_again_after_its_time(
    db: Database, database_url: str, clock: SettableClock
) -> None:
    await define(db, row("rush", 5_000, shards=4, per_member=1))
    rusher = await Rusher.start(database_url, "", 16, range(4_000), "rush")
    rusher.go()
    async with asyncio.timeout(60):
        while len(rusher.said.answers) < 200:  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(0.001)
    said = await rusher.kill()
    held = await taken(db)
    assert {holder_of(number).holder_id for number in said.answers} <= held.keys()
    assert len(held) < 4_000
    placed = set(random.Random(40).sample(sorted(held), len(held) // 3))
    clock.set(max(clock.now(), await _last(db)) + timedelta(seconds=1))
    after = None
    while True:
        async with db.transaction() as tx:
            done = await service.sweep(tx, {"order": Placed(placed)}, after)
        after = done.after
        if after is None:
            break
    assert (await taken(db)).keys() == placed
    assert await left(db, "rush") == [5_000 - len(placed)]
    assert await breaches(db) == []


async def _last(db: Database) -> datetime:
    """When the last ticket expires, by the workers' own clock."""
    async with db.transaction() as tx:
        at = await tx.fetchval("SELECT max(expires_at) FROM stock.ticket")
    assert isinstance(at, datetime)
    return at


async def test_two_who_want_the_same_in_opposite_order_never_wait_in_a_circle(db: Database) -> None:
    await define(db, *(row(key, 40, shards=shards, per_member=2) for key, shards in (("a", 1), ("b", 3), ("c", 1))))
    wanted = [want("a"), want("b"), want("c")]
    chance = random.Random(40)

    async def one(number: int) -> None:
        holder = order()
        asked = chance.sample(wanted, 2 + number % 2)
        member = UUID(int=number % 3)
        try:
            await reserve(db, holder, *asked, member=member)
        except StockRefusal:
            return
        if number % 4 == 3:
            async with db.transaction() as tx:
                await service.confirm(tx, holder)
        await free(db, holder)

    async def raised() -> None:
        for version in range(2, 40):
            keys = chance.sample([("a", 1), ("b", 3), ("c", 1)], 3)
            rows = [row(key, 35 + version % 3, shards=parts, per_member=2, version=version) for key, parts in keys]
            await define(db, *rows)

    # A deadlock is an error of one of them.
    await asyncio.gather(*(one(number) for number in range(800)), raised())
    assert await taken(db) == {}
    assert await breaches(db) == []
