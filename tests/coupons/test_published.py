"""Coupon templates as staff look at them: in force or to come, what is left, page by page (CPN-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from huixiang.coupons.routes import ROUTES
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.coupons.ground import claim, publish_template
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-06")

PATH = "/api/console/v1/coupons/published"


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    await load_programme(db)
    async with client_of(db, ROUTES, "coupons:read", "coupons:write", "members:vouch") as opened:
        yield opened


async def read(client: httpx.AsyncClient, template: str) -> Any:
    return (await client.get(f"{PATH}/{template}")).json()


async def test_what_is_left_of_what_all_members_share(client: httpx.AsyncClient, db: Database) -> None:
    await publish_template(db, "few", total=5, worth_fen=1000, budget_fen=3000, claim={})
    await publish_template(db, "many", codes={"public": "MANY2026"})
    member, _ = await register_members(db, 2)
    assert (await read(client, "few"))["left"] == 3
    assert (await claim(client, member, template="few")).status_code == 201
    few, many = await read(client, "few"), await read(client, "many")
    assert (few["left"], few["claim"], few["for_some"], few["total"], few["in_force"]) == (2, True, False, 5, True)
    assert (many["left"], many["claim"], many["codes"], many["public_code"]) == (None, False, False, "MANY2026")
    await publish_template(db, "few", total=50, worth_fen=1000, budget_fen=30_000, claim={})
    assert (await read(client, "few"))["left"] == 29, "of what the new version says, before anybody takes of it"
    unknown = await client.get(f"{PATH}/none")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "coupon_template_unknown")


async def test_all_are_listed_by_code_whatever_the_page(client: httpx.AsyncClient, db: Database) -> None:
    await publish_template(db, "aa")
    await publish_template(db, "zz")
    pages = await walked(client, PATH, limit=3)
    codes = [one["template"] for page in pages for one in page]
    assert codes == sorted(codes)
    assert {"aa", "fresh_5", "zz"} <= set(codes)
    assert (await read(client, "fresh_5"))["name"]["en"] == "Fresh food: 5 off 59"


async def test_a_template_to_come_is_shown_as_such(
    client: httpx.AsyncClient, db: Database, clock: SettableClock
) -> None:
    await publish_template(db, "later")
    clock.set(clock.now().replace(year=2025))
    later = await read(client, "later")
    assert (later["in_force"], later["starts_at"] > clock.now().isoformat()) == (False, True)
