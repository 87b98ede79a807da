"""From an order over HTTP to verified webhooks at a receiver, through its outage: the program's own worker sends."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from huixiang.platform.settings import Settings
from tests.journeys.conftest import House
from tests.journeys.test_till_orders import order, register
from tests.messaging.test_worker import start_worker
from tests.webhooks.outside import Receiver, receiving

pytestmark = [pytest.mark.requirement("INT-02"), pytest.mark.requirement("CHK-07")]

ORDER, POSTED = "checkout.order_completed.v1", "points.posted.v1"


async def until(receiver: Receiver, done: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    begun = time.monotonic()
    while not done(receiver.taken()):
        assert time.monotonic() - begun < 60, receiver.taken()
        await asyncio.sleep(0.1)
    return receiver.taken()


def orders_of(events: list[dict[str, Any]], member_id: str) -> list[str]:
    return [one["data"]["order_id"] for one in events if one["type"] == ORDER and one["subject"] == member_id]


async def test_orders_reach_a_receiver_as_verified_webhooks_and_through_its_outage(
    house: House, database_url: str, tmp_path: Path
) -> None:
    members = [await register(house, name) for name in ("h1", "h2")]
    with receiving(tmp_path) as receiver:
        made = await house.post(
            "/api/v1/webhooks", {"name": "hub", "url": receiver.url, "events": [ORDER, POSTED]}, "w"
        )
        assert made.status_code == 201, made.text
        receiver.knows(made.json()["secret"])
        worker = start_worker(database_url, Settings(environment="test", home=tmp_path))
        try:
            posted = await place(house, "h1", "1")
            taken = await until(receiver, lambda events: bool(orders_of(events, members[0])))
            assert {one["type"] for one in taken} == {ORDER, POSTED}
            (told,) = (one for one in taken if one["type"] == ORDER)
            assert told["subject"] == members[0]
            assert told["data"]["order_id"] == posted["order_id"]
            assert told["data"]["points"] == posted["points"] == 39
            points = [
                one["data"]["points"]
                for one in taken
                if one["type"] == POSTED
                and (one["data"]["book"], one["data"]["order_id"]) == ("points", posted["order_id"])
            ]
            assert points == [39]

            receiver.kill()
            missed = {
                name: [(await place(house, name, f"{name}-{n}"))["order_id"] for n in range(5)] for name in ("h1", "h2")
            }
            await asyncio.sleep(1)  # long enough to be tried
            assert len(receiver.taken()) == len(taken)
            receiver.start()
            caught_up = await until(receiver, lambda events: [len(orders_of(events, one)) for one in members] == [6, 5])
            worker.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(worker.wait, 30) == 0
        finally:
            worker.kill()
            worker.wait(timeout=10)
        assert orders_of(caught_up, members[0]) == [posted["order_id"], *missed["h1"]]
        assert orders_of(caught_up, members[1]) == missed["h2"]
        assert receiver.refused() == 0
        ids = [one["id"] for one in receiver.taken()]
        assert len(ids) == len(set(ids))
        assert all(UUID(one["header_id"]) == UUID(one["id"]) for one in receiver.taken())
    deliveries = await house.get(f"/api/v1/webhooks/{made.json()['endpoint']['endpoint_id']}/deliveries")
    assert {one["state"] for one in deliveries["items"]} == {"delivered"}


async def place(house: House, member: str, number: str) -> dict[str, Any]:
    """Checkout goes on, whoever is away."""
    house.clock.advance(timedelta(seconds=1))
    begun = time.monotonic()
    answer = await house.post("/api/v1/orders", order(member, number), key=f"o{number}")
    assert answer.status_code == 201, answer.text
    assert time.monotonic() - begun < 5
    placed: dict[str, Any] = answer.json()
    return placed
