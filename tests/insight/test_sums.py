"""The sums that handlers keep equal a full recount, whatever happened and however events were handed over."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from huixiang.checkout import service as checkout
from huixiang.checkout.model import Order, RefundLine, RefundRequest, Tender
from huixiang.insight import service
from huixiang.insight.handlers import SUBSCRIPTIONS
from huixiang.insight.model import DaySum, Recount
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from tests.support.programme import line, load_programme, register_members, till_order

pytestmark = pytest.mark.postgres15


class Shop:
    """A shop that sells and takes back at random, and counts for itself what came of it."""

    def __init__(self, db: Database, members: list[UUID], now: datetime, seed: int) -> None:
        self.db = db
        self.members = members
        self.now = now
        self.draw = random.Random(seed)
        self.orders: list[UUID] = []
        self.sales: Counter[date] = Counter()
        self.refunds: Counter[date] = Counter()
        self.refunded_fen: Counter[date] = Counter()
        self.late_refunds = 0
        self.buyers: set[tuple[date, UUID]] = set()
        self.serial = 0

    async def sell(self, calendar: BusinessCalendar) -> None:
        batch = []
        for _ in range(self.draw.randint(1, 6)):
            self.serial += 1
            member = self.draw.choice(self.members)
            at = self.now - timedelta(minutes=self.draw.randint(0, 400 * 24 * 60))
            lines = [line(str(n), self.draw.randint(0, 90_000), pieces=3) for n in range(self.draw.randint(1, 4))]
            payable = sum(one.payable_fen for one in lines)
            tenders = [Tender("manufacturer_coupon", payable // 5)] if payable >= 5 and self.draw.random() < 0.3 else []
            programme = self.draw.choice(["base", "default"])
            batch.append(till_order(member, str(self.serial), at, lines, programme=programme, tenders=tenders))
            day = calendar.day(at)
            self.sales[day] += payable
            self.buyers.add((day.replace(day=1), member))
        async with self.db.transaction() as tx:
            for posted in await checkout.post_orders(tx, batch):
                assert posted.result is not None
                self.orders.append(posted.result.order_id)

    async def take_back(self, calendar: BusinessCalendar) -> None:
        async with self.db.transaction() as tx:
            order = await checkout.order(tx, self.draw.choice(self.orders))
            request = self._refund_of(order)
            if request is not None:
                day = calendar.day(request.occurred_at)
                self.refunds[day] += 1
                self.refunded_fen[day] += (await checkout.refund_order(tx, order.order_id, request)).refund_fen
                self.late_refunds += day > order.business_day

    def _refund_of(self, order: Order) -> RefundRequest | None:
        left = {part.line_id: part.quantity - part.refunded_quantity for part in order.lines}
        lines = [RefundLine(code, self.draw.randint(1, count)) for code, count in left.items() if count]
        self.serial += 1
        occurred_at = max(order.completed_at, self.now - timedelta(days=self.draw.randint(0, 60)))
        return (
            RefundRequest(external_id=f"r{self.serial}", reason="damaged", occurred_at=occurred_at, lines=lines[:2])
            if lines
            else None
        )


async def both_ways(db: Database) -> tuple[Recount, Recount]:
    async with db.snapshot() as tx:
        return await service.kept(tx), await service.recount(tx)


@pytest.mark.requirement("INS-02")
@pytest.mark.parametrize("seed", range(3))
async def test_sums_equal_a_recount(db: Database, calendar: BusinessCalendar, now: datetime, seed: int) -> None:
    await load_programme(db)
    shop = Shop(db, await register_members(db, 5), now, seed)
    relay = Relay(db, SUBSCRIPTIONS)
    for step in range(40):
        await (shop.take_back(calendar) if step % 3 == 2 else shop.sell(calendar))
        if shop.draw.random() < 0.2:
            await relay.drain_once()
    kept, counted = await both_ways(db)
    assert kept != counted, "events are waiting, so the sums must lag"
    await relay.drain()
    kept, counted = await both_ways(db)
    assert kept == counted
    # And both are what the shop counted for itself.
    assert {day: one.sales_fen for day, one in kept.days.items() if one.orders} == dict(shop.sales)
    assert {day: one.refunds for day, one in kept.days.items() if one.refunds} == dict(shop.refunds)
    assert {day: one.refunded_fen for day, one in kept.days.items() if one.refunds} == dict(shop.refunded_fen)
    assert shop.late_refunds > 3, "most goods come back on a later day than they were sold"
    assert sum(kept.active_members.values()) == len(shop.buyers)
    net = sum(one.points_net for one in kept.days.values())
    assert sum(one.points_issued for one in kept.days.values()) > net > 0
    assert sum(one.new_members for one in kept.days.values()) == 5
    assert sum(kept.tiers.values()) <= 5


@pytest.mark.requirement("INS-02")
async def test_a_refund_on_a_later_day_counts_on_its_own_day(
    db: Database, calendar: BusinessCalendar, now: datetime
) -> None:
    await load_programme(db)
    (member,) = await register_members(db, 1)
    sold, back = now - timedelta(days=40), now - timedelta(days=3)
    async with db.transaction() as tx:
        order = await checkout.post_order(tx, till_order(member, "1", sold, [line("a", 1000, pieces=4)]))
        for number, occurred_at in enumerate([sold, back]):
            request = RefundRequest(
                external_id=f"r{number}", reason="damaged", occurred_at=occurred_at, lines=[RefundLine("a", 1)]
            )
            await checkout.refund_order(tx, order.order_id, request)
    await Relay(db, SUBSCRIPTIONS).drain()
    kept, counted = await both_ways(db)
    assert kept == counted
    (registered, then, later) = (kept.days[calendar.day(instant)] for instant in (now, sold, back))
    assert registered.new_members == 1
    assert (then.orders, then.sales_fen, then.cash_fen, then.points_issued) == (1, 1000, 1000, 10)
    assert (then.refunds, then.refunded_fen, then.points_net) == (1, 250, 10 - 3)
    assert later == DaySum(refunds=1, refunded_fen=250, points_net=-2)


async def test_handing_over_again_adds_nothing(db: Database, calendar: BusinessCalendar, now: datetime) -> None:
    await load_programme(db)
    shop = Shop(db, await register_members(db, 3), now, 7)
    for _ in range(5):
        await shop.sell(calendar)
    await Relay(db, SUBSCRIPTIONS).drain()
    before, _ = await both_ways(db)
    await Relay(db, SUBSCRIPTIONS).drain()
    assert (await both_ways(db))[0] == before
    assert sum(one.orders for one in before.days.values()) > 5
