"""An old order comes back after its member was merged, and after that was undone: points, growth, tier and order go to
whom they belong (MEM-02)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from tests.entry.program import running
from tests.journeys.merging import House
from tests.points.movement import assert_lawful

pytestmark = pytest.mark.requirement("MEM-02")


@pytest_asyncio.fixture
async def house(db: Database, superuser: psycopg.Connection[Any]) -> AsyncIterator[House]:
    async with running(db) as program:
        yield House(program, db)
    assert_lawful(superuser)


async def refund(house: House, order: dict[str, Any]) -> dict[str, Any]:
    body = {"external_id": f"r-{order['order_id']}", "reason": "short",
            "occurred_at": house.db.clock.now().isoformat(), "lines": [{"line_id": "a", "quantity": 1}]}  # fmt: skip
    answer = await house.post(f"orders/{order['order_id']}/refunds", body)
    assert answer.status_code == 201, answer.text
    await house.relay()
    await house.bring_along()
    return dict(answer.json())


async def stands(house: House, member: str) -> tuple[int, int, str]:
    """Points, growth and tier."""
    tier = await house.get(f"/api/v1/members/{member}/tier")
    return await house.points(member), tier["growth"], tier["tier"]["code"]


async def test_a_refund_after_the_merge_is_the_one_who_stayed_ones(house: House) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    old, own = await house.order(gone, "old", 150_000), await house.order(into, "own", 60_000)
    await house.relay()
    await house.merge(gone, into)
    await house.relay()
    points, growth, tier = await stands(house, into)
    assert (growth, tier) == (210_000, "silver")
    back = await refund(house, old)
    assert await stands(house, into) == (points - back["points"] - back["reward"], 60_000, "silver")
    (whose,) = await house.rows("SELECT member_id FROM checkout.orders WHERE order_id = $1", UUID(old["order_id"]))
    assert whose == (UUID(gone),)
    for member in (gone, into):
        shown = await house.get(f"/api/v1/orders/{old['order_id']}")
        assert shown["state"] == "refunded", member
    await refund(house, own)
    assert (await stands(house, into))[1] == 0


async def test_a_refund_after_the_merge_was_undone_is_its_own_members(house: House) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    old, own = await house.order(gone, "old", 150_000), await house.order(into, "own", 60_000)
    await house.relay()
    before = [await stands(house, one) for one in (gone, into)]
    merge = await house.merge(gone, into)
    await house.relay()
    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    assert (await house.read(merge))["state"] == "undone"
    assert [await stands(house, one) for one in (gone, into)] == before
    back = await refund(house, old)
    points, _, tier = before[0]
    assert await stands(house, gone) == (points - back["points"] - back["reward"], 0, tier)
    assert await stands(house, into) == before[1]
    back = await refund(house, own)
    points, _, tier = before[1]
    assert await stands(house, into) == (points - back["points"] - back["reward"], 0, tier)
    assert (await stands(house, gone))[1] == 0
