"""An account that is limited to stores: what has a store is hidden from it by that, and what has none is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from huixiang.entry.examples import ORDER
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.entry.program import Program, running, sign_in

CONSOLE = "/api/console/v1"


@pytest_asyncio.fixture
async def program(db: Database) -> AsyncIterator[Program]:
    async with running(db) as one:
        yield one


async def ordered(program: Program, name: str, store: str | None) -> str:
    """The id of an order of the program's member at a store."""
    body: dict[str, Any] = {
        **ORDER,
        "external_id": name,
        "store_id": store,
        "member": {"source": "till", "external_id": "m0"},
        "programme": "base",
        "tenders": [],
    }
    headers = {**program.system, "Idempotency-Key": name}
    answer = await program.client.post("/api/v1/orders", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["order_id"])


async def seen(program: Program, headers: dict[str, str], orders: dict[str, str]) -> tuple[set[str], set[str], int]:
    """Names of the orders that somebody can open, of those that are listed to them, and how many refund lists open."""
    names = {order_id: name for name, order_id in orders.items()}

    async def get(path: str) -> httpx.Response:
        return await program.client.get(f"{CONSOLE}{path}", headers=headers)

    opened = {name for name, order_id in orders.items() if (await get(f"/orders/{order_id}")).status_code == 200}
    listed = (await get(f"/members/{program.member_id}/orders")).json()["items"]
    refunds = [(await get(f"/orders/{order_id}/refunds")).status_code for order_id in orders.values()]
    return opened, {names[one["order_id"]] for one in listed}, refunds.count(200)


@pytest.mark.requirement("CON-01", "SEC-01")
async def test_orders_of_other_stores_are_not_there(program: Program, db: Database) -> None:
    orders = {name: await ordered(program, name, store) for name, store in (("a", "s1"), ("b", "s2"), ("c", None))}
    everywhere = await sign_in(db, Role.CUSTOMER_SERVICE, name="everywhere")
    here = await sign_in(db, Role.CUSTOMER_SERVICE, frozenset({"s1", "s9"}), name="here")
    assert await seen(program, everywhere, orders) == ({"a", "b", "c"}, {"a", "b", "c"}, 3)
    assert await seen(program, here, orders) == ({"a"}, {"a"}, 1)
    other = await program.client.get(f"{CONSOLE}/orders/{orders['b']}", headers=here)
    assert (other.status_code, other.json()["code"]) == (404, "order_unknown")


@pytest.mark.requirement("CON-01")
async def test_a_limit_holds_for_the_session_that_is_open(program: Program, db: Database) -> None:
    orders = {"a": await ordered(program, "a", "s1"), "b": await ordered(program, "b", "s2")}
    headers = await sign_in(db, Role.FINANCE, name="fang")
    finance = f"{CONSOLE}/overview"
    assert (await program.client.get(finance, headers=headers)).status_code == 200
    async with db.transaction() as tx:
        await staff.limit_account(tx, "fang", frozenset({"s2"}), by="cli")
    assert (await program.client.get(finance, headers=headers)).json()["code"] == "permission_missing"
    shown = (await program.client.get(f"{CONSOLE}/session", headers=headers)).json()
    assert (shown["stores"], shown["permissions"]) == (
        ["s2"],
        ["approvals:read", "catalogue:read", "coupons:read", "orders:read", "points:read", "rulebook:read"],
    )
    opened = [
        (await program.client.get(f"{CONSOLE}/orders/{one}", headers=headers)).status_code for one in orders.values()
    ]
    assert opened == [404, 200]
    async with db.transaction() as tx:
        await staff.limit_account(tx, "fang", None, by="cli")
        limits = await tx.fetch(
            "SELECT before ->> 'stores', after ->> 'stores' FROM staff.audit WHERE action = $1 ORDER BY audit_id",
            "staff.limited",
        )
    assert (await program.client.get(finance, headers=headers)).status_code == 200
    assert [tuple(row) for row in limits] == [(None, '["s2"]'), ('["s2"]', None)]
