"""Orders over HTTP: what staff may see, and what one order costs the database (CHK-07, CON-01, CON-04)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewOrder, OrderResult, Tender
from huixiang.checkout.routes import ROUTES
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.support.http_client import client_of
from tests.support.programme import line, load_programme, register_members, till_order

# Of one order, BEGIN and COMMIT included. Raise it only for a reason that is worth a round trip in every sale.
STATEMENTS_MAX = 12
# Asked once a second, whatever the number of orders.
ONCE_A_SECOND = "points.pause"


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    await load_programme(db)
    (member_id,) = await register_members(db, 1)
    return member_id


async def post(db: Database, order: NewOrder) -> OrderResult:
    async with db.transaction() as tx:
        return await checkout.post_order(tx, order)


@pytest.mark.requirement("CON-04")
async def test_staff_read_one_order_as_a_system_does(db: Database, member: UUID, now: datetime) -> None:
    lines = [line("a", 1250), line("b", 999)]
    order_id = (await post(db, till_order(member, "1", now, lines, tenders=[Tender("voucher", 300, "a")]))).order_id
    async with client_of(db, ROUTES, "orders:read") as client:
        console = await client.get(f"/api/console/v1/orders/{order_id}")
        system = await client.get(f"/api/v1/orders/{order_id}")
        nowhere = await client.get(f"/api/console/v1/orders/{new_id()}")
    assert console.status_code == 200, console.text
    assert console.json() == system.json()
    read = console.json()
    assert (read["member_id"], [one["paid_fen"] for one in read["lines"]]) == (str(member), [950, 999])
    assert read["tenders"] == [{"kind": "voucher", "amount_fen": 300, "line_id": "a"}]
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "order_unknown")


@pytest.mark.requirement("CON-01")
async def test_reading_orders_needs_its_permission(db: Database, member: UUID, now: datetime) -> None:
    order_id = (await post(db, till_order(member, "1", now, [line("a", 100)]))).order_id
    async with client_of(db, ROUTES, "members:read") as client:
        for path in (f"orders/{order_id}", f"members/{member}/orders"):
            answer = await client.get(f"/api/console/v1/{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing"), path


async def test_a_member_s_orders_page_by_page_the_latest_first(db: Database, member: UUID, now: datetime) -> None:
    # Two at each instant, so that the place within an instant counts as well.
    made = [
        await post(db, till_order(member, str(n), now - timedelta(hours=n // 2), [line("a", 100)])) for n in range(7)
    ]
    found: list[str] = []
    cursor: str | None = None
    async with client_of(db, ROUTES, "orders:read") as client:
        while True:
            page = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
            answer = (await client.get(f"/api/console/v1/members/{member}/orders", params=page)).json()
            found += [one["order_id"] for one in answer["items"]]
            cursor = answer["next_cursor"]
            if cursor is None:
                break
    latest_first = sorted(enumerate(made), key=lambda one: (-(one[0] // 2), one[1].order_id), reverse=True)
    assert found == [str(result.order_id) for _, result in latest_first]


@contextmanager
def statements(pool: asyncpg.Pool[asyncpg.Record]) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, over any connection of a pool that is open already."""
    asked: list[str] = []

    def note(record: Any) -> None:
        asked.append(" ".join(record.query.split()))

    connections = [holder._con for holder in pool._holders if holder._con is not None]
    for connection in connections:
        connection.add_query_logger(note)
    yield asked
    for connection in connections:
        connection.remove_query_logger(note)


async def test_an_order_costs_few_round_trips(db: Database, member: UUID, now: datetime) -> None:
    lines = [line(f"l{n}", 1000) for n in range(30)]
    orders = [
        till_order(member, str(n), now, lines, programme="default", tenders=[Tender("voucher", 100, "l1")])
        for n in range(2)
    ]
    async with client_of(db, ROUTES, "orders:write") as client:

        async def send(order: NewOrder) -> None:
            body = msgspec.json.encode(order)
            headers = {"Idempotency-Key": order.external_id, "Content-Type": "application/json"}
            answer = await client.post("/api/v1/orders", content=body, headers=headers)
            assert answer.status_code == 201, answer.text

        await send(orders[0])  # opens the accounts, gives the first tier, decodes the rules
        with statements(db.pool) as asked:
            await send(orders[1])
            await asyncio.sleep(0)  # the driver tells of a statement after its answer
    assert asked[0].startswith("BEGIN")
    assert asked[-1].startswith("COMMIT")
    of_the_order = [statement for statement in asked if ONCE_A_SECOND not in statement]
    assert len(of_the_order) <= STATEMENTS_MAX, "\n".join(of_the_order)
    assert sum("INSERT INTO checkout.order" in statement for statement in asked) == 1
