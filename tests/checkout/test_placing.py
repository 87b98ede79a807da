"""Orders placed on quotes: all of it or nothing of it (CHK-01, CHK-02, CHK-05)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.conditions.model import Anniversary
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.failures import Overloaded
from huixiang.pricing.model.effects import Off, OffStep, PriceRate
from huixiang.pricing.model.rules import Cap, CouponRule, OrderRule, UnitRule
from huixiang.stock import service as stock
from tests.checkout.counter import Counter, done, opened
from tests.pricing.quoting import good, named, open_shop, pieces, refused
from tests.support.programme import register_members

CAPPED = OrderRule(code="capped", name=named("capped"), effect=Off((OffStep(500, 300),)), caps=(Cap("uses", 1),))
COUPON = CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200), good("milk", 1_000))
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def coupon_state(db: Database, coupon_id: str) -> Any:
    async with db.transaction() as tx:
        return await tx.fetchval("SELECT state FROM coupons.coupon WHERE coupon_id = $1", UUID(coupon_id))


async def uses_of(db: Database, member: UUID) -> int:
    async with db.transaction() as tx:
        found = await tx.fetchval(
            "SELECT coalesce(sum(uses), 0)::bigint FROM pricing.member_use WHERE member_id = $1", member
        )
        return int(found)


@pytest.mark.requirement("CHK-01", "CHK-02")
async def test_an_order_holds_what_its_quote_used(counter: Counter, member: UUID) -> None:
    await counter.publish([COUPON, OrderRule(code="off", name=named("off"), effect=Off((OffStep(5_000, 200),)))])
    coupon = await counter.grant(member, "ten")
    await counter.give_points(member, 1_000)
    quote = await counter.quote([pieces("beef"), pieces("milk", 2)], member, points=400)
    placed = await counter.place(quote, "A-1")
    assert placed["state"] == "placed"
    assert (placed["goods_fen"], placed["list_fen"]) == (6_000, 7_200)
    assert placed["points"] == 400
    assert placed["due_fen"] == quote["due_fen"] == 6_000 - placed["points_off_fen"]
    assert sum(line["points_fen"] for line in placed["lines"]) == placed["points_off_fen"]
    assert placed["coupons"] == [coupon]
    assert await coupon_state(counter.db, coupon) == "held"
    balance = await counter.balance(member)
    assert (balance.available, balance.held) == (600, 400)
    assert await counter.placed(placed) == placed


@pytest.mark.requirement("CHK-02")
async def test_the_same_command_again_is_the_same_order(counter: Counter, member: UUID) -> None:
    quote = await counter.quote([pieces("beef")], member)
    first = await counter.try_place(quote, "A-1", key="k")
    counter.db.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]  # the quote has expired since
    again = await counter.try_place(quote, "A-1", key="k")
    assert done(first, 201) == done(again, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(await counter.try_place(quote, "A-2"), 409, "quote_expired")


@pytest.mark.requirement("CHK-02")
async def test_a_number_belongs_to_one_order(counter: Counter, member: UUID) -> None:
    quote = await counter.quote([pieces("beef")], member)
    await counter.place(quote, "A-1")
    refused(await counter.try_place(quote, "A-1"), 409, "placed_conflict")
    till = {
        "source": "app",
        "external_id": "A-1",
        "member": {"member_id": str(member)},
        "channel": "app",
        "completed_at": counter.db.clock.now().isoformat(),
        "lines": [{"line_id": "1", "sku": "beef", "payable_fen": 1, "pieces": 1}],
    }
    refused(await counter.command("/api/v1/orders", till), 409, "order_conflict")


@pytest.mark.requirement("CHK-01", "CHK-02")
async def test_what_no_longer_holds_is_named_and_quoted_anew(counter: Counter, member: UUID) -> None:
    off = OrderRule(code="off", name=named("off"), effect=Off((OffStep(5_000, 200),)))
    await counter.publish([COUPON, off])
    coupon = await counter.grant(member, "ten")
    await counter.give_points(member, 500)
    quote = await counter.quote([pieces("beef"), pieces("milk", 2)], member, points=500)
    other = await counter.quote([pieces("milk", 2)], member, points=500)
    await counter.place(other, "A-0")
    await counter.kill("off")
    refusal = refused(await counter.try_place(quote, "A-1"), 409, "quote_not_honoured")
    assert {one["path"] for one in refusal["errors"]} == {"$.rules[off]", f"$.coupons[{coupon}]", "$.points"}
    anew = refusal["quote"]
    assert (anew["priced"]["payable_fen"], anew["due_fen"]) == (7_200, 7_200)
    placed = await counter.place(anew, "A-1")
    assert (placed["due_fen"], placed["points"], placed["coupons"]) == (7_200, 0, [])


@pytest.mark.requirement("CHK-01", "CPN-02")
async def test_an_order_uses_a_public_code_of_which_there_is_no_copy(counter: Counter, member: UUID) -> None:
    spring = CouponRule(
        code="spring", name=named("spring"), effect=Off((OffStep(0, 300),)), public_code="SPRING", stacking="shown",
        caps=(Cap("uses", 1, "member"),),
    )  # fmt: skip
    await counter.publish([COUPON, spring])
    held = await counter.grant(member, "ten")
    quote = await counter.quote([pieces("beef")], member, codes=["SPRING"])
    order = await counter.place(quote, paid=True)
    assert (order["due_fen"], order["coupons"]) == (3_900, [held])
    assert [(one["rule"], one["coupon_id"]) for one in order["applied"]] == [("spring", "SPRING"), ("ten", held)]
    late = await counter.quote([pieces("beef")], member, codes=["SPRING"])
    assert late["due_fen"] == 5_200
    await counter.act(order, "complete")
    await counter.refund(order, "all", [(order["lines"][0]["line_id"], 1)])
    assert [(one["kind"], one["fen"]) for one in await counter.payments(order)] == [("give_back", 3_900)]
    assert (await counter.quote([pieces("beef")], member, codes=["SPRING"]))["due_fen"] == 3_900
    assert await counter.breaches() == []


async def test_a_quote_holds_whatever_has_become_known_of_its_member(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    """The price that was promised is the price, also where what it was found by may not be looked at again."""
    birthday = UnitRule(
        code="birthday", name=named("birthday"), effect=PriceRate(5_000), when=Anniversary("birthday", within="month")
    )
    await counter.publish([birthday])
    born = "UPDATE members.member SET birth_month = $2, birth_day = 7 WHERE member_id = $1"
    month = clock.now().month
    async with counter.db.transaction() as tx:
        await tx.execute(born, member, month)
    quote = await counter.quote([pieces("beef")], member)
    async with counter.db.transaction() as tx:
        await tx.execute(born, member, 1 + month % 12)
    assert (await counter.place(quote))["due_fen"] == 2_600
    assert (await counter.quote([pieces("beef")], member))["due_fen"] == 5_200


async def test_a_refusal_leaves_nothing_behind(counter: Counter, member: UUID) -> None:
    await counter.publish([COUPON, CAPPED])
    coupon = await counter.grant(member, "ten")
    await counter.give_points(member, 100)
    quotes = [await counter.quote([pieces("milk", 3)], member, points=100) for _ in range(2)]
    await counter.place(quotes[0], "A-1")
    refusal = refused(await counter.try_place(quotes[1], "A-2"), 409, "quote_not_honoured")
    assert refusal["count"] == 3
    await counter.relay()
    await counter.act({"order_id": await only(counter.db)}, "cancel", reason="changed my mind")
    await counter.relay()
    assert await coupon_state(counter.db, coupon) == "issued"
    assert (await counter.balance(member)).available == 100
    assert await uses_of(counter.db, member) == 0
    again = await counter.place(await counter.quote([pieces("milk", 3)], member, points=100), "A-2")
    assert again["due_fen"] == quotes[0]["due_fen"]


async def only(db: Database) -> UUID:
    """The one order that is on its way."""
    async with db.transaction() as tx:
        [row] = await tx.fetch("SELECT order_id FROM checkout.placed WHERE state = 'placed'")
        found: UUID = row["order_id"]
        return found


@pytest.mark.requirement("CHK-04")
async def test_completion_spends_uses_and_earns_once(counter: Counter, member: UUID) -> None:
    await counter.publish([COUPON])
    coupon = await counter.grant(member, "ten")
    await counter.give_points(member, 400)
    quote = await counter.quote([pieces("beef"), pieces("milk", 2)], member, points=400)
    placed = await counter.place(quote, "A-1")
    refused(await counter.try_act(placed, "complete"), 409, "order_unpaid")
    await counter.act(placed, "paid")
    first = await counter.act(placed, "complete")
    assert (first["state"], first["payment"]) == ("completed", "paid")
    assert await counter.act(placed, "complete") == first
    assert await coupon_state(counter.db, coupon) == "used"
    order = await counter.order(placed)
    assert order["order_number"] == placed["order_number"]
    assert (order["payable_fen"], order["cash_fen"]) == (6_200, placed["due_fen"])
    assert order["points"] == quote["earning"]["points"] > 0
    balance = await counter.balance(member)
    assert (balance.held, balance.pending) == (0, order["points"])
    refused(await counter.try_act(placed, "cancel", reason="late"), 409, "placed_state_fixed")


@pytest.mark.requirement("CHK-05")
async def test_cancelling_gives_back_everything_it_held(counter: Counter, member: UUID, clock: SettableClock) -> None:
    await counter.publish([COUPON, CAPPED])
    soon = clock.now() + timedelta(minutes=10)
    coupon = await counter.grant(member, "ten", soon)
    await counter.give_points(member, 400)
    placed = await counter.place(await counter.quote([pieces("milk", 3)], member, points=400), "A-1", paid=True)
    assert await uses_of(counter.db, member) == 0  # the cap is everybody's
    clock.advance(timedelta(hours=2))
    cancelled = await counter.act(placed, "cancel", reason="nobody at home")
    assert (cancelled["state"], cancelled["payment"]) == ("cancelled", "paid")
    assert await counter.act(placed, "cancel", reason="again") == cancelled
    await counter.relay()
    assert (await counter.balance(member)).available == 400
    async with counter.db.transaction() as tx:
        state, ends = await tx.fetchrow(  # type: ignore[misc]
            "SELECT state, expires_at FROM coupons.coupon WHERE coupon_id = $1", UUID(coupon)
        )
    assert (state, ends) == ("issued", clock.now() + timedelta(days=3))
    assert (await counter.quote([pieces("milk", 3)], member))["priced"]["payable_fen"] == 3_000 - 300 - 1_000


class Shut:
    """A gate that says of everything that nothing is left."""

    async def left(self, resources: Sequence[UUID]) -> Mapping[UUID, int]:
        return dict.fromkeys(resources, 0)

    async def tell(self, _left: Mapping[UUID, int]) -> None:
        return None


class Jammed(Shut):
    """Nobody gets through to take a ticket."""

    async def left(self, _resources: Sequence[UUID]) -> Mapping[UUID, int]:
        raise Overloaded


@pytest.mark.requirement("CHK-02", "INV-4")
async def test_without_its_tickets_no_order_is_placed(counter: Counter, member: UUID) -> None:
    await counter.publish([CAPPED])
    quote = await counter.quote([pieces("milk")], member)
    with counter.db.beside(stock.Gated(Jammed())):
        refused(await counter.try_place(quote, "A-1", key="k"), 503, "overloaded")
    async with counter.db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM checkout.placed") == 0
    assert (await counter.place(quote, "A-1", key="k"))["state"] == "placed"


@pytest.mark.requirement("CHK-02", "INV-3")
async def test_who_was_refused_what_ran_out_may_have_it_by_the_same_command_later(
    counter: Counter, member: UUID
) -> None:
    """Turned away at the gate, then refused by the database: nothing was taken, so nothing is decided of the order.
    Once it is placed its command is answered, whatever the gate says."""
    await counter.publish([CAPPED])
    [other] = await register_members(counter.db, 1, prefix="other")
    quote, theirs = [await counter.quote([pieces("milk")], who) for who in (member, other)]
    with counter.db.beside(stock.Gated(Shut())):
        refusal = refused(await counter.try_place(quote, "A-1", key="k"), 409, "quote_not_honoured")
        assert [one["path"] for one in refusal["errors"]] == ["$.stock[main/capped/uses/life/1970-01-01]"]
    first = await counter.place(theirs, "A-2")
    refused(await counter.try_place(quote, "A-1", key="k"), 409, "quote_not_honoured")
    await counter.act(first, "cancel", reason="changed their mind")
    await counter.relay()
    placed = await counter.place(quote, "A-1", key="k")
    with counter.db.beside(stock.Gated(Shut())):
        assert await counter.place(quote, "A-1", key="k") == placed
