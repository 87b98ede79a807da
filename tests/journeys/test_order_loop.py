"""The whole loop of an order through the API, from its quote to the refund of the rest: each of its facts reaches a
receiver as a verified webhook, in order, though the receiver is killed on the way; and messages to the member arrive in
order, though their provider was dead while the order was placed and completed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers
from huixiang.entry.webhooks import sender
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageState, Receipt
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings
from tests.checkout.counter import Answer, Counter, done
from tests.journeys.conftest import House
from tests.journeys.test_till_orders import register
from tests.messaging.doubles import Providers, running
from tests.messaging.post import CODE, like, proof, send
from tests.pricing.quoting import good, pieces
from tests.webhooks.outside import Receiver, receiving

pytestmark = [
    pytest.mark.requirement("INT-02"),
    pytest.mark.requirement("INV-7"),
    pytest.mark.requirement("CHK-02", "CHK-03", "CHK-04", "CHK-06", "CHK-09"),
]

LATER = timedelta(hours=2)
MINUTE = timedelta(minutes=1)
EVENTS = [
    *(f"checkout.{name}.v1" for name in ("order_placed", "order_completed", "order_refunded")),
    *(f"checkout.{name}.v1" for name in ("payment_instructed", "payment_changed")),
    "points.posted.v1",
]


class Outside:
    """The two worlds outside: a receiver of webhooks and a provider of messages, each a process; and what the worker
    does for them, on the test's clock."""

    def __init__(self, house: House, settings: Settings, receiver: Receiver, provider: Providers, member: UUID) -> None:
        self.house, self.receiver, self.provider, self.member = house, receiver, provider, member
        self._sender = sender(settings, house.db)
        self._deliverer = Deliverer(house.db, providers(settings, house.db))
        self.receipts: list[Receipt] = []

    async def say(self, text: str) -> None:
        """A message to the member, as a shop's steps have one each."""
        message = like(CODE, key=text, channel=Channel.WEBHOOK, address="crm", text=text)
        self.receipts.append(await send(self.house.db, self.member, message))

    async def work(self, after: timedelta = MINUTE) -> None:
        """Everything that is due is tried, then time goes by."""
        await Relay(self.house.db, SUBSCRIPTIONS).drain()
        await self._sender.send_due()
        await self._deliverer.deliver_due()
        self.house.clock.advance(after)

    async def close(self) -> None:
        await self._sender.close()
        await self._deliverer.close()

    def told(self, kind: str) -> list[Answer]:
        """What the receiver took of a kind, in the order in which it came."""
        return [one["data"] for one in self.receiver.taken() if one["type"] == f"{kind}.v1"]


@pytest.fixture
def settings(tmp_path: Path, database_url: str, house: House) -> Iterator[tuple[Settings, Providers]]:  # noqa: ARG001 - wired first
    """With channels that lead to a provider in a process of its own."""
    with running() as provider:
        file = tmp_path / "channels.toml"
        file.write_text(provider.channels(), encoding="utf-8")
        file.chmod(0o600)
        made = Settings(environment="test", home=tmp_path, database_url=database_url, channels_file=file)
        use_keys(made)
        yield made, provider


async def test_an_order_from_quote_to_the_last_refund_is_told_outside_through_outages(
    house: House, settings: tuple[Settings, Providers], tmp_path: Path
) -> None:
    member = UUID(await register(house, "h1"))
    shop = Counter(house.db, house.client)
    await shop.stock(good("beef", 5_200), good("milk", 1_000))
    await shop.give_points(member, 1_000)
    with receiving(tmp_path) as receiver:
        endpoint = done(
            await house.post("/api/v1/webhooks", {"name": "hub", "url": receiver.url, "events": EVENTS}, "w"), 201
        )
        receiver.knows(endpoint["secret"])
        outside = Outside(house, settings[0], receiver, settings[1], member)
        try:
            order = await loop(shop, outside)
        finally:
            await outside.close()
        check_webhooks(outside, order)
    deliveries = await house.get(f"/api/v1/webhooks/{endpoint['endpoint']['endpoint_id']}/deliveries")
    assert {one["state"] for one in deliveries["items"]} == {"delivered"}
    texts = [one["text"] for one in outside.provider.taken("webhook")]
    assert texts == ["placed", "paid", "picked", "completed", "back", "all back"]
    assert {(await proof(house.db, one)).message.state for one in outside.receipts} == {MessageState.SENT}
    assert await shop.breaches() == []


async def loop(shop: Counter, outside: Outside) -> Answer:
    """Each step of the shop answers at once, whoever is away."""
    outside.provider.kill()
    quote = await shop.quote([pieces("beef"), pieces("milk", 2)], outside.member, points=400)
    order = await shop.place(quote, "1")
    await outside.say("placed")
    await outside.work()
    assert [one["order_id"] for one in outside.told("checkout.order_placed")] == [order["order_id"]]
    (charge,) = outside.told("checkout.payment_instructed")
    paid = {"reference": "pay-1", "paid_at": shop.db.clock.now().isoformat()}
    confirm = f"/api/v1/orders/{order['order_id']}/payments/{charge['instruction_id']}/confirm"
    done(await shop.command(confirm, paid))
    await outside.say("paid")
    await outside.work()

    outside.receiver.kill()
    missing = next(line["line_id"] for line in order["lines"] if line["sku"] == "milk")
    await shop.act(order, "fulfil", picked=[{"line_id": missing, "quantity": 1}])
    await outside.say("picked")
    await outside.work()
    await shop.act(order, "complete")
    await outside.say("completed")
    await outside.work()
    assert outside.told("checkout.order_completed") == []
    assert {(await proof(shop.db, one)).message.state for one in outside.receipts} <= {
        MessageState.QUEUED,
        MessageState.UNKNOWN,
    }

    outside.provider.revive()
    await shop.refund(order, "r1", [(missing, 1)])
    await outside.say("back")
    await outside.work(LATER)
    outside.receiver.start()
    rest = next(line["line_id"] for line in order["lines"] if line["sku"] == "beef")
    await shop.refund(order, "r2", [(rest, 1)])
    await outside.say("all back")
    for _ in range(8):
        await outside.work(LATER)
    return order


def check_webhooks(outside: Outside, order: Answer) -> None:
    """Each fact once, verified, in order, and with what it says."""
    taken: list[dict[str, Any]] = outside.receiver.taken()
    mine = [one for one in taken if one["data"].get("order_id") == order["order_id"]]
    facts = [one for one in mine if one["type"].startswith("checkout.")]
    at_once = [{_said(one) for one in some} for _, some in groupby(facts, lambda one: one["data"]["occurred_at"])]
    assert at_once == [
        {"order_placed", "payment_instructed charge order"},
        {"payment_changed charge confirmed"},
        {"payment_instructed give_back picking"},
        {"order_completed"},
        {"order_refunded", "payment_instructed give_back refund"},
        {"order_refunded", "payment_instructed give_back refund"},
    ]
    assert len(facts) == sum(map(len, at_once))
    charge, *back = outside.told("checkout.payment_instructed")
    assert charge["fen"] == order["due_fen"] == sum(one["fen"] for one in back)
    books = [one["data"]["book"] for one in mine if one["type"] == "points.posted.v1"]
    assert {"points", "growth"} <= set(books)
    assert {one["subject"] for one in taken} == {str(outside.member)}
    assert outside.receiver.refused() == 0
    ids = [one["id"] for one in taken]
    assert len(ids) == len(set(ids))


def _said(event: dict[str, Any]) -> str:
    data = event["data"]
    more = (data[name] for name in ("kind", "cause", "state") if isinstance(data.get(name), str))
    return " ".join([event["type"].split(".")[1], *more])
