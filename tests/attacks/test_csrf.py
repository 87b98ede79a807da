"""CSRF: a page of another origin has the browser's cookie and nothing else, and that changes nothing."""

from __future__ import annotations

import httpx
import pytest

from huixiang.kernel.ids import new_id
from huixiang.platform.access import CSRF_HEADER, SAFE_METHODS
from huixiang.platform.db import Database
from huixiang.staff.model import Role
from huixiang.staff.rules import ROLES
from tests.attacks.callers import documented
from tests.attacks.test_idor import filled
from tests.entry.program import running, sign_in

pytestmark = pytest.mark.requirement("SEC-01")

# What a form of another page can be made to send.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
EVIL = {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json().get("code")) == (403, "csrf_token_wrong")


async def test_csrf_every_change_at_the_console_needs_the_sessions_own_token(db: Database) -> None:
    changes = [one for one, _ in documented() if one.access.kind == "staff" and one.method not in SAFE_METHODS]
    assert len(changes) > 20
    let_in = []
    async with running(db) as program:
        mine, other = [await sign_in(db, Role.ADMIN, name=name) for name in ("mine", "other")]
        tokens = {"none": None, "empty": "", "made up": "0" * 64, "another's": other[CSRF_HEADER]}
        for one in changes:
            for name, token in tokens.items():
                headers = {"Cookie": mine["Cookie"], "Idempotency-Key": str(new_id())} | EVIL
                headers |= {} if token is None else {CSRF_HEADER: token}
                path = filled(one.path, {}) + f"?csrf_token={mine[CSRF_HEADER]}"
                answer = await program.client.request(one.method, path, json={}, headers=headers)
                let_in += [] if refused(answer) else [f"{one.method} {one.path} with {name}: {answer.text[:100]}"]
        still = await program.client.get("/api/console/v1/session", headers=mine)
        assert (let_in, still.status_code) == ([], 200)


async def test_csrf_a_cookie_is_nothing_to_members_and_systems(db: Database) -> None:
    async with running(db) as program:
        staff = await sign_in(db)
        for cookie in (staff["Cookie"], f"hx_session={program.member['Authorization'].partition(' ')[2]}"):
            for path in ("/api/member/v1/me", f"/api/v1/members/{program.member_id}"):
                answer = await program.client.get(path, headers=staff | {"Cookie": cookie})
                assert answer.json()["code"] == "not_authenticated"


async def test_csrf_a_form_signs_nobody_in(db: Database) -> None:
    """Nor sends it anything else: no body but JSON is read, which no form sends without asking first."""
    bodies = [one for one, _ in documented() if one.body is not None and one.access.kind == "public"]
    assert len(bodies) > 5
    async with running(db) as program:
        for one in bodies:
            for media_type in FORMS:
                headers = {"Content-Type": media_type} | EVIL
                answer = await program.client.post(one.path, content=b'{"username":"admin"}', headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported"), one.path


async def test_csrf_no_other_origin_is_told_that_it_may(db: Database) -> None:
    async with running(db) as program:
        staff = await sign_in(db, next(role for role, held in ROLES.items() if "members:read" in held))
        for method, path in (("GET", "/api/console/v1/session"), ("OPTIONS", "/api/console/v1/members/search")):
            headers = staff | EVIL | {"Access-Control-Request-Method": "POST"}
            answer = await program.client.request(method, path, headers=headers)
            assert not [name for name in answer.headers if name.startswith("access-control-")]
