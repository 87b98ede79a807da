"""The console's session over HTTP."""

from __future__ import annotations

import json
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.model import NewAccount
from tests.staff.conftest import Console
from tests.staff.house import client_of

SESSION = "/api/console/v1/session"
SEARCH = "/api/console/v1/members/search"


def shown(console: Console, lin: NewAccount) -> dict[str, str]:
    return {"username": "lin", "password": lin.password, "code": console.code(lin)}


def cookie_of(response: httpx.Response) -> Morsel[str]:
    (morsel,) = SimpleCookie(response.headers["set-cookie"]).values()
    return morsel


@pytest.mark.requirement("CON-01")
async def test_sign_in_read_and_sign_out(client: httpx.AsyncClient, console: Console, lin: NewAccount) -> None:
    signed_in = await client.post(SESSION, json=shown(console, lin))
    assert signed_in.status_code == 201
    session = signed_in.json()
    assert (session["username"], session["display_name"], session["role"], session["environment"]) == (
        "lin",
        "林晓",
        "customer_service",
        "test",
    )
    assert "members:read" in session["permissions"]
    assert (await client.get(SESSION)).json() == session
    signed_out = await client.delete(SESSION, headers={"X-CSRF-Token": session["csrf_token"]})
    assert (signed_out.status_code, cookie_of(signed_out)["max-age"]) == (204, "0")
    client.cookies.set("hx_session", cookie_of(signed_in).value)
    assert (await client.get(SESSION)).json()["code"] == "not_authenticated"


@pytest.mark.requirement("SEC-02")
@pytest.mark.parametrize(
    ("environment", "base_url", "secure"),
    [
        ("test", "http://huixiang.test", False),
        ("test", "https://huixiang.test", True),
        ("production", "http://huixiang.test", True),
    ],
)
async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    db: Database,
    keys: FileKeys,
    console: Console,
    lin: NewAccount,
    environment: str,
    base_url: str,
    secure: bool,  # noqa: FBT001
) -> None:
    async with client_of(db, keys, environment, base_url) as client:  # type: ignore[arg-type]
        response = await client.post(SESSION, json=shown(console, lin))
        cookie = cookie_of(response)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "strict", "/", "")
    assert bool(cookie["secure"]) is secure
    assert cookie.value not in response.text


@pytest.mark.requirement("SEC-01")
async def test_csrf_is_refused(client: httpx.AsyncClient, console: Console, lin: NewAccount) -> None:
    session = (await client.post(SESSION, json=shown(console, lin))).json()
    without = await client.post(SEARCH, json={"query": ""})
    wrong = await client.delete(SESSION, headers={"X-CSRF-Token": "0" * 64})
    right = await client.post(SEARCH, json={"query": ""}, headers={"X-CSRF-Token": session["csrf_token"]})
    assert [(r.status_code, r.json().get("code")) for r in (without, wrong, right)] == [
        (403, "csrf_token_wrong"),
        (403, "csrf_token_wrong"),
        (200, None),
    ]


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_a_form_of_another_site_cannot_sign_a_browser_in(
    client: httpx.AsyncClient, console: Console, lin: NewAccount, media_type: str
) -> None:
    body = json.dumps(shown(console, lin))
    response = await client.post(SESSION, content=body, headers={"content-type": media_type})
    assert (response.status_code, "set-cookie" in response.headers) == (415, False)


@pytest.mark.requirement("SEC-01")
async def test_refusals_over_http_look_alike(client: httpx.AsyncClient, console: Console, lin: NewAccount) -> None:
    right = shown(console, lin)
    wrongs = [{"username": "nobody"}, {"password": "wrong"}, {"code": console.wrong_code(lin)}]
    answers = []
    for wrong in wrongs:
        response = await client.post(SESSION, json=right | wrong)
        answers.append({k: v for k, v in response.json().items() if k != "request_id"} | {"http": response.status_code})
    assert answers[0]["code"] == "sign_in_refused"
    assert all(answer == answers[0] for answer in answers)


async def test_a_lock_says_when_to_come_back(client: httpx.AsyncClient, console: Console, lin: NewAccount) -> None:
    for _ in range(5):
        await client.post(SESSION, json=shown(console, lin) | {"password": "wrong"})
    locked = await client.post(SESSION, json=shown(console, lin))
    assert (locked.status_code, locked.json()["code"], locked.json()["retry_after_s"]) == (429, "sign_in_locked", 30)


@pytest.mark.parametrize(
    ("path", "principal"),
    [("/api/v1/members/lookup", "system"), (SEARCH, "staff"), ("/api/member/v1/me", "member")],
)
@pytest.mark.requirement("SEC-01")
async def test_credentials_of_one_kind_open_no_route_of_another(
    client: httpx.AsyncClient, db: Database, console: Console, lin: NewAccount, path: str, principal: str
) -> None:
    async with db.transaction() as tx:
        key = await service.create_key(tx, "till", ["members:read"], by="cli")
    csrf = (await client.post(SESSION, json=shown(console, lin))).json()["csrf_token"]
    if principal != "staff":
        headers = {"X-CSRF-Token": csrf}
    else:
        client.cookies.clear()
        headers = {"Authorization": f"Bearer {key.token}", "X-CSRF-Token": csrf}
    response = await client.request("GET" if principal == "member" else "POST", path, json={}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


@pytest.mark.requirement("INT-01")
async def test_a_key_opens_what_its_scopes_name(client: httpx.AsyncClient, db: Database) -> None:
    async with db.transaction() as tx:
        reader = await service.create_key(tx, "reader", ["members:read"], by="cli")
    headers = {"Authorization": f"Bearer {reader.token}", "Idempotency-Key": "1"}
    refused = await client.post("/api/v1/members", json={"channel": "till", "phone": "13812345678"}, headers=headers)
    read = await client.post("/api/v1/members/lookup", json={"phone": "13812345678"}, headers=headers)
    assert (refused.status_code, refused.json()["code"], refused.json()["permission"]) == (
        403,
        "permission_missing",
        "members:write",
    )
    assert (read.status_code, read.json()["code"]) == (404, "member_unknown")
