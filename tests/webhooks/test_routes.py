"""Endpoints over HTTP: made, shown, changed, rotated, paused, replayed, deleted."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.webhooks.jobs import Sender
from huixiang.webhooks.model import TEST_EVENT
from huixiang.webhooks.routes import ROUTES
from huixiang.webhooks.rules import REPLAYED_MAX
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.webhooks.outside import TRIAL, Receiver, happen

pytestmark = pytest.mark.requirement("INT-02")

PATH = "/api/v1/webhooks"


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "webhooks:read", "webhooks:write") as made:
        yield made


async def ask(client: httpx.AsyncClient, path: str, body: Any = None, method: str = "POST") -> Any:
    key = sha256(f"{method}{path}{json.dumps(body)}".encode()).hexdigest()
    response = await client.request(method, PATH + path, json=body, headers={"Idempotency-Key": key})
    assert response.status_code in (200, 201, 202), response.text
    return response.json()


async def refused(client: httpx.AsyncClient, path: str, body: Any, method: str = "POST") -> tuple[int, str]:
    response = await client.request(method, PATH + path, json=body, headers={"Idempotency-Key": str(new_id())})
    return response.status_code, response.json()["code"]


def wanting(receiver: Receiver, **changes: Any) -> dict[str, Any]:
    return {"name": "hub", "url": receiver.url, "events": [TRIAL]} | changes


async def test_a_secret_is_shown_once_and_kept_sealed(
    client: httpx.AsyncClient, receiver: Receiver, superuser: psycopg.Connection[Any]
) -> None:
    made, again = await ask(client, "", wanting(receiver)), await ask(client, "", wanting(receiver))
    assert again == made | {"secret": None}
    raw = base64.b64decode(made["secret"].removeprefix("whsec_"))
    assert len(raw) == 32
    shown = (await client.get(f"{PATH}/{made['endpoint']['endpoint_id']}")).json()
    assert shown == made["endpoint"]
    assert (shown["state"], shown["events"], len(shown["secrets"])) == ("active", [TRIAL], 1)
    [(sealed,)] = superuser.execute("SELECT sealed FROM webhooks.secret").fetchall()
    assert raw not in sealed
    assert made["secret"].encode() not in sealed
    kept = superuser.execute("SELECT answer FROM platform.idempotency").fetchall()
    assert kept
    assert all(made["secret"].encode() not in row[0] for row in kept)


async def test_two_secrets_sign_while_they_overlap(
    client: httpx.AsyncClient, db: Database, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    made = await ask(client, "", wanting(receiver))
    one = f"/{made['endpoint']['endpoint_id']}"
    rotated = await ask(client, one + "/rotate", {"overlap_s": 3600})
    assert [secret["secret_no"] for secret in rotated["endpoint"]["secrets"]] == [2, 1]
    assert await refused(client, one + "/rotate", {}) == (409, "webhook_secret_rotating")
    for secret in (made["secret"], rotated["secret"]):
        receiver.knows(secret)
        await happen(db, new_id(), "1")
        await sender.send_due()
    assert [event["signatures"] for event in receiver.taken()] == [2, 2]
    clock.advance(timedelta(hours=1))
    await happen(db, new_id(), "1")
    await sender.send_due()
    assert (receiver.refused(), [event["signatures"] for event in receiver.taken()]) == (0, [2, 2, 1])
    receiver.knows(made["secret"])
    await happen(db, new_id(), "1")
    await sender.send_due()
    assert (receiver.refused(), len(receiver.taken())) == (1, 3)
    assert len((await ask(client, one + "/rotate", {"overlap_s": 0}))["endpoint"]["secrets"]) == 1


async def test_what_happens_during_a_pause_is_sent_after_it(
    client: httpx.AsyncClient, db: Database, receiver: Receiver, sender: Sender
) -> None:
    made = await ask(client, "", wanting(receiver))
    receiver.knows(made["secret"])
    one, member = f"/{made['endpoint']['endpoint_id']}", new_id()
    assert (await ask(client, one + "/pause"))["state"] == "paused"
    await happen(db, member, "1", "2")
    assert await sender.send_due() == 0
    waiting = (await client.get(PATH + one + "/deliveries", params={"state": "waiting"})).json()["items"]
    assert [item["due_at"] is None for item in waiting] == [True, False]
    assert (await ask(client, one + "/resume"))["state"] == "active"
    await sender.send_due()
    assert receiver.tiers(member) == ["1", "2"]


async def test_a_test_event_arrives(client: httpx.AsyncClient, receiver: Receiver, sender: Sender) -> None:
    made = await ask(client, "", wanting(receiver))
    receiver.knows(made["secret"])
    delivery = await ask(client, f"/{made['endpoint']['endpoint_id']}/test")
    assert (delivery["type"], delivery["state"]) == (TEST_EVENT, "waiting")
    await sender.send_due()
    (event,) = receiver.taken()
    assert (event["id"], event["type"]) == (delivery["event_id"], TEST_EVENT)


async def test_a_replay_sends_again_in_order_under_the_same_ids(
    client: httpx.AsyncClient, db: Database, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    made = await ask(client, "", wanting(receiver))
    receiver.knows(made["secret"])
    one, member = f"/{made['endpoint']['endpoint_id']}", new_id()
    began = clock.now()
    await happen(db, member, "1", "2")
    clock.advance(timedelta(hours=1))
    middle = clock.now()
    await happen(db, member, "3")
    await sender.send_due()
    ids = [event["id"] for event in receiver.taken()]
    span = {"since": began.isoformat(), "until": middle.isoformat()}
    assert await ask(client, one + "/replay", span | {"only_given_up": True}) == {"events": 0}
    assert await ask(client, one + "/replay", span) == {"events": 2}
    await sender.send_due()
    assert [event["id"] for event in receiver.taken()] == [*ids, *ids[:2]]
    assert await ask(client, one + "/replay", {"event_id": ids[2]}) == {"events": 1}
    await happen(db, member, "4")
    await sender.send_due()
    assert receiver.tiers(member) == ["1", "2", "3", "1", "2", "3", "4"]
    detail = (await client.get(f"{PATH}{one}/deliveries/{ids[2]}")).json()
    assert [attempt["number"] for attempt in detail["attempts"]] == [2, 1]
    assert json.loads(detail["body"])["id"] == ids[2]
    assert await refused(client, one + "/replay", {"event_id": str(new_id())}) == (404, "webhook_delivery_unknown")
    assert await refused(client, one + "/replay", {}) == (422, "input_invalid")


async def test_a_replay_of_too_much_is_refused_whole(
    client: httpx.AsyncClient, db: Database, receiver: Receiver
) -> None:
    made = await ask(client, "", wanting(receiver))
    one, member, now = made["endpoint"]["endpoint_id"], new_id(), db.clock.now()
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO webhooks.lane VALUES ($1, $2, $3)", member, one, REPLAYED_MAX + 1)
        await tx.execute(
            """
            INSERT INTO webhooks.delivery
            SELECT $1, $2, n, gen_random_uuid(), 'delivered', 1, 1, $3::timestamptz + n * interval '1 ms', $3, $3, 200,
                   'ok'
            FROM generate_series(0, $4) AS n
            """,
            member,
            one,
            now,
            REPLAYED_MAX,
        )
    span = {"since": now.isoformat(), "until": (now + timedelta(hours=1)).isoformat()}
    assert await refused(client, f"/{one}/replay", span) == (422, "webhook_replay_too_large")
    async with db.transaction(read_only=True) as tx:
        assert not await tx.fetchval("SELECT count(*) FROM webhooks.delivery WHERE state = 'waiting'")
    shorter = span | {"until": (now + timedelta(milliseconds=REPLAYED_MAX)).isoformat()}
    assert await ask(client, f"/{one}/replay", shorter) == {"events": REPLAYED_MAX}


async def test_an_endpoint_is_changed_and_deleted(
    client: httpx.AsyncClient, db: Database, receiver: Receiver, sender: Sender, superuser: psycopg.Connection[Any]
) -> None:
    made = await ask(client, "", wanting(receiver))
    receiver.knows(made["secret"])
    one = f"/{made['endpoint']['endpoint_id']}"
    await happen(db, new_id(), "1")
    changed = await ask(client, one, {"name": "other", "events": ["points.posted.v1"]}, "PATCH")
    assert (changed["name"], changed["url"], changed["events"]) == ("other", receiver.url, ["points.posted.v1"])
    await happen(db, new_id(), "2")
    await sender.send_due()
    assert [event["data"]["tier"] for event in receiver.taken()] == ["1"]
    await ask(client, one + "/test")
    assert (await ask(client, one, None, "DELETE"))["name"] == "other"
    assert await sender.send_due() == 0
    gone = await client.get(PATH + one)
    assert (gone.status_code, gone.json()["code"]) == (404, "webhook_endpoint_unknown")
    assert superuser.execute("SELECT count(*) FROM webhooks.secret").fetchone() == (0,)
    actions = [row[0] for row in superuser.execute("SELECT action FROM staff.audit ORDER BY audit_id").fetchall()]
    assert actions == ["webhook.created", "webhook.changed", "webhook.tested", "webhook.deleted"]


async def test_endpoints_and_deliveries_are_listed_by_page(
    client: httpx.AsyncClient, db: Database, receiver: Receiver
) -> None:
    made = [(await ask(client, "", wanting(receiver, name=f"hub {n}")))["endpoint"] for n in range(3)]
    assert await walked(client, PATH, 2) == [made[:2], made[2:]]
    await happen(db, new_id(), "1", "2", "3")
    path = f"{PATH}/{made[0]['endpoint_id']}/deliveries"
    everything = (await client.get(path)).json()["items"]
    assert len(everything) == 3
    assert await walked(client, path, 2) == [everything[:2], everything[2:]]


async def test_what_can_not_be_made_is_refused(client: httpx.AsyncClient, receiver: Receiver) -> None:
    assert TRIAL in (await client.get(PATH + "/events")).json()
    unknown = wanting(receiver, events=["checkout.order_lost.v1"])
    assert await refused(client, "", unknown) == (422, "webhook_event_unknown")
    assert await refused(client, "", wanting(receiver, events=[])) == (422, "input_invalid")
    assert await refused(client, "", wanting(receiver, url="ftp://hub.example")) == (422, "input_invalid")
    assert await refused(client, "", wanting(receiver, url="http://u:p@hub.example")) == (
        422,
        "webhook_address_refused",
    )
    assert await refused(client, f"/{new_id()}", {"name": "x"}, "PATCH") == (404, "webhook_endpoint_unknown")
    assert await refused(client, f"/{new_id()}/test", None) == (404, "webhook_endpoint_unknown")


async def test_there_are_fifty_endpoints_at_most(client: httpx.AsyncClient, receiver: Receiver) -> None:
    for n in range(50):
        await ask(client, "", wanting(receiver, name=f"hub {n}"))
    assert await refused(client, "", wanting(receiver)) == (409, "webhook_endpoints_too_many")
