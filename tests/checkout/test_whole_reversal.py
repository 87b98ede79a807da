"""What comes back whole is as if it had not been: coupons, quotas, stock, gifts (PTS-24)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.checkout.jobs import CancelUnpaid, LookForUnpaid, cancel_unpaid, look_for_unpaid
from huixiang.checkout.service import settling
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Gift, GiftOver, Off, OffStep
from huixiang.pricing.model.rules import Cap, CouponRule, OrderRule
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces, refused
from tests.support.programme import register_members

SHARED = OrderRule(
    code="shared",
    name=named("shared"),
    effect=Off((OffStep(5_000, 300),)),
    caps=(Cap("uses", 2), Cap("fen", 1_000, "all", "day"), Cap("uses", 1, "member")),
)
COUPON = CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))
PRESENT = CouponRule(code="present", name=named("present"), effect=Off((OffStep(501, 500),)))
GIFTS = [
    OrderRule(
        code="gives-coupon", name=named("c"), effect=GiftOver(4_000, Gift("coupon", "present", 2, 1_000)), priority=2
    ),
    OrderRule(code="gives-points", name=named("p"), effect=GiftOver(4_000, Gift("points", "points", 70, 70))),
]
TEMPLATE = {"rule": "present", "name": {"zh": "赠券", "en": "Present"}, "days": 30, "grant": True}


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200), good("milk", 1_000))
        yield made


@pytest_asyncio.fixture
async def members(counter: Counter) -> list[UUID]:
    before = counter.db.clock.now() - timedelta(days=9)
    return await register_members(counter.db, 3, registered_at=before)


async def left(counter: Counter) -> list[int]:
    """Of the shared rule: uses, and fen of the day."""
    day = counter.db.calendar.day(counter.db.clock.now())
    keys = [(Kind.PROMOTION_CAP, f"main/shared/uses/life/{LIFE}"), (Kind.PROMOTION_CAP, f"main/shared/fen/day/{day}")]
    async with counter.db.transaction() as tx:
        found = await stock.left(tx, keys)
    return [found[key] for key in keys]


LIFE = "1970-01-01"


async def complete(counter: Counter, member: UUID, **more: Any) -> Answer:
    placed = await counter.place(await counter.quote([pieces("beef"), pieces("milk")], member, **more), paid=True)
    await counter.relay()
    return await counter.act(placed, "complete")


async def coupons(db: Database, member: UUID) -> list[tuple[str, str]]:
    async with db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT rule, state FROM coupons.coupon WHERE member_id = $1 ORDER BY rule, state", member
        )
    return [(row["rule"], row["state"]) for row in rows]


@pytest.mark.requirement("PTS-24", "CHK-06", "PRC-05")
async def test_what_came_back_whole_is_free_for_others(
    counter: Counter, members: list[UUID], clock: SettableClock
) -> None:
    await counter.publish([SHARED, COUPON])
    one, other, third = members
    coupon = await counter.grant(one, "ten", clock.now() + timedelta(days=30))
    await counter.give_points(one, 400)
    order = await complete(counter, one, points=400)
    assert await left(counter) == [1, 700]
    await complete(counter, other)
    assert await left(counter) == [0, 400]
    quoted = await counter.quote([pieces("beef"), pieces("milk")], third)
    assert quoted["priced"]["applied"] == []
    clock.advance(timedelta(hours=5))
    part = await counter.refund(order, "r1", [("2", 1)])
    assert {effect["kind"] for effect in part["reversal"]["effects"]} >= {"points_returned"}
    assert (await coupons(counter.db, one), await left(counter)) == ([("ten", "used")], [0, 400])
    last = await counter.refund(order, "r2", [("1", 1)])
    kinds = {effect["kind"]: effect["state"] for effect in last["reversal"]["effects"]}
    assert kinds.items() >= {"coupon_returned": "done", "quota_returned": "done", "stock_freed": "pending"}.items()
    assert last["reversal"]["state"] == "pending"
    await counter.relay()
    assert [one["reversal"]["state"] for one in await counter.refunds(order)] == ["done", "done"]
    assert await left(counter) == [1, 700]
    async with counter.db.transaction() as tx:
        row = await tx.fetchrow("SELECT state, expires_at FROM coupons.coupon WHERE coupon_id = $1", UUID(coupon))
        assert await tx.fetchval("SELECT sum(uses) FROM pricing.member_use WHERE member_id = $1", one) == 0
    assert row is not None
    assert tuple(row) == ("issued", clock.now() - timedelta(hours=5) + timedelta(days=30))
    balance = await counter.balance(one)
    assert (balance.available, balance.pending, balance.held) == (400, 0, 0)
    assert await counter.breaches() == []
    again = await complete(counter, one, points=400)
    assert again["due_fen"] == order["due_fen"]


@pytest.mark.requirement("PRC-03", "CHK-04", "CHK-06")
@pytest.mark.parametrize(("used", "policy"), [(0, "off_refund"), (1, "off_refund"), (1, "let_go")])
async def test_gifts_are_given_at_completion_and_taken_back(
    counter: Counter, members: list[UUID], used: int, policy: str
) -> None:
    await counter.publish([*GIFTS, PRESENT])
    await counter.document("coupon_template", "present", TEMPLATE)
    await counter.document("fulfilment", "default", {"name": TEMPLATE["name"], "used_gifts": policy})
    member = members[0]
    placed = await counter.place(await counter.quote([pieces("beef")], member), paid=True)
    assert await coupons(counter.db, member) == []
    before = (await counter.balance(member)).available
    await counter.act(placed, "complete")
    assert await coupons(counter.db, member) == [("present", "issued")] * 2
    assert (await counter.balance(member)).available == before + 100 + 70
    if used:
        other = await counter.place(await counter.quote([pieces("milk")], member), paid=True)
        assert len(other["coupons"]) == 1
    last = await counter.refund(placed, "r1", [("1", 1)])
    withheld = 500 if used and policy == "off_refund" else 0
    assert (last["refund_fen"], last["cash_refund_fen"], last["gifts_fen"]) == (5_200, 5_200 - withheld, withheld)
    states = await coupons(counter.db, member)
    assert states == ([("present", "held"), ("present", "voided")] if used else [("present", "voided")] * 2)
    assert (await counter.balance(member)).available == before
    assert await counter.breaches() == []


@pytest.mark.requirement("CPN-01", "PRC-03", "PTS-24")
async def test_gifts_are_no_more_than_there_are_of_their_template(counter: Counter, members: list[UUID]) -> None:
    await counter.publish([GIFTS[0], PRESENT])
    await counter.document("coupon_template", "present", {**TEMPLATE, "total": 3})
    bought = []
    for member in members[:2]:
        bought.append(await counter.place(await counter.quote([pieces("beef")], member), paid=True))
        await counter.act(bought[-1], "complete")
    given = [await coupons(counter.db, member) for member in members]
    assert given == [[("present", "issued")] * 2, [], []], "two of three, so that no other two are left"
    await counter.refund(bought[0], "r1", [("1", 1)])
    late = await counter.place(await counter.quote([pieces("beef")], members[2]), paid=True)
    await counter.act(late, "complete")
    assert await coupons(counter.db, members[2]) == [("present", "issued")] * 2
    part = (Kind.COUPON_TEMPLATE, "present")
    async with counter.db.transaction() as tx:
        assert (await stock.left(tx, [part]))[part] == 1
    assert await counter.breaches() == []


async def test_a_gift_that_cannot_be_given_keeps_nobody_from_the_goods(counter: Counter, members: list[UUID]) -> None:
    await counter.publish([GIFTS[0], PRESENT])
    await counter.document("coupon_template", "present", {**TEMPLATE, "per_member": 1})
    placed = await counter.place(await counter.quote([pieces("beef")], members[0]), paid=True)
    assert (await counter.act(placed, "complete"))["state"] == "completed"
    assert await coupons(counter.db, members[0]) == []
    async with counter.db.transaction() as tx:
        assert await tx.fetchval("SELECT refused FROM checkout.order_gift") == "coupon_limit_reached"
    assert await counter.breaches() == []


@pytest.mark.requirement("CHK-02", "CHK-05", "PTS-07")
async def test_who_does_not_pay_in_time_holds_nothing(
    counter: Counter, members: list[UUID], clock: SettableClock
) -> None:
    await counter.publish([SHARED])
    await counter.give_points(members[0], 300)
    late, paid = [
        await counter.place(await counter.quote([pieces("beef")], member, points=points))
        for member, points in ((members[0], 300), (members[1], 0))
    ]
    await counter.act(paid, "paid")
    await counter.relay()
    assert await left(counter) == [0, 400]
    clock.advance(timedelta(minutes=29))
    await unpaid(counter.db)
    assert (await counter.placed(late))["state"] == "placed"
    clock.advance(timedelta(minutes=1))
    await unpaid(counter.db)
    await counter.relay()
    assert [(await counter.placed(one))["state"] for one in (late, paid)] == ["cancelled", "placed"]
    assert (await counter.balance(members[0])).available == 300
    assert await left(counter) == [1, 700]
    refused(await counter.try_act(late, "complete", paid=True), 409, "placed_state_fixed")


@pytest.mark.requirement("BEN-05", "CHK-02")
async def test_what_counts_by_the_day_counts_on_the_day_of_placing(
    counter: Counter, members: list[UUID], clock: SettableClock
) -> None:
    """Quoted before midnight and placed after it: the day that is over has nothing to do with it."""
    daily = OrderRule(
        code="daily", name=named("d"), effect=Off((OffStep(5_000, 300),)),
        caps=(Cap("uses", 1, "all", "day"), Cap("uses", 1, "member", "day")),
    )  # fmt: skip
    await counter.publish([daily])
    midnight = clock.now().replace(hour=16, minute=0)  # in Shanghai
    clock.set(midnight - timedelta(minutes=1))
    early, late = [await counter.quote([pieces("beef")], member) for member in members[:2]]
    await counter.place(early)
    refused(await counter.try_place(late), 409, "quote_not_honoured")
    clock.set(midnight + timedelta(minutes=1))
    assert (await counter.place(late))["due_fen"] == 4_900
    after = await counter.quote([pieces("beef")], members[2])
    assert after["priced"]["payable_fen"] == 5_200
    assert await counter.breaches() == []


async def test_more_than_a_chunk_are_found_in_turn(counter: Counter, members: list[UUID], clock: SettableClock) -> None:
    """As after a rush in which nobody paid."""
    orders = [await counter.place(await counter.quote([pieces("milk")], members[number % 3])) for number in range(5)]
    clock.advance(timedelta(minutes=31))
    found: list[UUID] = []
    async with counter.db.transaction() as tx:
        after = None
        while chunk := await settling.overdue(tx, after, 2):
            found += [order_id for _, _, order_id in chunk]
            after = chunk[-1]
    assert len(found) == len(set(found))
    assert {str(one) for one in found} == {order["order_id"] for order in orders}


async def unpaid(db: Database) -> None:
    """The jobs that the clock brings, one after the other."""
    async with db.transaction() as tx:
        await look_for_unpaid(tx, LookForUnpaid())
        rows = await tx.fetch("SELECT member_id, order_id FROM checkout.placed WHERE state = 'placed'")
    for row in rows:
        async with db.transaction() as tx:
            await cancel_unpaid(tx, CancelUnpaid(row["member_id"], row["order_id"]))


@pytest.mark.requirement("CHK-02")
async def test_what_others_were_quicker_to_take_is_named(counter: Counter, members: list[UUID]) -> None:
    await counter.publish([SHARED])
    quotes = [await counter.quote([pieces("beef")], member) for member in members]
    for quote in quotes[:2]:
        await counter.place(quote)
    refusal = refused(await counter.try_place(quotes[2], key="k"), 409, "quote_not_honoured")
    assert [one["path"] for one in refusal["errors"]] == [f"$.stock[main/shared/uses/life/{LIFE}]"]
    assert refusal["quote"]["priced"]["payable_fen"] == 5_200
    placed = await counter.place(refusal["quote"], key="k")
    assert placed["due_fen"] == 5_200


@pytest.mark.requirement("CHK-02")
async def test_a_refusal_frees_every_ticket_and_the_command_may_be_tried_again(
    counter: Counter, members: list[UUID], clock: SettableClock
) -> None:
    await counter.publish([SHARED])
    await counter.give_points(members[0], 300)
    quotes = [await counter.quote([pieces("beef")], members[0], points=300) for _ in range(2)]
    other = await counter.place(await counter.quote([pieces("milk")], members[0], points=300))
    for _ in range(2):
        refusal = refused(await counter.try_place(quotes[0], "A-1", key="k"), 409, "quote_not_honoured")
        assert [one["path"] for one in refusal["errors"]] == ["$.points"]
        assert await left(counter) == [2, 1_000]
    await counter.act(other, "cancel", reason="to pay for something else")
    placed = await counter.place(quotes[0], "A-1", key="k")
    assert placed["points"] == 300
    assert await left(counter) == [1, 700]
    clock.advance(timedelta(minutes=3))
    await counter.sweep()  # before anybody has confirmed them
    await counter.relay()
    assert await left(counter) == [1, 700]
    assert await counter.breaches() == []
