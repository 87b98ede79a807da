"""Card ids (NFC, RFID): bound, found, taken off, and no proof that anybody is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.points.presence import Till, till
from tests.points.surface import made, refused

pytestmark = pytest.mark.requirement("MEM-04")
CARD = {"source": "card", "external_id": "04A2B91C5E6480"}


@pytest_asyncio.fixture
async def shop(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    async with till(db, clock) as one:
        yield one


async def ask(shop: Till, member_id: UUID, key: str = "bind", path: str = "identities") -> httpx.Response:
    return await shop.send(f"/api/v1/members/{member_id}/{path}", CARD | {"reason": "card issued at the desk"}, key)


async def bind(shop: Till, member_id: UUID, key: str = "bind", path: str = "identities") -> None:
    answer = await ask(shop, member_id, key, path)
    assert answer.status_code == 200, answer.text


async def find(shop: Till) -> httpx.Response:
    return await shop.client.post("/api/v1/members/lookup", json=CARD, headers=shop.key)


async def test_a_card_finds_its_member_until_it_is_taken_off(shop: Till) -> None:
    assert refused(await find(shop)) == (404, "member_unknown")
    await bind(shop, shop.shopper)
    assert (await find(shop)).json()["member_id"] == str(shop.shopper)
    await bind(shop, shop.shopper, "lost", "identities/unlink")
    assert refused(await find(shop)) == (404, "member_unknown")
    await bind(shop, shop.friend, "again")
    assert (await find(shop)).json()["member_id"] == str(shop.friend)


async def test_a_card_of_one_member_is_not_bound_to_another(shop: Till) -> None:
    await bind(shop, shop.shopper)
    assert refused(await ask(shop, shop.friend, "copy")) == (409, "identity_of_another")


async def test_a_card_id_is_no_proof_that_its_member_is_there(shop: Till) -> None:
    await bind(shop, shop.shopper)
    assert refused(await shop.spend("1")) == (403, "presence_required")
    assert refused(await shop.spend("2", CARD["external_id"])) == (403, "presence_refused")
    made(await shop.spend("3", await shop.code()))
