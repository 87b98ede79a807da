"""A member's own orders: one list of all, and one order with all that became of it (CHK-01, CHK-02)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule
from tests.checkout.counter import ROUTES, Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-02")
PATH = "/api/member/v1/me/orders"
TEN = CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(5000, 1000),)))
BASKET = [{"line_id": "beef", "sku": "beef", "pieces": 1}, {"line_id": "milk", "sku": "milk", "pieces": 2}]


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5200), good("milk", 1000))
        await made.publish([TEN])
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def read(db: Database, member: UUID, order: Answer) -> Any:
    async with client_of(db, ROUTES, member=member) as client:
        return await client.get(f"{PATH}/{order['order_id']}")


async def test_one_list_has_what_is_on_its_way_done_and_cancelled(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    placed = []
    for _ in range(3):
        clock.advance(timedelta(minutes=1))
        placed.append(await counter.place(await counter.quote(BASKET, member)))
    clock.advance(timedelta(minutes=1))
    await counter.act(placed[0], "complete", paid=True)
    await counter.act(placed[1], "cancel", reason="changed my mind")
    async with client_of(counter.db, ROUTES, member=member) as client:
        items = (await client.get(PATH)).json()["items"]
        pages = await walked(client, PATH, 2)
    assert [(one["order_number"], one["state"], one["payment"], one["cash_fen"], one["lines"]) for one in items] == [
        (placed[0]["order_number"], "completed", None, 7200, 2),
        (placed[2]["order_number"], "placed", "due", 7200, 2),
        (placed[1]["order_number"], "cancelled", "none", 7200, 2),
    ]
    assert [[one["order_id"] for one in page] for page in pages] == [
        [one["order_id"] for one in items[:2]],
        [items[2]["order_id"]],
    ]
    assert [one["en"] for one in items[0]["goods"]] == ["beef", "milk"]


async def test_an_order_tells_what_came_off_was_picked_paid_and_came_back(counter: Counter, member: UUID) -> None:
    coupon = await counter.grant(member, "ten")
    await counter.give_points(member, 400)
    order = await counter.place(await counter.quote(BASKET, member, points=400), number="app-1")
    before = (await read(counter.db, member, order)).json()
    assert (before["state"], before["payment"], before["cash_fen"]) == ("placed", "due", 5800)
    assert (before["points_spent"], before["points_off_fen"]) == (400, 400)
    assert [(one["rule"], one["layer"], one["saved_fen"], one["coupon_id"]) for one in before["discounts"]] == [
        ("ten", "coupon", 1000, coupon)
    ]
    assert [(one["kind"], one["fen"], one["state"]) for one in before["payments"]] == [("charge", 5800, "sent")]
    assert [one["returnable"] for one in before["lines"]] == [0, 0], "nothing comes back of what is on its way"

    await counter.act(order, "fulfil", picked=[{"line_id": "milk", "quantity": 1}])
    await counter.act(order, "complete", paid=True)
    await counter.refund(order, "r1", [("milk", 1)])
    after = (await read(counter.db, member, order)).json()
    milk = next(one for one in after["lines"] if one["line_id"] == "milk")
    assert (milk["ordered"], milk["quantity"], milk["refunded_quantity"], milk["returnable"]) == (2, 1, 1, 0)
    assert after["state"] == "completed"
    assert (after["cash_fen"], after["refunded_fen"] > 0, after["points"] > 0) == (4994, True, True)
    assert {one["kind"] for one in after["payments"]} == {"charge", "give_back"}


@pytest.mark.requirement("CHK-06")
async def test_fees_that_came_back_are_told(counter: Counter, member: UUID) -> None:
    quote = await counter.quote(BASKET, member, delivery={"fee_fen": 600}, packaging_fen=100)
    order = await counter.place(quote, paid=True)
    await counter.act(order, "complete")
    await counter.refund(order, "late", fees_fen=650)
    told = (await read(counter.db, member, order)).json()
    sums = ("delivery_fen", "packaging_fen", "cash_refunded_fen", "fees_refunded_fen")
    assert [told[name] for name in sums] == [600, 100, 0, 650]


async def test_another_member_is_told_of_no_such_order(counter: Counter, member: UUID) -> None:
    [neighbour] = await register_members(counter.db, 1, prefix="next door")
    order = await counter.place(await counter.quote(BASKET, member))
    answer = await read(counter.db, neighbour, order)
    assert (answer.status_code, answer.json()["code"]) == (404, "order_unknown")
