"""SSRF by webhooks: an endpoint leads to the public internet or nowhere, when it is made and with every request."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.outward import Address, Outward
from huixiang.platform.settings import Settings
from huixiang.webhooks import service
from huixiang.webhooks.jobs import Sender
from huixiang.webhooks.routes import ROUTES
from tests.attacks.test_ssrf import INWARD, Connections, Rebinding
from tests.support.http_client import client_of
from tests.webhooks.outside import TRIAL, Receiver, endpoint_at, happen

pytestmark = [pytest.mark.requirement("SEC-01"), pytest.mark.requirement("INT-02")]

PATH = "/api/v1/webhooks"
# Those with a dot at the end may be nobody's name, and are then refused when something is sent (attacks/test_ssrf).
NAMED = [host for host in INWARD if not host.endswith(".")]


@pytest.fixture(autouse=True)
def production(tmp_path: Path, wired: None) -> None:  # noqa: ARG001 - this after that
    use_keys(Settings(environment="production", home=tmp_path / "home"))


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "webhooks:read", "webhooks:write") as made:
        yield made


async def create(client: httpx.AsyncClient, url: str) -> httpx.Response:
    body = {"name": "hub", "url": url, "events": [TRIAL]}
    return await client.post(PATH, json=body, headers={"Idempotency-Key": str(new_id())})


@pytest.mark.parametrize("host", NAMED)
async def test_no_spelling_of_an_inward_address_becomes_an_endpoint(client: httpx.AsyncClient, host: str) -> None:
    for port in ("", ":5432"):
        response = await create(client, f"https://{host}{port}/hook")
        assert (response.status_code, response.json()["code"]) == (422, "webhook_address_refused"), response.text


@pytest.mark.parametrize("url", ["http://93.184.216.34/", "https://user@93.184.216.34/", "https://u:p@hub.invalid/"])
async def test_no_other_scheme_and_no_user_becomes_an_endpoint(client: httpx.AsyncClient, url: str) -> None:
    response = await create(client, url)
    assert (response.status_code, response.json()["code"]) == (422, "webhook_address_refused")


async def test_an_endpoint_is_not_changed_to_an_inward_address(client: httpx.AsyncClient) -> None:
    made = await create(client, "https://93.184.216.34/hook")
    assert made.status_code == 201, made.text
    path = f"{PATH}/{made.json()['endpoint']['endpoint_id']}"
    response = await client.patch(path, json={"url": "https://169.254.169.254/"}, headers={"Idempotency-Key": "c"})
    assert (response.status_code, response.json()["code"]) == (422, "webhook_address_refused")
    assert (await client.get(path)).json()["url"] == "https://93.184.216.34/hook"


async def test_a_name_that_changes_its_mind_leads_nowhere(db: Database) -> None:
    """It was public when the endpoint was made and at the first request. Each request asks once, and goes there."""
    resolver, connections = Rebinding("93.184.216.34", "127.0.0.1"), Connections()
    sender = Sender(db, Outward(2, look_up=resolver.look_up, transport=connections))
    endpoint_id, _ = await endpoint_at(db, "https://rebind.example/hook")
    await happen(db, new_id(), "1")
    await sender.send_due()
    assert (resolver.questions, connections.made) == (1, [("93.184.216.34", "rebind.example")])
    await happen(db, new_id(), "1")
    await sender.send_due()
    await sender.close()
    assert len(connections.made) == 1
    async with db.transaction(read_only=True) as tx:
        refused, sent = (await service.deliveries(tx, endpoint_id, None, None, 10)).items
    assert (sent.state, refused.state, refused.reason) == ("delivered", "waiting", "refused_address")


async def test_a_name_with_one_inward_address_leads_nowhere(db: Database) -> None:
    async def both(_host: str, _port: int) -> list[Address]:
        return [ipaddress.ip_address("93.184.216.34"), ipaddress.ip_address("10.0.0.1")]

    connections = Connections()
    sender = Sender(db, Outward(2, look_up=both, transport=connections))
    await endpoint_at(db, "https://both.example/hook")
    await happen(db, new_id(), "1")
    assert await sender.send_due() == 1
    await sender.close()
    assert connections.made == []


async def test_what_was_made_in_a_demo_is_not_sent_to_in_production(db: Database, receiver: Receiver) -> None:
    _, secret = await endpoint_at(db, receiver.url)
    receiver.knows(secret)
    await happen(db, new_id(), "1")
    sender = Sender(db, Outward(2))
    assert await sender.send_due() == 1
    await sender.close()
    assert (receiver.taken(), receiver.refused()) == ([], 0)
