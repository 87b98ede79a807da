"""Finding members at a till by the last digits of their phones: narrowed down, masked, and no proof of anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members import service as members
from huixiang.members.model import NewMember, State
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from tests.entry.program import bearer
from tests.members.test_sign_in import set_state
from tests.points.presence import PHONE, Till, till
from tests.points.surface import refused

pytestmark = pytest.mark.requirement("MEM-04")
LOOKUP = "/api/v1/members/lookup/tail"


@pytest_asyncio.fixture
async def shop(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    async with till(db, clock) as one:
        yield one


async def find(shop: Till, tail: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return await shop.client.post(LOOKUP, json={"tail": tail}, headers=headers or shop.key)


async def join(shop: Till, *phones: str) -> list[str]:
    async with shop.db.transaction() as tx:
        made = await members.register_bulk(
            tx, [NewMember(channel="store", phone=phone, name="王小明") for phone in phones]
        )
    return [str(one.member_id) for one in made]


async def test_a_tail_finds_who_ends_so_masked(shop: Till) -> None:
    (other,) = await join(shop, "13900005678")
    await join(shop, "13900005679")
    found = (await find(shop, "5678")).json()
    assert found == {
        "candidates": [
            {"member_id": other, "phone_masked": "139****5678", "display_name": "王**"},
            {"member_id": str(shop.shopper), "phone_masked": "138****5678", "display_name": None},
        ],
        "more": False,
    }
    longer = (await find(shop, PHONE[-8:])).json()["candidates"]
    assert [one["member_id"] for one in longer] == [str(shop.shopper)]
    assert (await find(shop, "0000")).json() == {"candidates": [], "more": False}


async def test_ten_at_most_are_shown(shop: Till) -> None:
    await join(shop, *(f"1390{n:03d}5678" for n in range(12)))
    found = (await find(shop, "5678")).json()
    assert (len(found["candidates"]), found["more"]) == (10, True)


async def test_it_takes_a_key_of_a_till(shop: Till) -> None:
    async with shop.db.transaction() as tx:
        key = await staff.create_key(tx, "shop", staff.SCOPES - {"members:tail"}, "tests")
    assert refused(await find(shop, "5678", bearer(key.token))) == (403, "permission_missing")


async def test_being_found_by_a_tail_proves_nothing(shop: Till) -> None:
    [one] = (await find(shop, "5678")).json()["candidates"]
    assert one["member_id"] == str(shop.shopper)
    assert refused(await shop.spend("1")) == (403, "presence_required")
    assert refused(await shop.spend("2", "5678")) == (403, "presence_refused")


async def test_a_key_that_keeps_asking_waits(shop: Till) -> None:
    waits: list[int] = []
    for n in range(34):
        answer = await find(shop, f"{n:04d}")
        if answer.status_code != 200:
            assert refused(answer) == (429, "sign_in_too_often")
            waits.append(answer.json()["retry_after_s"])
            shop.clock.advance(timedelta(seconds=waits[-1]))
    assert waits == [1, 2]
    shop.clock.advance(timedelta(minutes=10))
    assert [(await find(shop, "5678")).status_code for _ in range(30)] == [200] * 30


async def test_who_may_not_be_looked_up_is_not_found(shop: Till) -> None:
    await set_state(shop.db, str(shop.shopper), State.CLOSED)
    assert (await find(shop, "5678")).json()["candidates"] == []


@pytest.mark.parametrize("tail", ["567", "123456789", "abcd", "56 78", "%%%%"])
async def test_what_is_no_tail_is_refused(shop: Till, tail: str) -> None:
    assert refused(await find(shop, tail)) == (422, "input_invalid")


async def test_the_digits_are_not_kept_in_clear(shop: Till, superuser: psycopg.Connection[Any]) -> None:
    await find(shop, "5678")
    kept = superuser.execute("SELECT tail FROM members.identity WHERE kind = 'phone'").fetchall()
    assert [len(bytes(row[0])) for row in kept] == [32]
    rows = superuser.execute("SELECT one::text FROM members.sign_in_pace AS one").fetchall()
    assert "5678" not in str(rows)
