"""Orders on their way in lists: a member's own, a member's for staff, and all, late ones first (PTS-07)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.checkout.service import on_way
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.checkout.counter import ROUTES, Answer, Counter, opened
from tests.pricing.quoting import good, open_shop
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("PTS-07")
ALL = "/api/console/v1/orders/open"
MINE = "/api/member/v1/me/orders/open"
BASKET = [{"line_id": "beef", "sku": "beef", "pieces": 1}, {"line_id": "milk", "sku": "milk", "pieces": 2}]


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5200), good("milk", 1000))
        yield made


@pytest_asyncio.fixture
async def staff(counter: Counter) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(counter.db, ROUTES, "orders:read") as client:
        yield client


@pytest_asyncio.fixture
async def pair(counter: Counter) -> list[UUID]:
    return await register_members(counter.db, 2)


async def a_week(counter: Counter, clock: SettableClock, pair: list[UUID]) -> list[Answer]:
    """An order a day for six days, of two members by turns, half of them of a store; all are paid. Of the fourth a
    part was picked, the fifth is completed, the sixth cancelled."""
    orders = []
    for number in range(6):
        where = {"store": "S001"} if number % 2 else {}
        quote = await counter.quote(BASKET, pair[number % 2], **where)
        orders.append(await counter.place(quote, f"n{number}", paid=True))
        clock.advance(timedelta(days=1))
    await counter.act(orders[3], "fulfil", picked=[{"line_id": "milk", "quantity": 1}])
    await counter.act(orders[4], "complete")
    await counter.act(orders[5], "cancel", reason="nobody came")
    return orders


def numbers(items: list[Any]) -> list[str]:
    return [one["order_number"] for one in items]


async def test_staff_is_told_of_all_that_is_late_the_oldest_first(
    counter: Counter, staff: httpx.AsyncClient, clock: SettableClock, pair: list[UUID]
) -> None:
    orders = await a_week(counter, clock, pair)
    pages = await walked(staff, ALL, 3)
    first, second, third, fourth = [one for page in pages for one in page]
    assert [len(page) for page in pages] == [3, 1]
    assert numbers([first, second, third, fourth]) == numbers(orders[:4])
    assert [one["days"] for one in (first, second, third, fourth)] == [6, 5, 4, 3]
    assert first == {
        "order_id": orders[0]["order_id"], "order_number": orders[0]["order_number"], "member_id": str(pair[0]),
        "state": "placed", "payment": "paid", "store_id": None, "channel": "app", "due_fen": 7200, "cash_fen": 7200,
        "points": 0, "placed_at": orders[0]["placed_at"], "pay_by": None, "days": 6,
        "late": True,
    }  # fmt: skip
    assert (fourth["state"], fourth["due_fen"], fourth["cash_fen"]) == ("fulfilled", 7200, 6200)

    async def asked(**params: Any) -> list[str]:
        return numbers((await staff.get(ALL, params=params)).json()["items"])

    assert await asked(older_than_days=4) == numbers(orders[:3])
    assert await asked(older_than_days=6) == numbers(orders[:1])
    assert await asked(older_than_days=7) == []
    assert await asked(store_id="S001") == numbers([orders[1], orders[3]])
    assert await asked(store_id="S001", older_than_days=4) == numbers([orders[1]])
    assert await asked(store_id="S002") == []
    await counter.document("fulfilment", "default", {"name": {"zh": "慢", "en": "Slow"}, "late_days": 5})
    told = (await staff.get(ALL)).json()
    assert (told["late_days"], [one["late"] for one in told["items"]]) == (5, [True, True, False, False])
    stored = await walked(staff, ALL, 1, store_id="S001")
    assert [numbers(page) for page in stored] == [numbers([orders[1]]), numbers([orders[3]])]


async def test_who_is_limited_to_stores_sees_no_others(
    counter: Counter, clock: SettableClock, pair: list[UUID]
) -> None:
    orders = await a_week(counter, clock, pair)

    async def seen(stores: frozenset[str], store_id: str | None = None) -> list[str]:
        async with counter.db.transaction() as tx:
            page = await on_way.open_of_all(tx, 0, store_id, None, 9, stores=stores)
        return [one.order_number for one in page.items]

    assert await seen(frozenset({"S001", "S002"})) == numbers([orders[1], orders[3]])
    assert await seen(frozenset({"S001"}), "S001") == numbers([orders[1], orders[3]])
    assert await seen(frozenset({"S002"}), "S001") == []
    assert await seen(frozenset()) == []


@pytest.mark.parametrize(
    "params", [{"older_than_days": -1}, {"older_than_days": 366}, {"store_id": ""}, {"cursor": "eA"}, {"limit": 201}]
)
async def test_what_makes_no_sense_is_refused(staff: httpx.AsyncClient, params: dict[str, Any]) -> None:
    answer = await staff.get(ALL, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid")
    assert answer.json()["errors"][0]["path"] == next(iter(params))


@pytest.mark.requirement("CHK-02")
async def test_a_member_and_who_serves_them_see_what_is_on_its_way_the_latest_first(
    counter: Counter, staff: httpx.AsyncClient, clock: SettableClock, pair: list[UUID]
) -> None:
    orders = await a_week(counter, clock, pair)
    async with client_of(counter.db, ROUTES, member=pair[0]) as client:
        mine = await walked(client, MINE, 1)
    async with client_of(counter.db, ROUTES, member=pair[1]) as client:
        [others] = await walked(client, MINE, 5)
    assert [numbers(page) for page in mine] == [numbers([orders[2]]), numbers([orders[0]])]  # the fifth is completed
    assert numbers(others) == numbers([orders[3], orders[1]])  # the sixth is cancelled
    assert others[0] == {
        "order_id": orders[3]["order_id"], "order_number": orders[3]["order_number"], "state": "fulfilled",
        "payment": "paid", "store_id": "S001", "channel": "app", "cash_fen": 6200, "points": 0,
        "placed_at": orders[3]["placed_at"], "pay_by": None,
    }  # fmt: skip
    for member_id, found in zip(pair, (mine[0] + mine[1], others), strict=True):
        pages = await walked(staff, f"/api/console/v1/members/{member_id}/orders/open", 1)
        assert [one for page in pages for one in page] == found
