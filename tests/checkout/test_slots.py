"""Orders take places of delivery slots, which the shop defines: one each, and a clear answer where there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.stock import service as stock
from huixiang.stock.model import Kind, ResourceRow
from tests.checkout.counter import Answer, Counter, opened
from tests.pricing.quoting import good, open_shop, pieces, refused
from tests.stock.ground import breaches
from tests.support.programme import register_members

pytestmark = [pytest.mark.requirement("CHK-02"), pytest.mark.requirement("INV-4")]
TEN = "S001/2026-11-25T10"


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200))
        yield made


@pytest_asyncio.fixture
async def members(counter: Counter) -> list[UUID]:
    return await register_members(counter.db, 2)


async def slot(counter: Counter, key: str, places: int, opens_in: int = -1, closes_in: int = 9) -> None:
    now = counter.db.clock.now()
    opens_at, closes_at = now + timedelta(hours=opens_in), now + timedelta(hours=closes_in)
    row = ResourceRow(
        kind=Kind.SLOT, key=key, unit="places", capacity=places, version=1, opens_at=opens_at, closes_at=closes_at
    )
    async with counter.db.transaction() as tx:
        assert [one.outcome for one in await stock.define(tx, [row])] == ["created"]


async def left(counter: Counter, key: str = TEN) -> int:
    async with counter.db.transaction() as tx:
        return (await stock.left(tx, [(Kind.SLOT, key)]))[Kind.SLOT, key]


async def quote(counter: Counter, member: UUID) -> Answer:
    return await counter.quote([pieces("beef")], member, store="S001")


async def test_an_order_has_a_place_until_it_is_cancelled(counter: Counter, members: list[UUID]) -> None:
    await slot(counter, TEN, 1)
    mine, theirs = [await quote(counter, who) for who in members]
    placed = await counter.place(mine, "A-1", key="k", slot=TEN)
    assert await counter.place(mine, "A-1", key="k", slot=TEN) == placed
    refusal = refused(await counter.try_place(theirs, slot=TEN), 409, "quote_not_honoured")
    assert refusal["errors"] == [{"path": "$.slot", "problem": f"{TEN} is full; choose another"}]
    assert refusal["quote"]["due_fen"] == 5_200
    await counter.relay()
    assert await left(counter) == 0
    await counter.act(placed, "cancel", reason="changed their mind")
    await counter.relay()
    assert await left(counter) == 1
    assert (await counter.place(theirs, slot=TEN))["state"] == "placed"
    assert await breaches(counter.db) == []


async def test_a_command_that_says_something_else_the_second_time_keeps_no_place(
    counter: Counter, members: list[UUID]
) -> None:
    twelve = "S001/2026-11-25T12"
    for key in (TEN, twelve):
        await slot(counter, key, 5)
    mine = await quote(counter, members[0])
    await counter.place(mine, "A-1", key="k", slot=TEN)
    refused(await counter.try_place(mine, "A-1", key="k", slot=twelve), 409, "idempotency_conflict")
    assert [await left(counter, key) for key in (TEN, twelve)] == [4, 5]


@pytest.mark.parametrize(
    ("opens_in", "closes_in", "told"), [(1, 2, "can be chosen from"), (-2, -1, "closed at"), (None, None, "no slot")]
)
async def test_a_slot_that_is_not_to_be_had_is_told(
    counter: Counter, members: list[UUID], opens_in: int | None, closes_in: int | None, told: str
) -> None:
    if opens_in is not None and closes_in is not None:
        await slot(counter, TEN, 5, opens_in, closes_in)
    refusal = refused(await counter.try_place(await quote(counter, members[0]), slot=TEN), 409, "quote_not_honoured")
    [problem] = refusal["errors"]
    assert problem["path"] == "$.slot"
    assert told in problem["problem"]


async def test_a_slot_of_another_store_is_no_slot_of_the_quote(counter: Counter, members: list[UUID]) -> None:
    await slot(counter, "S002/2026-11-25T10", 5)
    answer = await counter.try_place(await quote(counter, members[0]), slot="S002/2026-11-25T10")
    assert refused(answer, 422, "input_invalid")["errors"] == [
        {"path": "$.slot", "problem": "expected a slot of S001, which begins with S001/"}
    ]
