"""How often an order waits for the database: statements by number, BEGIN and COMMIT with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule, OrderRule
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.programme import register_members

COUPON = CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))
RULE = OrderRule(code="off", name=named("off"), effect=Off((OffStep(5_000, 200),)))


class Heard:
    """What one connection is asked, but for what each process asks once a second: whether points are paused."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def hear(self, record: Any) -> None:
        if "FROM points.pause " not in record.query:
            self._said.append(" ".join(record.query.split()))

    async def take(self) -> list[str]:
        """Since it was last taken. The driver tells at the loop's next turn."""
        await asyncio.sleep(0)
        said, self._said = self._said, []
        return said


@asynccontextmanager
async def heard(db: Database) -> AsyncIterator[Heard]:
    """db: has one connection."""
    found = Heard()
    async with db.connections.lend() as connection:
        connection.add_query_logger(found.hear)
    yield found
    async with db.connections.lend() as connection:
        connection.remove_query_logger(found.hear)


async def statements(counter: Counter, hears: Heard, quote: Answer) -> tuple[Answer, list[str], list[str]]:
    """An order, and what placing it and completing it asked."""
    await hears.take()
    order = await counter.place(quote, paid=True)
    placing = await hears.take()
    await counter.act(order, "complete")
    return order, placing, await hears.take()


@pytest.mark.requirement("CHK-02", "CHK-04")
async def test_an_order_waits_for_the_database_so_often(db: Database, database_url: str) -> None:
    await open_shop(db)
    [member] = await register_members(db, 1, registered_at=db.clock.now() - timedelta(days=9))
    alone = await Database.open(database_url, calendar=db.calendar, clock=db.clock, max_size=1)
    async with opened(alone) as counter, heard(alone) as hears:
        await counter.stock(good("beef", 5_200), good("milk", 1_000))
        await counter.publish([COUPON, RULE])
        await counter.give_points(member, 5_000)
        basket = [pieces("beef"), pieces("milk", 2)]
        # The first of a member opens accounts, and a process reads what it keeps.
        await statements(counter, hears, await counter.quote(basket, member))
        _, placing, completing = await statements(counter, hears, await counter.quote(basket, member))
        assert (len(placing), len(completing)) == (10, 14), "\n".join([*placing, *completing])
        await counter.grant(member, "ten")
        both = await counter.quote(basket, member, points=400)
        order, placing, completing = await statements(counter, hears, both)
        assert (order["points"], len(order["coupons"])) == (400, 1)
        assert (len(placing), len(completing)) == (13, 18), "\n".join([*placing, *completing])
    await alone.close()
