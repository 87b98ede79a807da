"""Refund requests of orders that were placed on quotes are worth what their own policy gives back (CHK-10, CHK-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import OrderRule
from tests.checkout.counter import Counter, opened
from tests.checkout.desk import GENEROUS, NAME, at_the_desk, publish_policy
from tests.pricing.quoting import good, named, open_shop
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-10", "CHK-06")

STEPPED = OrderRule(code="stepped", name=named("stepped"), effect=Off((OffStep(10_000, 2_000),)))


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("chicken", 3_980), good("rice", 6_500))
        await made.publish([STEPPED])
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


@pytest.mark.parametrize(
    ("policy", "told"), [("proportional", [3_220, 5_260]), ("keep", [3_980, 4_500]), ("reckon", [1_980, 6_500])]
)
async def test_a_request_is_worth_what_the_order_s_policy_gives_back(
    counter: Counter, member: UUID, policy: str, told: list[int]
) -> None:
    await counter.document("fulfilment", "default", {"name": NAME, "policy": policy, "refund_policy": policy})
    await publish_policy(counter.db, GENEROUS | {"request_fen": 4_000})
    lines = [{"line_id": sku, "sku": sku, "pieces": 1} for sku in ("chicken", "rice")]
    placed = await counter.place(await counter.quote(lines, member), paid=True)
    await counter.act(placed, "complete")
    async with at_the_desk(counter.db, member) as desk:
        chicken = await desk.asked(placed["order_id"], ("chicken", 1))
        rice = await desk.asked(placed["order_id"], ("rice", 1))
        assert (chicken["state"], rice["state"]) == ("refunded", "asked"), "forty yuan at once, not more"
        assert (await desk.decide(rice)).json()["state"] == "refunded"
    assert [chicken["worth_fen"], rice["worth_fen"]] == told
    assert [one["refund_fen"] for one in await counter.refunds(placed)] == told
    await counter.relay()
    assert await counter.breaches() == []


async def test_a_request_has_the_number_of_its_order(counter: Counter, member: UUID, clock: SettableClock) -> None:
    """Which tells the day of placing, though it was completed on another."""
    await counter.document("fulfilment", "default", {"name": NAME, "policy": "proportional"})
    await publish_policy(counter.db, GENEROUS)
    line = {"line_id": "rice", "sku": "rice", "pieces": 1}
    placed = await counter.place(await counter.quote([line], member), paid=True)
    clock.advance(timedelta(days=1))
    await counter.act(placed, "complete")
    async with at_the_desk(counter.db, member) as desk:
        asked = await desk.asked(placed["order_id"], ("rice", 1))
    assert asked["order_number"] == placed["order_number"] == (await counter.order(placed))["order_number"]
