"""Orders that are on their way when their member is merged go with them, coupons and all; undone, they come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.benefits import service as benefits
from huixiang.benefits.model import NewEntitlement
from huixiang.coupons import service as coupons
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Fee, Off, OffStep
from huixiang.pricing.model.rules import Cap, CouponRule, DeliveryRule, OrderRule
from tests.checkout.counter import Answer, Counter, opened
from tests.entry.program import running
from tests.journeys.merging import House
from tests.points.movement import assert_lawful
from tests.pricing.quoting import good, named, pieces, refused

pytestmark = pytest.mark.requirement("MEM-02", "CHK-02")

FREE = {"name": {"zh": "免运费", "en": "Free delivery"}, "times": 2}
RULES = [
    DeliveryRule(code="free", name=named("free"), effect=Fee(0), benefit="free_delivery"),
    CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),))),
    OrderRule(code="once", name=named("once"), effect=Off((OffStep(3_000, 200),)), caps=(Cap("uses", 1, "member"),)),
]


@pytest_asyncio.fixture
async def house(db: Database, superuser: psycopg.Connection[Any]) -> AsyncIterator[House]:
    async with running(db) as program:
        yield House(program, db)
    assert_lawful(superuser)


@pytest_asyncio.fixture
async def counter(house: House) -> AsyncIterator[Counter]:
    async with opened(house.db) as made:
        await made.stock(good("beef", 5_200))
        await made.document("benefit", "free_delivery", FREE)
        await made.publish(RULES)
        yield made


async def placed(counter: Counter, member: str, due_fen: int = 4_000) -> Answer:
    await counter.grant(UUID(member), "ten")
    async with counter.db.transaction() as tx:
        await benefits.entitle(tx, UUID(member), NewEntitlement(benefit="free_delivery", source="test"))
    order = await counter.place(await quoted(counter, member), paid=True)
    assert (order["due_fen"], len(order["coupons"]), order["benefits"]) == (due_fen, 1, ["free_delivery"])
    return order


async def quoted(counter: Counter, member: str) -> Answer:
    return await counter.quote([pieces("beef")], UUID(member), delivery={"fee_fen": 600})


async def uses(house: House, member: str) -> list[int]:
    """Of each entitlement."""
    rows = await house.rows("SELECT used FROM benefits.entitlement WHERE member_id = $1 ORDER BY 1", UUID(member))
    return [used for (used,) in rows]


async def test_what_is_on_its_way_is_the_one_who_stayed_ones(house: House, counter: Counter) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    order, dropped = await placed(counter, gone), await placed(counter, into)
    await house.relay()
    await house.merge(gone, into)
    await house.relay()
    assert (await counter.placed(order))["member_id"] == into
    done = await counter.act(order, "complete")
    assert (done["state"], done["member_id"]) == ("completed", into)
    assert (await counter.order(order))["points"] > 0
    assert await uses(house, into) == [1, 1]
    await counter.act(dropped, "cancel", reason="one order is enough")
    assert await uses(house, into) == [0, 1]
    await counter.refund(order, "r", [("1", 1)], order["delivery_fen"])
    assert await uses(house, into) == [0, 0]
    await house.relay()
    assert await counter.breaches() == []


async def test_undone_it_goes_back_with_whom_it_came(house: House, counter: Counter) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    order = await placed(counter, gone)
    spare = await counter.grant(UUID(gone), "ten")
    await house.relay()
    merge = await house.merge(gone, into)
    await house.relay()
    own = await counter.place(await quoted(counter, into), paid=True)
    assert (own["due_fen"], own["coupons"], own["benefits"]) == (4_200, [spare], ["free_delivery"])
    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    assert (await counter.placed(order))["member_id"] == gone
    assert (await counter.placed(own))["member_id"] == into
    for each in (order, own):
        assert (await counter.act(each, "complete"))["state"] == "completed"
        back = await counter.refund(each, "r", [("1", 1)])
        assert "coupon_returned" in {one["kind"] for one in back["reversal"]["effects"]}
        kinds = [one["kind"] for one in back["reversal"]["effects"] if one["cause"] == "benefit"]
        # The entitlement went; the use stayed with its order.
        assert kinds == ["benefit_returned" if each is order else "benefit_over"]
    await house.relay()
    assert (await uses(house, gone), await uses(house, into)) == ([1], [])
    assert await counter.breaches() == []


async def test_nothing_is_lost_in_the_middle_of_a_merge(house: House, counter: Counter) -> None:
    """Its coupons went ahead of the order: whoever settles it now would leave them behind."""
    gone, into = await house.member("gone"), await house.member("into")
    orders = [await placed(counter, gone), await placed(counter, into)]
    done = await placed(counter, gone, due_fen=4_200)
    await counter.act(done, "complete")
    quote = await quoted(counter, into)
    await house.relay()
    merge = await house.merge(gone, into)
    refused(await counter.try_refund(done, "r", [("1", 1)]), 409, "order_moving")
    async with house.db.transaction() as tx:
        await coupons.merge(tx, UUID(gone), UUID(into), UUID(merge["merge_id"]))
    refused(await counter.try_act(orders[0], "complete"), 409, "order_moving")
    refused(await counter.try_act(orders[0], "cancel", reason="in the middle"), 409, "order_moving")
    refused(await counter.try_place(quote), 409, "member_state_refuses")
    await house.relay()
    await counter.act(orders[0], "cancel", reason="at the end")
    await counter.act(orders[1], "complete")
    back = await counter.refund(done, "r", [("1", 1)])
    kinds = {one["kind"]: one["amount"] for one in back["reversal"]["effects"]}
    assert (kinds["coupon_returned"], kinds["benefit_returned"]) == (1, 1)
    await house.relay()
    assert await counter.breaches() == []
