"""Rows are kept by what is told, and made again from the orders by another way: the two are the same, row for row."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.checkout import service as checkout
from huixiang.habits.model import Difference
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.habits.market import GOODS, STORES, Market

pytestmark = [pytest.mark.requirement("MEM-07"), pytest.mark.postgres15]

STEPS = 60
RULES = {
    "name": {"zh": "规则", "en": "Rules"}, "measured_by": "both", "new_days": 20, "dormant_days": 45, "lost_days": 120,
    "trend_days": 60, "growing_bp": 11_000, "declining_bp": 8_000,
}  # fmt: skip


class Chance:
    """Does one thing after the other at random, and counts what was done."""

    def __init__(self, db: Database, clock: SettableClock, seed: int) -> None:
        self.market = Market(db, clock, seed)
        self.draw = self.market.draw
        self.done: Counter[str] = Counter()
        self.doings = [self.sell] * 5 + [self.bring_back] * 2 + [self.see] * 2
        self.doings += [self.merge, self.part, self.wait, self.change_rules]

    async def step(self) -> None:
        doing = self.draw.choice(self.doings)
        try:
            await doing()
        except DomainError:  # such as merging somebody who is being merged
            return
        self.done[doing.__name__] += 1

    async def sell(self) -> None:
        """Several orders at once, of several members, of any day of two years."""
        wanted = []
        for _ in range(self.draw.randint(1, 6)):
            goods = [(self.draw.choice([*GOODS, "unknown"]), self.draw.randint(0, 9000)) for _ in range(3)]
            ago = self.draw.choice([0, 1, 29, 30, 45, 89, 90, 120, 364, 365, 600, self.draw.randint(0, 700)])
            wanted.append(self.market.order(self.anybody(), ago, goods, self.draw.choice(STORES)))
        async with self.market.db.transaction() as tx:
            posted = await checkout.post_orders(tx, wanted)
        self.market.orders += [one.result.order_id for one in posted if one.result is not None]

    async def bring_back(self) -> None:
        """Of three lines: often all of it."""
        order = self.draw.choice(self.market.orders or [UUID(int=0)])
        for _ in range(self.draw.choice([1, 3])):
            await self.market.bring_back(order, self.draw.randint(1, 2))

    async def merge(self) -> None:
        await self.market.merge(*self.draw.sample(self.market.members, 2))

    async def part(self) -> None:
        if self.market.merges:
            await self.market.part(*self.draw.choice(self.market.merges[-2:]))

    async def see(self) -> None:
        await self.market.see(self.anybody(), self.draw.choice([None, *GOODS.values()]), self.draw.randint(0, 2000))

    async def wait(self) -> None:
        await self.market.settle()
        self.market.clock.advance(timedelta(days=self.draw.choice([0, 1, 3, 30])))

    async def change_rules(self) -> None:
        body = RULES | {"measured_by": self.draw.choice(["orders", "visits", "both"])}
        async with self.market.db.transaction() as tx:
            await rulebook.publish(tx, "lifecycle", "default", body, tx.now, "test", "test")

    def anybody(self) -> UUID:
        return self.draw.choice(self.market.members)


@pytest.mark.parametrize("seed", range(3))
async def test_upkeep_and_rebuild_agree_row_for_row(db: Database, clock: SettableClock, seed: int) -> None:
    chance = Chance(db, clock, seed)
    market = chance.market
    await market.open(6)
    stages = set()
    for _ in range(STEPS):
        await chance.step()
        if chance.draw.random() < 0.2:
            await market.settle()
            assert await market.check() == []
            stages |= {row[-1] for row in (await market.rows()).values()}
    await market.settle()
    assert await market.check() == []
    kept = await market.rows()
    assert kept
    assert await market.rebuild() == []
    assert await market.rows() == kept
    assert len(stages) > 2, stages
    assert set(chance.done) >= {"sell", "bring_back", "merge", "see", "wait", "change_rules"}, chance.done


async def test_rebuilding_from_nothing_gives_the_rows_that_were_kept(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    chance = Chance(db, clock, 11)
    await chance.market.open(6)
    for _ in range(30):
        await chance.step()
    await chance.market.settle()
    kept = await chance.market.rows()
    superuser.execute("DELETE FROM habits.member")
    assert [one.fields for one in await chance.market.rebuild()] == [["row"]] * len(kept)
    assert len(kept) > 1
    assert await chance.market.rows() == kept


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        ("spend_90d = spend_90d + 1", "spend_90d"),
        ("orders_365d = 99", "orders_365d"),
        ("favourite_categories = '{sea,dairy}'", "favourite_categories"),
        ("home_store = 's-2'", "home_store"),
        ("lifecycle = 'lost'", "lifecycle"),
        ("first_order_on = first_order_on - 1", "first_order_on"),
        ("turns_on = turns_on + 1", "turns_on"),
    ],
)
async def test_a_damaged_row_is_found_and_mended(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any], damage: str, field: str
) -> None:
    market = Market(db, clock)
    await market.open(3)
    for member in market.members:
        await market.buy(member, 40)
    await market.settle()
    good = await market.rows()
    damaged = market.members[1]
    superuser.execute(f"UPDATE habits.member SET {damage} WHERE member_id = %s", [damaged])  # noqa: S608 - above
    found = [Difference(damaged, [field])]
    assert await market.check() == found
    assert await market.check() == found, "checking changes nothing"
    assert await market.rebuild() == found
    assert await market.rows() == good
    assert await market.check() == []


async def test_a_row_too_many_is_found_and_removed(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    market = Market(db, clock)
    await market.open(2)
    await market.settle()
    superuser.execute("UPDATE habits.member SET member_id = %s WHERE member_id = %s", [UUID(int=5), market.members[0]])
    assert await market.rebuild() == [Difference(UUID(int=5), ["row"]), Difference(market.members[0], ["row"])]
    assert set(await market.rows()) == set(market.members)
