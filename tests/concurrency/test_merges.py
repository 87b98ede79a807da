"""Merges in both directions at once, while the same members order, spend and are given coupons (MEM-02)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import pytest

from huixiang.checkout import service as checkout
from huixiang.coupons import service as coupons
from huixiang.coupons.model import NewCoupon
from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef
from huixiang.members.model.merging import Merge, NewMerge
from huixiang.members.service import merging
from huixiang.platform import invariants
from huixiang.platform.db import GAVE_WAY, Database, Transaction
from huixiang.platform.relay import Relay
from huixiang.points.service import merging as ledger
from huixiang.points.service import spending
from tests.concurrency.load import differences
from tests.support.programme import line, load_programme, register_members, till_order

pytestmark = pytest.mark.requirement("MEM-02")

T = TypeVar("T")
PAIRS = 6
TURNS = 24  # of each of two people of a pair
QUIET = 3  # pairs of whom nobody spends
BY = "key:load"
OWN = """
    SELECT member_id, sum(points)::int FROM points.posting WHERE book = 1 AND kind NOT IN ('merged_in', 'merged_out')
    GROUP BY member_id
"""
HAVE = "SELECT member_id, (balance - debt)::int FROM points.account WHERE book = 1"


async def tried(db: Database, run: Callable[[Transaction], Awaitable[T]]) -> T | DomainError:
    """In a transaction of its own, again where it gave way to others; what it refused is told."""
    while True:
        try:
            async with db.transaction() as tx:
                return await run(tx)
        except GAVE_WAY:
            await asyncio.sleep(random.uniform(0, 0.02))
        except DomainError as refusal:
            return refusal


class Load:
    """What people of pairs do, and what came of it."""

    def __init__(self, db: Database, pairs: list[tuple[UUID, UUID]]) -> None:
        self.db = db
        self.pairs = pairs
        self.did: Counter[str] = Counter()
        self.merges: list[Merge] = []
        self.spent: defaultdict[UUID, asyncio.Event] = defaultdict(asyncio.Event)

    async def person(self, member_id: UUID, *, spends: bool) -> None:
        for _ in range(TURNS):
            await self._count("order", lambda tx: self._order(tx, member_id))
            await self._count("coupon", lambda tx: coupons.grant(tx, member_id, NewCoupon(rule="ten-off")))
            if spends and await self._count("spend", lambda tx: self._spend(tx, member_id)):
                self.spent[member_id].set()
        self.spent[member_id].set()

    async def merge(self, gone: UUID, into: UUID) -> None:
        new = NewMerge(into=MemberRef(member_id=into), reason="load")
        begun = await tried(self.db, lambda tx: merging.start(tx, gone, new, BY))
        if isinstance(begun, DomainError):
            self.did[begun.code] += 1
        else:
            self.merges.append(begun)

    async def _count(self, what: str, run: Callable[[Transaction], Awaitable[object]]) -> bool:
        """Whether it was done."""
        outcome = await tried(self.db, run)
        self.did[f"{what} {outcome.code}" if isinstance(outcome, DomainError) else what] += 1
        return not isinstance(outcome, DomainError)

    async def _order(self, tx: Transaction, member_id: UUID) -> None:
        await checkout.post_order(tx, till_order(member_id, str(new_id()), tx.now, [line("a", 1_000)]))

    async def _spend(self, tx: Transaction, member_id: UUID) -> None:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        await members.require_able(tx, found, Ability.SPEND)
        await spending.redeem(tx, found, 1, "exchange", "mug", act=new_id())


async def settle(db: Database) -> None:
    """Let everything that is on its way arrive."""
    left = 1
    while left:
        await Relay(db, SUBSCRIPTIONS).drain()
        async with db.transaction() as tx:
            left = await ledger.bring_along(tx, 1_000)


async def beside(db: Database, done: asyncio.Event) -> None:
    """The worker, meanwhile."""
    relaying = asyncio.create_task(Relay(db, SUBSCRIPTIONS).run(done))
    while not done.is_set():
        await tried(db, lambda tx: ledger.bring_along(tx, 1_000))
        await asyncio.sleep(0.05)
    await relaying


async def counts(db: Database) -> dict[str, int]:
    async with db.transaction(read_only=True) as tx:
        return {
            "points": await tx.fetchval("SELECT sum(balance - debt)::int FROM points.account WHERE book = 1"),
            "coupons": await tx.fetchval("SELECT count(*)::int FROM coupons.coupon"),
            "orders": await tx.fetchval("SELECT count(*)::int FROM checkout.orders"),
        }


async def assert_sound(db: Database, load: Load) -> None:
    """The ledger verifies, every law holds, and what there is is what was given less what was spent."""
    assert await differences(db) == []
    async with db.snapshot() as tx:
        broken = [(law.name, breach.row) for law in invariants.laws() async for breach in invariants.breaches(tx, law)]
        earned = await tx.fetchval("SELECT sum(points)::int FROM checkout.orders")
    assert broken == []
    assert await counts(db) == {
        "points": earned - load.did["spend"],
        "coupons": load.did["coupon"],
        "orders": load.did["order"],
    }


async def test_merges_both_ways_under_load_lose_nothing_and_are_undone(db: Database) -> None:
    await load_programme(db)
    ids = await register_members(db, 2 * PAIRS, registered_at=db.clock.now() - timedelta(days=9))
    pairs = list(zip(ids[::2], ids[1::2], strict=True))
    load = Load(db, pairs)
    done = asyncio.Event()
    worker = asyncio.create_task(beside(db, done))

    async def both_ways(one: UUID, other: UUID, after_s: float, *, spends: bool) -> None:
        # However slow the machine, who spends has done so before: while they are merged nobody may.
        if spends:
            await load.spent[one].wait()
        await asyncio.sleep(after_s)
        await asyncio.gather(load.merge(one, other), load.merge(other, one), load.merge(one, other))

    await asyncio.gather(
        *(load.person(one, spends=place >= QUIET) for place, pair in enumerate(pairs) for one in pair),
        *(both_ways(*pair, place / 10, spends=place >= QUIET) for place, pair in enumerate(pairs)),
    )
    done.set()
    await worker
    await settle(db)
    # One of three wins; the others find the two merging, or one already.
    assert len(load.merges) == PAIRS
    assert load.did["merge_with_self"] + load.did["merge_not_possible"] == 2 * PAIRS
    assert load.did["order"] == load.did["coupon"] == 2 * PAIRS * TURNS, "orders and gifts go on"
    assert load.did["spend"] > 0
    async with db.transaction(read_only=True) as tx:
        ended = [await merging.read(tx, one.member_id, one.merge_id) for one in load.merges]
        owning = {row[0] for row in await tx.fetch("SELECT member_id FROM points.account WHERE balance <> 0")}
    assert {one.state for one in ended} == {"done"}
    assert owning == {one.into_id for one in load.merges}
    await assert_sound(db, load)

    async def undo(one: Merge) -> None:
        await tried(db, lambda tx: merging.undo(tx, one.member_id, one.merge_id, "load", BY))

    await asyncio.gather(*(undo(one) for one in load.merges), *(undo(one) for one in load.merges))
    await settle(db)
    async with db.transaction(read_only=True) as tx:
        undone = [await merging.read(tx, one.member_id, one.merge_id) for one in load.merges]
        own, have = dict(await tx.fetch(OWN)), dict(await tx.fetch(HAVE))
    quiet = {one for pair in pairs[:QUIET] for one in pair}
    assert {one.state for one in undone if one.member_id in quiet} == {"undone"}
    assert {(one.state, one.refusal) for one in undone if one.member_id not in quiet} <= {
        ("undone", None),
        ("done", "points_merge_spent"),
    }
    assert {one: have[one] for one in quiet} == {one: own[one] for one in quiet}, "each has what they earned"
    await assert_sound(db, load)
