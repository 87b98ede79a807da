"""What became of coupons: issued, had in which way, used, the sales with them, and what they took off (CPN-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.coupons import service as coupons
from huixiang.coupons.routes import ROUTES as COUPONS
from huixiang.coupons.service import gifts
from huixiang.insight.routes import ROUTES
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule
from tests.checkout.counter import Counter, opened
from tests.coupons.office import open_code_office
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-06")
PATH = "/api/console/v1/coupons/sums"
PERIOD = {"from": "2026-03-18", "to": "2026-03-20"}
TEN = CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))
TEMPLATE = {"rule": "ten", "name": {"zh": "立减十元", "en": "Ten off"}, "days": 1, "giftable": True}


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200), good("milk", 1_000))
        await made.publish([TEN])
        await made.document("coupon_template", "ten", TEMPLATE)
        yield made


@pytest_asyncio.fixture
async def members(counter: Counter) -> list[UUID]:
    return await register_members(counter.db, 3, registered_at=counter.db.clock.now() - timedelta(days=9))


@pytest_asyncio.fixture
async def console(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "insight:read") as found:
        yield found


async def issue(db: Database, member: UUID, cause: str, template: str = "ten") -> UUID:
    copy = new_id()
    async with db.transaction() as tx:
        await coupons.issue(tx, member, template, copy, cause)
    return copy


async def sums(console: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    """Figures that are not zero."""
    answer = await console.get(PATH, params=PERIOD | asked)
    assert answer.status_code == 200, answer.text
    return [{name: value for name, value in one.items() if value} for one in answer.json()["items"]]


async def lived(counter: Counter, members: list[UUID], clock: SettableClock) -> None:
    """On the first day four copies are had and one is given on; of two orders that use one each, one comes back whole.
    On the third day two have expired."""
    db = counter.db
    for member, cause in ((members[0], "claim"), (members[1], "claim"), (members[2], "grant")):
        await issue(db, member, cause)
    given = await issue(db, members[0], "pack")
    async with db.transaction() as tx:
        begun = await gifts.give(tx, members[0], given)
        await gifts.take(tx, members[1], begun.token)
    await counter.relay()
    orders = []
    for member in (members[0], members[2]):
        quote = await counter.quote([pieces("beef")], member)
        orders.append(await counter.place(quote))
        await counter.act(orders[-1], "complete", paid=True)
    await counter.refund(orders[1], "r1", [("1", 1)])
    clock.advance(timedelta(days=2))
    async with db.transaction() as tx:
        assert await coupons.expire_due(tx, 10) == 2


async def test_what_became_of_a_template(
    counter: Counter, members: list[UUID], console: httpx.AsyncClient, clock: SettableClock
) -> None:
    await lived(counter, members, clock)
    [found] = await sums(console)
    assert found == {
        "template": "ten", "rule": "ten",
        "issued": 4, "claimed": 2, "granted": 1, "in_packs": 1, "gifted": 1, "used": 2,
        "returned": 1, "expired": 2, "orders": 2, "sales_fen": 4_200, "discount_fen": 2_000,
    }  # fmt: skip
    days = await sums(console, by="day")
    assert [(one["day"], one.get("issued"), one.get("used"), one.get("expired")) for one in days] == [
        ("2026-03-18", 4, 2, None),
        ("2026-03-20", None, None, 2),
    ]
    assert sum(one.get("sales_fen", 0) for one in days) == 4_200


async def test_bare_copies_are_told_by_their_rule_and_lists_come_in_pages(
    counter: Counter, members: list[UUID], console: httpx.AsyncClient
) -> None:
    await counter.document("coupon_template", "another", TEMPLATE)
    await issue(counter.db, members[0], "claim", "another")
    await issue(counter.db, members[0], "grant")
    bare = await counter.grant(members[1], "ten")
    order = await counter.place(await counter.quote([pieces("beef")], members[1]))
    await counter.act(order, "complete", paid=True)
    assert order["coupons"] == [bare]
    found = await sums(console)
    assert [(one.get("template"), one["rule"], one["issued"], one.get("discount_fen", 0)) for one in found] == [
        (None, "ten", 1, 1_000),
        ("another", "ten", 1, 0),
        ("ten", "ten", 1, 0),
    ]
    assert await sums(console, template="another") == [found[1]]
    pages = await walked(console, PATH, 2, **PERIOD)
    assert [[one["template"] for one in page] for page in pages] == [[None, "another"], ["ten"]]


async def test_batches_of_codes_are_told_apart(db: Database, console: httpx.AsyncClient) -> None:
    await load_programme(db)
    [member] = await register_members(db, 1, prefix="code")
    async with open_code_office(db) as office, client_of(db, COUPONS, "coupons:write") as till:
        first, codes = await office.codes(2)
        second, others = await office.codes(1)
        for code in (*codes, *others):
            headers = {"Idempotency-Key": str(new_id())}
            path = f"/api/v1/members/{member}/coupons/redeem"
            assert (await till.post(path, json={"code": code}, headers=headers)).status_code == 201
    await issue(db, member, "claim", "welcome")
    found = await sums(console, by="batch")
    told = {one.get("batch_id"): (one["issued"], one.get("by_code", 0)) for one in found}
    assert told == {None: (1, 0), first["batch_id"]: (2, 2), second["batch_id"]: (1, 1)}


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"from": "2026-03-20", "to": "2026-03-18"}, "to"),
        ({"from": "2026-01-01", "to": "2026-04-03"}, "to"),
        ({"by": "rule"}, "by"),
        ({"cursor": "WzFd"}, "cursor"),
        ({"from": ""}, "from"),
    ],
)
async def test_what_cannot_be_asked(console: httpx.AsyncClient, asked: dict[str, str], path: str) -> None:
    answer = await console.get(PATH, params=PERIOD | asked)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)
    assert (await console.get(PATH, params={"from": "2026-01-01", "to": "2026-04-02"})).json()["items"] == []


async def test_who_may_not_see_sums_is_refused(db: Database) -> None:
    async with client_of(db, ROUTES, "coupons:read") as clerk:
        answer = await clerk.get(PATH, params=PERIOD)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
