"""Token confusion: what lets somebody in at one door opens no other, whatever it is given out to be."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest

from huixiang.entry.keys import use_keys
from huixiang.kernel.clock import SettableClock
from huixiang.members.service.vault import vault
from huixiang.platform.access import CSRF_HEADER, SESSION_COOKIE
from huixiang.platform.db import Database
from huixiang.staff.model import Role
from tests.attacks.callers import documented
from tests.attacks.test_idor import filled
from tests.entry.program import Program, bearer, running, settings, sign_in
from tests.members.signing import People

pytestmark = pytest.mark.requirement("SEC-01")

DOORS = {
    "member": "/api/member/v1/me",
    "system": "/api/v1/points/books",
    "staff": "/api/console/v1/session",
}


async def opened(program: Program, token: str, csrf: str = "") -> set[str]:
    """The doors that a text opens, as a bearer token and as a cookie at once."""
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"{SESSION_COOKIE}={token}", CSRF_HEADER: csrf}
    answers = {kind: await program.client.get(path, headers=headers) for kind, path in DOORS.items()}
    assert {answer.status_code for answer in answers.values()} <= {200, 401}
    return {kind for kind, answer in answers.items() if answer.status_code == 200}


async def test_token_confusion_each_opens_its_own_door_alone(db: Database, clock: SettableClock) -> None:
    use_keys(settings("postgresql://nobody@/none"))
    async with running(db) as program:
        signed_in = await People(program, db, clock).sign_in()
        staff = await sign_in(db, Role.ADMIN)
        code = (await program.client.get("/api/member/v1/me/code", headers=program.member)).json()
        session = staff["Cookie"].partition("=")[2]
        shown = {
            "access": (signed_in["access_token"], {"member"}),
            "refresh": (signed_in["refresh_token"], set()),
            "code of the card": (code["code"], set()),
            "key": (program.system["Authorization"].partition(" ")[2], {"system"}),
            "session": (session, {"staff"}),
            "token against CSRF": (staff[CSRF_HEADER], set()),
            "id of the member": (signed_in["member_id"], set()),
            "id of the device": (signed_in["device_id"], set()),
        }
        found = {name: await opened(program, token) for name, (token, _) in shown.items()}
        assert found == {name: doors for name, (_, doors) in shown.items()}
        for name in ("access", "code of the card", "key", "session"):
            refused = await program.client.post(
                "/api/member/v1/sign-in/refresh", json={"refresh_token": shown[name][0][:512]}
            )
            assert refused.status_code in (401, 422), name


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_token_confusion_forged_tokens_open_nothing(db: Database) -> None:
    """Without a signature, by another algorithm, for another audience, by a key that the token brings along."""
    use_keys(settings("postgresql://nobody@/none"))
    async with running(db) as program:
        right = program.member["Authorization"].partition(" ")[2]
        head, body, signature = right.split(".")
        claims = jwt.decode(right, options={"verify_signature": False})
        secret = vault().token_secret
        typ = {"typ": "at+jwt"}
        forged = [
            f"{part({'alg': 'none', **typ})}.{body}.",
            f"{part({'alg': 'nOnE', **typ})}.{body}.{signature}",
            f"{head}.{body}.",
            f"{head}.{part(claims | {'sub': str(program.member_id)[:-1] + '0'})}.{signature}",
            jwt.encode(claims, secret + secret, "HS512", headers=typ),
            jwt.encode(claims | {"aud": "huixiang-staff"}, secret, "HS256", headers=typ),
            jwt.encode(claims | {"iss": "https://evil.example"}, secret, "HS256", headers=typ),
            jwt.encode(claims, b"k" * 32, "HS256", headers=typ | {"jku": "https://evil.example/keys"}),
            jwt.encode(claims, b"k" * 32, "HS256", headers=typ | {"kid": "../../../../dev/null"}),
            jwt.encode(claims, secret, "HS256", headers={"typ": "JWT"}),
            f" {right}extra",
        ]
        assert await opened(program, right) == {"member"}
        assert [token for token in forged if await opened(program, token)] == []


async def test_token_confusion_credentials_in_the_address_are_not_read(db: Database) -> None:
    """They would stand in logs and in the history of browsers."""
    async with running(db) as program:
        token = program.member["Authorization"].partition(" ")[2]
        for name in ("access_token", "token", "authorization", "api_key", SESSION_COOKIE):
            for path in DOORS.values():
                answer = await program.client.get(path, params={name: token})
                assert answer.status_code == 401
    named = {p for one, _ in documented() if one.method == "GET" for p in filled(one.path, {}).split("/")}
    assert not named & {"token", "password"}


async def test_token_confusion_two_credentials_are_not_added_up(db: Database) -> None:
    async with running(db) as program:
        staff = await sign_in(db, Role.ANALYST)
        both = staff | program.member
        path = f"/api/console/v1/members/{program.member_id}"
        assert (await program.client.get(path, headers=both)).json()["code"] == "permission_missing"
        assert (await program.client.get(f"/api/v1/members/{program.member_id}", headers=both)).status_code == 401
        lower = {"authorization": f"Basic {base64.b64encode(b'admin:admin').decode()}"}
        assert (await program.client.get("/api/member/v1/me", headers=lower)).status_code == 401
        assert (await program.client.get("/api/member/v1/me", headers=bearer(""))).status_code == 401
