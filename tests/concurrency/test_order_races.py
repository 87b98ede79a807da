"""Everybody settles the same orders at once, over many connections with real commits: one thing comes of each."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Gift, GiftOver, Off, OffStep
from huixiang.pricing.model.rules import Cap, CouponRule, OrderRule
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.programme import register_members

ORDERS = 40
AT_ONCE = 8  # each with so many commands that all connections are taken; more would be answered `overloaded`
CONNECTIONS = 24
DELIVERY_FEN, FEES_EACH = 600, 250  # of which two fit
RULES = [
    CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),))),
    OrderRule(
        code="shared",
        name=named("shared"),
        effect=Off((OffStep(5_000, 300),)),
        caps=(Cap("uses", 1_000), Cap("uses", 1_000, "member")),
    ),
    OrderRule(code="thanks", name=named("t"), effect=GiftOver(4_000, Gift("points", "points", 70, 70))),
]
EXPECTED = {
    "placed_state_fixed", "order_unknown", "refund_too_much", "refund_line_unknown", "order_unpaid",
    "refund_before_order", "refund_fees_too_much",
}  # fmt: skip


@pytest.mark.requirement("CHK-04", "CHK-05", "CHK-06", "CHK-09")
async def test_many_who_settle_one_order_at_once(database_url: str) -> None:
    dice = random.Random(7)
    db = await Database.open(
        database_url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock(), max_size=CONNECTIONS
    )
    try:
        await open_shop(db)
        members = await register_members(db, 4, registered_at=db.clock.now() - timedelta(days=9))
        async with opened(db) as counter:
            await counter.stock(good("beef", 5_200), good("milk", 1_000))
            await counter.publish(RULES)
            for member in members:
                await counter.give_points(member, 50_000)
            orders = [await placed(counter, dice.choice(members)) for _ in range(ORDERS)]
            for first in range(0, ORDERS, AT_ONCE):
                answers = await asyncio.gather(*(settle(counter, one, dice) for one in orders[first : first + AT_ONCE]))
                assert {code for codes in answers for code in codes} <= EXPECTED
            await counter.relay()
            ends = [await one_thing_came_of_it(counter, order) for order in orders]
            assert set(ends) == {"cancelled", "completed"}
            assert await counter.breaches() == []
    finally:
        await db.close()


async def placed(counter: Counter, member: UUID) -> Answer:
    await counter.grant(member, "ten")
    lines = [pieces("beef", 2), pieces("milk", 3)]
    return await counter.place(
        await counter.quote(lines, member, points=300, delivery={"fee_fen": DELIVERY_FEN}), paid=True
    )


async def settle(counter: Counter, order: Answer, dice: random.Random) -> list[str]:
    """Fourteen commands at once; the codes of those that were refused."""
    short = [{"line_id": "2", "quantity": 1}]
    commands: list[Any] = [
        counter.try_act(order, "complete", paid=True),
        counter.try_act(order, "complete"),
        counter.try_act(order, "cancel", reason="one"),
        counter.try_act(order, "fulfil", picked=short),
        counter.try_act(order, "fulfil", picked=[]),
        counter.try_act(order, "paid"),
        *(counter.try_refund(order, f"r{number}", [(dice.choice("12"), 1)]) for number in range(6)),
        *(counter.try_refund(order, f"f{number}", fees_fen=FEES_EACH) for number in range(2)),
    ]
    dice.shuffle(commands)
    answers = await asyncio.gather(*commands)
    assert {answer.status_code for answer in answers} <= {200, 201, 404, 409, 422}, [one.text for one in answers]
    return [answer.json()["code"] for answer in answers if answer.status_code >= 400]


async def one_thing_came_of_it(counter: Counter, order: Answer) -> str:
    """Its state."""
    state = (await counter.placed(order))["state"]
    payments = await counter.payments(order)
    back_fen = sum(one["fen"] for one in payments if one["kind"] == "give_back")
    assert back_fen <= order["due_fen"]
    if state == "cancelled":
        assert back_fen == order["due_fen"]
        return "cancelled"
    assert state == "completed"
    await asyncio.gather(*(counter.try_refund(order, f"late{number}", fees_fen=FEES_EACH) for number in range(5)))
    told, refunds = await counter.order(order), await counter.refunds(order)
    came_back = sum(one["refund_fen"] for one in refunds)
    assert came_back == told["refunded_fen"] <= told["cash_fen"] <= order["due_fen"] - DELIVERY_FEN
    assert sum(one["fees_fen"] for one in refunds) == DELIVERY_FEN // FEES_EACH * FEES_EACH
    return "completed"
