"""Refund requests of members who are merged, and whose merge is undone: they stand with their orders (CHK-10)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.members import service as members
from huixiang.platform.db import Database
from tests.checkout.desk import GENEROUS, publish_policy
from tests.entry.program import bearer, running
from tests.journeys.merging import House
from tests.points.movement import assert_lawful

pytestmark = pytest.mark.requirement("CHK-10", "MEM-02")


@pytest_asyncio.fixture
async def house(db: Database, superuser: psycopg.Connection[Any]) -> AsyncIterator[House]:
    async with running(db) as program:
        yield House(program, db)
    assert_lawful(superuser)


async def ask(house: House, order: dict[str, Any], member: str) -> dict[str, Any]:
    """As the member does."""
    house.commands += 1
    answer = await house.program.client.post(
        f"/api/member/v1/me/orders/{order['order_id']}/refund-requests",
        json={"ground": "not_fresh", "lines": [{"line_id": "a", "quantity": 1}], "note": f"of {member}"},
        headers=token(house, member) | {"Idempotency-Key": f"ask {house.commands}"},
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def token(house: House, member: str) -> dict[str, str]:
    return bearer(members.issue_token(UUID(member), house.db.clock.now()))


async def mine(house: House, member: str) -> list[tuple[str, str, str]]:
    found = await house.get("/api/member/v1/me/refund-requests", token(house, member))
    return [(one["order_id"], one["state"], one["note"]) for one in found["items"]]


async def test_who_stays_has_the_requests_of_both_and_one_limit(house: House) -> None:
    await publish_policy(house.db, GENEROUS | {"period_fen": 10_000})
    gone, into = await house.member("gone"), await house.member("into")
    old = [await house.order(gone, f"old-{n}", 6_000) for n in range(2)]
    own = await house.order(into, "own", 6_000)
    await house.relay()
    before = await ask(house, old[0], gone)
    assert before["state"] == "refunded"
    merge = await house.merge(gone, into)
    await house.relay()
    assert await mine(house, into) == [(old[0]["order_id"], "refunded", f"of {gone}")]
    waits = [await ask(house, order, into) for order in (own, old[1])]
    assert [one["state"] for one in waits] == ["asked", "asked"], (
        "6,000 of 10,000 fen were refunded at once to the same person"
    )
    assert len(await mine(house, into)) == 3

    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    assert await mine(house, into) == [(own["order_id"], "asked", f"of {into}")]
    assert {one[0] for one in await mine(house, gone)} == {order["order_id"] for order in old}
