"""Gift coupons of orders that come back: given on, used in parts, kept back for; whoever has them by then (PRC-03)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from huixiang.checkout.rules.gifts import off_refund
from huixiang.coupons.model.gifts import CouponGiftOver
from huixiang.coupons.service import gifts
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Gift, GiftOver, Off, OffStep
from huixiang.pricing.model.rules import CouponRule, OrderRule
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.programme import register_members

PRESENT = CouponRule(code="present", name=named("present"), effect=Off((OffStep(501, 500),)))
GIFTS = OrderRule(code="gives", name=named("g"), effect=GiftOver(5_000, Gift("coupon", "present", 2, 1_000)))
TOTAL = 1_000
TEMPLATE = {
    "rule": "present", "name": {"zh": "赠券", "en": "Present"}, "days": 30, "grant": True, "giftable": True,
    "gifts_per_day": 20, "total": TOTAL,
}  # fmt: skip


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    async with opened(db) as made:
        await open_with_gifts(made)
        yield made


async def open_with_gifts(counter: Counter) -> None:
    await open_shop(counter.db)
    await counter.stock(good("beef", 5_200), good("milk", 1_000), good("mint", 300))
    await counter.publish([GIFTS, PRESENT])
    await counter.document("coupon_template", "present", TEMPLATE)


@pytest_asyncio.fixture
async def members(counter: Counter) -> list[UUID]:
    return await register_members(counter.db, 4, registered_at=counter.db.clock.now() - timedelta(days=9))


async def bought(counter: Counter, member: UUID, *skus: str) -> Answer:
    quote = await counter.quote([pieces(sku) for sku in skus], member)
    placed = await counter.place(quote, paid=True)
    await counter.act(placed, "complete")
    return placed


async def use_one(counter: Counter, member: UUID) -> None:
    placed = await counter.place(await counter.quote([pieces("milk")], member), paid=True)
    assert len(placed["coupons"]) == 1


async def states(db: Database, *of: UUID) -> list[list[str]]:
    """Of the copies of each member, in the order of their names."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT member_id, state FROM coupons.coupon ORDER BY state")
    return [[row["state"] for row in rows if row["member_id"] == member] for member in of]


async def copy_of(db: Database, member: UUID) -> UUID:
    async with db.transaction() as tx:
        found: UUID = await tx.fetchval(
            "SELECT coupon_id FROM coupons.coupon WHERE member_id = $1 AND state = 'issued' LIMIT 1", member
        )
    return found


async def give(db: Database, member: UUID) -> str:
    """The secret of the link under which one of the member's copies can be had."""
    copy = await copy_of(db, member)
    async with db.transaction() as tx:
        return (await gifts.give(tx, member, copy)).token


async def take(db: Database, member: UUID, token: str) -> None:
    async with db.transaction() as tx:
        await gifts.take(tx, member, token)


async def given_on(counter: Counter, member: UUID, friend: UUID) -> None:
    await take(counter.db, friend, await give(counter.db, member))
    await counter.relay()


def effects(refund: Answer) -> list[tuple[str, int, str, str | None]]:
    return [
        (one["kind"], one["amount"], one["state"], one["owner_id"])
        for one in refund["reversal"]["effects"]
        if one["kind"].startswith("gift")
    ]


async def left(db: Database) -> int:
    part = (Kind.COUPON_TEMPLATE, "present")
    async with db.transaction() as tx:
        return (await stock.left(tx, [part]))[part]


@pytest.mark.requirement("PRC-03", "PTS-24")
@pytest.mark.parametrize("how", ["open", "on its way"])
async def test_a_gift_that_nobody_has_a_copy_of_is_taken_back(
    counter: Counter, members: list[UUID], clock: SettableClock, how: str
) -> None:
    buyer, friend = members[:2]
    order = await bought(counter, buyer, "beef")
    token = await give(counter.db, buyer)
    if how == "on its way":
        await take(counter.db, friend, token)
    refund = await counter.refund(order, "r1", [("1", 1)])
    assert (refund["cash_refund_fen"], refund["gifts_fen"]) == (5_200, 0)
    assert (effects(refund), refund["reversal"]["state"]) == ([("gift_taken", 2, "done", None)], "done")
    if how == "open":
        with pytest.raises(CouponGiftOver):
            await take(counter.db, friend, token)
    await counter.relay()
    clock.advance(timedelta(days=4))
    async with counter.db.transaction() as tx:
        assert await gifts.end_due(tx, 9) == 0
        assert [one.why for one in (await gifts.listed(tx, buyer, None, 9)).items] == ["refunded"]
    assert await states(counter.db, buyer, friend) == [["voided", "voided"], []]
    assert await left(counter.db) == TOTAL
    assert await counter.breaches() == []


@pytest.mark.requirement("PRC-03", "PTS-24")
@pytest.mark.parametrize(
    ("hands", "used", "gifts_fen", "record", "ends"),
    [
        ([1], "", 0, "gift_taken", ["given voided", "voided"]),
        ([1], "before", 500, None, ["given voided", "held"]),
        ([1], "between", 0, "gift_let_go", ["given voided", "held"]),
        ([1, 2], "", 0, "gift_taken", ["given voided", "given", "voided"]),
        ([1, 2], "before", 500, None, ["given voided", "given", "held"]),
        ([1, 0], "", 0, "", ["given voided voided", "given"]),
    ],
)
async def test_a_gift_that_another_has_follows_once_or_counts_as_used(
    counter: Counter, members: list[UUID], clock: SettableClock, hands: Sequence[int], used: str, gifts_fen: int,
    record: str | None, ends: list[str],
) -> None:  # fmt: skip
    """hands: who has it one after the other. record: what the effect at its owner is in the end; none where it was used
    before, empty where it came round."""
    order = await bought(counter, members[0], "beef")
    for giver, receiver in zip([0, *hands], hands, strict=False):
        await given_on(counter, members[giver], members[receiver])
    last = members[hands[-1]]
    if used == "before":
        await use_one(counter, last)
    refund = await counter.refund(order, "r1", [("1", 1)])
    assert (refund["cash_refund_fen"], refund["gifts_fen"]) == (5_200 - gifts_fen, gifts_fen)
    told = effects(refund)
    if record:
        assert told == [("gift_taken", 1, "done", None), ("gift_taken", 1, "pending", str(last))]
        assert refund["reversal"]["state"] == "pending"
        clock.advance(timedelta(minutes=11))
        assert [name for name, _ in await counter.breaches()] == ["checkout_reversal_open"]
    elif record is None:
        assert told == [("gift_taken", 1, "done", None), ("gift_in_cash", 500, "done", None)]
    else:
        assert told == [("gift_taken", 2, "done", None)]
    if used == "between":
        await use_one(counter, last)
    await counter.relay()
    (again,) = await counter.refunds(order)
    assert again["reversal"]["state"] == "done"
    if record:
        assert effects(again) == [("gift_taken", 1, "done", None), (record, 1, "done", str(last))]
    assert [" ".join(one) for one in await states(counter.db, *members)][: len(ends)] == ends
    assert await left(counter.db) == TOTAL - (1 if used else 0)
    assert await counter.breaches() == []


@pytest.mark.requirement("PRC-03", "PTS-24", "CPN-05")
async def test_a_friend_who_takes_a_gift_while_its_order_comes_back(database_url: str) -> None:
    """Over many connections with real commits: in whatever order, all is paid back and nobody has a copy."""
    dice = random.Random(3)
    db = await Database.open(database_url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock(), max_size=8)
    try:
        async with opened(db) as counter:
            await open_with_gifts(counter)
            people = await register_members(db, 2, registered_at=db.clock.now() - timedelta(days=9))
            after, before = [await one_race(counter, people, how, dice) for how in ("taken first", "refunded first")]
            assert (after, before) == ("done pending", "done")
            for _ in range(6):
                assert await one_race(counter, people, "at once", dice) in {after, before}
            held = await states(db, *people)
            assert {*held[0], *held[1]} <= {"given", "voided"}
            assert await left(db) == TOTAL
            assert await counter.breaches() == []
    finally:
        await db.close()


async def one_race(counter: Counter, people: Sequence[UUID], how: str, dice: random.Random) -> str:
    """The states of the record's effects before what follows had followed."""
    buyer, friend = people
    order = await bought(counter, buyer, "beef")
    token = await give(counter.db, buyer)

    async def taken() -> None:
        try:
            await take(counter.db, friend, token)
        except CouponGiftOver:
            return
        await counter.relay()

    async def refunded() -> Answer:
        await asyncio.sleep(dice.random() * 0.06 if how == "at once" else 0)
        return await counter.refund(order, "r1", [("1", 1)])

    if how == "at once":
        refund, _ = await asyncio.gather(refunded(), taken())
    elif how == "taken first":
        await taken()
        refund = await refunded()
    else:
        refund = await refunded()
        await taken()
    assert (refund["cash_refund_fen"], refund["gifts_fen"]) == (5_200, 0)
    await counter.relay()
    (again,) = await counter.refunds(order)
    assert again["reversal"]["state"] == "done"
    assert sum(amount for _, amount, _, _ in effects(again)) == 2
    return " ".join(state for _, _, state, _ in effects(refund))


@pytest.mark.requirement("PRC-03", "CHK-06")
@pytest.mark.parametrize(("policy", "used"), [("off_refund", 0), ("off_refund", 1), ("let_go", 1)])
async def test_a_used_gift_costs_the_same_however_the_order_comes_back(
    counter: Counter, members: list[UUID], policy: str, used: int
) -> None:
    await counter.document("fulfilment", "default", {"name": TEMPLATE["name"], "used_gifts": policy})
    order = await bought(counter, members[0], "beef", "mint")
    for _ in range(used):
        await use_one(counter, members[0])
    first = await counter.refund(order, "r1", [("1", 1)])
    kept = 700 if policy == "off_refund" else 0  # two gifts are worth 1,000, and the mint 300
    assert (first["refund_fen"], first["cash_refund_fen"], first["gifts_held_fen"]) == (5_200, 5_200 - kept, kept)
    assert (await counter.order(order))["gifts_held_fen"] == kept
    last = await counter.refund(order, "r2", [("2", 1)])
    off = 500 * used if policy == "off_refund" else 0
    assert (last["cash_refund_fen"], last["gifts_fen"], last["gifts_held_fen"]) == (300 + kept - off, off, -kept)
    told = await counter.order(order)
    assert (told["cash_refunded_fen"], told["gifts_held_fen"], told["state"]) == (5_500 - off, 0, "refunded")
    paid = [one["fen"] for one in await counter.payments(order) if one["kind"] == "give_back"]
    assert sum(paid) == 5_500 - off
    assert await counter.breaches() == []


PARTS = st.lists(st.integers(0, 9_000), min_size=1, max_size=6)


@pytest.mark.requirement("PRC-03", "CHK-06")
@given(PARTS, st.lists(st.integers(0, 20_000), min_size=6, max_size=6))
def test_gifts_take_off_the_same_in_any_parts_and_are_always_covered(parts: list[int], worth: list[int]) -> None:
    """worth: of the gifts that are out at each refund, which get no more."""
    out = sorted(worth, reverse=True)[: len(parts)]
    paid_fen = sum(parts)
    left_fen, held_fen, back = paid_fen, 0, []
    for part_fen, gifts_fen in zip(parts, out, strict=True):
        left_fen -= part_fen
        owed_fen = part_fen + held_fen
        held_fen = off_refund(gifts_fen, left_fen, owed_fen)
        back.append(owed_fen - held_fen)
        assert paid_fen - sum(back) >= min(gifts_fen, paid_fen)
    assert min(back) >= 0
    assert sum(back) == paid_fen - min(out[-1], paid_fen)
