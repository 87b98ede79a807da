"""Keys of calling systems in the console: what is made shows its token once, whatever is repeated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.access import NotAuthenticated
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.routes.keys import PATH, ROUTES
from tests.support.http_client import client_of
from tests.support.paging import walked

pytestmark = pytest.mark.requirement("INT-01")

TERMS = {"name": "till", "scopes": ["orders:write"], "addresses": ["203.0.113.0/24"]}


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "keys:read", "keys:write") as made:
        yield made


async def send(client: httpx.AsyncClient, path: str = "", body: object = None, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key or str(new_id())}
    return await client.post(PATH + path, json=body, headers=headers)


async def make(client: httpx.AsyncClient, **terms: Any) -> dict[str, Any]:
    answer = await send(client, body={**TERMS, **terms})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.requirement("SEC-01")
async def test_a_token_is_shown_once_and_kept_nowhere(client: httpx.AsyncClient, db: Database) -> None:
    first = await send(client, body=TERMS, key="k")
    again = await send(client, body=TERMS, key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert first.json()["token"].startswith("hx_")
    assert again.json() == {"key": first.json()["key"], "token": None}
    rotated = await send(client, f"/{first.json()['key']['key_id']}/rotate", {}, key="r")
    repeated = await send(client, f"/{first.json()['key']['key_id']}/rotate", {}, key="r")
    assert rotated.json()["token"] != first.json()["token"]
    assert repeated.json() == {"key": rotated.json()["key"], "token": None}
    async with db.transaction() as tx:
        (key,) = await service.list_keys(tx)
        audited = await tx.fetch("SELECT actor, action FROM staff.audit ORDER BY audit_id")
    assert len(key.secrets) == 2
    assert [row["action"] for row in audited] == ["key.created", "key.rotated"]
    assert all(row["actor"].startswith("staff:") for row in audited)


async def test_a_system_changes_its_secret_without_an_outage(
    client: httpx.AsyncClient, db: Database, clock: SettableClock
) -> None:
    made = await make(client, addresses=[])
    path = f"/{made['key']['key_id']}"
    rotated = (await send(client, f"{path}/rotate", {"overlap_s": 600})).json()
    for token in (made["token"], rotated["token"]):
        principal = await service.authenticate_key(db, token, None, clock.now())
        assert principal.key_id == UUID(made["key"]["key_id"])
    refused = await send(client, f"{path}/rotate", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "key_rotating")
    finished = await send(client, f"{path}/rotation/finish")
    assert finished.status_code == 200
    with pytest.raises(NotAuthenticated):
        await service.authenticate_key(db, made["token"], None, clock.now())


async def test_terms_are_changed_by_what_is_named(client: httpx.AsyncClient) -> None:
    made = (await make(client, requests_per_minute=90))["key"]
    path = f"{PATH}/{made['key_id']}"
    change = {"name": "till 2", "requests_per_minute": None}
    changed = await client.patch(path, json=change, headers={"Idempotency-Key": "c"})
    assert changed.json() == {**made, **change}
    assert (await client.get(path)).json() == changed.json()
    wrong = await client.patch(path, json={"addresses": ["10.0.0.1/8"]}, headers={"Idempotency-Key": "w"})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "$.addresses[0]")


async def test_keys_are_listed_by_page_and_revoked(client: httpx.AsyncClient) -> None:
    made = [(await make(client, name=f"till {n}"))["key"] for n in range(5)]
    pages = await walked(client, PATH, 2)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [item for page in pages for item in page] == made
    revoked = (await send(client, f"/{made[0]['key_id']}/revoke")).json()
    assert revoked["revoked_at"] is not None
    unknown = await send(client, f"/{new_id()}/revoke")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "key_unknown")


@pytest.mark.requirement("CON-01")
async def test_reading_keys_is_not_changing_them(db: Database) -> None:
    async with client_of(db, ROUTES, "keys:read") as reader:
        assert (await reader.get(PATH)).json() == {"items": [], "next_cursor": None}
        refused = await send(reader, body=TERMS)
    assert (refused.status_code, refused.json()["permission"]) == (403, "keys:write")


async def test_what_a_key_may_be_let_do_is_told(client: httpx.AsyncClient) -> None:
    scopes = (await client.get(f"{PATH}/scopes")).json()
    assert scopes == sorted(scopes)
    await make(client, scopes=scopes)
