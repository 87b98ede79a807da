"""What is to be paid for an order on its way goes with it when its member is merged, and comes back with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.checkout.service import instructions
from huixiang.platform.db import Database
from tests.checkout.paying import breaches
from tests.entry.program import running
from tests.journeys.merging import House
from tests.pricing.quoting import Shop, good

pytestmark = [pytest.mark.requirement("MEM-02"), pytest.mark.requirement("CHK-09")]


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        await Shop(db, program.client).stock(good("beef", 5_200))
        yield House(program, db)
    assert await breaches(db) == []


async def place(house: House, member: str) -> str:
    body = {"channel": "app", "member": {"member_id": member}, "lines": [{"line_id": "1", "sku": "beef", "pieces": 1}]}
    quote = await house.post("quotes", body)
    assert quote.status_code == 200, quote.text
    order = {"token": quote.json()["token"], "source": "app", "external_id": "A-1"}
    placed = await house.post("orders/place", order)
    assert placed.status_code == 201, placed.text
    return str(placed.json()["order_id"])


async def test_a_sum_that_is_due_goes_with_its_order_and_comes_back(house: House, db: Database) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    order_id = await place(house, gone)
    async with db.transaction() as tx:
        due = await instructions.ask(
            tx, member_id=UUID(gone), order_id=UUID(order_id), key="goods", kind="charge", fen=5_200, cause="order"
        )
    await house.relay()
    merge = await house.merge(gone, into)
    await house.relay()
    path = f"orders/{order_id}/payments/{due.instruction_id}"
    assert (await house.get(f"/api/v1/{path}"))["member_id"] == into
    failed = await house.post(f"{path}/fail", {"reason": "NOTENOUGH"})
    assert (failed.status_code, failed.json()["state"]) == (200, "failed")

    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    assert (await house.get(f"/api/v1/{path}"))["member_id"] == gone
    paid = {"reference": "pay-1", "paid_at": db.clock.now().isoformat()}
    confirmed = await house.post(f"{path}/confirm", paid)
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
