"""An order that is completed many days late: what it held was kept for it, whatever ended since (CHK-04, PTS-07)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.coupons.jobs import EndCoupons, end_chunk
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS, Settle
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-04", "PTS-07", "CPN-03")

LATE = timedelta(days=40)


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200), good("milk", 1_000))
        await made.publish([CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))])
        yield made
        assert await made.breaches() == []
        async with db.transaction() as tx:
            done = await points.verify(tx)
        assert (done.differences, done.findings) == (0, [])


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def forty_days_later(counter: Counter, member: UUID, clock: SettableClock) -> tuple[Answer, str]:
    """Of 1,000 points that last for ten days, 400 held, beside a coupon that lasts for as long."""
    ends = clock.now() + timedelta(days=10)
    await counter.give_points(member, 1_000, expires_on=ends.date())
    coupon = await counter.grant(member, "ten", ends)
    quote = await counter.quote([pieces("beef"), pieces("milk", 2)], member, points=400)
    order = await counter.place(quote, paid=True)
    clock.advance(LATE)
    async with counter.db.transaction() as tx:
        await points.post(tx, [Settle(member_id=member, book=POINTS)])
        await end_chunk(tx, EndCoupons())
    await counter.cancel_unpaid()
    balance = await counter.balance(member)
    assert (balance.balance, balance.held, balance.available) == (400, 400, 0), "what was free is over"
    assert await coupon_of(counter, coupon) == "held"
    return order, coupon


async def coupon_of(counter: Counter, coupon: str) -> str:
    async with counter.db.transaction() as tx:
        return str(await tx.fetchval("SELECT state FROM coupons.coupon WHERE coupon_id = $1", UUID(coupon)))


async def test_what_an_order_held_pays_for_it_however_late(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    order, coupon = await forty_days_later(counter, member, clock)
    done = await counter.act(order, "complete", key="done")
    assert (done["state"], done["payment"]) == ("completed", "paid")
    assert await counter.act(order, "complete", key="again") == done
    assert await coupon_of(counter, coupon) == "used"
    posted = await counter.order(order)
    assert (posted["payable_fen"], posted["cash_fen"]) == (6_200, order["due_fen"])
    assert [one["amount_fen"] for one in posted["tenders"]] == [one["points_fen"] for one in order["lines"]]
    assert posted["completed_at"] == done["settled_at"]
    assert posted["points"] > 0, "it earns when it is completed"
    assert (await counter.balance(member)).held == 0
    assert await counter.breaches() == []
    back = await counter.refund(order, "r1", [("1", 1), ("2", 2)])
    assert (back["points_returned"], back["refund_fen"]) == (400, order["due_fen"])
    assert await coupon_of(counter, coupon) == "issued"


async def test_a_part_that_is_missing_late_gives_back_what_it_held(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    """Points that no longer pay for anything are free for a day, as their last day is over."""
    order, coupon = await forty_days_later(counter, member, clock)
    picked = await counter.act(order, "fulfil", picked=[{"line_id": "2", "quantity": 0}])
    spent = sum(line["points"] for line in picked["fulfilled"]["lines"])
    assert 0 < spent < 400
    await counter.act(order, "complete")
    assert await coupon_of(counter, coupon) == "used"
    today = counter.db.calendar.day(clock.now())
    assert await lots(counter, member) == {today + timedelta(days=1): 400 - spent}
    assert (await counter.balance(member)).held == 0


async def lots(counter: Counter, member: UUID) -> dict[date, int]:
    """What was given to the member, and is left, by its last day."""
    async with counter.db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT expires_on, remaining FROM points.lot WHERE member_id = $1 AND remaining <> 0", member
        )
    soon = counter.db.calendar.day(counter.db.clock.now()) + timedelta(days=9)
    return {row["expires_on"]: row["remaining"] for row in rows if row["expires_on"] < soon}
