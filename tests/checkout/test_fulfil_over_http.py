"""Cases 5, 6 and 7 of the pricing page over HTTP, under every policy: picked, refunded in parts, points split with the
cash."""

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
from huixiang.pricing.model.rules import OrderRule
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces, refused
from tests.support.programme import register_members

STEPPED = OrderRule(code="stepped", name=named("stepped"), effect=Off((OffStep(10_000, 2_000),)))
POLICIES = ("proportional", "keep", "reckon")
FIRST_ORDER = 100  # points that the shipped rules reward a first order with
NAME = {"zh": "测试", "en": "Test"}


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(
            good("chicken", 3_980, unit="gram", estimated_g=1_000),
            good("rice", 6_500),
            good("cups", 834),
            good("wine", 6_000),
            good("tea", 4_000),
            good("oats", 1_500),
        )
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    before = counter.db.clock.now() - timedelta(days=9)
    [found] = await register_members(counter.db, 1, registered_at=before)
    return found


async def under(counter: Counter, policy: str, **more: Any) -> None:
    await counter.publish([STEPPED])
    await counter.document(
        "fulfilment", "default", {"name": NAME, "policy": policy, "refund_policy": policy, "substitutes": True, **more}
    )


async def refund(counter: Counter, order: Answer, number: str, line_id: str, quantity: int) -> Answer:
    return await counter.refund(order, number, [(line_id, quantity)])


@pytest.mark.requirement("CHK-03", "PRC-10")
@pytest.mark.parametrize(
    ("policy", "grams", "back"),
    [
        ("proportional", 920, 258), ("keep", 920, 318), ("reckon", 920, 318),
        ("proportional", 0, 3_220), ("keep", 0, 3_980), ("reckon", 0, 1_980),
    ],
)  # fmt: skip
async def test_a_short_pick(counter: Counter, member: UUID, policy: str, grams: int, back: int) -> None:
    """Case 5."""
    await under(counter, policy)
    quote = await counter.quote(
        [{"line_id": "chicken", "sku": "chicken", "pieces": 1}, {"line_id": "rice", "sku": "rice", "pieces": 1}], member
    )
    placed = await counter.place(quote, paid=True)
    assert [line["list_fen"] - line["order_fen"] for line in placed["lines"]] == [3_220, 5_260]
    picked = await counter.act(placed, "fulfil", picked=[{"line_id": "chicken", "quantity": grams}])
    assert picked["state"] == "fulfilled"
    stands = picked["fulfilled"]["lines"]
    assert [line["cash_back_fen"] for line in stands] == [back, 0]
    done = await counter.act(placed, "complete")
    assert done["state"] == "completed"
    order = await counter.order(placed)
    assert order["payable_fen"] == order["cash_fen"] == 8_480 - back
    assert [line["line_id"] for line in order["lines"]] == (["chicken", "rice"] if grams else ["rice"])
    assert await counter.breaches() == []


@pytest.mark.requirement("CHK-06")
@pytest.mark.parametrize("policy", POLICIES)
async def test_a_refund_in_three_parts(counter: Counter, member: UUID, policy: str) -> None:
    """Case 6: three cups for 25.01, of which a rule took a fen off."""
    await counter.publish([OrderRule(code="fen", name=named("fen"), effect=Off((OffStep(2_000, 1),)))])
    await counter.document("fulfilment", "default", {"name": NAME, "policy": policy, "refund_policy": policy})
    placed = await counter.place(await counter.quote([pieces("cups", 3)], member), paid=True)
    assert placed["due_fen"] == 2_501
    await counter.act(placed, "complete")
    parts = [await refund(counter, placed, f"r{number}", "1", 1) for number in range(3)]
    told = [part["refund_fen"] for part in parts]
    assert told == {"proportional": [834, 833, 834], "keep": [834, 834, 833], "reckon": [833, 834, 834]}[policy]
    assert sum(told) == 2_501
    assert (await counter.order(placed))["state"] == "refunded"
    assert await counter.breaches() == []


@pytest.mark.requirement("CHK-06", "PTS-24")
@pytest.mark.parametrize("policy", POLICIES)
async def test_points_come_back_with_the_cash(counter: Counter, member: UUID, policy: str) -> None:
    """Case 7: lines of 60.00 and 40.00, 2,000 points for 20.00."""
    await under(counter, policy)
    await counter.publish([])
    await counter.document("spending", "default", {**SPENDING})
    await counter.document("earning", "flat", EARNING)
    await counter.give_points(member, 2_000)
    lines = [pieces("wine"), pieces("tea")]
    placed = await counter.place(await counter.quote(lines, member, points=2_000, programme="flat"), paid=True)
    assert [(line["points"], line["points_fen"]) for line in placed["lines"]] == [(1_200, 1_200), (800, 800)]
    await counter.act(placed, "complete")
    order = await counter.order(placed)
    assert [(line["paid_fen"], line["points"]) for line in order["lines"]] == [(4_800, 48), (3_200, 32)]
    back = await refund(counter, placed, "r1", "2", 1)
    assert (back["refund_fen"], back["cash_refund_fen"], back["points_returned"]) == (3_200, 3_200, 800)
    assert back["points"] == 32
    assert await counter.breaches() == []


OATS = {"line_id": "o", "sku": "oats", "measure": "piece", "quantity": 1, "price_fen": 1_500}
SPENDING = {
    "name": NAME,
    "rate": {"points": 1, "fen": 1},
    "step": 1,
    "minimum": 1,
    "share_bp": 5_000,
    "claw_back": "debt",
}
EARNING = {
    "name": NAME,
    "base_rate": {"points": 1, "fen": 100},
    "stacking": "highest",
    "multipliers": [],
    "ceiling_bp": 50_000,
    "pending_days": 0,
    "expiry": {"policy": "never"},
}


@pytest.mark.requirement("CHK-03")
async def test_overweight_and_substitutes(counter: Counter, member: UUID) -> None:
    await under(counter, "proportional", overweight_bp=500)
    lines = [{"line_id": "c", "sku": "chicken", "grams": 1_000}, {"line_id": "r", "sku": "rice", "pieces": 1}]
    placed = await counter.place(await counter.quote(lines, member), paid=True)
    twice = [{"line_id": "r", "quantity": 0}, {"line_id": "r", "quantity": 1}]
    refused(await counter.try_act(placed, "fulfil", picked=twice), 422, "picked_line_twice")
    nothing = [{"line_id": "c", "quantity": 0}, {"line_id": "r", "quantity": 0}]
    refused(await counter.try_act(placed, "fulfil", picked=nothing), 409, "nothing_picked")
    picks = [{"line_id": "c", "quantity": 1_200}, {"line_id": "r", "quantity": 0, "substitute": OATS}]
    picked = await counter.act(placed, "fulfil", picked=picks)
    stands = {line["line_id"]: line for line in picked["fulfilled"]["lines"]}
    assert stands["c"]["quantity"] == 1_050
    assert stands["c"]["payable_fen"] == 3_381  # 5 % more of 32.20
    assert (stands["r"]["quantity"], stands["o"]["payable_fen"]) == (0, 1_500)
    refused(await counter.try_act(placed, "fulfil", picked=[]), 409, "placed_state_fixed")
    await counter.act(placed, "complete")
    back = await refund(counter, placed, "r1", "o", 1)
    assert back["refund_fen"] == 1_500
    order = await counter.order(placed)
    assert [(line["line_id"], line["sku"]) for line in order["lines"]] == [("c", "chicken"), ("o", "oats")]
    assert await counter.breaches() == []


@pytest.mark.requirement("CHK-03")
async def test_what_cannot_have_been_picked_is_refused(counter: Counter, member: UUID) -> None:
    lines = [{"line_id": "r", "sku": "rice", "pieces": 1}]
    placed = await counter.place(await counter.quote(lines, member), paid=True)
    oats: list[Answer] = [{"quantity": 0}, {"quantity": 10_000_000_000}, {"price_fen": -1}, {"line_id": ""}, {"x": 1}]
    faults: list[Answer] = [
        {"quantity": -1},
        {"quantity": 10_000_000_000},
        {"quantity": 0, "subsitute": None},
        *({"quantity": 0, "substitute": {**OATS, **fault}} for fault in oats),
    ]
    for wrong in faults:
        refused(await counter.try_act(placed, "fulfil", picked=[{"line_id": "r", **wrong}]), 422, "input_invalid")
    assert (await counter.placed(placed))["state"] == "placed"


@pytest.mark.requirement("CHK-03")
async def test_points_that_pay_for_nothing_are_free_at_completion(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    await under(counter, "proportional")
    await counter.document("spending", "default", {**SPENDING})
    await counter.give_points(member, 2_000)
    placed = await counter.place(await counter.quote([pieces("wine"), pieces("tea")], member, points=2_000), paid=True)
    assert (await counter.balance(member)).held == 2_000
    clock.advance(timedelta(hours=1))
    await counter.act(placed, "fulfil", picked=[{"line_id": "2", "quantity": 0}])
    await counter.act(placed, "complete")
    balance = await counter.balance(member)
    order = await counter.order(placed)
    spent = placed["lines"][0]["points"]
    assert order["tenders"] == [{"kind": "points", "amount_fen": spent, "line_id": "1"}]
    assert (balance.held, balance.available) == (0, 2_000 - spent + FIRST_ORDER)
    assert await counter.breaches() == []
