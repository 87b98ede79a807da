"""What placed orders ask the shop to charge and to give back, from placing to refund (CHK-09)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, open_shop, refused
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-09")


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("chicken", 3_980, unit="gram", estimated_g=1_000), good("milk", 1_000))
        name = {"zh": "测试", "en": "Test"}
        await made.document("fulfilment", "default", {"name": name, "overweight_bp": 1_000})
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def placed(counter: Counter, member: UUID, **more: Any) -> Answer:
    lines = [{"line_id": "c", "sku": "chicken", "grams": 1_000}, {"line_id": "m", "sku": "milk", "pieces": 2}]
    return await counter.place(await counter.quote(lines, member), **more)


def told(payments: list[Answer]) -> list[tuple[str, str, int, str]]:
    return [(one["key"], one["kind"], one["fen"], one["state"]) for one in payments]


async def paid(counter: Counter, order: Answer, key: str) -> Answer:
    """The shop charged, and says so."""
    [one] = [one for one in await counter.payments(order) if one["key"] == key]
    body = {"reference": f"wx-{key}", "paid_at": counter.db.clock.now().isoformat()}
    return await counter.act(order, f"payments/{one['instruction_id']}/confirm", **body)


async def test_an_order_is_paid_when_its_charge_is(counter: Counter, member: UUID) -> None:
    order = await placed(counter, member)
    assert order["payment"] == "due"
    assert told(await counter.payments(order)) == [("due", "charge", 5_980, "sent")]
    await paid(counter, order, "due")
    assert (await counter.placed(order))["payment"] == "paid"
    await counter.act(order, "complete")
    await counter.refund(order, "r1", [("m", 1)])
    await counter.refund(order, "r2", [("m", 1), ("c", 1_000)])
    sums = [one["fen"] for one in await counter.payments(order) if one["kind"] == "give_back"]
    assert sums == [1_000, 4_980]
    assert await counter.breaches() == []


async def test_what_was_not_picked_is_given_back_or_charged_no_more(counter: Counter, member: UUID) -> None:
    before, after = await placed(counter, member), await placed(counter, member)
    await paid(counter, before, "due")
    missing = [{"line_id": "m", "quantity": 0}]
    for order in (before, after):
        await counter.act(order, "fulfil", picked=missing)
    assert told(await counter.payments(before))[1:] == [("picked:back", "give_back", 2_000, "sent")]
    assert sorted(told(await counter.payments(after))) == [
        ("due", "charge", 5_980, "voided"), ("picked", "charge", 3_980, "sent"),
    ]  # fmt: skip
    refused(await counter.try_act(after, "complete"), 409, "order_unpaid")
    await paid(counter, after, "picked")
    await paid(counter, after, "due")  # the first one came all the same, and goes back
    assert sorted(told(await counter.payments(after)))[1] == ("due:back", "give_back", 5_980, "sent")
    for order in (before, after):
        assert (await counter.act(order, "complete"))["payment"] == "paid"
        assert (await counter.order(order))["cash_fen"] == 3_980
    assert await counter.breaches() == []


async def test_what_weighs_more_is_charged_beside_what_was_paid(counter: Counter, member: UUID) -> None:
    order = await placed(counter, member)
    await paid(counter, order, "due")
    picked = await counter.act(order, "fulfil", picked=[{"line_id": "c", "quantity": 1_050}])
    assert picked["payment"] == "due"
    assert told(await counter.payments(order))[1:] == [("picked", "charge", 199, "sent")]
    await paid(counter, order, "picked")
    await counter.act(order, "complete")
    await counter.refund(order, "r1", [("c", 1_050), ("m", 2)])
    assert told(await counter.payments(order))[-1][1:] == ("give_back", 6_179, "sent")
    assert await counter.breaches() == []


@pytest.mark.parametrize("how", ["placed", "said", "charged", "not"])
async def test_a_cancelled_order_gives_back_what_was_paid(counter: Counter, member: UUID, how: str) -> None:
    order = await placed(counter, member, paid=how == "placed")
    if how == "said":
        await counter.act(order, "paid")
    if how == "charged":
        await paid(counter, order, "due")
    cancelled = await counter.act(order, "cancel", reason="nobody at home")
    assert cancelled["payment"] == ("none" if how == "not" else "paid")
    charge = {"placed": [], "charged": [("due", "charge", 5_980, "confirmed")]}.get(
        how, [("due", "charge", 5_980, "voided")]
    )
    back = [] if how == "not" else [("cancelled", "give_back", 5_980, "sent")]
    assert sorted(told(await counter.payments(order))) == sorted(charge + back)
    if how == "not":
        undone = await paid(counter, order, "due")
        assert undone["undone_by"] is not None
    assert await counter.breaches() == []


async def test_who_pays_at_the_door_says_so(counter: Counter, member: UUID, clock: SettableClock) -> None:
    order = await placed(counter, member)
    clock.advance(timedelta(minutes=5))
    assert (await counter.act(order, "complete", paid=True))["payment"] == "paid"
    assert told(await counter.payments(order)) == [("due", "charge", 5_980, "voided")]
    back = await counter.refund(order, "r1", [("m", 2)])
    assert told(await counter.payments(order))[-1] == (f"refund:{back['refund_id']}", "give_back", 2_000, "sent")
    assert await counter.breaches() == []
