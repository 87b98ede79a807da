"""Member tokens: what holds, and every confusion that must not."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members import service
from huixiang.members.adapters.key_file import FileKeys
from huixiang.members.model import MemberCard, NewMember, State
from huixiang.platform.access import NotAuthenticated
from huixiang.platform.db import Database

HEADERS = {"typ": "at+jwt"}


@pytest_asyncio.fixture
async def wang(db: Database) -> MemberCard:
    async with db.transaction() as tx:
        return await service.register(tx, NewMember(channel="h5", phone="13812345678"))


def claims(wang: MemberCard, now: datetime, **changed: Any) -> dict[str, Any]:
    seconds = int(now.timestamp())
    right = {"iss": "huixiang", "aud": "huixiang-member", "sub": str(wang.member_id), "iat": seconds}
    made = right | {"exp": seconds + 900} | changed
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.requirement("MEM-03")
async def test_a_token_names_its_member_for_a_quarter_of_an_hour(
    db: Database, clock: SettableClock, wang: MemberCard
) -> None:
    token = service.issue_token(wang.member_id, clock.now())
    clock.advance(timedelta(minutes=14, seconds=59))
    assert (await service.authenticate_token(db, token, clock.now())).member_id == wang.member_id
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotAuthenticated):
        await service.authenticate_token(db, token, clock.now())


async def test_the_right_claims_are_accepted_in_these_tests(
    db: Database, clock: SettableClock, keys: FileKeys, wang: MemberCard
) -> None:
    token = jwt.encode(claims(wang, clock.now()), keys.secret("member token"), "HS256", headers=HEADERS)
    assert (await service.authenticate_token(db, token, clock.now())).member_id == wang.member_id


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "huixiang-staff"},
        {"aud": ["huixiang-member", "huixiang-staff"]},
        {"aud": None},
        {"iss": "somebody"},
        {"iss": None},
        {"sub": None},
        {"sub": "not an id"},
        {"sub": 5},
        {"iat": None},
        {"iat": "now"},
        {"iat": 10**18},
        {"exp": None},
        {"exp": 0},
        {"exp": 10**12},
        {"exp": "never"},
        {"exp": True},
    ],
)
async def test_wrong_claims_are_refused(
    db: Database, clock: SettableClock, keys: FileKeys, wang: MemberCard, changed: dict[str, Any]
) -> None:
    secret = keys.secret("member token")
    token = jwt.encode(claims(wang, clock.now()) | _strings(changed), secret, "HS256", headers=HEADERS)
    if any(value is None for value in changed.values()):
        token = jwt.encode(claims(wang, clock.now(), **changed), secret, "HS256", headers=HEADERS)
    with pytest.raises(NotAuthenticated):
        await service.authenticate_token(db, token, clock.now())


def _strings(changed: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changed.items() if value is not None}


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize("confusion", ["none", "None", "HS512", "other key", "other typ", "unsigned", "swapped body"])
async def test_confused_tokens_are_refused(
    db: Database, clock: SettableClock, keys: FileKeys, wang: MemberCard, confusion: str
) -> None:
    body, secret = claims(wang, clock.now()), keys.secret("member token")
    right = jwt.encode(body, secret, "HS256", headers=HEADERS)
    head, _, signature = right.split(".")
    token = {
        "none": jwt.encode(body, "", "none", headers=HEADERS),
        "None": f"{_part({'alg': 'None', 'typ': 'at+jwt'})}.{_part(body)}.{signature}",
        "HS512": jwt.encode(body, secret * 2, "HS512", headers=HEADERS),
        "other key": jwt.encode(body, keys.secret("staff"), "HS256", headers=HEADERS),
        "other typ": jwt.encode(body, secret, "HS256", headers={"typ": "JWT"}),
        "unsigned": right.rpartition(".")[0] + ".",
        "swapped body": f"{head}.{_part(body | {'sub': '00000000-0000-7000-8000-000000000001'})}.{signature}",
    }[confusion]
    with pytest.raises(NotAuthenticated):
        await service.authenticate_token(db, token, clock.now())


@pytest.mark.parametrize("token", ["", "a.b.c", "....", "hx_x_y", "é" * 50, "a" * 10_000])
async def test_what_is_no_token_is_refused(db: Database, clock: SettableClock, token: str) -> None:
    with pytest.raises(NotAuthenticated):
        await service.authenticate_token(db, token, clock.now())


@pytest.mark.requirement("MEM-14")
async def test_a_member_who_is_blocked_is_out_within_seconds(
    db: Database, clock: SettableClock, wang: MemberCard
) -> None:
    token = service.issue_token(wang.member_id, clock.now())
    await service.authenticate_token(db, token, clock.now())
    async with db.transaction() as tx:
        await tx.execute("UPDATE members.member SET state = $1", State.BLOCKED)
    clock.advance(timedelta(seconds=5))
    with pytest.raises(NotAuthenticated):
        await service.authenticate_token(db, token, clock.now())


async def test_a_token_of_more_than_a_day_is_not_issued(clock: SettableClock, wang: MemberCard) -> None:
    with pytest.raises(ValueError, match="at most"):
        service.issue_token(wang.member_id, clock.now(), timedelta(days=1, seconds=1))
