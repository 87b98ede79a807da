"""The gate: refuses what the database refused a moment ago, and nothing else, and not for longer than a second."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from huixiang.platform.cache import Cache
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.valkey import EmbeddedValkey
from huixiang.stock import service
from huixiang.stock.adapters.gate import CacheGate
from huixiang.stock.model import Holder, Kind, StockExhausted, Ticket, resource_id
from tests.stock.ground import NAMES, TTL, define, free, order, row, want

pytestmark = [pytest.mark.requirement("BEN-05"), pytest.mark.requirement("INV-7")]
RUSH = resource_id(Kind.SLOT, "rush")


@pytest_asyncio.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(Home(tmp_path / "home"), Identity.for_servers("nobody"))
    server.start()
    yield server
    server.stop()


async def take(
    db: Database, gate: CacheGate, amount: int = 1, holder: Holder | None = None, *, first: bool = True
) -> list[Ticket]:
    wanted = [want("rush", amount)]
    return await service.take(db, gate, holder or order(), NAMES, wanted, TTL, first=first)


async def test_without_valkey_a_process_remembers_for_a_fifth_of_a_second(db: Database) -> None:
    gate = CacheGate(Cache.open(None))
    await define(db, row("rush", 3))
    holder = order()
    await take(db, gate, 2, holder)
    assert await gate.left([RUSH]) == {}
    with pytest.raises(StockExhausted):
        await take(db, gate, 2)
    assert await gate.left([RUSH]) == {RUSH: 1}
    await free(db, holder)
    with pytest.raises(StockExhausted) as refused:
        await take(db, gate, 2)
    assert refused.value.fields["left"] == 1  # the gate's: there are three
    await take(db, gate, 1)  # of what was left there is enough
    await asyncio.sleep(0.25)
    assert await gate.left([RUSH]) == {}
    assert len(await take(db, gate, 2)) == 1


async def test_who_asks_again_is_never_refused_by_the_gate(db: Database) -> None:
    gate = CacheGate(Cache.open(None))
    await define(db, row("rush", 1))
    holder = order()
    given = await take(db, gate, 1, holder)
    with pytest.raises(StockExhausted):
        await take(db, gate)
    assert await take(db, gate, 1, holder, first=False) == given


@pytest_asyncio.fixture
async def gates(valkey: EmbeddedValkey) -> AsyncIterator[tuple[CacheGate, CacheGate]]:
    """Of two processes."""
    caches = Cache.open(valkey.url), Cache.open(valkey.url)
    yield CacheGate(caches[0]), CacheGate(caches[1])
    for cache in caches:
        await cache.close()


async def test_processes_tell_each_other_for_a_second_and_valkey_may_go(
    db: Database, valkey: EmbeddedValkey, gates: tuple[CacheGate, CacheGate]
) -> None:
    one, other = gates
    await define(db, row("rush", 1))
    holder = order()
    await take(db, one, 1, holder)
    with pytest.raises(StockExhausted):
        await take(db, one)
    assert await other.left([RUSH, NAMES]) == {RUSH: 0}
    await free(db, holder)
    await asyncio.sleep(1.1)
    assert await other.left([RUSH]) == {}
    await take(db, other)
    os.kill(valkey.pid, signal.SIGKILL)
    with pytest.raises(StockExhausted):
        await take(db, other)
    await asyncio.sleep(0.25)
    assert await other.left([RUSH]) == {}
    with pytest.raises(StockExhausted):
        await take(db, other)
