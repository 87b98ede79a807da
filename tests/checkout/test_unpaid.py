"""Orders that are picked and not paid: one of which nothing was paid is cancelled by the clock as placed ones are; who
paid and owes what the goods weigh more keeps the order (PTS-07, CHK-05)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from huixiang.checkout.jobs import CancelUnpaid, cancel_unpaid
from huixiang.checkout.service import instructions, paying
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import Cap, CouponRule, OrderRule
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, refused
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("PTS-07", "CHK-05")

RULES = [
    CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),))),
    OrderRule(code="once", name=named("once"), effect=Off((OffStep(5_000, 300),)), caps=(Cap("uses", 1, "member"),)),
]
LINES = [{"line_id": "c", "sku": "chicken", "grams": 1_000}, {"line_id": "m", "sku": "milk", "pieces": 2}]
HEAVIER = [{"line_id": "c", "quantity": 1_050}]
MISSING = [{"line_id": "m", "quantity": 1}]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("chicken", 3_980, unit="gram", estimated_g=1_000), good("milk", 1_000))
        await made.publish(RULES)
        await made.document("fulfilment", "default", {"name": {"zh": "测试", "en": "Test"}, "overweight_bp": 1_000})
        yield made
        assert await made.breaches() == []


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    await counter.give_points(found, 400)
    return found


async def placed(counter: Counter, member: UUID, **more: Any) -> Answer:
    """With a coupon, 400 points, and the member's only use of a rule: 42.80 are due."""
    await counter.grant(member, "ten")
    order = await counter.place(await counter.quote(LINES, member, points=400), **more)
    assert (order["due_fen"], order["points"]) == (4_280, 400)
    return order


async def held(counter: Counter, member: UUID) -> tuple[int, list[str], int]:
    """Points, states of coupons, uses of rules."""
    async with counter.db.transaction() as tx:
        coupons = await tx.fetch("SELECT state FROM coupons.coupon WHERE member_id = $1 ORDER BY state", member)
        uses = await tx.fetchval(
            "SELECT coalesce(sum(uses), 0)::int FROM pricing.member_use WHERE member_id = $1", member
        )
    return (await counter.balance(member)).held, [row["state"] for row in coupons], uses


async def charge(counter: Counter, order: Answer, key: str) -> Answer:
    [one] = [one for one in await counter.payments(order) if one["key"] == key]
    return one


async def pay(counter: Counter, order: Answer, key: str) -> Answer:
    """The shop charged, and says so."""
    one = await charge(counter, order, key)
    body = {"reference": f"wx-{key}", "paid_at": counter.db.clock.now().isoformat()}
    return await counter.act(order, f"payments/{one['instruction_id']}/confirm", **body)


async def cancellations(db: Database, member: UUID) -> list[tuple[str, bool, int]]:
    """As they were told: why, whether goods go back to the shelf, and what is to be paid back."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT events FROM platform.outbox WHERE member_id = $1 ORDER BY seq", member)
    told = [one for row in rows for one in msgspec.json.decode(row["events"])]
    return [
        (one["why"], one["picked"], one["given_back_fen"])
        for one in told
        if one["type"] == "checkout.order_cancelled.v1"
    ]


@pytest.mark.parametrize(("picked", "key"), [([], "due"), (MISSING, "picked"), (HEAVIER, "picked")])
async def test_what_is_picked_and_never_paid_is_cancelled_in_time(
    counter: Counter, member: UUID, clock: SettableClock, picked: list[Any], key: str
) -> None:
    order = await placed(counter, member)
    clock.advance(timedelta(minutes=29))
    fulfilled = await counter.act(order, "fulfil", picked=picked)
    assert (fulfilled["payment"], fulfilled["pay_by"]) == ("due", order["pay_by"])
    await counter.cancel_unpaid()
    assert (await counter.placed(order))["state"] == "fulfilled"
    clock.advance(timedelta(minutes=1))
    await counter.cancel_unpaid()
    cancelled = await counter.placed(order)
    assert (cancelled["state"], cancelled["payment"], cancelled["reason"]) == ("cancelled", "none", "unpaid")
    assert await held(counter, member) == (0, ["issued"], 0)
    assert await cancellations(counter.db, member) == [("unpaid", True, 0)]
    assert {one["state"] for one in await counter.payments(order)} == {"voided"}
    undone = await pay(counter, order, key)  # after the cancellation
    assert undone["undone_by"] is not None
    back = await charge(counter, order, f"{key}:back")
    assert (back["kind"], back["fen"], back["cause"]) == ("give_back", undone["fen"], "charge_unwanted")
    assert (await counter.placed(order))["state"] == "cancelled"
    refused(await counter.try_act(order, "complete", paid=True), 409, "placed_state_fixed")


@pytest.mark.parametrize("how", ["placed", "charged", "said"])
async def test_who_paid_and_owes_the_difference_keeps_the_order(
    counter: Counter, member: UUID, clock: SettableClock, how: str
) -> None:
    order = await placed(counter, member, paid=how == "placed")
    if how == "charged":
        await pay(counter, order, "due")
    if how == "said":
        await counter.act(order, "paid")
    fulfilled = await counter.act(order, "fulfil", picked=HEAVIER)
    assert (fulfilled["payment"], fulfilled["pay_by"]) == ("due", None)
    clock.advance(timedelta(days=2))
    await counter.cancel_unpaid()
    assert (await counter.placed(order))["state"] == "fulfilled"
    assert await held(counter, member) == (400, ["held"], 1)
    refused(await counter.try_act(order, "complete"), 409, "order_unpaid")
    assert (await charge(counter, order, "picked"))["fen"] == fulfilled["fulfilled"]["lines"][0]["payable_fen"] - (
        order["lines"][0]["list_fen"] - order["lines"][0]["order_fen"] - order["lines"][0]["coupon_fen"]
    )
    await pay(counter, order, "picked")
    completed = await counter.act(order, "complete")
    assert (completed["payment"], completed["pay_by"]) == ("paid", None)


async def test_an_order_that_points_paid_whole_is_not_cancelled_for_the_difference(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    await counter.document("spending", "default", {**SPENDING})
    await counter.give_points(member, 10_000)
    order = await counter.place(await counter.quote(LINES, member, points=5_680))
    assert (order["due_fen"], order["payment"]) == (0, "none")
    fulfilled = await counter.act(order, "fulfil", picked=HEAVIER)
    assert (fulfilled["payment"], fulfilled["pay_by"]) == ("due", None)
    clock.advance(timedelta(hours=1))
    await counter.cancel_unpaid()
    assert (await counter.placed(order))["state"] == "fulfilled"


SPENDING = {
    "name": {"zh": "测试", "en": "Test"}, "rate": {"points": 1, "fen": 1}, "step": 1, "minimum": 1, "share_bp": 10_000,
    "claw_back": "debt",
}  # fmt: skip


@pytest.mark.parametrize("first", ["clock", "payment"])
async def test_a_payment_and_the_clock_at_once(
    counter: Counter, member: UUID, clock: SettableClock, first: str
) -> None:
    """One waits for the other: paid and kept, or cancelled and given back."""
    order = await placed(counter, member)
    await counter.act(order, "fulfil", picked=[])
    clock.advance(timedelta(minutes=30))
    order_id, one = UUID(order["order_id"]), UUID((await charge(counter, order, "due"))["instruction_id"])
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks, counter.db.transaction() as tx:
        if first == "clock":
            await cancel_unpaid(tx, CancelUnpaid(member, order_id))
            tasks.create_task(pay(counter, order, "due"))
        else:
            await instructions.confirm(tx, member, one, "wx-due", tx.now, paying.settle)
            tasks.create_task(counter.cancel_unpaid())
        while not await tx.fetchval(WAITING):  # noqa: ASYNC110 - nobody tells of a lock
            await asyncio.sleep(0.01)
    stands = await counter.placed(order)
    told = [(one["kind"], one["state"]) for one in await counter.payments(order)]
    if first == "clock":
        assert (stands["state"], told) == ("cancelled", [("charge", "confirmed"), ("give_back", "sent")])
        assert await held(counter, member) == (0, ["issued"], 0)
    else:
        assert (stands["state"], stands["payment"], told) == ("fulfilled", "paid", [("charge", "confirmed")])
        assert await held(counter, member) == (400, ["held"], 1)
