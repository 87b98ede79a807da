"""Payments at the console: what failed is sent again and a statement is uploaded, as by systems, and noted (CHK-09)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.checkout.paying import FEN, Payments, breaches, paying

pytestmark = pytest.mark.requirement("CHK-09")

TODAY = date(2026, 3, 18)


@pytest_asyncio.fixture
async def payments(db: Database) -> AsyncIterator[Payments]:
    async with paying(db, "finance:read", "payments:settle") as made:
        yield made
    assert await breaches(db) == []


async def audited(db: Database) -> list[tuple[str, str]]:
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT action, object FROM staff.audit WHERE action LIKE 'payment%' ORDER BY audit_id")
    return [tuple(row) for row in rows]


async def test_staff_send_what_failed_again(payments: Payments, db: Database) -> None:
    one = (await payments.ask()).instruction_id
    path = f"/api/console/v1/orders/{payments.order_id}/payments/{one}/retry"
    other = await payments.another_order("2")

    async def retry(at: str = path, key: str = "k") -> Any:
        return await payments.client.post(at, headers={"Idempotency-Key": key, "X-CSRF-Token": "t"})

    early = await retry(key="early")
    assert (early.status_code, early.json()["code"]) == (409, "instruction_state_fixed")
    await payments.fail(one)
    elsewhere = await retry(path.replace(str(payments.order_id), str(other)), "elsewhere")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "instruction_unknown")
    nowhere = await retry(path.replace(str(payments.order_id), str(new_id())), "nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "order_unknown")
    sent = await retry()
    assert (sent.json()["state"], sent.json()["tries"]) == ("sent", 2)
    assert (await retry()).json() == sent.json()
    assert await audited(db) == [("payment.sent_again", f"payment:{one}")]


async def test_staff_upload_a_statement(payments: Payments, db: Database, clock: SettableClock) -> None:
    one = (await payments.ask()).instruction_id
    await payments.confirm(one, clock.now())
    row = {"kind": "charge", "fen": FEN, "paid_at": clock.now().isoformat()}
    rows = [row | {"reference": "pay-1", "instruction_id": str(one)}, row | {"reference": "pay-2"}, {"kind": "gift"}]
    path = f"/api/console/v1/payments/statements/{TODAY}"

    async def tell() -> list[str]:
        answer = await payments.client.post(
            path,
            content=b"\n".join(msgspec.json.encode(one) for one in rows),
            headers={"Content-Type": "application/x-ndjson", "X-CSRF-Token": "t"},
        )
        assert answer.status_code == 200, answer.text
        return [row["outcome"] for row in answer.json()["rows"]]

    assert await tell() == ["created", "created", "refused"]
    assert await tell() == ["unchanged", "unchanged", "refused"]
    found = (await payments.client.get(path)).json()
    assert (found["agreed"], found["found"]) == (1, {"only_theirs": 1})
    assert await audited(db) == [("payment_statement.told", f"payment_statement:{TODAY}")]
