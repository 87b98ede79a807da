"""A fresh installation welcomes who registers and who orders for the first time, once each, over HTTP (PTS-03)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.platform.relay import Relay
from tests.journeys.conftest import House
from tests.journeys.test_till_orders import order, register

pytestmark = pytest.mark.requirement("PTS-03")

Line = tuple[str, int, str | None, int | None]
WELCOME: Line = ("registration", 50, "earning.default", 1)
FIRST: Line = ("first_order", 100, "earning.default", 1)


async def statement(house: House, member_id: str) -> list[Line]:
    """What the member's statement shows, the first posting first: cause, points, rule and its version."""
    page = await house.get(f"/api/v1/members/{member_id}/points/postings")
    lines = reversed(page["items"])
    return [(line["cause"], line["points"], line["rule"], line["rule_version"]) for line in lines]


async def relay(house: House) -> None:
    await Relay(house.db, SUBSCRIPTIONS).drain()


def basket(member: str, number: str, **changes: Any) -> dict[str, Any]:
    """Thirty-nine yuan in cash, on a Tuesday, when nothing multiplies."""
    return order(member, number, programme="default", **changes)


async def test_who_registers_is_welcomed_once(house: House) -> None:
    member_id = await register(house, "h1")
    await relay(house)
    assert await register(house, "h1") == member_id
    body = {"channel": "till", "external_ids": [{"source": "shop", "external_id": "h1"}]}
    again = await house.post("/api/v1/members", body, key="under another key")
    assert again.json()["member_id"] == member_id
    await relay(house)
    told = await house.post(
        f"/api/v1/members/{member_id}/points/behaviours", {"behaviour": "registration", "source_key": "app"}, key="told"
    )
    assert (told.status_code, told.json()["code"]) == (409, "behaviour_limit_reached")
    assert await statement(house, member_id) == [WELCOME]
    balance = await house.get(f"/api/v1/members/{member_id}/points")
    assert (balance["available"], balance["expiring"]) == (50, [{"expires_on": "2027-03-31", "points": 50}])


async def test_the_first_order_is_rewarded_once_whatever_is_retried_and_whoever_comes_at_once(house: House) -> None:
    member_id = await register(house, "h1")
    await relay(house)
    posted = await asyncio.gather(
        *(house.post("/api/v1/orders", basket("h1", number), key=f"o{number}") for number in ("1", "2")),
        house.post("/api/v1/orders", basket("h1", "1"), key="the till asks again"),
    )
    assert [answer.status_code for answer in posted] == [201, 201, 201]
    retried = await house.post("/api/v1/orders", basket("h1", "1"), key="o1")
    assert retried.json()["order_id"] == posted[0].json()["order_id"]
    await house.post("/api/v1/orders", basket("h1", "3"), key="o3")
    await relay(house)
    lines = await statement(house, member_id)
    assert (lines[0], lines.count(FIRST)) == (WELCOME, 1)
    orders = [line for line in lines if line[0] == "consumption"]
    assert orders == [("consumption", 39, "earning.default", 1)] * 3
    assert len(lines) == 5
    balance = await house.get(f"/api/v1/members/{member_id}/points")
    assert (balance["available"], balance["pending"]) == (150, 117)
    rewarded = await house.get(f"/api/v1/members/{member_id}/points/postings", cause="first_order")
    assert rewarded["items"][0]["order_id"] in {answer.json()["order_id"] for answer in posted}


async def test_who_comes_with_a_past_is_no_newcomer(house: House) -> None:
    """A history that is read in: registered long ago, orders under the bare programme."""
    long_ago = (house.clock.now() - timedelta(days=300)).isoformat()
    person = {"channel": "till", "external_ids": [{"source": "shop", "external_id": "h1"}], "registered_at": long_ago}
    made = await house.post("/api/v1/members", person, key="moved in")
    member_id = made.json()["member_id"]
    past = order("h1", "1", programme="base", completed_at=long_ago)
    assert (await house.post("/api/v1/orders", past, key="o1")).status_code == 201
    await house.post("/api/v1/orders", basket("h1", "2"), key="o2")
    await relay(house)
    assert [line[:2] for line in await statement(house, member_id)] == [("consumption", 39), ("consumption", 39)]
