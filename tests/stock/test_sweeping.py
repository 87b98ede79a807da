"""Tickets past their time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.stock import service
from huixiang.stock.jobs import Sweeper
from huixiang.stock.model import Fate, Holder
from huixiang.stock.ports import Holders
from huixiang.stock.service import Swept
from huixiang.stock.service.sweeping import CHUNK
from tests.stock.ground import TTL, breaches, define, left, order, reserve, row, want

pytestmark = [pytest.mark.requirement("BEN-05"), pytest.mark.requirement("INV-4")]


class Orders:
    """Orders that are there, and those that never will be."""

    def __init__(self, stand: Collection[UUID], gone: Collection[UUID]) -> None:
        self._stand, self._gone = set(stand), set(gone)

    async def outcome(self, _tx: Transaction, holder_ids: Collection[UUID]) -> Mapping[UUID, Fate]:
        fates: dict[UUID, Fate] = {}
        for one in holder_ids:
            if one in self._stand:
                fates[one] = "stands"
            elif one in self._gone:
                fates[one] = "gone"
        return fates


async def swept(db: Database, holders: Mapping[str, Holders]) -> Swept:
    async with db.transaction() as tx:
        return await service.sweep(tx, holders)


async def test_what_stands_is_confirmed_what_is_gone_freed_and_the_rest_kept(
    db: Database, clock: SettableClock
) -> None:
    await define(db, row("a", 10, per_member=10), row("b", 10, shards=3))
    placed, lost, unsure = order(), order(), order()
    for holder in (placed, lost, unsure):
        await reserve(db, holder, want("a", 2), want("b", 3))
    known = {"order": Orders([placed.holder_id], [lost.holder_id])}
    assert await swept(db, known) == Swept()
    clock.advance(TTL)
    assert await swept(db, known) == Swept(1, 1, 1)
    assert await left(db, "a", "b") == [6, 4]
    assert await swept(db, known) == Swept(0, 0, 1)
    async with db.transaction() as tx:
        assert {one.state for one in await service.tickets_of(tx, placed)} == {"confirmed"}
        assert {one.state for one in await service.tickets_of(tx, unsure)} == {"reserved"}
    assert await breaches(db) == []


async def test_nobody_frees_what_nobody_answers_for(db: Database, clock: SettableClock) -> None:
    await define(db, row("a", 10))
    await reserve(db, Holder("claim", order().holder_id), want("a"))
    clock.advance(TTL)
    assert await swept(db, {}) == Swept(ownerless={"claim": 1})
    assert await swept(db, {"order": Orders([], [])}) == Swept(ownerless={"claim": 1})
    assert await left(db, "a") == [9]


async def test_those_that_stay_hold_up_nobody_behind_them(db: Database, clock: SettableClock) -> None:
    await define(db, row("a", 1000))
    for _ in range(CHUNK):
        await reserve(db, order(), want("a"))
    clock.advance(timedelta(seconds=1))
    lost = order()
    await reserve(db, lost, want("a"))
    clock.advance(TTL)
    known = {"order": Orders([], [lost.holder_id])}
    first = await swept(db, known)
    assert (first.waiting, first.freed) == (CHUNK, 0)
    assert first.after is not None
    async with db.transaction() as tx:
        assert await service.sweep(tx, known, first.after) == Swept(0, 1, 0)


async def test_two_sweeps_at_once_share_the_work(db: Database, clock: SettableClock) -> None:
    await define(db, row("a", 10))
    lost = order()
    await reserve(db, lost, want("a"))
    clock.advance(TTL)
    known = {"order": Orders([], [lost.holder_id])}
    async with db.transaction() as one, db.transaction() as other:
        assert (await service.sweep(one, known)).freed == 1
        assert (await service.sweep(other, known)).freed == 0
    assert await left(db, "a") == [10]


async def test_the_worker_sweeps_until_it_is_told_to_stop(db: Database, clock: SettableClock) -> None:
    await define(db, row("a", 1000))
    lost = [order() for _ in range(CHUNK + 1)]
    for holder in lost:
        await reserve(db, holder, want("a"))
    clock.advance(TTL)
    stop = asyncio.Event()
    with capture_logs() as told:
        sweeper = Sweeper(db, {"order": Orders([], [one.holder_id for one in lost])})
        await reserve(db, Holder("claim", order().holder_id), want("a"), ttl=timedelta())
        running = asyncio.create_task(sweeper.run(stop))
        async with asyncio.timeout(20):
            while await left(db, "a") != [999]:  # noqa: ASYNC110 - the sweeper makes it so
                await asyncio.sleep(0.02)
        await sweeper.sweep()
        stop.set()
        await running
    assert [one["event"] for one in told].count("stock_tickets_without_owner") == 1
    assert sum(one.get("freed", 0) for one in told) == CHUNK + 1
