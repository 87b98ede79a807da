"""What goods cost that take the place of missing ones: as if they had been ordered then (CHK-03, P15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.catalogue.model import PriceRow
from huixiang.conditions.model import Anniversary
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import ListedPrice, Off, OffStep, PriceRate, Scope
from huixiang.pricing.model.rules import Cap, OrderRule, UnitRule
from tests.checkout.counter import Answer, Counter, opened
from tests.documents.pages import page, sections, table
from tests.pricing.quoting import good, named, open_shop, pieces, refused
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-03")

EXAMPLES = table(sections(page("fulfilment"))["Examples of prices of substitutes"])
RULES = [
    UnitRule(code="members", name=named("members"), effect=ListedPrice("members"), label="member_price"),
    UnitRule(code="rate", name=named("rate"), effect=PriceRate(9_000), label="tier_rate"),
    UnitRule(
        code="flash",
        name=named("flash"),
        effect=PriceRate(1_000),
        caps=(Cap("pieces", 5),),
        scope=Scope(skus=("oats", "bran")),
        label="flash",
    ),
    OrderRule(code="off", name=named("off"), effect=Off((OffStep(1_000, 500),))),
]


@pytest_asyncio.fixture
async def counter(db: Database, clock: SettableClock) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(
            good("rice", 6_500), good("oats", 1_550), good("bran", 1_550), good("pears", 1_280, unit="gram")
        )
        before = clock.now() - timedelta(days=1)
        await made.price(
            PriceRow(version=1, sku="oats", price_fen=1_400, valid_from=before, store="S001"),
            PriceRow(version=1, sku="oats", price_fen=1_200, valid_from=before, price_list="members"),
            PriceRow(version=1, sku="oats", price_fen=900, valid_from=clock.now() + timedelta(hours=1), store="S001"),
        )
        await made.publish(RULES)
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def rice(counter: Counter, member: UUID) -> Answer:
    return await counter.place(await counter.quote([pieces("rice")], member, store="S001"), paid=True)


def instead(sku: str, quantity: int, price: str = "", measure: str = "piece") -> list[Answer]:
    goods: Answer = {"line_id": "s", "sku": sku, "measure": measure, "quantity": quantity}
    return [{"line_id": "1", "quantity": 0, "substitute": goods | ({"price_fen": int(price)} if price else {})}]


def charged(order: Answer) -> int:
    [fen] = [one["payable_fen"] for one in order["fulfilled"]["lines"] if one["line_id"] == "s"]
    return int(fen)


async def test_the_examples_of_the_page(counter: Counter, member: UUID) -> None:
    assert len(EXAMPLES) > 8
    for row in EXAMPLES:
        order = await rice(counter, member)
        assert order["due_fen"] == 5_350
        picked = instead(row["sku"], int(row["quantity"]), row["price_fen"], row["measure"])
        if row["charged_fen"].isdigit():
            assert charged(await counter.act(order, "fulfil", picked=picked)) == int(row["charged_fen"]), row
            await counter.act(order, "complete")
        else:
            told = refused(await counter.try_act(order, "fulfil", picked=picked), 422, row["charged_fen"])
            assert (told["line_id"], told["sku"]) == ("s", row["sku"])
            assert (await counter.placed(order))["state"] == "placed"
    assert await counter.breaches() == []


@pytest.mark.requirement("PRC-10")
async def test_what_changed_since_is_not_asked(counter: Counter, member: UUID, clock: SettableClock) -> None:
    """Neither rules nor prices: the oats cost 9.00 by now."""
    order = await rice(counter, member)
    clock.advance(timedelta(hours=2))
    await counter.publish([])
    assert (await counter.quote([pieces("oats")], member, store="S001"))["due_fen"] == 900
    assert charged(await counter.act(order, "fulfil", picked=instead("oats", 2))) == 2_400


async def test_where_nobody_can_say_any_more_the_callers_price_counts(
    counter: Counter, member: UUID, clock: SettableClock
) -> None:
    """A birthday that was corrected since: what it was is on record nowhere."""
    birthday = Anniversary("birthday", within="month")
    await counter.publish([UnitRule(code="birthday", name=named("b"), effect=PriceRate(5_000), when=birthday)])
    born = "UPDATE members.member SET birth_month = $2, birth_day = 7 WHERE member_id = $1"
    async with counter.db.transaction() as tx:
        await tx.execute(born, member, clock.now().month)
    order = await rice(counter, member)
    async with counter.db.transaction() as tx:
        await tx.execute(born, member, 1 + clock.now().month % 12)
    refused(await counter.try_act(order, "fulfil", picked=instead("oats", 2)), 409, "quote_facts_changed")
    assert charged(await counter.act(order, "fulfil", picked=instead("oats", 2, "2500"))) == 2_500
