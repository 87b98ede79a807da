"""Orders given under a benefit take a use of it: held, used, given back, and never more than there is (CHK-02, CHK-04,
CHK-05, PTS-24)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from huixiang.benefits import service as benefits
from huixiang.benefits.jobs import KeepBenefits, keep_chunk
from huixiang.benefits.model import NewEntitlement
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Fee, Off, OffStep, PriceRate
from huixiang.pricing.model.rules import DeliveryRule, OrderRule, Promotions, UnitRule
from huixiang.pricing.service.publication import examine
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, named, open_shop, pieces, refused
from tests.support.programme import register_members

FREE = DeliveryRule(code="free", name=named("free"), effect=Fee(0), benefit="free_delivery")
PLUS = UnitRule(code="plus", name=named("plus"), effect=PriceRate(9_000), benefit="plus")
TOP = OrderRule(code="top", name=named("top"), effect=Off((OffStep(1_000, 100),)), benefit="plus")
WEEKLY = {"name": {"zh": "免运费", "en": "Free delivery"}, "times": 1, "in_a": "week"}
ALWAYS = {"name": {"zh": "会员价", "en": "Plus"}}
DELIVERY = {"delivery": {"fee_fen": 600}}


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200), good("milk", 1_000))
        await made.document("benefit", "free_delivery", WEEKLY)
        await made.document("benefit", "plus", ALWAYS)
        await made.publish([FREE, PLUS, TOP])
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def give(counter: Counter, member: UUID, benefit: str, **more: Any) -> UUID:
    async with counter.db.transaction() as tx:
        given = await benefits.entitle(tx, member, NewEntitlement(benefit=benefit, source="plan:plus", **more))
    return given.entitlement_id


async def used(counter: Counter, member: UUID) -> dict[str, int]:
    async with counter.db.transaction(read_only=True) as tx:
        page = await benefits.entitlements(tx, member, None, 50)
    return {str(one.entitlement_id): one.used for one in page.items}


async def quoted(counter: Counter, member: UUID | None, **more: Any) -> Answer:
    return await counter.quote([pieces("beef")], member, **DELIVERY, **more)


def rules(answer: Answer) -> set[str]:
    return {one["rule"] for one in answer["applied"]}


@pytest.mark.requirement("CHK-04", "PTS-24", "CHK-02")
async def test_an_order_uses_a_benefit_and_a_whole_refund_gives_it_back(counter: Counter, member: UUID) -> None:
    free = str(await give(counter, member, "free_delivery"))
    quote = await quoted(counter, member)
    assert (rules(quote["priced"]), quote["due_fen"]) == ({"free"}, 5_200)
    order = await counter.place(quote, paid=True)
    assert (order["benefits"], await used(counter, member)) == (["free_delivery"], {free: 1})
    seen = await counter.client.get(f"/api/console/v1/orders/{order['order_id']}/whole")
    assert seen.json()["benefits"] == ["free_delivery"]
    second = await quoted(counter, member)
    assert (rules(second["priced"]), second["due_fen"]) == (set(), 5_800)
    assert await counter.breaches() == []

    await counter.act(order, "complete")
    told = await heard(counter)
    assert [(one["type"], one["benefit"], one["order_id"]) for one in told] == [
        ("benefits.used.v1", "free_delivery", order["order_id"])
    ]
    assert await counter.breaches() == []
    refund = await counter.refund(order, "r", [("1", 1)])
    effects = {one["kind"]: (one["amount"], one["unit"]) for one in refund["reversal"]["effects"]}
    assert effects["benefit_returned"] == (1, "uses")
    assert await used(counter, member) == {free: 0}
    told = await heard(counter)
    assert [(one["type"], one["counts"]) for one in told[1:]] == [("benefits.returned.v1", True)]
    await counter.relay()
    assert await counter.breaches() == []
    assert rules((await quoted(counter, member))["priced"]) == {"free"}


async def heard(counter: Counter) -> list[Answer]:
    """What benefits told that nobody has been brought yet, in order."""
    async with counter.db.transaction(read_only=True) as tx:
        rows = await tx.fetch("SELECT events FROM platform.outbox ORDER BY member_id, seq")
    told = [one for row in rows for one in msgspec.json.decode(row["events"])]
    return [one for one in told if one["type"].startswith("benefits.")]


@pytest.mark.requirement("CHK-02")
async def test_of_two_quotes_on_the_last_use_one_is_honoured(counter: Counter, member: UUID) -> None:
    free = str(await give(counter, member, "free_delivery"))
    quotes = [await quoted(counter, member) for _ in range(4)]
    answers = await asyncio.gather(*(counter.try_place(quote) for quote in quotes))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    for one in answers:
        if one.status_code == 409:
            told = refused(one, 409, "quote_not_honoured")
            assert [(error["path"], error["problem"]) for error in told["errors"]] == [
                ("$.benefits[free_delivery]", "nothing is left of it")
            ]
            assert told["quote"]["due_fen"] == 5_800
    assert await used(counter, member) == {free: 1}
    assert await counter.breaches() == []


@pytest.mark.requirement("CHK-05")
async def test_cancelled_by_the_member_or_by_the_clock_it_gives_its_uses_back(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    free, plus = str(await give(counter, member, "free_delivery")), str(await give(counter, member, "plus"))
    order = await counter.place(await quoted(counter, member))
    assert (order["benefits"], rules(order)) == (["free_delivery", "plus"], {"free", "plus", "top"})
    assert await used(counter, member) == {free: 1, plus: 1}  # two rules under one benefit are one use
    await counter.act(order, "cancel", reason="for the test")
    assert await used(counter, member) == {free: 0, plus: 0}
    await counter.place(await quoted(counter, member))
    assert await used(counter, member) == {free: 1, plus: 1}
    clock.advance(timedelta(minutes=31))
    await counter.cancel_unpaid()
    assert await used(counter, member) == {free: 0, plus: 0}
    assert [one["type"] for one in await heard(counter)] == []
    assert await counter.breaches() == []


@pytest.mark.requirement("PTS-24", "BEN-03")
async def test_a_use_of_a_period_that_is_over_does_not_come_back(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    free = str(await give(counter, member, "free_delivery"))
    order = await counter.place(await quoted(counter, member), paid=True)
    await counter.act(order, "complete")
    clock.advance(timedelta(days=7))
    async with counter.db.transaction() as tx:
        await keep_chunk(tx, KeepBenefits())
    assert await used(counter, member) == {free: 0}
    again = await counter.place(await quoted(counter, member), paid=True)
    refund = await counter.refund(order, "r", [("1", 1)])
    effects = {one["kind"]: one["amount"] for one in refund["reversal"]["effects"]}
    assert (effects["benefit_over"], effects.get("benefit_returned")) == (1, None)
    assert await used(counter, member) == {free: 1}
    assert [one["counts"] for one in await heard(counter) if one["type"] == "benefits.returned.v1"] == [False]
    await counter.act(again, "cancel", reason="for the test")
    assert await used(counter, member) == {free: 0}
    assert await counter.breaches() == []


@pytest.mark.requirement("CHK-02", "BEN-03")
async def test_who_has_a_benefit_twice_uses_what_would_be_lost_first(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    weekly = str(await give(counter, member, "free_delivery"))
    soon = str(await give(counter, member, "free_delivery", ends_at=clock.now() + timedelta(days=1)))
    await counter.place(await quoted(counter, member))
    assert await used(counter, member) == {soon: 1, weekly: 0}
    await counter.place(await quoted(counter, member))
    assert await used(counter, member) == {soon: 1, weekly: 1}
    assert (await quoted(counter, member))["due_fen"] == 5_800


@pytest.mark.requirement("CHK-02", "BEN-03")
async def test_what_ended_since_the_quote_is_not_honoured(counter: Counter, member: UUID, clock: SettableClock) -> None:
    await give(counter, member, "free_delivery", ends_at=clock.now() + timedelta(minutes=5))
    quote = await quoted(counter, member)
    assert quote["due_fen"] == 5_200
    clock.advance(timedelta(minutes=5))
    told = refused(await counter.try_place(quote), 409, "quote_not_honoured")
    assert [error["path"] for error in told["errors"]] == ["$.benefits[free_delivery]"]


@pytest.mark.requirement("PRC-01")
async def test_nobody_else_gets_it_and_who_publishes_hears_of_a_name_that_is_none(
    counter: Counter, member: UUID
) -> None:
    [other] = await register_members(counter.db, 1, prefix="other")
    await give(counter, member, "free_delivery")
    for buyer in (other, None):
        assert (await quoted(counter, buyer))["due_fen"] == 5_800
    unknown = Promotions(rules=(FREE, msgspec.structs.replace(PLUS, benefit="x")))
    async with counter.db.transaction(read_only=True) as tx:
        found = await examine(tx, unknown)
    assert [(one.path, one.problem) for one in found.warnings] == [("$.rules[1].benefit", "there is no benefit x yet")]
