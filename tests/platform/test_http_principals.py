"""A route says who may call it; without that, nobody may."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from tests.platform.test_http_hardening import problem
from tests.platform.web_app import MEMBER_ID, STAFF_ID, WRITER, client_of

MEMBER = {"Authorization": "Bearer member-token"}
SESSION = {"Cookie": "hx_session=session"}
THING = "/api/v1/things/00000000-0000-7000-8000-000000000001"


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db) as one:
        yield one


@pytest.mark.requirement("SEC-01")
async def test_a_route_without_a_mark_is_refused(client: httpx.AsyncClient) -> None:
    for credentials in ({}, WRITER, MEMBER, SESSION):
        problem(await client.get("/api/v1/unmarked", headers=credentials), 403, "route_undeclared")


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize(
    ("path", "credentials"),
    [
        (THING, {}),
        (THING, MEMBER),
        (THING, SESSION),
        (THING, {"Authorization": "Basic hx_writer"}),
        (THING, {"Authorization": "Bearer"}),
        (THING, {"Authorization": "Bearer hx_unknown"}),
        ("/api/member/v1/me", WRITER),
        ("/api/member/v1/me", SESSION),
        ("/api/console/v1/whoami", WRITER),
        ("/api/console/v1/whoami", MEMBER),
        ("/api/console/v1/whoami", {"Authorization": "Bearer session"}),
        ("/api/console/v1/whoami", {"Cookie": "hx_session=other"}),
    ],
)
async def test_credentials_of_another_kind_do_not_count(
    client: httpx.AsyncClient, path: str, credentials: dict[str, str]
) -> None:
    answer = await client.get(path, headers=credentials)
    problem(answer, 401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_each_kind_is_let_in_by_its_own(client: httpx.AsyncClient) -> None:
    assert (await client.get(THING, headers=WRITER)).status_code == 200
    assert (await client.get("/api/member/v1/me", headers=MEMBER)).json() == str(MEMBER_ID)
    assert (await client.get("/api/console/v1/whoami", headers=SESSION)).json() == str(STAFF_ID)
    assert (await client.get("/open")).json() is True


@pytest.mark.requirement("SEC-01")
async def test_a_missing_permission_is_named(client: httpx.AsyncClient) -> None:
    body = problem(await client.get("/api/console/v1/secret", headers=SESSION), 403, "permission_missing")
    assert body["permission"] == "secret:read"


@pytest.mark.requirement("SEC-01")
async def test_a_change_by_cookie_needs_the_csrf_header(client: httpx.AsyncClient) -> None:
    headers = {**SESSION, "Idempotency-Key": "k"}
    problem(await client.post("/api/console/v1/things", json={"name": "a"}, headers=headers), 401, "not_authenticated")
    headers["X-CSRF-Token"] = "csrf"
    assert (await client.post("/api/console/v1/things", json={"name": "a"}, headers=headers)).status_code == 201


async def test_the_body_of_an_unknown_caller_is_not_looked_at(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/things", content=b"{", headers={"Content-Type": "application/json"})
    problem(answer, 401, "not_authenticated")
