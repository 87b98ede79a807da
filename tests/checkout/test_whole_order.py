"""One order with all that is known of it, for staff: on its way, cancelled, come back, and of a till."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.checkout import service as checkout
from huixiang.checkout.model import OrderUnknown
from huixiang.checkout.routes_requests import ROUTES as REQUESTS
from huixiang.checkout.service import desk
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Gift, GiftOver
from huixiang.pricing.model.rules import OrderRule
from tests.checkout.counter import ROUTES, SCOPES, Answer, Counter, done
from tests.pricing.quoting import good, named, open_shop
from tests.support.http_client import client_of
from tests.support.programme import line, register_members, till_order

pytestmark = pytest.mark.requirement("CHK-04", "PTS-07")
BASKET = [{"line_id": "beef", "sku": "beef", "pieces": 1}, {"line_id": "milk", "sku": "milk", "pieces": 2}]
GIFTS = OrderRule(code="gives", name=named("gives"), effect=GiftOver(5_000, Gift("points", "points", 30, 300)))


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with client_of(db, [*ROUTES, *REQUESTS], *SCOPES) as client:
        made = Counter(db, client)
        await made.stock(good("beef", 5200), good("milk", 1000))
        await made.publish([GIFTS])
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def whole(counter: Counter, order: Answer) -> Any:
    return done(await counter.client.get(f"/api/console/v1/orders/{order['order_id']}/whole"))


async def test_a_placed_order_is_told_from_its_placing_to_what_came_back(counter: Counter, member: UUID) -> None:
    order = await counter.place(await counter.quote(BASKET, member, store="S001"), "app-7")
    before = await whole(counter, order)
    assert before | {"seen": None} == {
        "member_id": str(member), "source": "app", "external_id": "app-7", "store_id": "S001", "programme": "default",
        "promotions_version": order["promotions_version"], "fulfilment_version": order["fulfilment_version"],
        "earning_version": None, "due_fen": 7200, "fulfilled_at": None, "settled_at": None, "not_reckoned": None,
        "earns": None, "points_cut": 0, "gifts_held_fen": 0, "coupons": [], "benefits": [],
        "gifts": [], "requests": [], "seen": None, "outlook": {
            "give_back_fen": 0, "void_fen": 7200, "points_spent": 0, "points_free": 0, "rule_uses": 0, "stock": False,
            "gifts": [{"kind": "points", "what": "points", "count": 30, "value_fen": 300}],
        },
    }  # fmt: skip
    assert (before["seen"]["state"], before["seen"]["payment"]) == ("placed", "due")

    await counter.act(order, "fulfil", picked=[{"line_id": "milk", "quantity": 1}])
    await counter.act(order, "complete", paid=True)
    body = {"ground": "damaged", "lines": [{"line_id": "milk", "quantity": 1}], "note": "leaks"}
    done(await counter.command(f"/api/v1/orders/{order['order_id']}/refund-requests", body), 201)
    await counter.refund(order, "r1", [("beef", 1)])
    after = await whole(counter, order)
    assert (after["earns"], after["due_fen"], after["fulfilled_at"] is None, after["outlook"]) == (
        True, 7200, False, None,
    )  # fmt: skip
    assert [(one["kind"], one["count"], one["refused"]) for one in after["gifts"]] == [("points", 30, None)]
    assert [(one["state"], one["note"], one["asked_by"]) for one in after["requests"]] == [("asked", "leaks", "system")]
    beef, milk = sorted(after["seen"]["lines"], key=lambda one: str(one["line_id"]))
    assert (beef["refunded_quantity"], milk["ordered"], milk["quantity"]) == (1, 2, 1)
    assert (after["seen"]["cash_fen"], after["seen"]["refunded_fen"]) == (6200, 5200)


async def test_a_cancelled_order_says_why_and_one_of_a_till_what_it_earned(counter: Counter, member: UUID) -> None:
    order = await counter.place(await counter.quote(BASKET, member))
    await counter.act(order, "cancel", reason="closed for today")
    cancelled = await whole(counter, order)
    assert (cancelled["seen"]["state"], cancelled["seen"]["reason"]) == ("cancelled", "closed for today")
    assert (cancelled["settled_at"] is None, cancelled["earning_version"]) == (False, None)

    async with counter.db.transaction() as tx:
        posted = await checkout.post_order(tx, till_order(member, "t-1", tx.now, [line("a", 900)], programme="default"))
    till = await whole(counter, {"order_id": posted.order_id})
    assert (till["source"], till["external_id"], till["promotions_version"], till["due_fen"]) == (
        "till", "t-1", None, None,
    )  # fmt: skip
    assert (till["earning_version"], till["seen"]["cash_fen"], len(till["seen"]["lines"])) == (1, 900, 1)


async def test_who_is_limited_to_stores_knows_no_order_of_others(counter: Counter, member: UUID) -> None:
    there = await counter.place(await counter.quote(BASKET, member, store="S001"))
    nowhere = await counter.place(await counter.quote(BASKET, member))
    async with counter.db.transaction() as tx:
        seen = await desk.whole(tx, UUID(there["order_id"]), stores=frozenset({"S001"}))
        assert seen.seen.order_number == there["order_number"]
        for order_id in (UUID(nowhere["order_id"]), new_id()):
            with pytest.raises(OrderUnknown):
                await desk.whole(tx, order_id, stores=frozenset({"S001"}))
