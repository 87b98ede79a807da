"""From an order over HTTP to messages in Kafka, through an outage of the brokers that nobody else notices, and the
death of a worker in it."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from huixiang.platform.settings import Settings
from tests.journeys.conftest import House
from tests.journeys.test_till_orders import register
from tests.journeys.test_webhooks import ORDER, POSTED, orders_of, place
from tests.journeys.test_webhooks import until as until_taken
from tests.messaging.test_worker import start_worker
from tests.webhooks.brokers import Brokers, Read, brokers_running
from tests.webhooks.outside import receiving

pytestmark = [pytest.mark.requirement("INT-02"), pytest.mark.requirement("CHK-07"), pytest.mark.requirement("INV-7")]


async def until(brokers: Brokers, done: Callable[[list[Read]], bool]) -> list[Read]:
    begun = time.monotonic()
    while not done(found := await asyncio.to_thread(brokers.read)):
        assert time.monotonic() - begun < 60, found
        await asyncio.sleep(0.2)
    return found


def orders_in(messages: list[Read], member_id: str) -> list[str]:
    """As a consumer has them that drops the ids it knows."""
    events = {one.event["id"]: one.event for one in messages if one.key == member_id}
    return orders_of(list(events.values()), member_id)


async def test_orders_reach_kafka_and_its_outage_holds_up_nobody(
    house: House, database_url: str, tmp_path: Path
) -> None:
    members = [await register(house, name) for name in ("h1", "h2")]
    with brokers_running() as brokers, receiving(tmp_path) as receiver:
        made = await house.post("/api/v1/webhooks", {"name": "hub", "url": receiver.url, "events": [ORDER]}, "w")
        receiver.knows(made.json()["secret"])
        start = partial(
            start_worker,
            database_url,
            Settings(environment="test", home=tmp_path),
            HUIXIANG_KAFKA_FILE=str(brokers.file(tmp_path)),
        )
        worker = start()
        try:
            posted = await place(house, "h1", "1")
            found = await until(brokers, lambda messages: bool(orders_in(messages, members[0])))
            (told,) = (one for one in found if one.event["type"] == ORDER)
            assert (told.key, told.event["subject"]) == (members[0], members[0])
            assert told.headers["ce_type"] == ORDER
            assert told.headers["ce_id"] == told.event["id"]
            assert told.event["data"]["order_id"] == posted["order_id"]
            assert told.event["data"]["points"] == posted["points"] == 39
            assert POSTED in {one.event["type"] for one in found}
            # Registered before anybody listened, so told, too: nothing is passed over.
            assert {one.key for one in found if one.event["type"] == "members.registered.v1"} == set(members)

            brokers.kill()
            missed = {
                name: [(await place(house, name, f"{name}-{n}"))["order_id"] for n in range(5)] for name in ("h1", "h2")
            }
            hooked = await until_taken(
                receiver, lambda events: [len(orders_of(events, one)) for one in members] == [6, 5]
            )
            assert orders_of(hooked, members[1]) == missed["h2"]
            worker.kill()  # with its turn, and with what it had in hand
            worker.wait(timeout=10)
            worker = start()
            brokers.start()
            caught_up = await until(
                brokers, lambda messages: [len(orders_in(messages, one)) for one in members] == [5, 5]
            )
            worker.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(worker.wait, 30) == 0
        finally:
            worker.kill()
            worker.wait(timeout=10)
    # The broker that came in its place has nothing of what the first one had.
    assert [orders_in(caught_up, one) for one in members] == [missed["h1"], missed["h2"]]
    same = {one["id"]: one["data"] for one in hooked}
    told_twice = [one.event for one in caught_up if one.event["type"] == ORDER]
    assert told_twice
    assert all(same[one["id"]] == one["data"] for one in told_twice)
