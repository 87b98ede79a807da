"""Staff complete by hand what was handed over and nobody told of, and cancel what nobody wants any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule
from tests.checkout.counter import ROUTES, Answer, Counter, done, opened
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.http_client import client_of
from tests.support.programme import register_members

TEN = CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))
DESK = ("orders:read", "orders:settle")
WHY = "handed over on Monday"


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200), good("milk", 1_000))
        await made.publish([TEN])
        yield made
        assert await made.breaches() == []


@pytest_asyncio.fixture
async def desk(counter: Counter) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(counter.db, ROUTES, *DESK, caller=new_id(), stores=frozenset({"S001"})) as client:
        yield client


@pytest_asyncio.fixture
async def order(counter: Counter) -> Answer:
    """Beef and two milk of store S001 for 400 points, a coupon and 58.00, which is paid."""
    [member] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    await counter.give_points(member, 1_000)
    await counter.grant(member, "ten")
    quote = await counter.quote([pieces("beef"), pieces("milk", 2)], member, points=400, store="S001")
    return await counter.place(quote, paid=True)


async def settle(
    client: httpx.AsyncClient, order: Answer, act: str, reason: str = WHY, key: str | None = None
) -> httpx.Response:
    path = f"/api/console/v1/orders/{order['order_id']}/{act}"
    headers = {"Idempotency-Key": key or str(new_id()), "X-CSRF-Token": "t"}
    return await client.post(path, json={"reason": reason}, headers=headers)


async def outlook(client: httpx.AsyncClient, order: Answer) -> Any:
    return done(await client.get(f"/api/console/v1/orders/{order['order_id']}/whole"))["outlook"]


async def audited(db: Database) -> list[tuple[Any, ...]]:
    async with db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT action, object, member_id, before, after, reason FROM staff.audit WHERE action LIKE 'order.%'"
            " ORDER BY audit_id"
        )
    return [(*row[:3], msgspec.json.decode(row[3]), msgspec.json.decode(row[4]), row[5]) for row in rows]


@pytest.mark.requirement("CHK-04", "PTS-07", "CON-01")
async def test_staff_complete_late_what_was_picked_and_the_log_says_who_and_why(
    counter: Counter, desk: httpx.AsyncClient, order: Answer, clock: SettableClock
) -> None:
    picked = await counter.act(order, "fulfil", picked=[{"line_id": "2", "quantity": 1}])
    clock.advance(timedelta(days=40))
    spent = sum(line["points"] for line in picked["fulfilled"]["lines"])
    assert 0 < spent < 400
    [back] = await counter.payments(order)  # what was not picked, which is not given back twice
    assert await outlook(desk, order) == {
        "give_back_fen": 5_800 - back["fen"], "void_fen": 0, "points_spent": spent, "points_free": 400 - spent,
        "rule_uses": 0, "stock": False, "gifts": [],
    }  # fmt: skip
    first = await settle(desk, order, "complete", key="k")
    assert (first.status_code, first.json()["state"], first.json()["settled_at"]) == (
        200, "completed", clock.now().isoformat().replace("+00:00", "Z"),
    )  # fmt: skip
    again = await settle(desk, order, "complete", key="k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert (await settle(desk, order, "complete")).json() == first.json()
    refused = await settle(desk, order, "cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "placed_state_fixed")
    assert (await outlook(desk, order), (await counter.order(order))["points"] > 0) == (None, True)
    [noted] = await audited(counter.db)
    assert noted == (
        "order.completed", f"order:{order['order_id']}", UUID(order["member_id"]), {"state": "fulfilled"},
        {
            "state": "completed", "order_number": order["order_number"], "cash_fen": picked["cash_fen"],
            "points_spent": spent,
        },
        WHY,
    )  # fmt: skip


@pytest.mark.requirement("CHK-05", "CON-01")
async def test_staff_cancel_and_all_that_it_holds_goes_back(
    counter: Counter, desk: httpx.AsyncClient, order: Answer
) -> None:
    assert await outlook(desk, order) == {
        "give_back_fen": 5_800, "void_fen": 0, "points_spent": 400, "points_free": 0, "rule_uses": 0, "stock": False,
        "gifts": [],
    }  # fmt: skip
    first = await settle(desk, order, "cancel", "nobody came", key="k")
    assert (first.status_code, first.json()["state"], first.json()["reason"]) == (200, "cancelled", "nobody came")
    assert (await settle(desk, order, "cancel", "nobody came", key="k")).json() == first.json()
    other = await settle(desk, order, "cancel", "another reason", key="k")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert (await settle(desk, order, "cancel", "another reason")).json()["reason"] == "nobody came"
    assert (await counter.balance(UUID(order["member_id"]))).available == 1_000
    assert [(one["kind"], one["fen"]) for one in await counter.payments(order)] == [("give_back", 5_800)]
    assert [(one[0], one[4], one[5]) for one in await audited(counter.db)] == [
        (
            "order.cancelled",
            {"state": "cancelled", "order_number": order["order_number"], "give_back_fen": 5_800, "points_back": 400},
            "nobody came",
        )
    ]


@pytest.mark.requirement("CHK-04", "CHK-09")
async def test_what_is_not_paid_is_not_completed_by_hand(
    counter: Counter, desk: httpx.AsyncClient, order: Answer
) -> None:
    quote = await counter.quote([pieces("milk")], UUID(order["member_id"]), store="S001")
    unpaid = await counter.place(quote)
    found = await outlook(desk, unpaid)
    assert (found["give_back_fen"], found["void_fen"]) == (0, 1_000)
    refused = await settle(desk, unpaid, "complete")
    assert (refused.status_code, refused.json()["code"]) == (409, "order_unpaid")
    claimed = await desk.post(
        f"/api/console/v1/orders/{unpaid['order_id']}/complete",
        json={"reason": WHY, "paid": True},
        headers={"Idempotency-Key": "k", "X-CSRF-Token": "t"},
    )
    assert (claimed.status_code, claimed.json()["code"]) == (422, "input_invalid"), "that is for the shop to say"
    assert (await settle(desk, unpaid, "cancel", "")).status_code == 422
    assert (await settle(desk, unpaid, "cancel")).json()["payment"] == "none"
    assert [one["state"] for one in await counter.payments(unpaid)] == ["voided"]
    assert [one[0] for one in await audited(counter.db)] == ["order.cancelled"]


@pytest.mark.requirement("CON-01", "SEC-01")
async def test_staff_settle_what_they_see_and_nothing_else(counter: Counter, order: Answer) -> None:
    async with client_of(counter.db, ROUTES, *DESK, stores=frozenset({"S002"})) as elsewhere:
        for act in ("complete", "cancel"):
            answer = await settle(elsewhere, order, act)
            assert (answer.status_code, answer.json()["code"]) == (404, "order_unknown")
    async with client_of(counter.db, ROUTES, "orders:read", "orders:write") as reader:
        assert (await settle(reader, order, "cancel")).json()["code"] == "permission_missing"
    assert ((await counter.placed(order))["state"], await audited(counter.db)) == ("placed", [])
