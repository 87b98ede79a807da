"""Webhooks for staff: how endpoints stand, what became of deliveries; pausing, trying, sending again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.webhooks.jobs import Sender
from huixiang.webhooks.model import TEST_EVENT
from huixiang.webhooks.routes_desk import ROUTES
from huixiang.webhooks.rules import OPEN_COUNTED
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.webhooks.outside import Receiver, endpoint_at, happen

pytestmark = pytest.mark.requirement("INT-02")

PATH = "/api/console/v1/webhooks"
STAFF = UUID("0198a3c0-0000-7000-8000-0000000000a1")
STATES = ("waiting", "delivered", "given_up")


@pytest_asyncio.fixture
async def desk(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "webhooks:read", "webhooks:write", caller=STAFF) as made:
        yield made


async def ask(desk: httpx.AsyncClient, path: str, body: Any = None, key: str | None = None) -> Any:
    response = await desk.post(PATH + path, json=body, headers={"Idempotency-Key": key or str(new_id())})
    assert response.status_code in (200, 202), response.text
    return response.json()


async def shown(desk: httpx.AsyncClient, path: str, **asked: str) -> Any:
    response = await desk.get(PATH + path, params=asked)
    assert response.status_code == 200, response.text
    return response.json()


async def test_endpoints_are_listed_with_what_is_open_at_each(
    desk: httpx.AsyncClient, db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    idle, _ = await endpoint_at(db, receiver.url, "points.posted.v1")
    lost, fine, member = new_id(), new_id(), new_id()
    receiver.kill()
    await happen(db, lost, "1")
    for _ in range(2):  # given up after three days of attempts
        await sender.send_due()
        clock.advance(timedelta(days=3))
    receiver.start()
    await happen(db, fine, "1")
    await sender.send_due()
    await ask(desk, f"/{hub}/pause")
    await happen(db, member, "1", "2")
    first, second = (await shown(desk, ""))["items"]
    assert [first["endpoint"]["endpoint_id"], second["endpoint"]["endpoint_id"]] == [str(hub), str(idle)]
    assert (first["waiting"], first["given_up"], first["endpoint"]["state"]) == (2, 1, "paused")
    assert (second["waiting"], second["given_up"]) == (0, 0)
    assert "secret" not in first
    assert await shown(desk, f"/{hub}") == first
    assert await walked(desk, PATH, 1) == [[first], [second]]
    found = {state: await walked(desk, f"{PATH}/{hub}/deliveries", 1, state=state) for state in STATES}
    assert {state: [one["member_id"] for (one,) in pages] for state, pages in found.items()} == {
        "waiting": [str(member), str(member)],
        "delivered": [str(fine)],
        "given_up": [str(lost)],
    }
    assert len((await shown(desk, f"/{hub}/deliveries"))["items"]) == 4
    assert (await desk.get(f"{PATH}/{hub}/deliveries", params={"state": "lost"})).status_code == 422


async def test_what_is_open_is_counted_up_to_a_limit(desk: httpx.AsyncClient, db: Database, hub: UUID) -> None:
    member = new_id()
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO webhooks.lane VALUES ($1, $2, $3)", member, hub, OPEN_COUNTED + 1)
        await tx.execute(
            """
            INSERT INTO webhooks.delivery
            SELECT $1, $2, n, gen_random_uuid(), 'waiting', 0, 0, $3::timestamptz FROM generate_series(0, $4) AS n
            """,
            member,
            hub,
            tx.now,
            OPEN_COUNTED,
        )
    look = await shown(desk, f"/{hub}")
    assert (look["waiting"], look["given_up"]) == (OPEN_COUNTED, 0)


async def test_staff_pause_try_and_send_again_under_their_own_name(
    desk: httpx.AsyncClient, hub: UUID, receiver: Receiver, sender: Sender, superuser: psycopg.Connection[Any]
) -> None:
    assert (await ask(desk, f"/{hub}/pause"))["state"] == "paused"
    tried = await ask(desk, f"/{hub}/test", key="once")
    assert (tried["type"], tried["state"], tried["due_at"] is None) == (TEST_EVENT, "waiting", False)
    assert await ask(desk, f"/{hub}/test", key="once") == tried
    assert await sender.send_due() == 0
    assert (await ask(desk, f"/{hub}/resume"))["state"] == "active"
    receiver.will({"status": 503, "text": "closed for today"})
    await sender.send_due()
    one = f"/{hub}/deliveries/{tried['event_id']}"
    failed = await shown(desk, one)
    answered = [(one["status"], one["reason"], one["excerpt"]) for one in failed["attempts"]]
    assert answered == [(503, "http_503", "closed for today")]
    assert json.loads(failed["body"])["id"] == tried["event_id"]
    assert (failed["delivery"]["state"], failed["delivery"]["attempts"]) == ("waiting", 1)
    kept = superuser.execute("SELECT actor, action, after FROM staff.audit ORDER BY audit_id").fetchall()
    assert [row[:2] for row in kept if row[0] != "key:test"] == [
        (f"staff:{STAFF}", f"webhook.{what}") for what in ("paused", "tested", "resumed")
    ]
    assert kept[2][2] == {"event_id": tried["event_id"]}


async def test_staff_replay_one_event_or_a_span_and_the_audit_log_says_how_many(
    desk: httpx.AsyncClient,
    db: Database,
    hub: UUID,
    receiver: Receiver,
    sender: Sender,
    clock: SettableClock,
    superuser: psycopg.Connection[Any],
) -> None:
    member, began = new_id(), clock.now()
    await happen(db, member, "1", "2")
    await sender.send_due()
    ids = [one["id"] for one in receiver.taken()]
    assert await ask(desk, f"/{hub}/replay", {"event_id": ids[1]}) == {"events": 1}
    await sender.send_due()
    span = {"since": began.isoformat(), "until": (began + timedelta(hours=1)).isoformat()}
    assert await ask(desk, f"/{hub}/replay", span | {"only_given_up": True}) == {"events": 0}
    assert await ask(desk, f"/{hub}/replay", span) == {"events": 2}
    await sender.send_due()
    assert [one["id"] for one in receiver.taken()] == [*ids, ids[1], *ids]
    kept = superuser.execute("SELECT after FROM staff.audit WHERE action = 'webhook.replayed' ORDER BY audit_id")
    replayed = [row[0] for row in kept.fetchall()]
    assert [one["events"] for one in replayed] == [1, 0, 2]
    assert replayed[0] == {"event_id": ids[1], "events": 1}
    assert set(replayed[1]) == {"since", "until", "only_given_up", "events"}


async def test_who_may_only_read_changes_nothing_and_what_is_unknown_is_said(
    desk: httpx.AsyncClient, db: Database, hub: UUID
) -> None:
    async with client_of(db, ROUTES, "webhooks:read") as reader:
        assert (await reader.get(f"{PATH}/{hub}")).status_code == 200
        for what in ("pause", "resume", "test", "replay"):
            answer = await reader.post(f"{PATH}/{hub}/{what}", json={}, headers={"Idempotency-Key": what})
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    assert (await shown(desk, f"/{hub}"))["endpoint"]["state"] == "active"
    for path in (f"/{new_id()}", f"/{new_id()}/deliveries"):
        assert (await desk.get(PATH + path)).json()["code"] == "webhook_endpoint_unknown"
    assert (await desk.get(f"{PATH}/{hub}/deliveries/{new_id()}")).json()["code"] == "webhook_delivery_unknown"
    bare = await desk.post(f"{PATH}/{hub}/pause")
    assert (bare.status_code, bare.json()["code"]) == (400, "idempotency_key_required")
