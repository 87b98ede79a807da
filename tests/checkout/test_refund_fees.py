"""Fees that are given back: of what delivery and packaging of a placed order cost, to the fen (CHK-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from tests.checkout.counter import Answer, Counter, done, opened
from tests.pricing.quoting import good, open_shop, pieces, refused
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-06")
FEES = {"delivery": {"fee_fen": 600}, "packaging_fen": 100}


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200), good("milk", 1_000))
        await made.publish([])
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def delivered(counter: Counter, member: UUID) -> Answer:
    """5,200 and two of 1,000, 700 of fees, all paid."""
    quote = await counter.quote([pieces("beef"), pieces("milk", 2)], member, **FEES)
    placed = await counter.place(quote, paid=True)
    assert placed["due_fen"] == 7_900
    await counter.act(placed, "complete")
    return placed


async def given_back(counter: Counter, order: Answer) -> list[int]:
    return [one["fen"] for one in await counter.payments(order) if one["kind"] == "give_back"]


async def test_fees_come_back_alone_beside_goods_and_after_them(counter: Counter, member: UUID) -> None:
    order = await delivered(counter, member)
    before = await counter.balance(member)
    late = await counter.refund(order, "late", fees_fen=500)
    assert (late["refund_fen"], late["cash_refund_fen"], late["fees_fen"], late["lines"]) == (0, 0, 500, [])
    assert await counter.balance(member) == before
    assert await counter.refund(order, "late", fees_fen=500) == late
    refused(await counter.try_refund(order, "late", fees_fen=501), 409, "refund_conflict")
    goods = await counter.refund(order, "all", [("1", 1), ("2", 2)], fees_fen=150)
    assert (goods["refund_fen"], goods["cash_refund_fen"], goods["fees_fen"]) == (7_200, 7_200, 150)
    assert (await counter.order(order))["state"] == "refunded"
    much = refused(await counter.try_refund(order, "much", fees_fen=51), 409, "refund_fees_too_much")
    assert (much["refundable_fen"], much["requested_fen"]) == (50, 51)
    await counter.refund(order, "rest", fees_fen=50)
    assert await given_back(counter, order) == [500, 7_350, 50]
    assert [one["fees_fen"] for one in await counter.refunds(order)] == [500, 150, 50]
    assert (await counter.order(order))["state"] == "refunded"
    assert await counter.breaches() == []


async def test_a_refund_that_is_refused_gives_no_fees_back(counter: Counter, member: UUID) -> None:
    order = await delivered(counter, member)
    refused(await counter.try_refund(order, "r", [("1", 2)], fees_fen=700), 409, "refund_too_much")
    refused(await counter.try_refund(order, "r", [("1", 1)], fees_fen=701), 409, "refund_fees_too_much")
    assert await given_back(counter, order) == []
    refused(await counter.try_refund(order, "r"), 422, "input_invalid")
    await counter.refund(order, "r", [("1", 1)], fees_fen=700)
    assert await given_back(counter, order) == [5_900]


async def test_the_order_of_a_till_has_no_fees(counter: Counter, member: UUID) -> None:
    bought = {
        "source": "till",
        "external_id": "T-1",
        "channel": "till",
        "completed_at": (counter.db.clock.now() - timedelta(minutes=1)).isoformat(),
        "lines": [{"line_id": "1", "sku": "milk", "pieces": 1, "payable_fen": 1_000}],
        "member": {"member_id": str(member)},
    }
    order = done(await counter.command("/api/v1/orders", bought), 201)
    refused(await counter.try_refund(order, "r", fees_fen=1), 409, "refund_fees_too_much")
